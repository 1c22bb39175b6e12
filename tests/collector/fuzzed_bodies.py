"""Request bodies as no exporter sends them: real ones with damage, and look-alikes."""

import gzip
import json
from typing import Any

from backports import zstd
from hypothesis import strategies as st

from tests.collector.otlp_requests import as_json, json_bytes, logs, metrics, traces

TRACE_ID = b"0123456789abcdef"


def a_trace() -> Any:
    """With something in every message type of a span."""
    request = traces(b"12345678", b"23456789", trace_id=TRACE_ID)
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.events.add(name="e", time_unix_nano=1).attributes.add(key="k").value.double_value = 0.5
    span.links.add(trace_id=TRACE_ID, span_id=b"12345678").attributes.add(key="l")
    span.attributes.add(key="a").value.array_value.values.add(bool_value=True)
    span.attributes.add(key="m").value.kvlist_value.values.add(key="n").value.bytes_value = b"\xff"
    span.status.code = 2
    return request


REQUESTS = [a_trace(), logs("one", "two"), metrics(2)]
BODIES = [request.SerializeToString() for request in REQUESTS]
DOCUMENTS = [as_json(request) for request in REQUESTS]


@st.composite
def damaged(draw: st.DrawFn, bodies: list[bytes]) -> bytes:
    """A real body in which some bytes were changed, dropped, doubled or put in."""
    body = bytearray(draw(st.sampled_from(bodies)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        piece = draw(st.binary(max_size=4) | st.just(bytes(body[at : at + 20])))
        body[at : at + draw(st.integers(0, 4))] = piece
    return bytes(body)


tags = st.builds(lambda number, kind: number << 3 | kind, st.integers(1, 20), st.integers(0, 5))
fields = st.recursive(
    st.builds(lambda tag, rest: bytes([tag & 127]) + rest, tags, st.binary(max_size=9)),
    lambda inner: st.builds(
        lambda number, parts: bytes([number << 3 | 2]) + packed(b"".join(parts)),
        st.integers(1, 15),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def packed(body: bytes) -> bytes:
    """With the length before it, when one byte can tell that."""
    return bytes([len(body) & 127]) + body


protobuf_bodies = damaged(BODIES) | fields | st.binary(max_size=200)

# Keys and values that mean something to OTLP, in places where they may mean nothing.
KEYS = [
    "resourceSpans", "resource", "scopeSpans", "scope", "spans", "attributes", "key", "value",
    "traceId", "spanId", "kind", "startTimeUnixNano", "arrayValue", "kvlistValue", "values",
    "stringValue", "intValue", "doubleValue", "bytesValue", "boolValue", "resourceLogs",
    "scopeLogs", "logRecords", "body", "resourceMetrics", "scopeMetrics", "metrics", "gauge",
    "dataPoints", "resource_spans", "events", "links", "status", "code", "flags", "",
]  # fmt: skip
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0" * 32, "F" * 16, "NaN", "Infinity", "1e999", "-1", "SPAN_KIND_CLIENT"])
)
documents = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@st.composite
def grafted(draw: st.DrawFn) -> bytes:
    """A real document in which some value, at any depth, is another one."""
    whole = json.loads(json.dumps(draw(st.sampled_from(DOCUMENTS))))
    at: Any = whole
    while True:
        step = draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[step], dict | list) or not at[step] or draw(st.integers(0, 3)) == 0:
            at[step] = draw(documents)
            return json_bytes(whole)
        at = at[step]


json_bodies = (
    grafted()
    | st.builds(json_bytes, documents)
    | damaged([json_bytes(document) for document in DOCUMENTS])
    | st.text(max_size=50).map(lambda text: text.encode("utf-8", "surrogatepass"))
)

bodies = protobuf_bodies | json_bodies
codings: st.SearchStrategy[tuple[str, bytes]] = st.one_of(
    bodies.map(lambda body: ("identity", body)),
    bodies.map(lambda body: ("gzip", gzip.compress(body, 1))),
    bodies.map(lambda body: ("zstd", zstd.compress(body))),
    damaged([gzip.compress(body) for body in BODIES]).map(lambda body: ("gzip", body)),
    damaged([zstd.compress(body) for body in BODIES]).map(lambda body: ("zstd", body)),
)
