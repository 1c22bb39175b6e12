"""Runs as spool segments: with skewed clocks, late and repeated spans, in two frameworks' names."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from bench.faulty_runs import PRICE_S, Run, Span
from collector import intake, records
from domain.envelope import Signal

TENANT = "acme"
RETENTION_DAYS = 30
SECOND = 10**9
RUNS_A_REQUEST, RUNS_A_SEGMENT = 50, 500
# Runs begin within 3 h, this long ago; all is received long before now, so that what had to follow
# is overdue.
BEGAN_AGO_S, RECEIVED_AGO_S, LATE_S = 6 * 3600, 5000, 900
LATE_SHARE, TWICE_SHARE, OPENINFERENCE_SHARE = 0.01, 0.02, 0.25
SKEW_S = 0.4
PLANS, PRICES = 20, 10
OPENINFERENCE = {
    "gen_ai.agent.name": "agent.name",
    "gen_ai.tool.name": "tool.name",
    "gen_ai.tool.call.arguments": "input.value",
    "gen_ai.tool.call.result": "output.value",
    "gen_ai.request.model": "llm.model_name",
    "gen_ai.usage.input_tokens": "llm.token_count.prompt",
}
SPAN_KINDS = {"invoke_agent": "AGENT", "execute_tool": "TOOL", "chat": "LLM"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Spool records of one insert, and its token."""

    records: bytes
    token: str


def prices() -> list[Run]:
    """The traces that change the prices of plans."""
    found = []
    for number in range(PLANS * PRICES):
        plan, change = number % PLANS, number // PLANS
        rng = random.Random(number)
        run = Run(-1 - number, "pricing", rng, change * PRICE_S - 3)
        run.now = 0.0
        run.write("set_price", f"plan:{plan}", str(change + 10), field="price")
        run.spans[-1] = Span(run.spans[-1].attributes, 3.0, 0.2, 0, 0, False, run.spans[-1].events)
        found.append(run)
    return found


def trace_id(seed: int, run: Run, trace: int = 0) -> bytes:
    """Of one of its traces."""
    return hashlib.md5(
        f"{seed}-{run.number}-{run.fault}-{trace}".encode(), usedforsecurity=False
    ).digest()


def segments(runs: Sequence[Run], seed: int, now_ns: int) -> Iterator[Segment]:
    """All spans, those that are late last."""
    rng = random.Random(seed)
    late: list[bytes] = []
    for begin in range(0, len(runs), RUNS_A_SEGMENT):
        told: list[bytes] = []
        for first in range(begin, min(begin + RUNS_A_SEGMENT, len(runs)), RUNS_A_REQUEST):
            some = runs[first : first + RUNS_A_REQUEST]
            received = now_ns - RECEIVED_AGO_S * SECOND + first * 10**6
            request, delayed = _requests(some, seed, now_ns - BEGAN_AGO_S * SECOND, rng)
            told.append(_record(request, received))
            if rng.random() < TWICE_SHARE:
                late.append(_record(request, received + SECOND))
            late.append(_record(delayed, received + LATE_S * SECOND))
        yield Segment(b"".join(told), f"runs-{seed}-{begin}")
    yield Segment(b"".join(late), f"late-{seed}")


def _record(request: ExportTraceServiceRequest, received_ns: int) -> bytes:
    body = request.SerializeToString(deterministic=True)
    batch = intake.read(Signal.TRACES, intake.Encoding.PROTOBUF, TENANT, body)
    return records.encode(batch.request(TENANT, RETENTION_DAYS), received_ns)


def _requests(
    runs: Sequence[Run], seed: int, began_ns: int, rng: random.Random
) -> tuple[ExportTraceServiceRequest, ExportTraceServiceRequest]:
    now, late = ExportTraceServiceRequest(), ExportTraceServiceRequest()
    scope, later = (each.resource_spans.add().scope_spans.add() for each in (now, late))
    for run in runs:
        ids = {each: trace_id(seed, run, each) for each in {span.trace for span in run.spans}}
        skew = {each: rng.uniform(-SKEW_S, SKEW_S) for each in ids}
        foreign = rng.random() < OPENINFERENCE_SHARE
        for index, span in enumerate(run.spans):
            to = later.spans if rng.random() < LATE_SHARE else scope.spans
            start = began_ns + int((run.began + span.at + skew[span.trace]) * SECOND)
            _fill(to.add(), span, index, (ids[span.trace], start), foreign=foreign)
    return now, late


def _fill(
    wire: WireSpan, span: Span, index: int, place: tuple[bytes, int], *, foreign: bool
) -> None:
    wire.trace_id, wire.start_time_unix_nano = place
    wire.span_id = _span_id(wire.trace_id, index)
    if span.under is not None:
        wire.parent_span_id = _span_id(wire.trace_id, span.under)
    wire.name = str(span.attributes["gen_ai.operation.name"])
    wire.end_time_unix_nano = wire.start_time_unix_nano + int(span.lasts * SECOND)
    if span.failed:
        wire.status.code = Status.STATUS_CODE_ERROR
    _put(wire.attributes, _foreign(span.attributes) if foreign else span.attributes)
    for name, attributes in span.events:
        event = wire.events.add(name=name, time_unix_nano=wire.start_time_unix_nano)
        _put(event.attributes, attributes)


def _span_id(trace: bytes, index: int) -> bytes:
    return trace[-4:] + (index + 1).to_bytes(4, "big")


def _foreign(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    told = {OPENINFERENCE.get(key, key): value for key, value in attributes.items()}
    kind = SPAN_KINDS[told.pop("gen_ai.operation.name")]
    return told | {"openinference.span.kind": kind}


def _put(to: Any, attributes: Mapping[str, Any]) -> None:
    for key, plain in attributes.items():
        value = to.add(key=key).value
        if isinstance(plain, int):
            value.int_value = plain
        elif isinstance(plain, float):
            value.double_value = plain
        elif isinstance(plain, str):
            value.string_value = plain
        else:
            for one in plain:
                value.array_value.values.add().string_value = one
