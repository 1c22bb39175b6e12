"""Are steps counted once, hashed by content, and priced only by prices that are known?"""

import json
from typing import Any

import pytest

from domain.envelope import Signal
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import RECEIVED_UNIX_NANO, logs, record, token
from tests.storage.derived_rows import TENANTS, call, chat, read, request, send, steps

# What the upstream exporter's INSERT names.
UPSTREAM = """Timestamp TraceId SpanId ParentSpanId TraceState SpanName SpanKind ServiceName
    ResourceAttributes ScopeName ScopeVersion SpanAttributes Duration StatusCode StatusMessage
    Events.Timestamp Events.Name Events.Attributes
    Links.TraceId Links.SpanId Links.TraceState Links.Attributes"""
MILLION = 1_000_000


def column(store: Store, name: str, *arguments: str) -> list[Any]:
    """A column of calls with these arguments."""
    return [row[name] for row in steps(store, *map(call, arguments))]


def distinct(store: Store, *arguments: str) -> tuple[int, int]:
    """How many hashes of arguments, and of shapes, calls with these arguments have."""
    rows = steps(store, *map(call, arguments))
    return len({row["arguments_hash"] for row in rows}), len({row["shape_hash"] for row in rows})


def test_tokens_that_an_agent_repeats_from_its_model_calls_count_once(module_store: Store) -> None:
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 300}
    workflow = agent | {"gen_ai.operation.name": "invoke_workflow"}
    rows = steps(module_store, workflow, agent, chat("m", 100), chat("m", 200))
    assert [row["input_tokens"] for row in rows] == [0, 0, 100, 200]
    assert [row["rolled_up_tokens"] for row in rows] == [300, 300, 0, 0]


def test_arguments_of_a_megabyte_are_hashed_by_every_byte(module_store: Store) -> None:
    long = json.dumps({"note": "x" * MILLION})
    same, again, other = column(module_store, "arguments_hash", long, long, long[:-2] + 'y"}')
    assert same == again != other


def test_arguments_that_are_no_json_are_hashed_as_text(module_store: Store) -> None:
    broken = ['{"amount": ', '{"amount": 20', "INV-7", "['a']"]
    assert column(module_store, "arguments_state", *broken) == ["text"] * 4
    assert len(set(column(module_store, "arguments_hash", *broken))) == 4


def test_a_call_without_arguments_is_no_call_with_unknown_ones(module_store: Store) -> None:
    assert column(module_store, "arguments_state", "{}", "") == ["json", "none"]


@pytest.mark.parametrize(
    "texts",
    [
        ('{"a": 1, "b": 2}', '{"b":2,"a":1}', '{ "a" : 1,\n"b": 2 }'),
        ('{"a": {"x": 1, "y": [1, {"z": 2}]}}', '{"a":{"y":[1,{"z":2}],"x":1}}'),
        ('{"a": [1, 2], "b": "é"}', '{"b":"\\u00e9","a":[1,2]}'),
        ('{"a": {"b": "c"}, "d": "{"}', '{"d": "{", "a":{"b":"c"}}'),
    ],
)
def test_order_of_keys_and_white_space_change_no_hash(
    module_store: Store, texts: tuple[str, ...]
) -> None:
    assert distinct(module_store, *texts) == (1, 1)


def test_different_values_have_different_hashes(module_store: Store) -> None:
    texts = [
        *('{"a": 1}', '{"a": 2}', '{"a": "1"}', '{"a": true}', '{"a": [1]}', '{"b": 1}'),
        *('{"a": {"b": 1}}', '{"a": {"b": 2}}', '{"a": {"c": 1}}', '{"a": [1, 2]}'),
        *('{"a": [2, 1]}', '{"a": [{"b": 1}]}', '{"a": [{"b": 2}]}', '{"a": null}', '{"a": {}}'),
    ]
    assert len(set(column(module_store, "arguments_hash", *texts))) == len(texts)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("0e6f7b7e-3c1d-4c92-9a58-0f2f6b9d7c11", "5b1f2c1a-77aa-4b0e-8e0d-3f4c5d6e7f80"),
        ("2026-11-27T23:06:10Z", "2026-11-28T00:00:00.123+01:00"),
        ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b700f067aa0ba902b7"),
    ],
)
def test_ids_and_times_change_the_hash_of_arguments_but_not_of_their_shape(
    module_store: Store, first: str, second: str
) -> None:
    places = ['{{"at": "{}", "n": 1}}', '{{"a": {{"at": "{}"}}}}', "say {}"]
    texts = [place.format(said) for place in places for said in (first, second)]
    assert distinct(module_store, *texts) == (6, 3)


def test_plain_numbers_are_part_of_the_shape(module_store: Store) -> None:
    texts = ['{"a": 20}', '{"a": 30}', '{"a": {"n": 20}}', '{"a": {"n": 30}}', "20", "30"]
    assert distinct(module_store, *texts) == (6, 6)


def test_keys_that_differ_in_every_call_are_no_part_of_the_shape(module_store: Store) -> None:
    texts = ['{"request_id": "a", "id": 1}', '{"request_id": "b", "id": 1}', '{"id": 1}']
    assert distinct(module_store, *texts) == (3, 1)


def test_equal_shapes_of_two_tools_differ(module_store: Store) -> None:
    rows = steps(module_store, call("{}", "read"), call("{}", "write"))
    assert rows[0]["shape_hash"] != rows[1]["shape_hash"]


def test_hashed_and_cut_contents_are_known_as_such(module_store: Store) -> None:
    hashed = call("sha256:" + "a" * 64) | {"gen_ai.tool.call.result": "sha256:" + "b" * 64}
    cut = call('{"note": "xx') | {
        "gen_ai.tool.call.result": "[1, 2",
        "wakeline.tool.arguments.size_bytes": 5000,
        "wakeline.tool.result.size_bytes": 5000,
    }
    rows = steps(module_store, hashed, cut)
    assert [row["arguments_state"] for row in rows] == ["hashed", "cut"]
    assert [row["result_state"] for row in rows] == ["hashed", "cut"]


def test_ten_thousand_names_of_tools_are_ten_thousand_tools(module_store: Store) -> None:
    rows = steps(module_store, *(call("{}", f"tool-{number}") for number in range(10_000)))
    assert {row["tool"] for row in rows} == {f"tool-{number}" for number in range(10_000)}


def test_a_span_that_was_sent_twice_counts_once(module_store: Store) -> None:
    tenant = next(TENANTS)
    send(module_store, request(chat("m", 100)), tenant)
    send(module_store, request(chat("m", 100)), tenant)
    assert [row["input_tokens"] for row in read(module_store, tenant)] == [100]


def test_spans_that_an_upstream_collector_inserts_become_steps(module_store: Store) -> None:
    span = {
        "Timestamp": RECEIVED_UNIX_NANO,
        "TraceId": "ab" * 16,
        "SpanId": "cd" * 8,
        "SpanName": "execute_tool get_invoice",
        "SpanAttributes": {name: str(value) for name, value in call('{"id": "INV-7"}').items()},
    }
    rest: dict[str, Any] = dict.fromkeys(UPSTREAM.split(), "") | {"Duration": 5}
    rest |= {name: {} for name in rest if name.endswith("Attributes")}
    rest |= {name: [] for name in rest if "." in name}
    module_store.insert("otel_traces", [rest | span])
    rows = [row for row in read(module_store, "default") if row["trace_id"] == "ab" * 16]
    assert [(row["tool"], row["arguments_state"]) for row in rows] == [("correct_invoice", "json")]


def test_an_event_of_a_span_and_a_log_record_both_count(module_store: Store) -> None:
    tenant = next(TENANTS)
    said = {"wakeline.data.field": "amount", "wakeline.data.version": "3"}
    sent = request(call("{}"))
    event = sent.resource_spans[0].scope_spans[0].spans[0].events.add(name="wakeline.data.read")
    add_pairs(event.attributes, (said | {"wakeline.entity.ref": "invoice:INV-7"}).items())
    send(module_store, sent, tenant)
    told = logs("read")
    entry = told.resource_logs[0].scope_logs[0].log_records[0]
    entry.event_name = "wakeline.data.read"
    add_pairs(entry.attributes, (said | {"wakeline.entity.ref": "invoice:INV-8"}).items())
    module_store.insert_segment(Signal.LOGS, record(told, tenant), token())
    rows = read(module_store, tenant, "data_access")
    assert sorted((row["entity"], row["field"], row["version"]) for row in rows) == [
        ("invoice:INV-7", "amount", "3"),
        ("invoice:INV-8", "amount", "3"),
    ]
