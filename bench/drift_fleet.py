"""A fleet over a year through the store: false pages beside their bound, delays, and the cost.

Days differ as those of real agents do; what an agent does is drawn by the engine itself from hashes
of a seed, so that a number of spans that no client could send in time can be had.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from analyzers.drift.kept_rows import closed, opened
from analyzers.drift.plans import restored
from analyzers.drift_config import DriftConfig
from app.drift import LATE_PART, Drift, pace
from app.stored_drift import StoredDrift
from bench.drift.streams import CONCENTRATION, LATENCY_DAY_SD
from domain.drift import Channel, State, Stream
from domain.drift_reading import AlarmsAsked, StoredAlarm
from storage import migrate
from storage.drift_streams import DriftStreams
from storage.drift_windows import DriftWindows, Lane
from storage.store import Store

TENANT = "fleet"
TOOLS = 6
SHARES = np.array([0.30, 0.25, 0.18, 0.12, 0.09, 0.06])
ERRORS = 0.04
SUNDAY = 5

DAYS_TABLE = (
    "CREATE TABLE fleet_days (agent String, day Date, version String, runs UInt32,"
    " tools Array(Array(Float64)), intent Float64, slow Float64, errors Float64)"
    " ENGINE = MergeTree ORDER BY day"
)
# A number in 0..1 that follows from the seed, the run, and what it is for.
DRAWN = """(run, k) -> sipHash64Keyed((toUInt64({seed:UInt64}), toUInt64(k)),
    concat(agent, toString(day), toString(run))) / 18446744073709551616. AS drawn"""
RUNS = """SELECT *, arrayJoin(range(runs)) AS run FROM fleet_days
    WHERE day >= {first:Date} AND day < {last:Date}"""
# Each run: a model call, a tool, another model call, another tool.
STEPS = f"""
INSERT INTO steps (tenant, received, retention_days, ts, duration_ns, trace_id, span_id,
    operation, agent, agent_version, tool, status, input_tokens, output_tokens, cost, revision)
WITH {DRAWN}
SELECT {{tenant:String}}, {{received:DateTime64(9, 'UTC')}}, 3650,
    toDateTime64(day, 9, 'UTC') + toIntervalSecond(toUInt32(drawn(run, 0) * 80000) + step * 2),
    toUInt64(1e9 * slow * exp(
        0.8 * sqrt(-2 * log(drawn(run, 1))) * cos(6.283185307179586 * drawn(run, 2)))),
    lower(hex(sipHash128(agent, day, run))), lower(hex(toUInt64(run * 8 + step + 1))),
    if(step % 2 = 0, 'chat', 'execute_tool'), agent, version,
    if(step % 2 = 0, '', concat('tool', toString(arrayFirstIndex(
        top -> top > drawn(run, 10 + step), tools[if(drawn(run, 3) < intent, 1, 2)])))),
    if(step = 1 AND drawn(run, 4) < errors, 'Error', 'Ok'),
    if(step % 2 = 0, toUInt64(400 + 400 * drawn(run, 20 + step)), 0), if(step % 2 = 0, 80, 0),
    if(step % 2 = 0, 0.002 + 0.002 * drawn(run, 20 + step), NULL), 1
FROM ({RUNS}) ARRAY JOIN range({{steps:UInt8}}) AS step
"""
INTENTS = f"""
INSERT INTO intents (tenant, received, retention_days, ts, trace_id, span_id, agent, kind, origin,
    revision)
WITH {DRAWN}
SELECT {{tenant:String}}, {{received:DateTime64(9, 'UTC')}}, 3650,
    toDateTime64(day, 9, 'UTC') + toIntervalHour(12), lower(hex(sipHash128(agent, day, run))),
    'wish', agent, if(drawn(run, 3) < intent, 'refund', 'invoice'), 'explicit', 1
FROM ({RUNS})
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Agents of a simulated tenant; runs: of a weekday, and of a day of the weekend.

    drifting: so many agents move `points` of their calls from one tool to another from day
    `drift_from` on. demand_from: from then on all are asked for refunds more often, and for nothing
    else. errors: parts of runs that fail, before and after. intents: whether runs say what they
    are for.
    """

    agents: int
    days: int
    runs: tuple[int, int] = (120, 60)
    seed: int = 7
    intents: bool = False
    drifting: int = 0
    drift_from: int = 10_000
    points: float = 0.10
    demand_from: int = 10_000
    errors: tuple[float, float] = (ERRORS, ERRORS)
    first: date = date(2025, 11, 3)
    tenant: str = TENANT


def fill(store: Store, fleet: Fleet) -> int:
    """The steps of all days, a month at a time; how many there are."""
    store.command("DROP TABLE IF EXISTS fleet_days")
    store.command(DAYS_TABLE)
    rows = days_of(fleet)
    store.insert("fleet_days", rows)
    steps = 4
    for start in range(0, fleet.days, 31):
        parameters = {
            "tenant": fleet.tenant, "seed": fleet.seed, "steps": steps,
            "received": datetime.now(UTC) - timedelta(hours=1),
            "first": fleet.first + timedelta(days=start),
            "last": fleet.first + timedelta(days=min(start + 31, fleet.days)),
        }  # fmt: skip
        store.derive(STEPS, "bench", **parameters)
        if fleet.intents:
            store.derive(INTENTS, "bench", **parameters)
    return steps * sum(int(row["runs"]) for row in rows)


def days_of(fleet: Fleet) -> list[dict[str, Any]]:
    """What each agent is like on each day: days differ as Dirichlet(1000) and 5 % of latency do."""
    rng = np.random.default_rng(fleet.seed)
    rows: list[dict[str, Any]] = []
    for day in range(fleet.days):
        when = fleet.first + timedelta(days=day)
        mean = fleet.runs[when.weekday() >= SUNDAY]
        for agent in range(fleet.agents):
            changed = agent < fleet.drifting and day >= fleet.drift_from
            mixes = [rng.dirichlet(CONCENTRATION * mix) for mix in _mixes(fleet, changed)]
            rows.append(
                {
                    "agent": f"agent{agent:03d}", "day": when, "version": "v1",
                    "runs": max(int(rng.poisson(mean)), 1),
                    "tools": [[*np.cumsum(mix)[:-1].tolist(), 1.1] for mix in mixes],
                    "intent": 0.75 if day >= fleet.demand_from else 0.5,
                    "slow": float(np.exp(LATENCY_DAY_SD * rng.normal())),
                    "errors": float(fleet.errors[changed] * np.exp(0.05 * rng.normal())),
                }
            )  # fmt: skip
    return rows


def _mixes(fleet: Fleet, changed: bool) -> Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Of each of two intents; without intents both are asked for the same."""
    other = SHARES[::-1] if fleet.intents else SHARES
    moved = np.zeros(TOOLS)
    moved[0], moved[3] = -fleet.points * changed, fleet.points * changed
    return [SHARES + moved, np.maximum(other + moved, 0.01)]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a fleet. weeks: after its baselines. bound: false pages at most, on average."""

    steps: int
    streams: int
    weeks: float
    pages: Sequence[StoredAlarm]
    bound: float
    seconds: float


def judged(store: Store, fleet: Fleet) -> Judged:
    """The fleet through closing, reading and the engine, as `wakeline up` does it by itself."""
    steps = fill(store, fleet)
    config = DriftConfig(by_hour=False)
    began = process_time()
    done = Drift(store, config).look(settled=True)
    seconds = process_time() - began
    since = datetime(fleet.first.year, fleet.first.month, fleet.first.day, tzinfo=UTC)
    asked = AlarmsAsked(fleet.tenant, since, since + timedelta(days=999), paged_only=True)
    pages = StoredDrift(store, config).alarms(replace(asked, rows_max=1000))
    weeks = (fleet.days - config.baseline_days) / 7
    # The rest is for streams by the hour, and for outcomes, which this fleet has none of.
    bound = weeks * config.false_pages_a_week * (1 - config.hourly_part) * (1 - LATE_PART)
    return Judged(steps, done.streams, weeks, pages, bound, seconds)


def windows_of_many(store: Store, agents: int, days: int) -> None:
    """Closed windows of so many agents and seven metrics, without the spans under them."""
    store.command(MANY.format(agents=agents, days=days))
    store.command(MANY_CLOSED.format(days=days))


MANY = """
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end,
    traces, intents, intent_traces, names, counts, revision)
SELECT 'many', 'day', metric, concat('agent', toString(agent)), 'v1', 20395 + day,
    toDateTime((20395 + day) * 86400, 'UTC'), toDateTime((20396 + day) * 86400, 'UTC'), 1000, [''],
    [1000], arrayMap(bin -> concat('\\x1f', toString(bin)), range(30)),
    arrayMap(bin -> 20 + sipHash64(agent, day, metric, bin) % 30, range(30)), 1
FROM (SELECT number % {agents} AS agent, intDiv(number, {agents}) AS day
    FROM numbers({agents} * {days}))
ARRAY JOIN ['tools', 'latency', 'tokens', 'cost', 'freshness', 'amount', 'confidence'] AS metric
"""
MANY_CLOSED = """
INSERT INTO drift_closings (tenant, lane, number, window_start, window_end, state, closed_share,
    runs, closed_at, revision)
SELECT 'many', 'day', 20395 + number, toDateTime((20395 + number) * 86400, 'UTC'),
    toDateTime((20396 + number) * 86400, 'UTC'), 'closed', 1, 1, now64(9), 1
FROM numbers({days})
"""


def night(store: Store, agents: int, *, old: bool) -> tuple[int, float, float]:
    """Channels, and seconds of processor and clock that a night takes, after their baseline or
    after more than a year."""
    windows_of_many(store, agents, 29)
    lane, drift = Lane("many", "day"), Drift(store, DriftConfig(by_hour=False))
    drift.read(lane)
    if old:
        _make_old(store, lane)
    store.command(MANY_CLOSED.format(days=30))
    store.command(MANY.format(agents=agents, days=30))
    began, clock = process_time(), perf_counter()
    drift.read(lane)
    spent = process_time() - began, perf_counter() - clock
    return sum(len(channels) for _, channels in _remembered(store)), *spent


def _remembered(store: Store) -> list[tuple[dict[str, Any], Sequence[Channel]]]:
    """Streams with a plan, as they are stored, and their channels."""
    rows = list(DriftStreams(store).remembered("many", "day"))
    plans = [json.loads(row["plan"] or "{}").get("plan") for row in rows]
    return [
        (row, restored(Stream("many", row["agent"], row["metric"]), plain).channels)
        for row, plain in zip(rows, plans, strict=True)
        if plain
    ]


def _make_old(store: Store, lane: Lane) -> None:
    """Fills what is remembered with random numbers, as if windows had been read for a year."""
    settings = pace(DriftConfig(by_hour=False), lane).settings
    rng, aged = np.random.default_rng(5), []
    for row, channels in _remembered(store):
        memory = opened([(row["memory"], len(channels))], settings)
        memory.count[:] = settings.history_windows
        memory.value[:] = rng.normal(size=memory.value.shape)
        memory.stratum[:] = np.arange(settings.history_windows) % 7
        memory.in_stratum[:, :7] = np.bincount(memory.stratum[0])
        memory.whitened[:] = rng.normal(size=memory.whitened.shape)
        memory.scored[:] = settings.memory_windows
        (kept,) = closed(memory, [np.arange(len(channels))], settings)
        state = State.NO_DRIFT.value
        aged.append(row | {"tenant": "many", "lane": lane.name, "state": state, "memory": kept})
    DriftStreams(store).keep(aged)


def reading(store: Store, agents: int) -> float:
    """Seconds of processor to read thirty days of one metric of so many agents."""
    windows = DriftWindows(store)
    began = process_time()
    held = list(windows.counted(Lane("many", "day"), (20_395, 20_424), "latency"))
    spent = process_time() - began
    return spent * agents / max(len({one.agent for one in held}), 1)


BESIDE = """
INSERT INTO steps (tenant, received, retention_days, ts, duration_ns, trace_id, span_id, operation,
    agent, tool, status, revision)
SELECT 'many', now64(9), 30, toDateTime64((20395 + number % 30) * 86400 + number % 86000, 9, 'UTC'),
    1000000000, lower(hex(intDiv(number, 4))), lower(hex(number)), 'execute_tool',
    concat('agent', toString(intDiv(number, 4) % 200)), 'tool', 'Ok', 1
FROM numbers({first}, {count})
"""
NIGHT_CHANNELS = 50_000
SPANS_AT_ONCE = 1_000_000


def beside(store: Store, spans: int) -> float:
    """Seconds of processor to read thirty days of one metric of 200 agents, in a store of so many
    spans of these agents and days."""
    windows_of_many(store, 200, 30)
    for first in range(0, spans, SPANS_AT_ONCE):
        count = min(SPANS_AT_ONCE, spans - first)
        store.derive(BESIDE.format(first=first, count=count), "bench")
    store.command("SYSTEM STOP MERGES")  # those of the spans would count as time of the reading
    return min(reading(store, 200) for _ in range(5))


def main() -> None:
    """Prints each figure beside its bound; --quick: a small fleet."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=["year", "drift", "cost", "spans"])
    asked = parser.parse_args()
    small = asked.quick
    if asked.only in (None, "year"):
        healthy = Fleet(agents=10 if small else 50, days=90 if small else 365)
        with _store() as store:
            _tell_year(judged(store, healthy))
    if asked.only in (None, "drift"):
        moved = Fleet(
            agents=10, days=75, runs=(1200, 500) if not small else (120, 60), drifting=5,
            drift_from=45, demand_from=60, intents=True,
        )  # fmt: skip
        with _store() as store:
            _tell_delays(judged(store, moved), moved)
    if asked.only in (None, "cost"):
        for old in (False, True):
            with _store() as store:
                _tell_night(night(store, 100 if small else 1000, old=old), old=old)
                if not old:
                    spent = reading(store, 200)
                    print(f"30 days x 200 agents of one metric: {spent:.2f} s; <= 0.5 s")
    if asked.only in (None, "spans"):
        for spans in (1_000_000, 2_000_000 if small else 50_000_000):
            with _store() as store:
                print(f"the same beside {spans:,} spans: {beside(store, spans):.2f} s")


def _tell_night(spent: tuple[int, float, float], *, old: bool) -> None:
    channels, processor, clock = spent
    part = NIGHT_CHANNELS / channels
    print(
        f"night of {channels:,} channels after {'a year' if old else 'their baseline'}:"
        f" {clock:.2f} s, of CPU {processor:.2f} s; of {NIGHT_CHANNELS:,} in proportion"
        f" {part * clock:.2f} s, of CPU {part * processor:.2f} s; <= 5 s"
    )


def _tell_year(found: Judged) -> None:
    print(
        f"a healthy fleet: {found.streams} streams, {found.steps} steps, {found.weeks:.0f} weeks:"
        f" {len(found.pages)} false pages, bound {found.bound:.1f}; {found.seconds:.0f} s of CPU"
    )


def _tell_delays(found: Judged, fleet: Fleet) -> None:
    changed = fleet.first + timedelta(days=fleet.drift_from)
    first: dict[str, int] = {}
    for one in sorted(found.pages, key=lambda page: page.window_start):
        first.setdefault(one.alarm.stream.agent, (one.window_start.date() - changed).days + 1)
    late = [first.get(f"agent{number:03d}") for number in range(fleet.drifting)]
    others = sorted(set(first) - {f"agent{number:03d}" for number in range(fleet.drifting)})
    print(
        f"{fleet.points * 100:.0f} points move in {fleet.drifting} agents: days until paged {late}"
    )
    print(f"only demand changes in {fleet.agents - fleet.drifting} others: paged {others}")


@contextmanager
def _store() -> Iterator[Store]:
    with TemporaryDirectory() as folder, Store(f"chdb://{folder}/store") as store:
        migrate.apply(store, 3650)
        yield store


if __name__ == "__main__":
    main()
