"""Makes weeks before a week, of which a demonstration has no time to play each."""

from datetime import datetime

from storage import engines, sql
from storage.store import Store

TABLES = ("steps", "decisions", "data_access", "intents")


def repeat_earlier(store: Store, tenant: str, agent: str, since: datetime, weeks: int) -> None:
    """What the agent did in the week from `since` on, drawn again for each of so many weeks before.

    Done again, it makes the same rows. Of effects, writes and outcomes there are none. Raises
    Unavailable.
    """
    values = engines.values(store.cluster, 1)
    asked = {"tenant": tenant, "agent": agent, "since": since, "weeks": weeks}
    for table in TABLES:
        name = f"earlier_{table}"
        store.derive(sql.filled(sql.derivation(name), values), name, **asked)
