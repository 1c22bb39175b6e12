"""Values that the engine cannot hold become their JSON text, and all others stay as they are."""

import base64
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue, KeyValueList

from collector.any_value import flatten, json_text

# A busy machine must not fail a test.

MEMBERS = {
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
    str: "string_value",
    bytes: "bytes_value",
}


def any_value(plain: Any) -> AnyValue:
    """The AnyValue of a plain Python value; a tuple of pairs is a kvlist, as a dict is."""
    value = AnyValue()
    set_value(value, plain)
    return value


def set_value(value: AnyValue, plain: Any) -> None:
    # In place, because protobuf refuses to copy what is nested as deep as some tests need.
    match plain:
        case list():
            value.array_value.SetInParent()
            for item in plain:
                set_value(value.array_value.values.add(), item)
        case dict() | tuple():
            value.kvlist_value.SetInParent()
            for key, item in plain.items() if isinstance(plain, dict) else plain:
                pair = value.kvlist_value.values.add(key=key)
                pair.value.SetInParent()
                set_value(pair.value, item)
        case _ if plain is not None:
            setattr(value, MEMBERS[type(plain)], plain)


SCALARS = [None, True, 7, 1.5, "text", b"\xff"]
ARRAY = [1, "a", None]
MAP = {"a": 1, "b": None}
DEEP_ARRAY = [1, [2]]
DEEP_MAP = {"a": {"b": [1]}}
NESTED = [ARRAY, [], MAP, {}, DEEP_ARRAY, [MAP], DEEP_MAP, {"a": []}]
TEXTS = ['[1,"a",null]', "[]", '{"a":1,"b":null}', "{}"]
TEXTS += ["[1,[2]]", '[{"a":1,"b":null}]', '{"a":{"b":[1]}}', '{"a":[]}']
# What is left of NESTED in each kind of place.
TEXTS_OF_SCALARS_ONLY: list[Any] = TEXTS
TEXTS_OF_ARRAYS = [ARRAY, [], *TEXTS[2:]]
TEXTS_OF_ARRAYS_AND_MAPS = [ARRAY, [], MAP, {}, *TEXTS[4:]]


def attributes(values: list[Any]) -> list[KeyValue]:
    return [KeyValue(key="k", value=any_value(value)) for value in [*SCALARS, *values]]


def traces(in_resource: list[Any], in_span: list[Any], in_event: list[Any]) -> Any:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(attributes(in_resource))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.attributes.extend(attributes(in_span))
    span = scope_spans.spans.add(name="second to none", attributes=attributes(in_span))
    span.events.add(attributes=attributes(in_event))
    span.links.add(attributes=attributes(in_event))
    return request


def logs(in_resource: list[Any], in_record: list[Any]) -> Any:
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    resource_logs.resource.attributes.extend(attributes(in_resource))
    scope_logs = resource_logs.scope_logs.add()
    scope_logs.scope.attributes.extend(attributes(in_record))
    scope_logs.log_records.add(attributes=attributes(in_record))
    for body in [*SCALARS, *in_resource]:
        scope_logs.log_records.add(body=any_value(body))
    return request


def test_traces_keep_what_the_engine_holds_and_get_text_for_the_rest() -> None:
    request = traces(NESTED, NESTED, NESTED)
    flatten(request)
    assert request == traces(TEXTS_OF_ARRAYS_AND_MAPS, TEXTS_OF_ARRAYS, TEXTS_OF_SCALARS_ONLY)


def test_logs_keep_what_the_engine_holds_and_get_text_for_the_rest() -> None:
    request = logs(NESTED, NESTED)
    flatten(request)
    assert request == logs(TEXTS_OF_ARRAYS_AND_MAPS, TEXTS_OF_ARRAYS)


def test_flattening_adds_nothing_to_what_is_absent() -> None:
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.attributes.add(key="no value")
    before = request.SerializeToString()
    flatten(request)
    assert request.SerializeToString() == before


def test_flattening_twice_changes_nothing_more() -> None:
    request = traces(NESTED, NESTED, NESTED)
    flatten(request)
    once = request.SerializeToString()
    flatten(request)
    assert request.SerializeToString() == once


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (None, "null"),
        (False, "false"),
        (-(2**63), "-9223372036854775808"),
        ('say "é\n\\', r'"say \"é\n\\"'),
        (b"\xfb\xff", '"+/8="'),
        ([], "[]"),
        ({"z": 1, "a": [True, {}]}, '{"z":1,"a":[true,{}]}'),
    ],
)
def test_the_text_is_compact_json_in_wire_order(plain: Any, text: str) -> None:
    assert json_text(any_value(plain)) == text


def test_duplicate_keys_are_all_written() -> None:
    assert json_text(any_value((("a", 1), ("a", 2)))) == '{"a":1,"a":2}'


def test_a_pair_without_a_value_is_null() -> None:
    pairs = KeyValueList(values=[KeyValue(key="a")])
    assert json_text(AnyValue(kvlist_value=pairs)) == '{"a":null}'


def test_an_index_into_a_profile_is_read_as_empty() -> None:
    assert json_text(AnyValue(string_value_strindex=3)) == "null"


# The right side is what toString(Float64) of ClickHouse 26.9 prints.
CLICKHOUSE_DOUBLES = {
    0.0: "0",
    1.0: "1",
    -1.5: "-1.5",
    0.1: "0.1",
    1e15: "1000000000000000",
    2.0**63: "9223372036854776000",
    1.5e20: "150000000000000000000",
    1e21: "1e21",
    -1.5e21: "-1.5e21",
    1e100: "1e100",
    1e-5: "0.00001",
    1.5e-6: "0.0000015",
    1e-7: "1e-7",
    1.5e-7: "1.5e-7",
    5e-324: "5e-324",
    1.7976931348623157e308: "1.7976931348623157e308",
    math.nan: "null",
    math.inf: "null",
    -math.inf: "null",
}


@pytest.mark.parametrize(("number", "text"), CLICKHOUSE_DOUBLES.items())
def test_doubles_are_spelled_as_clickhouse_spells_them(number: float, text: str) -> None:
    assert json_text(any_value(number)) == text


def test_negative_zero_keeps_its_sign() -> None:
    assert json_text(any_value(-0.0)) == "-0"


@pytest.mark.parametrize(
    "opening", [lambda inner: [inner], lambda inner: {"k": inner}], ids=["arrays", "maps"]
)
def test_a_hundred_levels_are_written_in_full(opening: Any) -> None:
    plain: Any = "core"
    for _ in range(100):
        plain = opening(plain)
    assert json.loads(json_text(any_value(plain))) == plain


def test_wide_and_deep_values_grow_with_their_size_alone() -> None:
    plain: Any = 1
    for _ in range(12):
        plain = [plain, plain]
    assert len(json_text(any_value(plain))) == 2**12 + 3 * (2**12 - 1)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.lists(st.tuples(st.text(max_size=2), inner)).map(tuple),
)


def double_as_json(number: float) -> float:
    # Readers take an integral double for an integer of its shortest digits.
    fixed_point = number.is_integer() and abs(number) < 1e21
    return int(Decimal(repr(number))) if fixed_point else number


def as_json(plain: Any) -> Any:
    """What a JSON reader sees of `plain`: base64 for bytes, the last of duplicate keys."""
    match plain:
        case bytes():
            return base64.b64encode(plain).decode()
        case float():
            return double_as_json(plain) if math.isfinite(plain) else None
        case list():
            return [as_json(item) for item in plain]
        case tuple():
            return {key: as_json(value) for key, value in plain}
    return plain


@given(plain=PLAIN)
def test_a_json_reader_gets_back_what_was_nested(plain: Any) -> None:
    assert json.loads(json_text(any_value(plain))) == as_json(plain)
