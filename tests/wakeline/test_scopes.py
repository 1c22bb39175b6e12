"""Case, intent and decision hold for all that is recorded inside, and for nothing else."""

import threading

import pytest
from opentelemetry import context

import wakeline
from wakeline.testing import capture


def test_the_case_is_on_every_span_and_event_inside() -> None:
    with capture() as recorded:
        with wakeline.case("case-1") as case_id, wakeline.agent("a"), wakeline.tool("t"):
            wakeline.read("x:1", "f")
        with wakeline.agent("b"):
            wakeline.read("x:1", "f")
    inside, outside = recorded.spans[:2], recorded.spans[2:]
    assert case_id == "case-1"
    assert {span["wakeline.case.id"] for span in inside} == {"case-1"}
    assert all("wakeline.case.id" not in span.attributes for span in outside)
    first, second = recorded.events
    assert first["wakeline.case.id"] == "case-1"
    assert "wakeline.case.id" not in second.attributes


def test_an_intent_is_recorded_on_the_run_and_its_id_on_what_serves_it() -> None:
    with (
        capture() as recorded,
        wakeline.agent("collector"),
        wakeline.intent(
            "collect_payment", target=["Invoice:501"], metric="cash", direction=1, limit=250
        ) as intent_id,
        wakeline.tool("t"),
    ):
        pass
    event = recorded.events[0]
    assert event.name == "wakeline.intent"
    assert event.span_id == recorded.span("invoke_agent collector").span_id
    assert event.attributes == {
        "wakeline.intent.id": intent_id,
        "wakeline.intent.kind": "collect_payment",
        "wakeline.intent.target": ("invoice:501",),
        "wakeline.intent.metric": "cash",
        "wakeline.intent.direction": 1,
        "wakeline.intent.limit": 250.0,
        "gen_ai.agent.name": "collector",
    }
    assert recorded.span("execute_tool t")["wakeline.intent.id"] == intent_id


def test_spans_of_other_instrumentations_carry_case_and_agent() -> None:
    with capture() as recorded, wakeline.case("case-1"), wakeline.agent("a"):
        recorded.tracer("openai").start_span("chat gpt").end()
    span = recorded.span("chat gpt")
    assert span["wakeline.case.id"] == "case-1"
    assert span["gen_ai.agent.name"] == "a"


def test_what_is_read_while_deciding_becomes_the_inputs() -> None:
    with capture() as recorded, wakeline.agent("a"):
        wakeline.read("x:1", "before")
        with wakeline.decides("credit", policy_id="limits") as making:
            with wakeline.tool("get"):
                first = wakeline.read("x:1", "f")
            second = wakeline.read("x:2", "f")
            making.add(confidence=0.9, outcome="allow")
        wakeline.write("x:1", "f", decision=making.id)
    made = recorded.decision("credit")
    assert made["wakeline.decision.id"] == making.id
    assert made["wakeline.decision.inputs"] == (first, second)
    assert made["wakeline.decision.confidence"] == 0.9
    assert made["wakeline.policy.id"] == "limits"
    assert [read["wakeline.data.id"] for read in recorded.inputs(made)] == [first, second]
    assert recorded.events[-1]["wakeline.decision.id"] == making.id


def test_a_function_that_decides_records_one_decision_a_call() -> None:
    @wakeline.decides("choose")
    def choose(number: int) -> int:
        wakeline.read(f"x:{number}", "f")
        return number

    with capture() as recorded, wakeline.agent("a"):
        assert [choose(1), choose(2)] == [1, 2]
    made = recorded.named("wakeline.decision")
    assert len({one["wakeline.decision.id"] for one in made}) == 2
    assert [len(one["wakeline.decision.inputs"]) for one in made] == [1, 1]


def test_a_decision_that_failed_was_not_made() -> None:
    with capture() as recorded, pytest.raises(ValueError, match="no"), wakeline.decides("credit"):
        raise ValueError("no")
    assert recorded.named("wakeline.decision") == []


def test_inputs_that_are_named_win_over_what_was_read() -> None:
    with capture() as recorded, wakeline.agent("a"):
        used = wakeline.read("x:1", "f")
        with wakeline.decides("credit", inputs=[used]):
            wakeline.read("x:2", "not used")
    assert recorded.decision("credit")["wakeline.decision.inputs"] == (used,)


def test_a_case_reaches_a_thread_that_runs_in_the_same_context() -> None:
    def work(around: context.Context) -> None:
        token = context.attach(around)
        with wakeline.tool("t"):
            pass
        context.detach(token)

    with capture() as recorded, wakeline.case("case-1"):
        thread = threading.Thread(target=work, args=(context.get_current(),))
        thread.start()
        thread.join()
    assert recorded.span("execute_tool t")["wakeline.case.id"] == "case-1"


def test_nothing_is_left_behind_when_the_blocks_are() -> None:
    before = context.get_current()
    with (
        capture(),
        wakeline.case("c"),
        wakeline.agent("a"),
        wakeline.intent("i"),
        wakeline.decides("d"),
        wakeline.tool("t"),
    ):
        pass
    assert context.get_current() == before
