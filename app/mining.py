"""Mining: what runs that ended well keep to, and what comes of intents, counted in the store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzers import mining
from analyzers.config import AnalyzersConfig
from app.periodic import Periodic
from storage import customs
from storage.mined_rules import MinedRules
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Mined:
    """What came of it: rules that hold, in how many tenants, and how many rows were written."""

    rules: int
    tenants: int
    written: int


def mine(store: Store, since: datetime, until: datetime, tenant: str = "") -> Mined:
    """Of what was received in [since, until), in each tenant by itself. Raises Unavailable.

    What usually comes of intents is counted over the month before `until`, whatever `since` is.
    """
    rows = MinedRules(store)
    counted = dict(rows.counted(since, until, tenant))
    # Tenants whose runs say nothing any more have rules that hold no more.
    silent = {row["tenant"] for row in rows.listed(tenant) if row["holds"]} - set(counted)
    rules = written = 0
    for name in sorted(set(counted) | silent):
        found = mining.rules(counted.get(name, []))
        rules += len(found)
        written += rows.keep(name, found, until)
    customs.count_effects(store, until, tenant)
    return Mined(rules, len(counted), written)


def periodic(store: Store, config: AnalyzersConfig, ready: Callable[[], bool]) -> Periodic:
    """Mining as a process does it by itself."""

    def work() -> Mined:
        now = datetime.now(UTC)
        return mine(store, now - timedelta(days=config.mining_days), now)

    return Periodic("mining", config.mining_seconds, work, ready)
