"""What usually comes of intents, counted in the store, so that what is unusual can be told."""

from datetime import datetime, timedelta

from storage import sql
from storage.store import Store

DAYS = 31
OUTCOMES_MAX = 100_000


def count_effects(store: Store, until: datetime, tenant: str = "") -> None:
    """Count what intents of each kind did on each whole day (UTC) of the last 31 before `until`.

    In each tenant, or in one; safe to repeat. Raises Unavailable.
    """
    store.derive(
        sql.filled(sql.derivation("intent_effects"), {}),
        "derive_intent_effects",
        since=until - timedelta(days=DAYS),
        until=until,
        tenant=tenant,
        outcomes_max=OUTCOMES_MAX,
    )
