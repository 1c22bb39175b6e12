"""How it is understood what an outcome is about."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from analyzers.chains.outcomes import span_of
from domain.chain_records import Access, Datum, Decision, Effect, Outcome, SpanRef
from domain.chains import Edge
from tests.analyzers.chains.drawing import Row, edges
from tests.analyzers.chains.story import INVOICE, RATE, hour, read, span, step, write

T, S = "0123456789abcdef" * 2, "0123456789abcdef"
TOLD = span("fin", "told")


def outcome(*target: str, amount: float | None = None, at: datetime | None = None) -> Outcome:
    return Outcome("o", TOLD, at or hour(9), "dispute", -1, target, amount)


def wrote(name: str, hours: float, datum: Datum = INVOICE, **more: Any) -> Access:
    return write(span(f"trace-{name}", name), hour(hours), datum, **more)


def about(*rows: Row) -> dict[str, tuple[float, bool]]:
    """Causes of the outcome, with weight and hardness."""
    found: dict[tuple[str, str, str], Edge] = edges(rows)
    return {
        cause: (edge.weight, edge.hard)
        for (cause, _, kind), edge in found.items()
        if kind == "outcome"
    }


def test_a_target_is_a_write_a_read_a_decision_or_a_span() -> None:
    decision = Decision(span("d", "dec"), hour(1), "decision-1", "pay")
    rows: list[Row] = [
        wrote("w", 1),
        read(span("r", "r"), hour(1), RATE),
        decision,
        step(SpanRef(T, S), hour(1)),
    ]
    named = (0.97, True)
    assert about(*rows, outcome("w-w", "r-r", "decision-1", f"span:{T}-{S}")) == {
        "w": named, "r": named, "dec": named, S: named,
    }  # fmt: skip


def test_a_target_that_is_a_span_of_several_decisions_is_all_of_them() -> None:
    ref = SpanRef(T, S)
    decisions = [Decision(ref, hour(1), id_, "pay") for id_ in ("d1", "d2")]
    assert set(about(step(ref, hour(1)), *decisions, outcome(f"{T}/{S}"))) == {
        S, f"{S}#d1", f"{S}#d2",
    }  # fmt: skip


def test_references_to_spans_are_read_in_both_spellings() -> None:
    assert span_of(f"span:{T}-{S}") == span_of(f"{T}/{S}") == SpanRef(T, S)
    assert span_of("invoice:501") is None


def test_without_a_named_target_it_is_the_write_that_its_span_takes_back() -> None:
    undoing = write(TOLD, hour(8), INVOICE, compensates="w-w")
    assert about(wrote("w", 1), undoing, outcome("case:1")) == {"w": (0.97, True)}


def test_or_the_newest_write_whose_change_its_span_negates() -> None:
    first = wrote("w1", 1, value=120.0, value_prev=95.0)
    second = wrote("w2", 2, value=145.0, value_prev=120.0)
    other = wrote("w3", 3, value=200.0, value_prev=145.0)
    undoing = write(TOLD, hour(8), INVOICE, value=95.0, value_prev=120.0)
    told = outcome("case:1")
    assert about(first, second, other, undoing, told) == {"w2": (0.8, True)}
    untold = replace(undoing, value_prev=None)
    assert set(about(first, untold, told)) == {"told"}


def test_a_span_that_reads_takes_nothing_back() -> None:
    looked = read(TOLD, hour(8), INVOICE)
    assert set(about(wrote("w1", 1, value=120.0, value_prev=95.0), looked, outcome())) == {"told"}


def test_an_entity_means_the_write_of_the_amount() -> None:
    rows = [
        wrote("w1", 1, value=120.0, value_prev=95.0),
        wrote("w2", 2, value=130.0, value_prev=120.0),
        wrote("due", 3, Datum("invoice:501", "due")),
    ]
    assert about(*rows, outcome("invoice:501", amount=-25.0)) == {"w1": (0.8, True)}


def test_or_the_write_with_an_effect_of_the_amount() -> None:
    effect = Effect(span("trace-w", "other"), hour(1), "invoice:501", "adjust", "cash", -25.0)
    vague = replace(effect, delta=None)
    rows: list[Row] = [wrote("w", 1), wrote("w2", 2), effect, vague]
    assert about(*rows, outcome("invoice:501", amount=25.0)) == {"w": (0.8, True)}


def test_or_else_the_newest_writes_of_its_fields() -> None:
    rows = [
        wrote("w1", 1), wrote("w2", 2), wrote("due", 3, Datum("invoice:501", "due")),
        wrote("late", 10),
    ]  # fmt: skip
    soft = (0.7, False)
    assert about(*rows, outcome("invoice:501", amount=1.0)) == {"w2": soft, "due": soft}
    assert about(*rows, outcome("invoice:501")) == {"w2": soft, "due": soft}


def test_of_nothing_that_is_known_it_is_the_span_that_told_it() -> None:
    assert about(step(TOLD, hour(9)), outcome("case:1")) == {"told": (0.5, False)}
    assert about(outcome("case:1")) == {}
    nowhere = replace(outcome("case:1"), ref=SpanRef("", ""))
    assert about(wrote("w", 1), nowhere) == {}


def test_an_outcome_that_is_told_twice_counts_once() -> None:
    twice = (outcome("w-w1"), outcome("w-w2", at=hour(10)))
    rows = [wrote("w1", 1), wrote("w2", 2)]
    assert about(*rows, *twice) == about(*rows, *reversed(twice)) == {"w2": (0.97, True)}
