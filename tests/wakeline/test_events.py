"""Each event arrives as a log record on its span, with the attributes of the contract."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

import wakeline
from wakeline.content import Content
from wakeline.testing import Event, capture

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
MONDAY_NS = 1_780_304_400_000_000_000


def only(events: list[Event]) -> Event:
    (event,) = events
    return event


def test_a_read_says_what_was_read_from_where_and_how_old_it_was() -> None:
    with capture() as recorded, wakeline.agent("billing"):
        read_id = wakeline.read(
            "Account:A-77", "plan_rate", version=7, as_of=MONDAY, source="crm-cache",
            source_kind="cache", value=Decimal("19.90"),
        )  # fmt: skip
    event = only(recorded.events)
    assert event.name == "wakeline.data.read"
    assert event.span_id == recorded.span("invoke_agent billing").span_id
    assert event.attributes == {
        "wakeline.data.id": read_id,
        "wakeline.entity.ref": "account:A-77",
        "wakeline.data.field": "plan_rate",
        "wakeline.data.version": "7",
        "wakeline.data.as_of": MONDAY_NS,
        "wakeline.data.source": "crm-cache",
        "wakeline.data.source_kind": "cache",
        "wakeline.data.value_hash": Content().value_hash(19.9),
        "wakeline.data.value_num": 19.9,
        "gen_ai.agent.name": "billing",
    }


def test_a_write_names_what_it_replaced_and_what_it_undoes() -> None:
    with capture() as recorded, wakeline.agent("billing"):
        first = wakeline.write("invoice:501", "amount", value_num=90.0)
        second = wakeline.write(
            "invoice:501", "amount", value="ninety", version=9, version_prev=8, value_num_prev=90,
            idempotency_key="k", reversible=False, compensates=first, decision="d-1",
        )  # fmt: skip
    event = recorded.events[1]
    assert event.name == "wakeline.data.write"
    assert first.startswith("write:")
    assert event.attributes == {
        "wakeline.data.id": second,
        "wakeline.entity.ref": "invoice:501",
        "wakeline.data.field": "amount",
        "wakeline.data.version": "9",
        "wakeline.data.version_prev": "8",
        "wakeline.data.value_hash": Content().value_hash("ninety"),
        "wakeline.data.value_num_prev": 90.0,
        "wakeline.data.idempotency_key": "k",
        "wakeline.data.reversible": False,
        "wakeline.data.compensates": first,
        "wakeline.decision.id": "d-1",
        "gen_ai.agent.name": "billing",
    }


def test_a_decision_says_how_sure_it_was_and_what_was_done_about_it() -> None:
    with capture() as recorded, wakeline.agent("carrier"):
        decision_id = wakeline.decision(
            "select_carrier", outcome="escalate", confidence=0.71, confidence_method="logprob-v2",
            inputs=["read:1", "read:2"], approval_id="ap-1", amount=420, currency="EUR",
            threshold=0.8, threshold_version=12, verdict="below", enforced_action="review",
            policy_id="limits", policy_version=3,
        )  # fmt: skip
    event = recorded.decision("select_carrier")
    assert event.attributes == {
        "wakeline.decision.id": decision_id,
        "wakeline.decision.action": "select_carrier",
        "wakeline.decision.outcome": "escalate",
        "wakeline.decision.confidence": 0.71,
        "wakeline.decision.confidence.method": "logprob-v2",
        "wakeline.decision.inputs": ("read:1", "read:2"),
        "wakeline.decision.approval_id": "ap-1",
        "wakeline.decision.amount": 420.0,
        "wakeline.decision.currency": "EUR",
        "wakeline.decision.threshold": 0.8,
        "wakeline.decision.threshold.version": "12",
        "wakeline.decision.verdict": "below",
        "wakeline.decision.enforced_action": "review",
        "wakeline.policy.id": "limits",
        "wakeline.policy.version": "3",
        "gen_ai.agent.name": "carrier",
    }


def test_an_effect_says_what_moves_and_which_obligation_it_opens() -> None:
    with capture() as recorded, wakeline.agent("cash"):
        wakeline.effect(
            "delay", "cash", 250, unit="EUR", opens="pay:9", closes="pay:8", entity="vendor:3",
            decision="d-1",
        )  # fmt: skip
    assert only(recorded.events).attributes == {
        "wakeline.effect.kind": "delay",
        "wakeline.effect.metric": "cash",
        "wakeline.effect.delta": 250.0,
        "wakeline.effect.unit": "EUR",
        "wakeline.effect.opens": "pay:9",
        "wakeline.effect.closes": "pay:8",
        "wakeline.entity.ref": "vendor:3",
        "wakeline.decision.id": "d-1",
        "gen_ai.agent.name": "cash",
    }


def test_an_outcome_days_later_has_a_span_of_its_own_at_its_time() -> None:
    with capture() as recorded, wakeline.case("case-1"):
        outcome_id = wakeline.outcome(
            "reversal", ["write:1", "Invoice:501"], amount=90, at=MONDAY, attributes={"by": "anna"}
        )
    event, span = only(recorded.events), recorded.span("wakeline.outcome")
    assert event.attributes == {
        "wakeline.outcome.id": outcome_id,
        "wakeline.outcome.type": "reversal",
        "wakeline.outcome.polarity": -1,
        "wakeline.outcome.target": ("write:1", "invoice:501"),
        "wakeline.outcome.amount": 90.0,
        "wakeline.case.id": "case-1",
        "by": "anna",
    }
    assert (event.trace_id, event.span_id) == (span.trace_id, span.span_id)
    assert event.at_ns == span.start_ns == span.end_ns == MONDAY_NS


def test_a_success_counts_as_good_unless_it_is_said_otherwise() -> None:
    with capture() as recorded:
        wakeline.outcome("success", "case:1")
        wakeline.outcome("success", "case:1", polarity=0)
    assert [event["wakeline.outcome.polarity"] for event in recorded.events] == [1, 0]


def test_a_handoff_names_the_agent_that_gives() -> None:
    with capture() as recorded:
        with wakeline.agent("flagger"):
            wakeline.handoff("cash-flow")
        wakeline.handoff("desk", sender="human:anna")
    first, second = recorded.events
    assert (first["wakeline.handoff.from"], first["wakeline.handoff.to"]) == (
        "flagger",
        "cash-flow",
    )
    assert second["wakeline.handoff.from"] == "human:anna"
    assert first["wakeline.handoff.id"] != second["wakeline.handoff.id"]


def test_ids_of_the_user_are_kept() -> None:
    with capture() as recorded:
        assert wakeline.read("a:1", "f", id="my-read") == "my-read"
        assert wakeline.decision("go", id="D7") == "D7"
    assert recorded.events[0]["wakeline.data.id"] == "my-read"
    assert recorded.events[1]["wakeline.decision.id"] == "D7"


def test_what_is_not_known_is_not_recorded() -> None:
    with capture() as recorded:
        wakeline.decision("go", confidence=None)  # type: ignore[arg-type]
    assert "wakeline.decision.confidence" not in only(recorded.events).attributes


def test_a_value_that_cannot_be_recorded_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrong: Any = {"confidence": "rather sure", "amount": 3, "at": "monday"}
    with capture() as recorded:
        assert wakeline.decision("go", **wrong)
    event = only(recorded.events)
    assert "wakeline.decision.confidence" not in event.attributes
    assert event["wakeline.decision.amount"] == 3.0
    assert [record.name for record in caplog.records] == ["wakeline", "wakeline"]


def test_a_keyword_that_an_event_does_not_have_is_refused() -> None:
    wrong: Any = {"confidnce": 1.0}
    with capture(), pytest.raises(TypeError, match="confidnce"):
        wakeline.decision("go", **wrong)


def test_text_that_utf_8_cannot_carry_does_not_reach_the_exporter() -> None:
    with capture() as recorded:
        wakeline.decision("caf\udce9", attributes={})
    assert only(recorded.events)["wakeline.decision.action"] == "caf?"


def test_a_number_is_not_kept_when_only_hashes_may_be() -> None:
    with capture(Content(mode="hash")) as recorded:
        wakeline.read("a:1", "rate", value=19.9)
        wakeline.read("a:1", "rate", value=19.9, value_num=19.9)
    first, second = recorded.events
    assert "wakeline.data.value_num" not in first.attributes
    assert second["wakeline.data.value_num"] == 19.9


def test_a_thousand_events_on_one_span_all_arrive() -> None:
    with capture() as recorded, wakeline.agent("busy"):
        ids = {wakeline.read("a:1", "f", version=number) for number in range(1000)}
    assert len(ids) == len(recorded.events) == 1000
    assert {event.span_id for event in recorded.events} == {
        recorded.span("invoke_agent busy").span_id
    }


def test_a_change_says_what_was_changed_and_whom_it_may_move() -> None:
    with capture() as recorded:
        change_id = wakeline.change(
            "prompt", "billing-system", version=12, version_prev=11, agents=["billing", "desk"],
            note="shorter answers", at=MONDAY,
        )  # fmt: skip
    event, span = only(recorded.events), recorded.span("wakeline.change")
    assert change_id.startswith("change:")
    assert event.span_id == span.span_id
    assert event.attributes == {
        "wakeline.change.id": change_id,
        "wakeline.change.kind": "prompt",
        "wakeline.change.what": "billing-system",
        "wakeline.change.version": "12",
        "wakeline.change.version_prev": "11",
        "wakeline.change.agents": ("billing", "desk"),
        "wakeline.change.note": "shorter answers",
    }
