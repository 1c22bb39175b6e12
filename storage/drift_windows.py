"""Windows in the store: which can be closed, what they held, and what came too late."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.drift import WindowCounts
from storage import engines, sql
from storage.store import Store

FAMILIES = {
    "day": ("drift_runs", "drift_decisions", "drift_reads", "drift_arguments", "drift_values"),
    "hour": ("drift_runs", "drift_decisions"),
    "late": ("drift_outcomes",),
}
# What a run did this long before or after its window still counts for it.
REACH = timedelta(hours=2)
TENANTS_MAX = 10_000
WINDOWS_MAX = 20_000
ROWS_MAX = 1_000_000
COUNTED = ("agent", "metric", "number", "window_start", "window_end", "runs", "wishes", "held")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MATURITY_DAYS = 14
# Numbers that tools are called with are counted in bins: of so many arguments, in so many bins.
ARGUMENTS_MAX = 20
BINS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Lane:
    """Windows of one kind of one tenant: day, hour, or late, for days whose outcomes are known."""

    tenant: str
    name: str
    zone: str = "UTC"

    def parameters(self) -> dict[str, str]:
        """As queries take them."""
        return {"tenant": self.tenant, "lane": self.name, "zone": self.zone}


@dataclass(frozen=True, slots=True)
class Pending:
    """A window [start, end) in which runs began that is not closed yet; came_at: when the first of
    them was received."""

    number: int
    start: datetime
    end: datetime
    runs: int
    ended: int
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What a closed window held of one metric of an agent; its stratum is not known here."""

    agent: str
    metric: str
    window: WindowCounts


class DriftWindows:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store, names_max: int = 200) -> None:
        """names_max: most names of a metric that are kept of an agent in a window."""
        self._store = store
        self._names_max = names_max

    def tenants(self, received_since: datetime, oldest: datetime) -> dict[str, datetime]:
        """Those that sent something since then, and when it began, not before `oldest`."""
        asked = {"since": received_since, "oldest": oldest, "rows_max": TENANTS_MAX}
        rows = self._store.rows("drift_tenants", **asked)
        return {row["tenant"]: _utc(row["first_at"]) for row in rows}

    def reached(self) -> dict[tuple[str, str], int]:
        """The number of the last window of each tenant and lane that was closed or skipped."""
        rows = self._store.rows("drift_reached", rows_max=3 * TENANTS_MAX)
        return {(row["tenant"], row["lane"]): row["reached"] for row in rows}

    def pending(
        self, lane: Lane, after: int, between: tuple[datetime, datetime], now: datetime
    ) -> list[Pending]:
        """Windows after that number with runs that began between these times, in order."""
        rows = self._store.rows(
            "drift_pending",
            **lane.parameters(),
            after=after,
            since=between[0] - REACH,
            until=between[1],
            now=now,
            rows_max=WINDOWS_MAX,
        )
        return [
            Pending(
                row["number"], _utc(row["window_start"]), _utc(row["window_end"]),
                row["runs"], row["ended"], _utc(row["came_at"]),
            )
            for row in rows
        ]  # fmt: skip

    def close(self, lane: Lane, windows: Sequence[Pending], now: datetime) -> None:
        """Counts what they held, then marks them closed; cut off between, it is done again."""
        numbers = [window.number for window in windows]
        parameters: dict[str, Any] = {
            **lane.parameters(),
            "numbers": numbers,
            "revision": time.time_ns(),
            "maturity_days": MATURITY_DAYS,
            "arguments_max": ARGUMENTS_MAX,
            "since": windows[0].start - REACH,
            "until": windows[-1].end + REACH,
        }
        for family in FAMILIES[lane.name]:
            statement = sql.filled(sql.derivation(family), engines.values(self._store.cluster, 1))
            most = BINS_MAX if family == "drift_values" else self._names_max
            self._store.derive(statement, family, **parameters, names_max=most)
        self.mark(lane, windows, "closed", now)

    def mark(self, lane: Lane, windows: Sequence[Pending], state: str, now: datetime) -> None:
        """state: closed, or skipped for what never counts."""
        self._store.insert(
            "drift_closings",
            [
                {
                    "tenant": lane.tenant, "lane": lane.name, "number": window.number,
                    "window_start": window.start, "window_end": window.end, "state": state,
                    "closed_share": window.ended / window.runs, "runs": window.runs,
                    "closed_at": now, "revision": time.time_ns(),
                }
                for window in windows
            ],
        )  # fmt: skip

    def closed(self, lane: Lane, first: int) -> list[Pending]:
        """Windows of the lane that are closed, from that number on."""
        asked = {"tenant": lane.tenant, "lane": lane.name, "first": first}
        rows = self._store.rows("drift_closed", **asked, rows_max=WINDOWS_MAX)
        return [
            Pending(
                row["number"], _utc(row["window_start"]), _utc(row["window_end"]), 1, 1, EARLIEST
            )
            for row in rows
        ]  # fmt: skip

    def counted(
        self, lane: Lane, numbers: tuple[int, int], metric: str = "", agent: str = ""
    ) -> Iterator[Held]:
        """What windows from the first to the last number held, in order; empty names: of all."""
        size = 3600 if lane.name == "hour" else 86_400
        rows = self._store.columns_of(
            "drift_counts",
            tenant=lane.tenant,
            lane=lane.name,
            first=numbers[0],
            last=numbers[1],
            metric=metric,
            agent=agent,
            oldest=max((numbers[0] - 1) * size, 0),
            newest=min((numbers[1] + 2) * size, 2**32 - 1),
            rows_max=ROWS_MAX,
        )
        ends: dict[int, tuple[datetime, datetime]] = {}  # the same of all streams of a window
        for row in zip(*(rows.get(name, ()) for name in COUNTED), strict=True):
            agent, metric, number, start, end, runs, (wishes, wished), (names, held) = row
            if number not in ends:
                ends[number] = _utc(start), _utc(end)
            # A run that is counted by its intent has no name, so these are never the same.
            counts = dict(zip(wishes, wished, strict=True))
            counts.update(zip(names, held, strict=True))
            yield Held(agent, metric, WindowCounts(number, *ends[number], 0, runs, counts))

    def correct(self, lane: Lane, windows: Sequence[Pending]) -> int:
        """Keeps how many runs closed windows have by now where it is not what was closed; how many
        such there are."""
        rows = self._store.rows(
            "drift_runs_now",
            **lane.parameters(),
            numbers=[window.number for window in windows],
            since=windows[0].start - REACH,
            until=windows[-1].end + REACH,
            rows_max=ROWS_MAX,
        )
        stamp = {"tenant": lane.tenant, "lane": lane.name, "revision": time.time_ns()}
        if rows:
            self._store.insert("drift_corrections", [stamp | row for row in rows])
        return len(rows)

    def corrected(self, lane: Lane, agent: str) -> Mapping[int, int]:
        """Runs by now of the agent's windows that were corrected, by number."""
        asked = {"tenant": lane.tenant, "lane": lane.name, "agent": agent, "rows_max": WINDOWS_MAX}
        found: defaultdict[int, int] = defaultdict(int)
        for row in self._store.rows("drift_corrections", **asked):
            found[row["number"]] = row["runs_now"]
        return found


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
