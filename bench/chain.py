"""How long does a causal chain take when millions of other reads and writes are stored?"""

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

from app.chains import Chains
from bench.chain_figures import Figures, shown
from bench.output import write_json
from bench.settling import settled
from domain.chains import Budget, Chain
from domain.errors import WakelineError
from storage import migrate
from storage.store import Store

RETENTION_DAYS = 60
TENANT = "default"
LASTS = timedelta(days=30)
BATCH_ROWS = 5_000_000
ACCESSES_A_TRACE = 4
# Traces a level: each reads what two of the next level wrote while they double, then one.
SMALL = (1, 2, 4, 8, 8, 8)
LARGE = (*(2**level for level in range(11)), 1024)
SMALL_CHAINS, RUNS = 10, 3
# Rows are stored as they come, which is how a segment of spans is (storage/store.py), in few large
# parts: twice as fast as replacing within each insert, and there is nothing to be replaced.
FILLING = """
SETTINGS optimize_on_insert = 0, max_block_size = 65536, min_insert_block_size_rows = 5000000,
    min_insert_block_size_bytes = 4000000000, max_memory_usage = 0, max_execution_time = 0,
    os_threads_nice_value_query = 0"""
# A trace of four reads and writes of an agent, one of its steps each, beside what it decided.
TRACE = "lower(hex(sipHash128(trace, 1)))"
FILLERS = {
    "data_access": """
INSERT INTO data_access (tenant, received, retention_days, ts, trace_id, span_id, service, agent,
    entity, entity_type, field, access, data_id, version, source, value_num, status, origin,
    revision)
SELECT '{tenant}', at + interval 1 second, {days}, at, {trace}, lower(hex(sipHash64(number, 2))),
    concat('service-', toString(trace % 20)), concat('agent-', toString(trace % 200)),
    concat('account:', toString(sipHash64(number, 3) % {entities})), 'account',
    if(number % 2 = 0, 'rate', 'amount'), if(number % 4 < 2, 'read', 'write'),
    concat('data:', lower(hex(sipHash64(number, 2)))), toString(number), 'crm', number % 1000,
    'Ok', 'explicit', 1
FROM ({numbers})""",
    "steps": """
INSERT INTO steps (tenant, received, retention_days, ts, duration_ns, trace_id, span_id,
    parent_span_id, name, service, operation, agent, tool, status, arguments_hash, shape_hash,
    result_hash, revision)
SELECT '{tenant}', at + interval 1 second, {days}, at, 1000000, {trace},
    lower(hex(sipHash64(number, 2))), lower(hex(sipHash64(trace, 4))), 'execute_tool',
    concat('service-', toString(trace % 20)), 'execute_tool',
    concat('agent-', toString(trace % 200)), concat('tool-', toString(number % 10)), 'Ok',
    sipHash64(number, 5), sipHash64(number, 6), sipHash64(number, 7), 1
FROM ({numbers})""",
    "decisions": """
INSERT INTO decisions (tenant, received, retention_days, ts, trace_id, span_id, service, agent,
    decision_id, action, inputs, origin, revision)
SELECT '{tenant}', at + interval 1 second, {days}, at, {trace}, lower(hex(sipHash64(trace, 4))),
    concat('service-', toString(trace % 20)), concat('agent-', toString(trace % 200)),
    concat('decision:', toString(trace)), 'decide', [], 'explicit', 1
FROM ({numbers}) WHERE number % {a_trace} = 0""",
    "otel_traces_trace_id_ts": """
INSERT INTO otel_traces_trace_id_ts (TraceId, Start, End, Tenant, RetentionDays, ReceivedDate)
SELECT {trace}, toDateTime(at), toDateTime(at + interval 1 second), '{tenant}', {days},
    toDate(at, 'UTC')
FROM ({numbers}) WHERE number % {a_trace} = 0""",
}
NUMBERS = """
SELECT number, intDiv(number, {a_trace}) AS trace,
    fromUnixTimestamp64Nano(toInt64({begin_ns} + number * {apart_ns})) AS at
FROM numbers({{first:UInt64}}, {{count:UInt64}})"""

Row = dict[str, Any]


@dataclass(slots=True)
class Plant:
    """Rows of one planted chain: traces that read what earlier ones wrote, up to an outcome."""

    name: str
    sizes: Sequence[int]
    end: datetime
    steps: list[Row] = field(default_factory=list)
    accesses: list[Row] = field(default_factory=list)
    traces: list[Row] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """By table."""
        rng = np.random.default_rng(1)
        levels = [[f"{self.name}-{level}-{n}" for n in range(size)]
                  for level, size in enumerate(self.sizes)]  # fmt: skip
        for level, (names, sources) in enumerate(pairwise([*levels, []])):
            for number, name in enumerate(names):
                # Where the next level is as large, each reads one; where it doubles, two.
                read = [one for n, one in enumerate(sources) if n % len(names) == number]
                apart = LASTS / (len(self.sizes) + 1)
                at = self.end - apart * level - apart * 0.8 * float(rng.random())
                self._trace(name, at, read)
        yield "steps", self.steps
        yield "data_access", self.accesses
        yield "otel_traces_trace_id_ts", self.traces
        target = f"write:{levels[0][0]}"
        yield "outcomes", [{
            **_base(self.end, self.end), "trace_id": "", "span_id": "", "type": "reversal",
            "outcome_id": self.name, "polarity": -1, "target": [target], "amount": 10,
        }]  # fmt: skip

    def _trace(self, name: str, at: datetime, read: Sequence[str]) -> None:
        base = _base(at, at)
        root = _hex(f"{name}/root", 16)
        spans = [(f"read:{one}", one, "read") for one in read] or [("decide", "", "")]
        spans.append((f"write:{name}", name, "write"))
        base |= {"trace_id": _hex(name, 32), "agent": "planted", "service": "planted"}
        whole = base | {"span_id": root, "operation": "invoke_agent", "name": "planted"}
        self.steps.append(whole | {"parent_span_id": "", "tool": ""})
        for number, (span, entity, access) in enumerate(spans, start=1):
            moment = {"ts": at + timedelta(milliseconds=number)}
            ids = moment | {"span_id": _hex(f"{name}/{span}", 16)}
            call = {"operation": "execute_tool", "name": span, "tool": "planted"}
            self.steps.append(base | ids | call | {"parent_span_id": root})
            if access:
                self.accesses.append(base | ids | {
                    "entity": f"planted:{entity}", "entity_type": "planted", "field": "value",
                    "access": access, "version": "1", "source": "planted", "status": "Ok",
                    "data_id": f"{access}:{entity}" if access == "write" else f"{name}/{span}",
                })  # fmt: skip
        second = at.replace(microsecond=0)
        self.traces.append({
            "TraceId": _hex(name, 32), "Start": second, "End": second + timedelta(seconds=1),
            "Tenant": TENANT, "RetentionDays": RETENTION_DAYS, "ReceivedDate": at.date(),
        })  # fmt: skip


def _base(at: datetime, received: datetime) -> Row:
    return {
        "tenant": TENANT, "received": received, "retention_days": RETENTION_DAYS, "ts": at,
        "revision": 1,
    }  # fmt: skip


def _hex(name: str, digits: int) -> str:
    return hashlib.blake2b(name.encode(), digest_size=digits // 2).hexdigest()


def fill(store: Store, first: int, last: int, whole: int, told: Callable[[int], None]) -> None:
    """Reads and writes number `first` to `last` of `whole`, with their steps and decisions; parts
    are merged as far as the engine does it by itself within a few minutes."""
    begin_ns = int((datetime.now(UTC) - LASTS).timestamp() * 1e9)
    values: dict[str, Any] = {
        "tenant": TENANT, "days": RETENTION_DAYS, "a_trace": ACCESSES_A_TRACE, "trace": TRACE,
        "entities": max(1000, whole // 20), "begin_ns": begin_ns,
        "apart_ns": int(LASTS.total_seconds() * 1e9 / whole),
    }  # fmt: skip
    values["numbers"] = NUMBERS.format(**values)
    store.command("SYSTEM STOP MERGES")
    for begin in range(first, last, BATCH_ROWS):
        for text in FILLERS.values():
            count = min(BATCH_ROWS, last - begin)
            store.derive(text.format(**values) + FILLING, "bench", first=begin, count=count)
        told(begin)
    store.command("SYSTEM START MERGES")
    settled(store)


def plant(store: Store) -> list[str]:
    """The names of the outcomes, that of the large chain last."""
    end = datetime.now(UTC) - timedelta(hours=1)
    plants = [Plant(f"small-{n}", SMALL, end) for n in range(SMALL_CHAINS)]
    plants.append(Plant("large", LARGE, end))
    for one in plants:
        for table, rows in one.rows():
            store.insert(table, rows)
    return [one.name for one in plants]


class Timed(NamedTuple):
    """One chain: ms until it was answered, ms of all cores until then, ms until it was kept."""

    ms: float
    cpu_ms: float
    keeping_ms: float
    chain: Chain


def timed(chains: Chains, name: str, *, fresh: bool = True) -> Timed:
    """Asked for as a process that stays does it: it is answered, and then kept."""
    began, cpu = time.perf_counter(), time.process_time()
    chain = chains.chain(TENANT, name, fresh=fresh)
    answered, cpu_answered = time.perf_counter(), time.process_time()
    chains.settle()
    keeping = time.perf_counter() - answered
    return Timed((answered - began) * 1000, (cpu_answered - cpu) * 1000, keeping * 1000, chain)


def measured(store: Store, rows: int, names: Sequence[str]) -> Figures:
    """Of all chains."""
    chains = Chains(store, Budget(seconds_max=60.0), keeps_later=True)
    small = [timed(chains, name) for _ in range(RUNS) for name in names[:-1]]
    again = [timed(chains, name, fresh=False).ms for name in names[:-1]]
    large = [timed(chains, names[-1]) for _ in range(RUNS)]
    chain = large[-1].chain
    parts = store.selected(
        "SELECT toUInt64(count()) AS parts, sum(bytes_on_disk) AS bytes FROM system.parts"
        " WHERE active AND table IN ('data_access', 'steps') LIMIT 1", "bench",
    )[0]  # fmt: skip
    p50, p95 = np.quantile([one.ms for one in small], (0.5, 0.95))
    return Figures(
        rows, parts["parts"], parts["bytes"], _spans(small[-1].chain),
        round(float(p50), 1), round(float(p95), 1), round(float(np.median(again)), 1),
        round(float(np.median([one.cpu_ms for one in small])), 1),
        round(float(np.median([one.keeping_ms for one in small])), 1),
        _spans(chain), len({node.trace_id for node in chain.nodes}), chain.levels,
        round(max(one.ms for one in large), 1), round(min(one.cpu_ms for one in large), 1),
        round(min(one.keeping_ms for one in large), 1), chain.cut,
    )  # fmt: skip


def _spans(chain: Chain) -> int:
    return sum(1 for node in chain.nodes if node.span_id)


def growth(sizes: Sequence[int]) -> Iterator[Figures]:
    """The same chains among more and more rows, in one store."""
    console = Console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="wakeline-bench-") as folder,
        Store(f"chdb://{Path(folder) / 'store'}") as store,
    ):
        migrate.apply(store, RETENTION_DAYS)
        names = plant(store)
        for first, last in pairwise([0, *sizes]):
            fill(store, first, last, sizes[-1], lambda done: console.print(f"{done:,}", end=" "))
            yield measured(store, last, names)


def main() -> None:
    """Measure, print a table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.chain", description=__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[1_000_000, 5_000_000, 50_000_000],
        help="reads and writes that are stored, growing",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    try:
        found = list(growth(asked.rows))
    except WakelineError as error:
        parser.exit(1, f"bench.chain: {error}\n")
    Console().print(shown(found))
    write_json(
        {"figures": [asdict(one) for one in found], "load_average": os.getloadavg()}, asked.json
    )


if __name__ == "__main__":
    main()
