"""Do the coverage queries count what is there, once, and within their bounds?"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from domain.envelope import Signal
from domain.signature_needs import catalogue
from storage import aliases, derivation, sql
from storage.store import Store
from tests.contracts.segments import (
    RECEIVED_UNIX_NANO,
    TENANT,
    logs,
    record,
    spans,
    token,
)

MINUTE_NS = 60 * 10**9
NOW_S = RECEIVED_UNIX_NANO // 10**9
HOUR_AGO = {"since_unix_s": NOW_S - 3600}
BOUNDS = {"days": 1, "steps_max": 100, "facts_max": 100, "raw_max": 100}
MODEL_OPERATIONS = list(aliases.table().names["model_operations"])
CALL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "pay"}
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
ARGUMENTS = "gen_ai.tool.call.arguments"


def sent(
    store: Store, *steps: Mapping[str, str], agent: str = "billing", minutes_ago: int = 0
) -> ExportTraceServiceRequest:
    """A span for each mapping of attributes, stored as received so long ago."""
    request = spans(*["step"] * len(steps))
    for span, attributes in zip(all_spans(request), steps, strict=True):
        put(span, {"gen_ai.agent.name": agent, **attributes})
    store_again(store, request, minutes_ago)
    return request


def store_again(store: Store, request: ExportTraceServiceRequest, minutes_ago: int = 0) -> None:
    received = RECEIVED_UNIX_NANO - minutes_ago * MINUTE_NS
    segment = record(request, received_unix_nano=received)
    store.insert_segment(Signal.TRACES, segment, token())


def all_spans(request: ExportTraceServiceRequest) -> list[Span]:
    return list(request.resource_spans[0].scope_spans[0].spans)


def put(holder: Any, attributes: Mapping[str, str]) -> None:
    for key, text in attributes.items():
        holder.attributes.add(key=key).value.string_value = text


def steps(store: Store, **parameters: Any) -> list[dict[str, Any]]:
    given = {"agent": "", "agents_max": 10, "model_operations": MODEL_OPERATIONS, **HOUR_AGO}
    return store.rows("coverage_steps", **given | parameters)


def texts(store: Store) -> dict[str, int]:
    (row,) = store.rows(
        "coverage_texts", **HOUR_AGO, agents=["billing"],
        prompts=["gen\\_ai.prompt%"], answers=["gen\\_ai.choice"], definitions=["llm.tools.%"],
    )  # fmt: skip
    return {name: row[name] for name in ("sampled_calls", "prompts", "answers", "definitions")}


def unknown(store: Store, **parameters: Any) -> list[dict[str, Any]]:
    known = sorted(aliases.table().keys())
    given = {"raw_max": 100, "known": known, "understood": [], "keys_max": 50, **HOUR_AGO}
    return store.rows("coverage_unknown_keys", **given | parameters)


def said(store: Store, call: Span, body: str) -> None:
    """An answer as a log record of the call."""
    request = logs(body)
    (entry,) = request.resource_logs[0].scope_logs[0].log_records
    entry.event_name, entry.trace_id, entry.span_id = "gen_ai.choice", call.trace_id, call.span_id
    store.insert_segment(Signal.LOGS, record(request), token())


def test_every_attribute_that_signatures_need_is_counted() -> None:
    queries = "".join(map(sql.query, ("coverage_steps", "coverage_facts", "coverage_outcomes")))
    queries += sql.query("coverage_texts")
    for attribute in catalogue().attributes:
        assert re.search(rf"\bAS {attribute.name}\b|'{attribute.name}'", queries), attribute.name


def test_steps_are_counted_by_agent_and_by_what_they_carry(store: Store) -> None:
    sent(
        store,
        CALL | {ARGUMENTS: '{"a": 1}', "gen_ai.tool.call.result": "done"},
        CALL | {ARGUMENTS: "a=1"},
        CALL | {ARGUMENTS: "sha256:" + "0" * 64},
        CALL | {ARGUMENTS: '{"a": 1', "wakeline.tool.arguments.size_bytes": "9000"},
        CALL,
        CHAT | {"gen_ai.conversation.id": "c", "wakeline.case.id": "7"},
    )
    sent(store, CHAT, agent="")
    billing, unnamed = steps(store)
    assert (billing["tenant"], billing["agent"], billing["steps"]) == (TENANT, "billing", 6)
    assert (unnamed["agent"], unnamed["steps"], unnamed["agent_named"]) == ("", 1, 0)
    assert (billing["services"], billing["agents_total"]) == (["billing"], 2)
    expected = {
        "agent_named": 6, "agent_known": 6, "conversation": 1, "case_id": 1, "tool_calls": 5,
        "arguments": 4,
        "arguments_json": 1, "arguments_text": 1, "arguments_hashed": 1, "arguments_cut": 1,
        "arguments_whole": 3, "results": 1, "results_readable": 1, "model_calls": 1, "model": 1,
        "tokens": 0, "errors": 0,
    }  # fmt: skip
    assert {name: billing[name] for name in expected} == expected


def test_a_name_from_a_span_above_counts_as_known_and_that_of_the_service_does_not(
    store: Store,
) -> None:
    request = spans("run", "call")
    run, call = all_spans(request)
    put(run, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"})
    put(call, CALL)
    call.parent_span_id = run.span_id
    store_again(store, request)
    sent(store, CHAT, agent="")
    received = datetime.fromtimestamp(RECEIVED_UNIX_NANO / 1e9, UTC)
    bounds = received - timedelta(hours=1), received + timedelta(hours=1)
    derivation.inherit(store, *bounds, old_before=bounds[1])
    assert [
        (row["agent"], row["steps"], row["agent_named"], row["agent_known"]) for row in steps(store)
    ] == [("planner", 2, 1, 2), ("billing", 1, 0, 0)]


def test_a_step_that_was_sent_twice_counts_once(store: Store) -> None:
    request = sent(store, CALL)
    store_again(store, request)
    assert [row["steps"] for row in steps(store)] == [1]


def test_one_agent_can_be_asked_for_and_many_are_cut_with_their_number(store: Store) -> None:
    for name in ("a", "b", "b"):
        sent(store, CHAT, agent=name)
    assert [row["agent"] for row in steps(store, agent="a")] == ["a"]
    (row,) = steps(store, agents_max=1)
    assert (row["agent"], row["agents_total"]) == ("b", 2)


def test_names_of_agents_are_cut(store: Store) -> None:
    sent(store, CHAT, agent="ä" * 5000)
    assert [row["agent"] for row in steps(store)] == ["ä" * 200]


def test_windows_hold_the_newest_rows_up_to_their_bounds(store: Store) -> None:
    sent(store, CHAT, CHAT, CHAT, minutes_ago=30)
    sent(store, CHAT, CHAT)

    def age_min(**bounds: int) -> int:
        rows = store.rows("coverage_windows", **BOUNDS | bounds)
        since = {row["source"]: row["since_unix_s"] for row in rows}
        assert since.keys() == {"steps", "raw"}
        return round((NOW_S - int(since["steps"])) / 60)

    assert age_min() in {30, 31}
    assert age_min(steps_max=5) in {30, 31}
    assert age_min(steps_max=4) in {0, 1}
    assert age_min(steps_max=1) in {0, 1}  # the newest minute is there, whatever it holds


def test_an_empty_store_has_no_windows(store: Store) -> None:
    assert store.rows("coverage_windows", **BOUNDS) == []


def test_facts_are_counted_by_agent_and_by_what_they_carry(store: Store) -> None:
    request = spans("run")
    (run,) = all_spans(request)
    put(run, {"gen_ai.agent.name": "billing", "gen_ai.operation.name": "invoke_agent"})
    entity = {"wakeline.entity.ref": "account:7", "wakeline.data.field": "rate"}
    for number, (name, attributes) in enumerate(
        [
            ("wakeline.data.read", entity | {"wakeline.data.version": "7"}),
            ("wakeline.data.read", entity | {"wakeline.data.as_of": str(RECEIVED_UNIX_NANO)}),
            ("wakeline.data.write", entity | {"wakeline.data.value_num": "19.9"}),
            ("wakeline.decision", {"wakeline.decision.confidence": "0.9"}),
            ("wakeline.effect", {"wakeline.effect.kind": "adjust", "wakeline.effect.delta": "-5"}),
            ("wakeline.intent", {"wakeline.intent.kind": "fix", "wakeline.intent.metric": "cash"}),
            ("wakeline.handoff", {"wakeline.handoff.to": "credit"}),
            ("wakeline.outcome", {"wakeline.outcome.type": "reversal"}),
        ]
    ):
        event = run.events.add(name=name, time_unix_nano=RECEIVED_UNIX_NANO + number)
        put(event, attributes)
    store_again(store, request)
    (row,) = store.rows("coverage_facts", **HOUR_AGO, agents=["billing"])
    expected = {
        "reads": 2, "read_version": 1, "read_as_of": 1, "accesses": 3, "access_number": 1,
        "writes": 1, "write_value": 1, "write_version": 0, "decisions": 1,
        "decision_confidence": 1, "decision_inputs": 0, "effects": 1, "effect_delta": 1,
        "effect_case": 0, "intents": 1, "intent_aim": 1, "handoffs": 1,
    }  # fmt: skip
    assert {name: row["counts"][name] for name in expected} == expected
    assert store.rows("coverage_facts", **HOUR_AGO, agents=["other"]) == []
    (outcomes,) = store.rows("coverage_outcomes", **HOUR_AGO)
    assert outcomes == {"tenant": TENANT, "outcomes": 1, "outcome_target": 0}


def test_prompts_and_answers_are_found_in_attributes_events_and_log_records(store: Store) -> None:
    sent(store, CHAT | {"gen_ai.prompt.0.content": "hi", "llm.tools.0.tool.json_schema": "{}"})
    request = spans("call")
    (call,) = all_spans(request)
    put(call, CHAT | {"gen_ai.agent.name": "billing"})
    call.events.add(name="gen_ai.choice", time_unix_nano=RECEIVED_UNIX_NANO)
    store_again(store, request)
    (spoken,) = all_spans(sent(store, CHAT))
    said(store, spoken, '{"message":{"content":"paid"}}')
    assert texts(store) == {"sampled_calls": 3, "prompts": 1, "answers": 2, "definitions": 1}


def test_a_message_without_content_is_no_answer(store: Store) -> None:
    (call,) = all_spans(sent(store, CHAT))
    said(store, call, '{"index":0,"finish_reason":"stop","message":{"role":"assistant"}}')
    assert texts(store) == {"sampled_calls": 1, "prompts": 0, "answers": 0, "definitions": 0}


def test_only_some_calls_of_each_agent_are_looked_into(store: Store) -> None:
    sent(store, *[CHAT] * 60)
    assert texts(store)["sampled_calls"] == 50


def test_keys_that_nothing_reads_are_told_with_their_scope(store: Store) -> None:
    request = spans("step")
    scope_spans = request.resource_spans[0].scope_spans[0]
    scope_spans.scope.name = "my.framework"
    put(scope_spans.spans[0], {"gen_ai.agent.name": "a", "my.tool.0.x": "1", "my.tool.1.x": "2"})
    store_again(store, request)
    records = logs("said")
    put(records.resource_logs[0].scope_logs[0].log_records[0], {"my.log": "1"})
    store.insert_segment(Signal.LOGS, record(records), token())
    assert unknown(store) == [
        {"key": "my.log", "scope": "", "signal": "log", "rows": 1},
        {"key": "my.tool.*.x", "scope": "my.framework", "signal": "span", "rows": 1},
    ]


def test_the_most_frequent_keys_come_first_and_what_is_understood_is_left_out(store: Store) -> None:
    sent(store, {"a_b": "1", "axb": "1", "rare": "1"}, {"axb": "1"})
    assert [row["key"] for row in unknown(store)] == ["axb", "a_b", "rare"]
    assert [row["key"] for row in unknown(store, understood=["a\\_b", "ra%"])] == ["axb"]
    assert [row["key"] for row in unknown(store, keys_max=1)] == ["axb"]


@pytest.mark.parametrize("size", [100, 101, 5000])
def test_long_keys_are_cut(store: Store, size: int) -> None:
    sent(store, {"k" * size: "1"})
    assert [row["key"] for row in unknown(store)] == ["k" * 100]


def test_one_span_with_many_keys_and_many_spans_are_bounded(store: Store) -> None:
    sent(store, {f"key-{number:03}-x": "1" for number in range(300)})
    assert len(unknown(store, keys_max=1000)) == 128
    sent(store, *[{"often": "1"}] * 9)
    rows = {row["key"]: row["rows"] for row in unknown(store, raw_max=4, keys_max=1000)}
    assert rows.get("often", 0) <= 4
