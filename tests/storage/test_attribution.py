"""Do steps of a trace come with the marks of their texts, however these are written?"""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain.attribution import RunStep
from storage import attribution
from storage.attribution import TraceSteps
from storage.store import Store
from tests.analyzers.signatures.spans import Case, Span, call, chat, root, send


@dataclass
class Sent:
    """Traces of one store."""

    store: Store
    ids: list[str]

    def steps(self, case: int = 0, tenant: str = "") -> list[RunStep]:
        return TraceSteps(self.store).of(tenant, self.ids[case])[1]


def sent(store: Store, *cases: list[Span]) -> Sent:
    return Sent(store, send(store, [Case("run", [root(), *spans]) for spans in cases]))


def test_names_and_numbers_are_marks_wherever_they_stand(store: Store) -> None:
    plain = "We bill Alice 1200 for order A17, and Bob nothing."
    shapes: list[dict[str, Any]] = [
        {"gen_ai.output.messages": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": plain}]}])},
        {"gen_ai.output.messages": json.dumps([{"role": "assistant", "content": plain}])},
        {"gen_ai.completion": plain},
        {"llm.output_messages.0.message.content": plain},
    ]  # fmt: skip
    told = [{"gen_ai.input.messages": json.dumps([{"role": "user", "content": f"{plain}\nx"}])}]
    spans = [chat(n, **shape) for n, shape in enumerate([*shapes, *told], 1)]
    _, *said, heard = sent(store, [*spans]).steps()
    assert len(said[0].figures) == 4, "Alice, 1200, a17, Bob"
    assert said[0].words == 10
    assert all(one.figures == said[0].figures for one in said)
    assert heard.heard == said[0].figures
    assert not heard.figures
    assert heard.words == 0


def test_what_a_tool_answers_is_heard_and_its_arguments_are_not(store: Store) -> None:
    (_, one) = sent(
        store, [call(1, "get", {"id": 77}, "the rate is 12.5 by Carol", failed=True)]
    ).steps()
    assert (one.operation, one.failed, one.agent) == ("execute_tool", True, "clerk")
    assert len(one.heard) == 3, "12, 5, Carol"
    assert not one.figures


def test_a_step_has_the_number_that_its_sender_gave(store: Store) -> None:
    numbers: list[dict[str, Any]] = [
        {"step.index": 0}, {"step.index": "7"}, {"step.index": "many"}, {"step.index": "9" * 30},
    ]  # fmt: skip
    run = sent(store, [chat(n, "said", **number) for n, number in enumerate(numbers)])
    assert [one.number for one in run.steps()] == [None, 0, 7, None, None]


LIMITS = ["Max rounds (30) reached.", "the step limit was exceeded", "budget exhausted; ending"]
NO_LIMITS = [
    "maximum depth is 12. It was reached by boat",
    "Request satisfied.",
    "x" * 200 + " limit reached",
]


def test_a_limit_is_told_from_other_words(store: Store) -> None:
    run = sent(store, [chat(n, text) for n, text in enumerate(LIMITS + NO_LIMITS)])
    hit = [one.hit_limit for one in run.steps() if one.words]
    assert hit == [True] * len(LIMITS) + [False] * len(NO_LIMITS)


def test_a_limit_and_a_hand_over_are_also_told_by_what_frameworks_record(store: Store) -> None:
    spans = [
        chat(1, "yours", **{"agent.handoff.target": "other"}),
        chat(2, "mine", **{"agent.handoff.target": "clerk"}),
        chat(3, "so", **{"error.type": "MaxTurnsExceeded"}),
    ]
    steps = sent(store, spans).steps()
    assert [one.hands_over for one in steps] == [False, True, False, False]
    assert [one.hit_limit for one in steps] == [False, False, False, True]


def test_what_changes_something_is_told_by_events_by_effects_or_by_the_name_of_the_tool(
    store: Store,
) -> None:
    write = {"wakeline.entity.ref": "account:1", "wakeline.data.field": "rate"}
    effect = {"wakeline.effect.kind": "adjust", "wakeline.effect.metric": "cash"}
    spans = [
        chat(1, "so"),
        call(2, "get_order", {}),
        call(3, "cancel_order", {}),
        replace(chat(4, "writes"), events=[("wakeline.data.write", write)]),
        replace(chat(5, "does"), events=[("wakeline.effect", effect)]),
        replace(chat(6, "reads"), events=[("wakeline.data.read", write)]),
    ]
    changing = [one.changes for one in sent(store, spans).steps()]
    assert changing == [False, False, False, True, True, True, False]


def test_a_trace_belongs_to_its_tenant(store: Store) -> None:
    run = sent(store, [chat(1, "a")], [chat(1, "b")])
    assert len(run.steps(1)) == 2
    assert run.steps(1, "acme") == run.steps(1)
    assert not run.steps(1, "other")
    assert TraceSteps(store).of("", "f" * 32) == ("", [])


def test_a_step_that_arrived_twice_counts_once(store: Store) -> None:
    cases = [Case("run", [root(), chat(1, "a")])]
    ids = send(store, cases)
    send(store, cases)
    assert len(Sent(store, ids).steps()) == 2


def test_of_a_long_trace_the_first_steps_are_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribution, "STEPS_MAX", 2)
    run = sent(store, [chat(n, f"said {n}") for n in range(1, 6)])
    assert [one.words for one in run.steps()] == [0, 2, 2]
