"""What is to be undone, how, and what is at risk until then."""

from dataclasses import replace
from typing import Any

import pytest

from analyzers.chains.chain import build
from domain.chain_records import Access, Datum, Decision, Effect, Outcome
from domain.chains import Chain, LineKind, ReversalLine
from tests.analyzers.chains.drawing import Row, records
from tests.analyzers.chains.story import RATE, hour, read, span, step, write

BAD = Datum("order:1", "price")
SUBJECT = "run/bad"


def odd(**more: Any) -> Access:
    """The bad write, of which a finding says so."""
    given = write(span("run", "bad"), hour(2), BAD, "2", value=9.0, value_prev=5.0, system="shop")
    return replace(given, **more)


def before() -> Access:
    return write(span("old", "old"), hour(1), BAD, "1", value=5.0)


def made(*rows: Row) -> Chain:
    return build("t", records(step(span("run", "bad"), hour(2)), *rows), SUBJECT)


def line(*rows: Row) -> ReversalLine:
    [only] = made(*rows).reversal_plan
    return only


@pytest.mark.parametrize(
    ("how", "kind", "approval"),
    [
        ({"compensated_by": "refund"}, LineKind.COMPENSATE, False),
        ({"compensated_by": "refund", "reversible": False}, LineKind.COMPENSATE, False),
        ({}, LineKind.RESTORE, False),
        ({"reversible": False}, LineKind.MITIGATE, True),
    ],
)
def test_a_line_says_how_to_undo(how: dict[str, Any], kind: LineKind, approval: bool) -> None:
    found = line(before(), odd(**how))
    assert (found.kind, found.needs_approval) == (kind, approval)
    assert (found.current_version, found.current_value) == ("2", 9.0)
    assert (found.restore_version, found.restore_value) == ("1", 5.0)
    assert found.tool == how.get("compensated_by", "")


def test_what_moves_money_needs_approval() -> None:
    effect = Effect(span("run", "bad"), hour(2), "order:1", "charge", "cash", 4.0, "EUR")
    assert line(before(), odd(), effect).needs_approval


def test_without_an_earlier_write_the_write_itself_tells_what_was_there() -> None:
    found = line(odd(version_prev="1"))
    assert (found.restore_version, found.restore_value) == ("1", 5.0)


def later(**more: Any) -> Access:
    return replace(
        write(span("late", "late"), hour(9), BAD, "3", value=7.0, agent="human:ann"), **more
    )


def test_a_later_change_by_somebody_else_is_for_people_to_judge() -> None:
    found = line(before(), odd(), later())
    assert (found.kind, found.needs_approval) == (LineKind.MANUAL, True)
    assert found.reason == "human:ann changed it later: decide what it should be now."
    assert (found.current_version, found.restore_version) == ("3", "1")
    assert line(odd(), later(agent="", system="shop")).reason.startswith("shop changed")
    assert line(odd(), later(agent="")).reason.startswith("somebody changed")


@pytest.mark.parametrize(
    "settled", [later(value=5.0), later(compensates="w-bad"), odd(value=5.0, value_prev=None)]
)
def test_what_is_as_it_was_or_was_taken_back_needs_nothing(settled: Access) -> None:
    rows = [before(), settled] if settled.ref == odd().ref else [before(), odd(), settled]
    assert made(*rows).reversal_plan == ()


def test_a_write_that_restores_the_value_told_as_previous_needs_nothing() -> None:
    assert made(odd(), later(value=5.0)).reversal_plan == ()


def test_a_write_taken_back_by_another_datum_needs_nothing() -> None:
    credit = write(span("c", "credit"), hour(9), Datum("credit:1", "sum"), "1", compensates="w-bad")
    assert made(before(), odd(), credit).reversal_plan == ()


def test_of_several_bad_writes_of_a_datum_there_is_one_line() -> None:
    again = write(span("run2", "again"), hour(4), BAD, "3", value=11.0)
    seen = read(span("run2", "seen"), hour(3), BAD, "2", value=9.0)
    found = line(before(), odd(), seen, again)
    assert (found.node_id, found.current_value) == ("run2/again", 11.0)
    assert (found.restore_version, found.restore_value) == ("1", 5.0)


def test_effects_come_before_their_causes() -> None:
    seen = read(span("run2", "seen"), hour(3), BAD, "2", value=9.0)
    posted = write(span("run2", "post"), hour(4), Datum("ledger:1", "sum"), "1", value=9.0)
    plan = made(before(), odd(), seen, posted).reversal_plan
    assert [each.entity for each in plan] == ["ledger:1", "order:1"]


def test_hubs_are_in_no_plan() -> None:
    rows = records(step(span("run", "bad"), hour(2)), before(), odd())
    assert build("t", rows, SUBJECT, hub_types=["order"]).reversal_plan == ()
    assert build("t", rows, SUBJECT, hub_types=["order"]).blast_radius.live_writes == ()


def test_money_is_at_risk_while_an_effect_stands() -> None:
    effect = Effect(span("run", "bad"), hour(2), "order:1", "charge", "cash", -4.0, "EUR")
    nothing = replace(effect, delta=None, kind="note")
    mail = replace(effect, entity="mail:1", kind="send", delta=1.0, unit="mails")
    at_risk = made(before(), odd(), effect, nothing, mail).blast_radius.money_at_risk
    assert at_risk == {"EUR": 4.0, "mails": 1.0}
    after = made(before(), odd(), effect, mail, later()).blast_radius.money_at_risk
    assert after == {"mails": 1.0}


def test_an_effect_stands_or_falls_with_the_writes_of_its_own_decision() -> None:
    bad, other = (Decision(span("run", "bad"), hour(2), id_, "act") for id_ in ("d1", "d2"))
    effect = Effect(
        span("run", "bad"), hour(2), "order:1", "charge", "cash", 4.0, "EUR", decision_id="d1"
    )
    unrelated = write(span("run", "w2"), hour(3), Datum("order:1", "note"), "1", decision_id="d2")
    chain = made(before(), odd(decision_id="d1"), bad, other, effect, unrelated, later())
    assert chain.blast_radius.money_at_risk == {}


def test_an_effect_without_a_write_is_to_be_mitigated_until_it_is_balanced() -> None:
    paid = Effect(span("run", "bad"), hour(2), "bank:1", "pay", "cash", -40.0, "EUR", "payer")
    only = line(paid)
    assert (only.kind, only.entity, only.field) == (LineKind.MITIGATE, "bank:1", "cash")
    assert only.reason == (
        "payer did it (pay, -40 EUR), and no write is known that can be taken back: limit the harm."
    )
    back = replace(paid, ref=span("x", "back"), at=hour(5), delta=40.0)
    assert made(paid, back).reversal_plan == ()
    assert made(paid, back).blast_radius.money_at_risk == {}
    assert len(made(paid, replace(back, delta=30.0)).reversal_plan) == 1
    assert len(made(paid, replace(back, at=hour(1))).reversal_plan) == 1
    assert made(paid, replace(back, ref=paid.ref)).reversal_plan == ()
    assert len(made(paid, replace(back, delta=None)).reversal_plan) == 1
    # What else happens to the account does not hide that it was paid back.
    another = replace(back, ref=span("y", "another"), at=hour(4), delta=-7.0)
    assert made(paid, another, back).reversal_plan == ()
    assert len(made(paid, another).reversal_plan) == 1
    in_two = replace(back, delta=20.0), replace(back, ref=span("z", "rest"), delta=20.0)
    assert made(paid, *in_two).reversal_plan == ()


def test_outcomes_that_are_there_already_are_counted() -> None:
    told = Outcome("o", span("x", "told"), hour(9), "complaint", -1, ("w-bad",))
    assert made(before(), odd(), told).blast_radius.outcome_ids == ("o",)


def test_a_read_that_is_bad_has_no_write_to_undo_itself() -> None:
    assert made(read(span("run", "bad"), hour(2), RATE)).reversal_plan == ()
