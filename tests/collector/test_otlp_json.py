"""OTLP JSON means the protobuf message that the OTLP specification says it means."""

import json
from collections.abc import Callable
from typing import TypeAlias

import pytest
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from collector.otlp_json import decode_logs, decode_metrics, decode_traces
from domain.errors import InvalidInput

Decode: TypeAlias = Callable[[bytes], Message]

TRACES = (decode_traces, ExportTraceServiceRequest)
LOGS = (decode_logs, ExportLogsServiceRequest)
METRICS = (decode_metrics, ExportMetricsServiceRequest)
every_signal = pytest.mark.parametrize(("decode", "kind"), [TRACES, LOGS, METRICS])

SPAN = "resourceSpans[0].scopeSpans[0].spans[0]"
VALUE = f"{SPAN}.attributes[0].value"


def span_body(fields: str) -> bytes:
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{fields}}}]}}]}}]}}'.encode()


def span_of(fields: str) -> Span:
    return decode_traces(span_body(fields)).resource_spans[0].scope_spans[0].spans[0]


def value_body(value: str) -> bytes:
    return span_body(f'"attributes":[{{"key":"k","value":{value}}}]')


def value_of(value: str) -> AnyValue:
    request = decode_traces(value_body(value))
    return request.resource_spans[0].scope_spans[0].spans[0].attributes[0].value


def refusal(body: bytes, decode: Decode = decode_traces) -> str:
    with pytest.raises(InvalidInput) as caught:
        decode(body)
    return str(caught.value)


# The request body.


@every_signal
@pytest.mark.parametrize("body", [b"", b"{}", b' {"other":[{"traceId":7}]}\n'])
def test_a_body_without_known_fields_is_an_empty_request(
    decode: Decode, kind: type[Message], body: bytes
) -> None:
    assert decode(body) == kind()


@pytest.mark.parametrize("body", [b"null", b"[]", b'"{}"', b"7", b"true"])
def test_the_top_level_must_be_an_object(body: bytes) -> None:
    assert refusal(body) == "request body: expected an object"


@pytest.mark.parametrize(
    "body", [b" ", b"{", b"{}{}", b"{'a':1}", b'{"a":1,}', b'{"a":01}', b'{"a":"\n"}', b"\x00"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(body).startswith("request body: not JSON")


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_bare_special_numbers_are_not_json(literal: str) -> None:
    expected = f"request body: not JSON, {literal} must be a string"
    assert refusal(value_body(f'{{"doubleValue":{literal}}}')) == expected
    assert refusal(f'{{"unknown":{literal}}}'.encode()) == expected


@pytest.mark.parametrize("body", [b'{"a":"\xff"}', "{}".encode("utf-16"), b'{"a":"\xed\xa0\x80"}'])
def test_a_body_that_is_not_utf8_is_refused(body: bytes) -> None:
    assert "UTF-8" in refusal(body)


def test_a_byte_order_mark_is_refused() -> None:
    assert "not JSON" in refusal(b"\xef\xbb\xbf{}")


# Keys, nulls, lists, oneofs.


def test_unknown_and_snake_case_keys_are_ignored() -> None:
    span = span_of('"name":"n","trace_id":"zz","start_time_unix_nano":5,"new":[{"deep":{}}]')
    assert span == Span(name="n")


def test_null_means_that_the_field_is_absent() -> None:
    assert span_of('"name":null,"traceId":null,"attributes":null,"status":null') == Span()
    assert value_of('{"stringValue":null,"intValue":"0"}') == AnyValue(int_value=0)


def test_null_is_not_an_element_of_a_list() -> None:
    assert refusal(span_body('"links":[{},null]')) == f"{SPAN}.links[1]: expected an object"


def test_an_empty_object_is_a_present_but_empty_message() -> None:
    assert span_of('"status":{}').HasField("status")
    assert not span_of("").HasField("status")
    assert value_of("{}").WhichOneof("value") is None


def test_the_last_of_duplicate_keys_wins() -> None:
    assert span_of('"name":"first","name":"last"').name == "last"
    assert value_of('{"intValue":1,"intValue":2}').int_value == 2


def test_two_members_of_a_oneof_are_refused() -> None:
    body = value_body('{"stringValue":"","intValue":1}')
    assert refusal(body).startswith(f"{VALUE}.intValue: expected only one")
    assert "stringValue" in refusal(body)


def test_the_path_names_every_index() -> None:
    body = b'{"resourceSpans":[{},{"scopeSpans":[{"spans":[{},{},{"traceId":"0"}]}]}]}'
    assert refusal(body).startswith("resourceSpans[1].scopeSpans[0].spans[2].traceId: expected")


def test_a_refusal_does_not_repeat_content() -> None:
    assert "secret" not in refusal(span_body('"traceId":"secret"'))
    assert "secret" not in refusal(b'{"secret": secret}')


@pytest.mark.parametrize(
    ("fields", "where", "expected"),
    [
        ('"attributes":{}', "attributes", "a list"),
        ('"attributes":"x"', "attributes", "a list"),
        ('"status":[]', "status", "an object"),
        ('"events":[[]]', "events[0]", "an object"),
        ('"name":7', "name", "a string"),
        ('"name":{}', "name", "a string"),
        ('"name":"\\ud800"', "name", "a string without unpaired surrogates"),
        ('"name":"\\udc00\\ud800"', "name", "a string without unpaired surrogates"),
        ('"kind":"SPAN_KIND_SERVER"', "kind", "the integer of an enum value"),
        ('"kind":"2"', "kind", "the integer of an enum value"),
        ('"kind":2.5', "kind", "the integer of an enum value"),
        ('"kind":true', "kind", "the integer of an enum value"),
        ('"kind":2147483648', "kind", "the integer of an enum value"),
        (
            '"droppedEventsCount":4294967296',
            "droppedEventsCount",
            "an integer from 0 to 4294967295",
        ),
        ('"flags":-1', "flags", "an integer from 0 to 4294967295"),
        ('"flags":true', "flags", "an integer from 0 to 4294967295"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(fields: str, where: str, expected: str) -> None:
    assert refusal(span_body(fields)).startswith(f"{SPAN}.{where}: expected {expected}")


# The published events example has had this slip: a list where KeyValueList is an object.
def test_a_kvlist_must_be_an_object_with_values() -> None:
    assert refusal(value_body('{"kvlistValue":[{"key":"a"}]}')).startswith(f"{VALUE}.kvlistValue")


# Scalars.


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("9223372036854775807", 2**63 - 1),
        ('"9223372036854775807"', 2**63 - 1),
        ('"-9223372036854775808"', -(2**63)),
        ("1.0", 1),
        ('"-2.0"', -2),
        ("1e3", 1000),
        ('"1E+3"', 1000),
        ("-0", 0),
    ],
)
def test_a_64_bit_integer_is_a_number_or_a_decimal_string(number: str, expected: int) -> None:
    assert value_of(f'{{"intValue":{number}}}').int_value == expected


HUGE = ["9" * 400, f'"{"9" * 400}"', f'"{"9" * 1_000_000}"', "1e400", '"1e999999999"']
NOT_JSON_NUMBERS = [
    "",
    " 1",
    "1 ",
    "+1",
    "01",
    "0x1",
    "1_0",
    "\u0661",
    "1.",
    ".5",
    "one",
    "nan",
    "inf",
]
NOT_NUMBERS = ["true", "{}", "[]", *(json.dumps(text) for text in NOT_JSON_NUMBERS), *HUGE]
NOT_64_BIT = ["9223372036854775808", '"-9223372036854775809"', "1.5", '"1.5"', "9.3e18", '"NaN"']


@pytest.mark.parametrize("number", [*NOT_NUMBERS, *NOT_64_BIT])
def test_what_is_no_64_bit_integer_is_refused(number: str) -> None:
    message = refusal(value_body(f'{{"intValue":{number}}}'))
    assert message.startswith(f"{VALUE}.intValue: expected an integer from -9223372036854775808")


def test_32_bit_integers_and_fixed_integers_take_strings_too() -> None:
    span = span_of('"droppedLinksCount":"7","flags":"257","endTimeUnixNano":18446744073709551615')
    assert span == Span(dropped_links_count=7, flags=257, end_time_unix_nano=2**64 - 1)
    assert "endTimeUnixNano" in refusal(span_body('"endTimeUnixNano":"-1"'))


def test_an_integer_of_ten_thousand_digits_is_refused_wherever_it_stands() -> None:
    assert "digits" in refusal(b'{"unknown":' + b"9" * 10_000 + b"}")


DOUBLES = {
    "5": 5.0,
    "-0.0": -0.0,
    "0.1": 0.1,
    "1e-400": 0.0,
    '"1e-7"': 1e-7,
    '"2"': 2.0,
    "9" * 30: 1e30,
    f'"{"9" * 30}"': 1e30,
    '"Infinity"': float("inf"),
    '"-Infinity"': float("-inf"),
    '"NaN"': float("nan"),
}


@pytest.mark.parametrize(("number", "expected"), DOUBLES.items())
def test_a_double_is_a_number_or_a_string(number: str, expected: float) -> None:
    # As text, because no NaN equals another and -0.0 equals 0.0.
    assert repr(value_of(f'{{"doubleValue":{number}}}').double_value) == repr(expected)


@pytest.mark.parametrize("number", NOT_NUMBERS)
def test_what_is_no_finite_double_is_refused(number: str) -> None:
    message = refusal(value_body(f'{{"doubleValue":{number}}}'))
    assert message.startswith(f"{VALUE}.doubleValue: expected a number")


@pytest.mark.parametrize("value", ['"true"', "1", "0", '""', "[]"])
def test_a_bool_is_true_or_false_alone(value: str) -> None:
    assert "expected true or false" in refusal(value_body(f'{{"boolValue":{value}}}'))


def test_enum_values_that_nobody_named_are_kept() -> None:
    assert span_of('"kind":4711').kind == 4711
    assert span_of('"status":{"code":-3}').status.code == -3


def test_ids_are_hexadecimal_in_either_case_wherever_they_stand() -> None:
    mixed = '"traceId":"0aF7","spanId":""'
    span = span_of(f'{mixed},"parentSpanId":"Ff","links":[{{{mixed}}}]')
    assert (span.trace_id, span.span_id, span.parent_span_id) == (b"\x0a\xf7", b"", b"\xff")
    assert span.links[0].trace_id == b"\x0a\xf7"
    records = decode_logs(
        f'{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{{mixed}}}]}}]}}]}}'.encode()
    )
    assert records.resource_logs[0].scope_logs[0].log_records[0].trace_id == b"\x0a\xf7"


@pytest.mark.parametrize(
    "text", ['"abc"', '"zz"', '"0a f7"', '" 0a"', '"\u0660\u0661"', "10", '"\\ud800"']
)
@pytest.mark.parametrize("name", ["traceId", "spanId", "parentSpanId"])
def test_what_is_no_hexadecimal_id_is_refused(name: str, text: str) -> None:
    message = refusal(span_body(f'"{name}":{text}'))
    assert message.startswith(f"{SPAN}.{name}: expected a string of hexadecimal digits")


@pytest.mark.parametrize("text", ["+/+/YQ==", "-_-_YQ==", "+/+/YQ", "-_-_YQ"])
def test_bytes_are_base64_of_either_alphabet_with_or_without_padding(text: str) -> None:
    assert value_of(f'{{"bytesValue":"{text}"}}').bytes_value == b"\xfb\xff\xbfa"
    assert value_of('{"bytesValue":""}') == AnyValue(bytes_value=b"")


@pytest.mark.parametrize("text", ['"Y"', '"YQ="', '"YQ==="', '"Y Q"', '"Y=Q="', '"YQ\u00e9"', "7"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    assert "expected a base64 string" in refusal(value_body(f'{{"bytesValue":{text}}}'))


# Depth: request > resourceSpans > scopeSpans > span > attribute > value is 5 messages under the
# request, and each further array is 2 more.


def deep_json(arrays: int, innermost: str) -> bytes:
    return value_body('{"arrayValue":{"values":[' * arrays + innermost + "]}}" * arrays)


def deep_protobuf(arrays: int) -> bytes:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    value = span.attributes.add(key="k").value
    for _ in range(arrays):
        value = value.array_value.values.add()
    return request.SerializeToString()


def test_what_protobuf_itself_still_parses_is_accepted() -> None:
    request = decode_traces(deep_json(47, '{"arrayValue":{}}'))
    assert ExportTraceServiceRequest.FromString(request.SerializeToString()) == request
    assert decode_traces(deep_json(47, "{}")).SerializeToString() == deep_protobuf(47)


def test_what_protobuf_itself_refuses_as_too_deep_is_refused() -> None:
    with pytest.raises(DecodeError):
        ExportTraceServiceRequest.FromString(deep_protobuf(48))
    assert refusal(deep_json(48, "{}")).endswith("expected at most 100 nested messages")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"resourceSpans":['])
def test_endless_nesting_is_refused(opening: bytes) -> None:
    assert "request body" in refusal(opening * 100_000)
