"""What governs agents, put together for a process: documents, limits, switches, the record."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from api.governance_ports import Governing
from app import moments, signing_keys
from app.audit_log import AuditLog
from app.autonomy_board import AutonomyBoard
from app.governance import Thresholds
from app.governance_documents import Documents
from app.governance_kills import Kills
from app.periodic import Periodic
from app.settings import Settings
from app.tuning import Tuner
from governance.documents import LIFE
from governance.signing import KEY_BYTES
from storage.governance_reviews import Reviews
from storage.store import Store

# An embedded store has one process, so nobody else changes it; pulls are written down.
EMBEDDED_SECONDS = 5.0


def documents(settings: Settings, store: Store) -> Documents:
    """What agents pull. Raises InvalidInput for a signing key that can not be read."""
    life = timedelta(seconds=settings.governance.document_life_seconds)
    return Documents(store, signing_keys.private_key(settings), life)


def parts(store: Store, pulled: Documents, wanted: Tuner) -> Governing:
    """Everything over one store, by the clock of its tuner."""
    return Governing(
        pulled, Thresholds(store, pulled, wanted.clock), Kills(store, pulled), AuditLog(store),
        AutonomyBoard(wanted),
    )  # fmt: skip


def tuner(
    settings: Settings, store: Store, pulled: Documents, clock: moments.Clock = moments.now
) -> Tuner:
    """What proposes and tightens limits by itself."""
    return Tuner(store, Reviews(store), pulled, settings.tuning, settings.drift, clock)


def unsigned(store: Store) -> Documents:
    """For a command, which hands out no documents: with a key that nobody trusts."""
    return Documents(store, secrets.token_bytes(KEY_BYTES), LIFE)


def periodic(
    settings: Settings, store: Store, pulled: Documents, ready: Callable[[], bool]
) -> Periodic:
    """Keeps the documents up with a store that others write to as well."""
    shared = store.embedded_path is None
    seconds = settings.governance.refresh_seconds if shared else EMBEDDED_SECONDS
    return Periodic("governance", seconds, pulled.keep_up, ready, pulled.stop)
