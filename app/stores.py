"""The store that the settings name: opened and migrated, or refused in plain words."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from app.data_folder import is_locked
from app.settings import Settings
from domain.errors import Conflict, Unavailable
from storage import migrate, price_rows, prices
from storage.store import Store, embedded_path

ENGINE_LOCK = "status"


def path(settings: Settings) -> Path | None:
    """Folder of the embedded store; None for a server."""
    return embedded_path(settings.dsn)


def store_id(settings: Settings) -> str:
    """Equal for the same store; tells nobody its password."""
    name = str(path(settings) or settings.dsn)
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def opened(settings: Settings) -> Store:
    """The store as it is. Raises Conflict when another process has the embedded one open."""
    folder = path(settings)
    if folder is not None and is_locked(folder / ENGINE_LOCK):
        raise Conflict(
            f"the store {folder} is open in another process; name its --data, or stop it"
        )
    return Store(settings.dsn, settings.storage)


def migrated(settings: Settings) -> Store:
    """The store with the schema of this version. Raises as `opened` and `bring_up`."""
    store = opened(settings)
    try:
        bring_up(settings, store)
    except BaseException:
        store.close()
        raise
    return store


def bring_up(settings: Settings, store: Store) -> None:
    """Apply pending migrations. Raises Unavailable when `storage.migrate_on_start` forbids it."""
    if settings.storage.migrate_on_start:
        migrate.apply(store, settings.retention.default_days)
    elif waiting := migrate.waiting(store):
        raise Unavailable(
            f"migrations are pending from {waiting[0]} on and storage.migrate_on_start is off:"
            " run `wakeline migrate`"
        )
    today = datetime.now(UTC).date()
    price_rows.renew(store, prices.table(settings.prices).rows(today))
