"""Is an outcome taken as it was meant, named by what was said, and refused with the field?"""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from domain import outcomes
from domain.fields import BadField
from wakeline import conventions as names
from wakeline.facts import OutcomeType

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
MINIMAL = {"type": "reversal", "target": "write:1"}


def attributes(**said: object) -> dict[str, Any]:
    """What is recorded of an outcome."""
    _, (event,) = outcomes.read(said, NOW)
    return dict(event.attributes)


def test_everything_that_is_said_of_an_outcome_is_recorded_under_the_names_of_the_sdk() -> None:
    outcome_id, (event,) = outcomes.read(
        {
            "outcome_id": "case-9", "type": "SLA breach", "target": ["Invoice:A-1", "write:1"],
            "amount": "-12.5", "polarity": 0, "case_id": "c-1", "agent": "human:finance",
            "at": "2026-06-01T09:00:00.5+02:00",
        },
        NOW,
    )  # fmt: skip
    assert outcome_id == "case-9"
    assert event.name == names.OUTCOME
    assert event.at_ns == 1_780_297_200_500_000_000
    assert event.attributes == {
        names.OUTCOME_ID: "case-9",
        names.OUTCOME_TYPE: "sla_breach",
        names.OUTCOME_POLARITY: 0,
        names.OUTCOME_TARGET: ("invoice:A-1", "write:1"),
        names.OUTCOME_AMOUNT: -12.5,
        names.CASE_ID: "c-1",
        names.AGENT_NAME: "human:finance",
    }


@pytest.mark.parametrize("kind", names.OUTCOME_POLARITY_OF)
def test_every_type_has_the_polarity_that_the_sdk_gives_it(kind: str) -> None:
    assert kind in get_args(OutcomeType)
    told = attributes(type=kind, target="invoice:1")
    assert told[names.OUTCOME_POLARITY] == names.OUTCOME_POLARITY_OF[kind]


@pytest.mark.parametrize(
    "target",
    [f"{TRACE}/{SPAN}", f"{TRACE.upper()}-{SPAN}", f"span:{TRACE}-{SPAN}", f"span:{TRACE}/{SPAN}"],
)
def test_a_span_has_one_spelling(target: str) -> None:
    assert attributes(type="success", target=target)[names.OUTCOME_TARGET] == (
        f"span:{TRACE}-{SPAN}",
    )


def test_an_outcome_of_a_case_needs_no_target_and_happens_now() -> None:
    _, (event,) = outcomes.read({"type": "complaint", "case_id": 7}, NOW)
    assert names.OUTCOME_TARGET not in event.attributes
    assert event.attributes[names.CASE_ID] == "7"
    assert event.at_ns == NOW.timestamp() * 1e9


def test_the_id_and_the_span_follow_from_what_was_said() -> None:
    first, (event,) = outcomes.read(MINIMAL, NOW)
    again, (repeated,) = outcomes.read({**MINIMAL, "polarity": None}, NOW + timedelta(days=3))
    assert first == again
    assert first.startswith("outcome:")
    assert (event.trace_id, event.span_id) == (repeated.trace_id, repeated.span_id)
    others = [
        {**MINIMAL, "amount": 1}, {**MINIMAL, "at": "2026-06-01T00:00:00Z"},
        {**MINIMAL, "target": "write:2"}, {**MINIMAL, "case_id": "c"}, {**MINIMAL, "agent": "a"},
        {**MINIMAL, "type": "dispute"},
    ]  # fmt: skip
    assert len({first, *(outcomes.read(other, NOW)[0] for other in others)}) == 7


def test_a_corrected_outcome_keeps_its_span() -> None:
    _, (first,) = outcomes.read({**MINIMAL, "outcome_id": "o"}, NOW)
    _, (second,) = outcomes.read({**MINIMAL, "outcome_id": "o", "amount": 5}, NOW)
    assert (first.trace_id, first.span_id) == (second.trace_id, second.span_id)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ("text", "", "an object is needed"),
        ({}, "type", "missing"),
        ({"type": "refund", "target": "write:1"}, "type", "one of reversal, complaint"),
        ({"type": 7.5, "target": "write:1"}, "type", "a text is needed"),
        ({"type": "success"}, "target", "no case_id"),
        ({**MINIMAL, "target": {}}, "target", "a text is needed"),
        ({**MINIMAL, "target": ["a", 5]}, "target[1]", "a text is needed"),
        ({**MINIMAL, "target": ["a"] * 257}, "target", "over 256"),
        ({**MINIMAL, "target": "x" * 513}, "target", "over 512 characters"),
        ({**MINIMAL, "target": "a\x1b[31m"}, "target", "can not be printed"),
        ({**MINIMAL, "outcome_id": "caf\udce9"}, "outcome_id", "can not be printed"),
        ({**MINIMAL, "outcome_id": 10**38}, "outcome_id", "over 38 digits"),
        ({**MINIMAL, "outcome_id": True}, "outcome_id", "a text is needed"),
        ({**MINIMAL, "amount": "1,234.56"}, "amount", "no number"),
        ({**MINIMAL, "amount": True}, "amount", "a number is needed"),
        ({**MINIMAL, "amount": [1]}, "amount", "a number is needed"),
        ({**MINIMAL, "amount": 1e12}, "amount", "below 1,000,000,000,000"),
        ({**MINIMAL, "amount": 10**40}, "amount", "over 38 digits"),
        ({**MINIMAL, "amount": "nan"}, "amount", "below"),
        ({**MINIMAL, "amount": float("inf")}, "amount", "below"),
        ({**MINIMAL, "polarity": 2}, "polarity", "-1, 0 or 1"),
        ({**MINIMAL, "at": "yesterday"}, "at", "no time of ISO 8601"),
        ({**MINIMAL, "at": "2026-06-01T00:00:00"}, "at", "needs its zone"),
        ({**MINIMAL, "at": "0001-01-01T00:00:00+14:00"}, "at", "before 1970"),
        ({**MINIMAL, "at": "9999-12-31T23:59:59-14:00"}, "at", "a day ahead"),
        ({**MINIMAL, "at": "2026-06-10T12:00:01Z"}, "at", "a day ahead"),
        ({**MINIMAL, "currency": "EUR"}, "currency", "no such field; there are agent, "),
        ({**MINIMAL, "a\x1bb" + "c" * 90: 1}, "a?b" + "c" * 37, "no such field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(wrong: object, field: str, reason: str) -> None:
    with pytest.raises(BadField) as refused:
        outcomes.read(wrong, NOW)
    assert refused.value.field == field
    assert reason in refused.value.reason


def test_absent_null_and_empty_are_the_same() -> None:
    empty = {"outcome_id": "", "amount": None, "case_id": " ", "agent": "", "polarity": ""}
    assert attributes(**MINIMAL, **empty) == attributes(**MINIMAL)
    assert attributes(type="success", target=["", "a:1", "a:1"])[names.OUTCOME_TARGET] == ("a:1",)
