"""OTLP trace requests by the million: a few are built, the rest are those with other ids.

A span is a tool call of 11 attributes and about 550 bytes; a trace is 16 spans in a row. Within a
run no trace id and no span id occurs twice.
"""

import math
import random
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SPANS_PER_TRACE = 16
# Bodies differ in values and, for sizes that do not divide into traces, in where a trace begins.
TEMPLATES = 16
FILLED_SPANS = 2048  # of one template at once: enough to amortise numpy, few enough for the cache
SPACING_NS = 1000
DURATION_NS_MAX = 10**8
RESOURCE = {
    "service.name": "billing",
    "service.version": "1.4.2",
    "deployment.environment": "prod",
    "telemetry.sdk.name": "opentelemetry",
}
TEXTS = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.agent.name": "billing-agent",
    "gen_ai.tool.name": "lookup_invoice",
}

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Template:
    """One serialised request, and where in it the bytes stand that are unique to each span.

    places: int64, shape (size, 40): trace_id 16, span_id 8, start and end 8 each.
    parents: int64, shape (spans with a parent, 8).
    children: bool, shape (size,): which spans have a parent.
    """

    body: Bytes
    places: npt.NDArray[np.int64]
    parents: npt.NDArray[np.int64]
    children: npt.NDArray[np.bool_]

    def filled(self, firsts: Numbers, seed: int, now_ns: int) -> list[bytes]:
        """One request for each of `firsts`, the number of its first span."""
        numbers: Numbers = np.add.outer(firsts, np.arange(len(self.places), dtype=np.uint64))
        starts = numbers * np.uint64(SPACING_NS) + np.uint64(now_ns)
        spans = _scattered(numbers, seed)
        traces: Numbers = numbers // np.uint64(SPANS_PER_TRACE)
        columns = (
            _scattered(traces, seed + 1),
            _scattered(traces, seed + 2),
            spans,
            starts,
            starts + spans % np.uint64(DURATION_NS_MAX),
        )
        bodies = np.tile(self.body, (len(firsts), 1))
        bodies[:, self.places] = np.stack(columns, axis=-1).view(np.uint8)
        parents: Numbers = numbers[:, self.children] - np.uint64(1)
        before = _scattered(parents, seed)
        bodies[:, self.parents] = before[..., np.newaxis].view(np.uint8)
        return [body.tobytes() for body in bodies]


def requests(size: int, count: int, seed: int | None = None) -> Iterator[bytes]:
    """`count` requests of `size` spans each; the same `seed` gives the same ids."""
    seed = secrets.randbits(48) if seed is None else seed
    now_ns = time.time_ns() - count * size * SPACING_NS
    phases = SPANS_PER_TRACE // math.gcd(size, SPANS_PER_TRACE)
    assert TEMPLATES % phases == 0
    rng = random.Random(seed)
    templates = [_template(size, index * size, rng) for index in range(TEMPLATES)]
    step = TEMPLATES * max(FILLED_SPANS // size, 1)
    for start in range(0, count, step):
        indexes = np.arange(start, min(start + step, count), dtype=np.uint64) * np.uint64(size)
        filled = [
            template.filled(indexes[number::TEMPLATES], seed, now_ns)
            for number, template in enumerate(templates)
        ]
        rounds = zip_longest(*filled)
        yield from (body for bodies in rounds for body in bodies if body is not None)


def _scattered(numbers: Numbers, seed: int) -> Numbers:
    """A bijection of 64-bit integers that looks random: splitmix64 (Steele et al., 2014)."""
    with np.errstate(over="ignore"):
        mixed = (numbers + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _template(size: int, first: int, rng: random.Random) -> _Template:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    for key, text in RESOURCE.items():
        resource_spans.resource.attributes.add(key=key).value.string_value = text
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name, scope_spans.scope.version = "wakeline.bench", "1"
    children = np.array([(first + index) % SPANS_PER_TRACE > 0 for index in range(size)])
    for is_child in children:
        _describe(scope_spans.spans.add(), rng, is_child=bool(is_child))
    body = request.SerializeToString()
    return _Template(
        np.frombuffer(body, np.uint8), *_places(body, scope_spans.spans), children=children
    )


def _describe(span: Span, rng: random.Random, *, is_child: bool) -> None:
    """Fill the span; what is patched later holds random bytes, to be found again."""
    span.trace_id, span.span_id = rng.randbytes(16), rng.randbytes(8)
    if is_child:
        span.parent_span_id = rng.randbytes(8)
    span.name, span.kind = "execute_tool lookup", Span.SPAN_KIND_CLIENT
    span.start_time_unix_nano, span.end_time_unix_nano = rng.getrandbits(64), rng.getrandbits(64)
    invoice = f'{{"invoice":"INV-{rng.randrange(10**9)}","fields":["amount","due"]}}'
    texts = TEXTS | {
        "gen_ai.conversation.id": f"conv-{rng.randrange(10**6)}",
        "gen_ai.tool.call.arguments": invoice,
    }
    for key, text in texts.items():
        span.attributes.add(key=key).value.string_value = text
    add = span.attributes.add
    add(key="gen_ai.usage.input_tokens").value.int_value = rng.randrange(4000)
    add(key="gen_ai.usage.output_tokens").value.int_value = rng.randrange(400)
    add(key="wakeline.confidence").value.double_value = rng.random()
    reasons = add(key="gen_ai.response.finish_reasons").value.array_value
    reasons.values.add().string_value = "stop"


def _places(
    body: bytes, spans: Iterable[Span]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    places, parents = [], []
    at = 0
    for span in spans:
        marks = (
            span.trace_id,
            span.span_id,
            span.start_time_unix_nano.to_bytes(8, "little"),
            span.end_time_unix_nano.to_bytes(8, "little"),
        )
        at = body.index(span.trace_id, at)
        found = [np.arange(len(mark)) + body.index(mark, at) for mark in marks]
        places.append(np.concatenate(found))
        if span.parent_span_id:
            parents.append(np.arange(8) + body.index(span.parent_span_id, at))
    return np.stack(places), np.array(parents, dtype=np.int64).reshape(-1, 8)
