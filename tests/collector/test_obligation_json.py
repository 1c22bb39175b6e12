"""Is OTLP JSON read by the rules of OTLP and not by those of ProtoJSON? (Obligation 6.)"""

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest

from collector.config import CollectorConfig
from storage.store import Store
from tests.collector.conftest import Connect, Select
from tests.collector.otlp_requests import as_json, json_bytes, traces
from tests.collector.peers import Answer, Code, Peer
from tests.collector.running import Running, eventually

JSON_BYTES_MAX = 32 * 1024


@pytest.fixture(scope="module")
def collector(engine: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    config = CollectorConfig.model_validate(
        {"json_request_bytes_max": JSON_BYTES_MAX, "spool": {"segment_age_ms": 30}}
    )
    with Running(tmp_path_factory.mktemp("collector") / "spool", engine, config) as running:
        yield running


@pytest.fixture(params=["json-identity", "json-gzip", "json-zstd"])
def peer(request: pytest.FixtureRequest, collector: Running, connect: Connect) -> Peer:
    return connect(request.param, collector)


def document(**fields: Any) -> dict[str, Any]:
    """A request of one span of a new trace; `fields` are set on it as they are."""
    whole = as_json(traces(b"12345678"))
    span_in(whole).update(fields)
    return whole


def span_in(whole: dict[str, Any]) -> dict[str, Any]:
    span: dict[str, Any] = whole["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    return span


def export(peer: Peer, whole: dict[str, Any]) -> Answer:
    return peer.export(json_bytes(whole))


def stored(rows: Select, whole: dict[str, Any], columns: str) -> list[dict[str, Any]]:
    trace_id = span_in(whole)["traceId"].lower()
    query = f"SELECT {columns} FROM otel_traces WHERE TraceId = '{trace_id}'"
    eventually(lambda: rows(query))
    return rows(query)


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_ids_are_hex_in_any_case(peer: Peer, rows: Select, case: Any) -> None:
    trace_id, span_id = os.urandom(16).hex(), "abcdef0123456789"
    whole = document(traceId=case(trace_id), spanId=case(span_id), parentSpanId=case(span_id))
    assert export(peer, whole).code is Code.OK
    ids = {"TraceId": trace_id, "SpanId": span_id, "ParentSpanId": span_id}
    assert stored(rows, whole, "TraceId, SpanId, ParentSpanId") == [ids]


def test_ids_in_base64_are_bad_data(peer: Peer) -> None:
    answer = export(peer, document(traceId=base64.b64encode(os.urandom(16)).decode()))
    assert answer.code is Code.INVALID_ARGUMENT
    assert "traceId" in answer.status.message


@pytest.mark.parametrize("kind", [3, 99])
def test_an_enum_is_an_integer_known_or_not(peer: Peer, rows: Select, kind: int) -> None:
    whole = document(kind=kind)
    assert export(peer, whole).code is Code.OK
    assert stored(rows, whole, "SpanKind") == [{"SpanKind": "Client" if kind == 3 else ""}]


@pytest.mark.parametrize("kind", ["SPAN_KIND_CLIENT", "3", 3.5, True])
def test_the_name_of_an_enum_is_bad_data(peer: Peer, kind: object) -> None:
    answer = export(peer, document(kind=kind))
    assert (answer.code, answer.details) == (Code.INVALID_ARGUMENT, ["google.rpc.BadRequest"])
    assert "kind" in answer.status.message


def test_keys_in_snake_case_are_ignored(peer: Peer, rows: Select) -> None:
    whole = document(parent_span_id="abcdef0123456789", trace_state="a=b")
    assert export(peer, whole).code is Code.OK
    row = {"ParentSpanId": "", "TraceState": ""}
    assert stored(rows, whole, "ParentSpanId, TraceState") == [row]


def test_a_request_in_snake_case_alone_is_an_empty_request(peer: Peer) -> None:
    answer = peer.export(json_bytes({"resource_spans": document()["resourceSpans"]}))
    assert (answer.code, answer.body.HasField("partial_success")) == (Code.OK, False)


def test_a_span_whose_id_is_in_snake_case_has_no_id(peer: Peer) -> None:
    whole = document(trace_id="0123456789abcdef0123456789abcdef")
    del span_in(whole)["traceId"]
    answer = export(peer, whole)
    assert (answer.code, answer.body.partial_success.rejected_spans) == (Code.OK, 1)


@pytest.mark.parametrize("spell", [int, str])
def test_64_bit_integers_are_numbers_or_strings(peer: Peer, rows: Select, spell: Any) -> None:
    whole = document(
        startTimeUnixNano=spell(1_700_000_000_000_000_001),
        endTimeUnixNano=spell(1_700_000_000_000_000_003),
        attributes=[{"key": "big", "value": {"intValue": spell(-(2**63))}}],
    )
    assert export(peer, whole).code is Code.OK
    assert stored(
        rows, whole, "toUnixTimestamp64Nano(Timestamp) AS t, Duration, SpanAttributes"
    ) == [
        {
            "t": 1_700_000_000_000_000_001,
            "Duration": 2,
            "SpanAttributes": {"big": "-9223372036854775808"},
        }
    ]


def test_doubles_and_bytes_have_their_own_spellings(peer: Peer, rows: Select) -> None:
    values = {
        "nan": {"doubleValue": "NaN"},
        "infinite": {"doubleValue": "-Infinity"},
        "bytes": {"bytesValue": base64.b64encode(b"\xff\x00").decode()},
    }
    attributes = [{"key": key, "value": value} for key, value in values.items()]
    whole = document(attributes=attributes)
    assert export(peer, whole).code is Code.OK
    texts = {"nan": "nan", "infinite": "-inf", "bytes": "/wA="}
    assert stored(rows, whole, "SpanAttributes") == [{"SpanAttributes": texts}]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'"{}"', b"{}{}", b"\xff{}", b'{"resourceSpans":{}}', b'{"a":NaN}'],
)
def test_what_is_no_json_object_of_a_request_is_bad_data(peer: Peer, body: bytes) -> None:
    answer = peer.export(body)
    assert (answer.code, answer.details) == (Code.INVALID_ARGUMENT, ["google.rpc.BadRequest"])


def test_json_nested_deeper_than_protobuf_allows_is_bad_data(peer: Peer) -> None:
    value = b'{"arrayValue":{"values":[' * 5000
    body = b'{"resourceSpans":[{"resource":{"attributes":[{"value":' + value
    assert peer.export(body[: JSON_BYTES_MAX - 1]).code is Code.INVALID_ARGUMENT


# Obligation 2: JSON has a limit of its own, because decoding it takes much more memory.


def test_json_over_its_own_limit_is_refused_by_its_name(peer: Peer) -> None:
    blanks = b"{" + b" " * JSON_BYTES_MAX + b"}"
    answer = peer.export(blanks)
    assert answer.code is Code.RESOURCE_EXHAUSTED
    assert str(JSON_BYTES_MAX) in answer.status.message
    assert "json_request_bytes_max" in answer.status.message
    assert peer.export(blanks[: JSON_BYTES_MAX - 1] + b"}").code is Code.OK


def test_protobuf_of_that_size_is_taken(collector: Running, connect: Connect) -> None:
    request = traces()
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.name = "n" * 2 * JSON_BYTES_MAX
    assert connect("protobuf-identity", collector).export(request).code is Code.OK
