"""The weekly review, put together for a process or a command."""

from app import signing_keys
from app.governance_documents import Documents
from app.review.reviewing import Reviewing
from app.review.times import NOW, Times
from app.settings import Settings
from governance.review_frame import review_key
from storage.store import Store


def reviewing(
    settings: Settings, store: Store, documents: Documents, times: Times = NOW
) -> Reviewing:
    """Of one store; weeks are those of the tenants' time zones, as drift has them.

    Raises InvalidInput for a signing key that can not be read.
    """
    private_key = signing_keys.private_key(settings)
    return Reviewing(
        store, documents, settings.review, settings.drift.zone_of,
        lambda tenant: review_key(private_key, tenant), times,
    )  # fmt: skip
