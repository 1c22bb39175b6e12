"""Do loops and signatures keep up? Spans a second from the store, one tick in a large table, and
how soon a loop that is sent is a finding."""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from rich import box
from rich.console import Console
from rich.table import Table

from analyzers import registry
from analyzers.config import AnalyzersConfig
from analyzers.runner import Runner
from app.analysis import Analysis
from bench import measure
from bench.output import write_json
from bench.processes import BenchError
from domain.findings import Window
from storage import migrate
from storage.findings import StoredFindings
from storage.store import Store

RETENTION_DAYS = 30
STEPS_A_TRACE = 40
BATCH_ROWS = 100_000
STORED_AGO = timedelta(hours=6)
LATENCY_SECONDS_MAX = 60.0
TARGETS = {"sustained_spans_s": 200_000.0, "tick_s": 1.0, "latency_s": 15.0}
# Calls of ten tools with arguments and results of their own: healthy work, as most is. Every
# hundredth trace repeats one call without a new result.
STEPS = """
INSERT INTO steps (tenant, received, retention_days, ts, trace_id, span_id, name, operation, agent,
    tool, arguments_state, arguments_hash, shape_hash, result_state, result_hash,
    result_size_bytes, status, input_tokens, revision)
SELECT 'default', {{received:DateTime64(9)}}, {days}, {{received:DateTime64(9)}} - interval 2 hour
        + toIntervalMillisecond(number % 7000000), lower(hex(sipHash128(trace, {{salt:UInt64}}))),
    lower(hex(sipHash64(number, {{salt:UInt64}}))), 'execute_tool', 'execute_tool',
    concat('agent-', toString(trace % 200)), concat('tool-', toString(number % 10)), 'json',
    content, content, 'json', content, 200, 'Ok', 0, 1
FROM (SELECT number, intDiv(number, {a_trace}) AS trace,
    if(trace % 100 = 0, trace, sipHash64(number, {{salt:UInt64}})) AS content
    FROM numbers({{first:UInt64}}, {{count:UInt64}}))
"""
SPANS = """
INSERT INTO otel_traces (Tenant, Received, RetentionDays, Timestamp, TraceId, SpanId, SpanName,
    SpanAttributes)
SELECT 'default', {{received:DateTime64(9)}}, {days},
    {{received:DateTime64(9)}} - interval 1 minute + toIntervalMillisecond(number),
    lower(hex(sipHash128(trace, {{salt:UInt64}}))), lower(hex(sipHash64(number, {{salt:UInt64}}))),
    'execute_tool', map('gen_ai.operation.name', 'execute_tool', 'gen_ai.agent.name',
        concat('agent-', toString(trace % 200)), 'gen_ai.tool.name', tool,
        'gen_ai.tool.call.arguments', concat('{{"key":"', content, '"}}'),
        'gen_ai.tool.call.result', concat('{{"value":"', content, '"}}'))
FROM (SELECT number, intDiv(number, {a_trace}) AS trace,
    if(trace % 100 = 0, 'tool-1', concat('tool-', toString(number % 10))) AS tool,
    if(trace % 100 = 0, toString(trace), hex(sipHash64(number, {{salt:UInt64}}))) AS content
    FROM numbers({{first:UInt64}}, {{count:UInt64}}))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """rows_stored: steps before; tick_s: one pass over `new_spans` more; sustained: `many` more."""

    rows_stored: int
    new_spans: int
    tick_s: float
    tick_findings: int
    many: int
    sustained_spans_s: float
    by_analyzer_s: dict[str, float]
    latency_s: float
    failed: dict[str, str]


def put(store: Store, statement: str, count: int, received: datetime, salt: int) -> None:
    """Insert `count` rows in batches, received as time goes by."""
    text = statement.format(days=RETENTION_DAYS, a_trace=STEPS_A_TRACE)
    begun = datetime.now(UTC)
    for first in range(0, count, BATCH_ROWS):
        moment = received + (datetime.now(UTC) - begun)
        some = min(BATCH_ROWS, count - first)
        store.derive(text, "bench", first=first, count=some, received=moment, salt=salt)


def passes(analysis: Analysis) -> tuple[float, Any]:
    """Seconds of one tick, and what came of it."""
    began = time.perf_counter()
    done = analysis.tick()
    return time.perf_counter() - began, done


def by_analyzer(store: Store, since: datetime) -> dict[str, float]:
    """Seconds of each analyzer over what was received since then, those that take longest first."""
    found: dict[str, float] = {}
    last = time.perf_counter()

    def told(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        found[name] = round(now - last, 3)
        last = now

    findings = StoredFindings(store)
    runner = Runner(registry.analyzers(), findings, findings)
    runner.run(Window(since, datetime.now(UTC)), {}, {}, told)
    told("taking back")
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


@contextmanager
def stored(rows: int) -> Iterator[Store]:
    """A store with `rows` steps that were received hours ago."""
    with (
        tempfile.TemporaryDirectory(prefix="wakeline-bench-") as folder,
        Store(f"chdb://{Path(folder) / 'store'}") as store,
    ):
        migrate.apply(store, RETENTION_DAYS)
        put(store, STEPS, rows, datetime.now(UTC) - STORED_AGO, salt=1)
        yield store


def looping() -> bytes:
    """A trace of one call that is repeated six times with the same result."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    now = time.time_ns()
    trace_id = os.urandom(16)
    for number in range(6):
        span = scope.spans.add(
            trace_id=trace_id, span_id=os.urandom(8), name="execute_tool search",
            start_time_unix_nano=now + number * 10**6, end_time_unix_nano=now + number * 10**6 + 1,
        )  # fmt: skip
        for key, text in (
            ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "search"),
            ("gen_ai.agent.name", "looper"), ("gen_ai.tool.call.arguments", '{"q": "x"}'),
            ("gen_ai.tool.call.result", '{"hits": 0}'),
        ):  # fmt: skip
            span.attributes.add(key=key).value.string_value = text
    return request.SerializeToString()


def latency() -> float:
    """Seconds from the acknowledge of a loop until `wakeline up` has the finding."""
    with measure.wakeline() as server:
        headers = {"content-type": "application/x-protobuf"}
        url = f"http://{server.http}/v1/traces"
        httpx.post(url, content=looping(), headers=headers, timeout=30.0).raise_for_status()
        began = time.monotonic()
        while time.monotonic() - began < LATENCY_SECONDS_MAX:
            if server.answer("SELECT count() FROM findings").strip() != "0":
                return time.monotonic() - began
            time.sleep(0.1)
    raise BenchError(f"no finding after {LATENCY_SECONDS_MAX} s")


def measured(rows: int, new_spans: int, many: int) -> Figures:
    """All figures of one run."""
    with stored(rows) as store:
        analysis = Analysis(store, AnalyzersConfig())
        analysis.tick()  # what is stored, and what a first pass has to load
        begun = datetime.now(UTC)
        put(store, SPANS, new_spans, begun, salt=2)
        tick_s, done = passes(analysis)
        each = by_analyzer(store, begun)
        put(store, SPANS, many, datetime.now(UTC), salt=3)
        sustained_s, many_done = passes(analysis)
    return Figures(
        rows, new_spans, round(tick_s, 3), sum(done.found.values()), many,
        round(many / sustained_s), each, round(latency(), 1),
        done.failed | many_done.failed,
    )  # fmt: skip


def main() -> None:
    """Measure, print a table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.analyze", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000, help="steps stored before")
    parser.add_argument("--new", type=int, default=100_000, help="new spans of the tick")
    parser.add_argument("--many", type=int, default=1_000_000, help="new spans, sustained")
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    figures = measured(asked.rows, asked.new, asked.many)
    table = Table(title=f"analysis, {os.cpu_count()} cores", box=box.SIMPLE)
    for name in ("figure", "measured", "target"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    for name, target in TARGETS.items():
        table.add_row(name, f"{getattr(figures, name):,}", f"{target:,}")
    Console().print(table)
    write_json(asdict(figures) | {"load_average": os.getloadavg()}, asked.json)


if __name__ == "__main__":
    main()
