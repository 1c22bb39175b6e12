"""How the fleet does now, from the store."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.fleet import SILENT_SHARE, SLICES, AgentNow, FleetNow
from storage.store import Store

AGENTS_MAX = 500


class StoredFleet:
    """Reads what agents did lately."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self, tenant: str, minutes: float, until: datetime | None = None) -> FleetNow:
        """The last `minutes` before `until`, else before now; tenant: empty for all.

        Raises Unavailable.
        """
        until = until or datetime.now(UTC)
        since = until - timedelta(minutes=minutes)
        asked = {"tenant": tenant, "since": since, "until": until, "rows_max": AGENTS_MAX}
        rows = self._store.rows("fleet_agents", **asked)
        silent_since = until - (until - since) * SILENT_SHARE
        return FleetNow(since, until, [_agent(row, silent_since) for row in rows])


def _agent(row: Mapping[str, Any], silent_since: datetime) -> AgentNow:
    seen = row["last_seen"].replace(tzinfo=UTC)
    pulse = [0] * SLICES
    for place, count in zip(row["slices"], row["counts"], strict=True):
        pulse[place] += count
    said = {name: row[name] for name in row if name not in ("last_seen", "slices", "counts")}
    return AgentNow(last_seen=seen, silent=seen < silent_since, pulse=pulse, **said)
