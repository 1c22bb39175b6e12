"""Drift in a store: closes windows, reads each once, and keeps alarms with all they follow from."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from analyzers.drift_config import DriftConfig
from app.drift_closing import Closed, close_days, close_late, number_at
from app.periodic import Periodic
from app.undisturbed import undisturbed
from domain.drift import Alarm, Stream, WindowCounts
from domain.drift_reading import AlarmsAsked, DriftRun, Verdict
from storage.drift_streams import READ, DriftStreams, verdict
from storage.drift_windows import DriftWindows, Lane
from storage.store import Store

# Numbers of windows that are read in one go: what bounds their rows in memory.
READ_AT_ONCE = {"day": 31, "hour": 48, "late": 31}
WINDOWS_A_WEEK = {"day": 7, "hour": 168, "late": 7}
LATE_PART = 0.1  # of the budget by the day: for outcomes, which are known two weeks later
ALARMS_MAX = 1000
# So long before a new alarm, others may have been raised by what raised it.
BEFORE = timedelta(days=14)


class Drift:
    """Of one store. Whatever was cut off is done again, with the same alarms."""

    def __init__(self, store: Store, config: DriftConfig) -> None:
        self._config = config
        self._windows = DriftWindows(store, config.names_max)
        self._streams = DriftStreams(store)
        self._looked: datetime | None = None

    def look(self, now: datetime | None = None, *, settled: bool = False) -> DriftRun:
        """Closes and reads whatever can be by `now`. settled: nothing more is going to come of what
        is over, as after `wakeline analyze --once`. Raises Unavailable."""
        now = now or datetime.now(UTC)
        oldest = now - timedelta(days=self._config.history_days)
        reached = self._windows.reached()
        since = self._looked - timedelta(days=3) if self._looked else oldest
        tenants = self._windows.tenants(since, oldest)
        total = DriftRun()
        for tenant in sorted(tenants.keys() | {name for name, _ in reached}):
            for lane in self._lanes(tenant):
                after = reached.get((tenant, lane.name), -1)
                if after < 0 and tenant in tenants:
                    after = number_at(lane, tenants[tenant]) - 1
                # Who sent nothing lately has nothing to close, but outcomes that may have come.
                idle = tenant not in tenants and lane.name != "late"
                closed = Closed() if idle else self._close(lane, after, now, settled=settled)
                total = _sum(total, closed, self.read(lane))
        self._looked = now
        return total

    def read(self, lane: Lane) -> DriftRun:
        """Windows that are closed and were not read yet, and what people said since. Raises
        Unavailable."""
        rows = self._streams.alarmed(lane.tenant, lane.name)
        marks = [row["number"] for row in rows if row["metric"] == READ]
        until = max(marks, default=-1)
        closed = self._windows.closed(lane, until + 1)
        said = self._said(lane.tenant, rows)
        if not closed and not said:
            return DriftRun()
        reader = self._reader(lane)
        numbers = [window.number for window in closed]
        parts = _parts(numbers, READ_AT_ONCE[lane.name])
        with undisturbed(), ThreadPoolExecutor(1) as beside:
            ahead = [beside.submit(self._held, lane, *part) for part in parts[:1]]
            reader.restore(self._streams.remembered(lane.tenant, lane.name))
            self._apply(lane, reader, said, until)
            for place, part in enumerate(parts):
                counted = self._held(lane, *part) if place else ahead.pop().result()
                for number, held in counted.items():
                    reader.read(number, held)
            self._keep(lane, reader, max([until, *numbers]), beside)
        paged = sum(said.paged for _, said in reader.alarms.values())
        return DriftRun(streams=len(reader.followed), alarms=len(reader.alarms), paged=paged)

    def _lanes(self, tenant: str) -> list[Lane]:
        zone = self._config.zone_of(tenant)
        names = ("day", "hour", "late") if self._config.by_hour else ("day", "late")
        return [Lane(tenant, name, zone) for name in names]

    def _close(self, lane: Lane, after: int, now: datetime, *, settled: bool) -> Closed:
        if lane.name == "late":
            return close_late(self._windows, lane, replace(lane, name="day"), after, now)
        return close_days(self._windows, lane, after, now, settled=settled)

    def _reader(self, lane: Lane) -> Any:
        # numpy and scipy take a third of a second to import
        from app.drift_lane import LaneReader

        history = Histories(self._windows, lane)
        reader = LaneReader(
            lane.tenant, lane.name, pace(self._config, lane), threshold(self._config, lane), history
        )
        reader.expected = self._streams.expected(lane.tenant)
        reader.streams_max = self._config.streams_max
        return reader

    def _said(
        self, tenant: str, rows: Sequence[Mapping[str, Any]]
    ) -> list[tuple[Mapping[str, Any], dict[str, Any]]]:
        """Streams whose open alarm somebody answered, and that alarm."""
        found = []
        for row in rows:
            known = self._streams.alarm(tenant, row["alarm_id"]) if row["alarm_id"] else None
            said = verdict(known) if known else None
            if known and said and said.verdict is not Verdict.REOPENED:
                found.append((row, known))
        return found

    def _apply(self, lane: Lane, reader: Any, said: Any, until: int) -> None:
        for row, known in said:
            stream = Stream(lane.tenant, row["agent"], row["metric"])
            if known["verdict"] == Verdict.BENIGN:
                reader.dismiss(stream)
                continue
            first = number_at(lane, known["likeliest"])
            reader.begin_epoch(stream, first)
            for number, held in self._held(lane, first, until, stream).items():
                reader.read(number, held)

    def _held(
        self, lane: Lane, first: int, last: int, only: Stream | None = None
    ) -> dict[int, dict[Stream, WindowCounts]]:
        """What windows held, by number and stream, in order."""
        found: defaultdict[int, dict[Stream, WindowCounts]] = defaultdict(dict)
        names = (only.metric, only.agent) if only else ("", "")
        from analyzers.drift.metrics import METRICS

        for held in self._windows.counted(lane, (first, last), *names):
            if held.metric not in METRICS:  # of a later version
                continue
            stream = Stream(lane.tenant, held.agent, held.metric)
            found[held.window.number][stream] = held.window
        return found

    def _keep(self, lane: Lane, reader: Any, until: int, beside: ThreadPoolExecutor) -> None:
        """Streams come last: a run that is cut off before is done again as it was."""
        kept = beside.submit(self._streams.keep_readings, reader.readings)
        rows = reader.rows()
        kept.result()
        if reader.alarms:
            agents = len({stream.agent for stream in reader.followed})
            self._streams.keep_alarms(self._with_causes(lane, reader.alarms, agents))
        if rows:
            mark = rows[0] | {"metric": READ, "agent": "", "number": until, "alarm_id": ""}
            mark |= {"plan": "", "waiting": "", "memory": b""}
            # In the order of the table, or the engine copies all of them once more to sort them.
            self._streams.keep([mark, *sorted(rows, key=itemgetter("metric", "agent"))])

    def _with_causes(
        self, lane: Lane, raised: Mapping[str, tuple[dict[str, Any], Alarm]], agents: int
    ) -> list[dict[str, Any]]:
        """New alarms, and those of the weeks before that may have the cause of some of them: one
        cause is seen in one agent sooner than in another."""
        from analyzers.drift.raised import alarm_of
        from app.drift_causes import causes

        ends = [row["window_end"] for row, _ in raised.values()]
        asked = AlarmsAsked(
            lane.tenant, min(ends) - BEFORE, max(ends), open_only=True, rows_max=ALARMS_MAX
        )
        known = {
            row["alarm_id"]: row
            for row in self._streams.alarms(asked, whole=True)
            if row["lane"] == lane.name and row["alarm_id"] not in raised
        }
        said = {name: alarm_of(row["said"]) for name, row in known.items()}
        found = causes(said | {name: one for name, (_, one) in raised.items()}, agents)
        named = {name: f"{lane.name}-{window}" for name, window in found.items()}
        fields = next(iter(raised.values()))[0].keys()
        joined = [
            {field: row[field] for field in fields} | {"shared_cause": named[name]}
            for name, row in known.items()
            if named.get(name, row["shared_cause"]) != row["shared_cause"]
        ]
        return joined + [
            row | {"shared_cause": named.get(name, "")} for name, (row, _) in raised.items()
        ]


class Histories:
    """What closed windows of a stream held; those of a whole metric are read at once."""

    def __init__(self, windows: DriftWindows, lane: Lane) -> None:
        self._windows, self._lane = windows, lane
        self._gathered: dict[tuple[str, str], list[WindowCounts]] = {}
        self._range: dict[str, tuple[int, int]] = {}

    def __call__(self, stream: Stream, first: int, last: int) -> Sequence[WindowCounts]:
        low, high = self._range.get(stream.metric, (1, 0))
        if low <= first and last <= high:
            known = self._gathered.get((stream.metric, stream.agent), [])
            return [window for window in known if first <= window.number <= last]
        found = self._windows.counted(self._lane, (first, last), stream.metric, stream.agent)
        return [held.window for held in found]

    def gather(self, streams: Sequence[Stream], first: int, last: int) -> None:
        """Reads what will be asked for of many streams."""
        self.forget()
        for metric in sorted({stream.metric for stream in streams}):
            for held in self._windows.counted(self._lane, (first, last), metric):
                self._gathered.setdefault((metric, held.agent), []).append(held.window)
            self._range[metric] = first, last

    def forget(self) -> None:
        """Gives back the space of what was gathered."""
        self._gathered.clear()
        self._range.clear()


def pace(config: DriftConfig, lane: Lane) -> Any:
    """How the windows of a lane are read."""
    from analyzers.drift.follow import Pace

    if lane.name == "hour":
        return Pace(True, lane.zone, config.baseline_hours, config.hour_traces_min, 1)
    return Pace(
        False, lane.zone, config.baseline_days, config.traces_min,
        month_end_days=config.month_end_days,
    )  # fmt: skip


def threshold(config: DriftConfig, lane: Lane) -> Callable[[int], float]:
    """The evidence of a page, of so many streams in the lane."""
    parts = {"hour": config.hourly_part, "late": LATE_PART * (1 - config.hourly_part)}
    part = parts.get(lane.name, (1 - LATE_PART) * (1 - config.hourly_part))

    def among(streams: int) -> float:
        from analyzers.drift.budget import page_threshold

        pages = part * config.false_pages_a_week
        return page_threshold(streams, WINDOWS_A_WEEK[lane.name], pages)

    return among


def periodic(store: Store, config: DriftConfig, ready: Callable[[], bool]) -> Periodic:
    """Looking for drift as a process does it by itself."""
    return Periodic("drift", config.look_seconds, Drift(store, config).look, ready)


def _parts(numbers: Sequence[int], most: int) -> list[tuple[int, int]]:
    """First and last of each so many numbers, which are in order."""
    starts = range(0, len(numbers), most)
    return [(numbers[start], numbers[start : start + most][-1]) for start in starts]


def _sum(total: DriftRun, closed: Closed, read: DriftRun) -> DriftRun:
    return DriftRun(
        total.closed + closed.closed,
        total.skipped + closed.skipped,
        total.streams + read.streams,
        total.alarms + read.alarms,
        total.paged + read.paged,
        total.corrected + closed.corrected,
    )
