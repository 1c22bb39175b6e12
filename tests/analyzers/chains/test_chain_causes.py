"""What is odd about a node, and which node ranks first for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from analyzers.chains.chain import build
from domain.chain_records import Access, Anomaly, Datum, Decision, Outcome
from domain.chains import Cause
from tests.analyzers.chains.drawing import Row, records
from tests.analyzers.chains.story import INVOICE, RATE, hour, read, span, write

SOURCE, READ, WRITE = span("src", "source"), span("run", "read"), span("run", "write")


def charged(amount: float | None = 25.0) -> Outcome:
    return Outcome("o", span("fin", "told"), hour(90), "dispute", -1, ("w-write",), amount)


def chain_of(*rows: Row, amount: float | None = 25.0) -> dict[str, Cause]:
    """The causes of a charge that rests on the rate, by the names of their spans."""
    made = build("t", records(*rows, charged(amount)), "outcome/o")
    return {cause.node_id.partition("/")[2]: cause for cause in made.causes}


def source(**more: Any) -> Access:
    return replace(write(SOURCE, hour(1), RATE, "1", value=95.0, agent="nightly"), **more)


def seen(**more: Any) -> Access:
    return replace(read(READ, hour(50), RATE, "1", value=95.0), **more)


def charge(**more: Any) -> Access:
    return replace(write(WRITE, hour(51), INVOICE, "2", value=95.0, value_prev=70.0), **more)


def finding(where: str, weight: float, role: str = "violation", id_: str = "f1") -> Anomaly:
    ref = {"source": SOURCE, "read": READ, "write": WRITE}[where]
    return Anomaly(ref, id_, "GOAL-01", role, weight, f"{where} was odd.")


def test_what_a_finding_names_is_suspicious_by_its_weight() -> None:
    causes = chain_of(source(), seen(), charge(), finding("read", 0.8))
    assert next(iter(causes)) == "read"
    assert (causes["read"].anomaly, causes["read"].reason) == (0.8, "read was odd.")
    assert causes["read"].finding_ids == ("f1",)


def test_a_cause_in_a_finding_counts_half_unless_the_finding_names_who_violated() -> None:
    alone = chain_of(source(), seen(), charge(), finding("source", 0.8, "cause"))
    assert alone["source"].anomaly == 0.4
    beside = chain_of(
        source(), seen(), charge(), finding("source", 0.8, "cause"), finding("read", 0.8)
    )
    assert beside["source"].anomaly == 0.05


def test_what_befell_a_span_is_not_its_fault() -> None:
    causes = chain_of(source(), seen(), charge(), finding("write", 0.8, "effect"))
    assert {cause.anomaly for cause in causes.values()} == {0.05}
    assert causes["write"].reason == "It is on the way; nothing odd is known about it."


def test_what_comes_after_an_anomaly_on_its_way_is_later() -> None:
    rows = (source(), seen(), charge(), finding("read", 0.5), finding("write", 0.5, id_="f2"))
    causes = chain_of(*rows, finding("source", 0.5, id_="f3"))
    assert [causes[name].early for name in ("source", "read", "write")] == [1.0, 0.7, 0.7]
    faint = chain_of(*rows, finding("source", 0.2, id_="f3"))
    assert [faint[name].early for name in ("source", "read", "write")] == [1.0, 1.0, 0.7]


def test_a_value_other_than_the_one_written_was_altered_on_the_way() -> None:
    causes = chain_of(source(), seen(value=120.0), charge())
    assert next(iter(causes)) == "read"
    assert causes["read"].anomaly == 0.9
    assert causes["read"].reason == (
        "agent read account:77.plan_rate at version 1 as 120, but nightly had written 95."
    )


def test_a_value_that_nobody_wrote_is_unheard_of() -> None:
    causes = chain_of(source(version=""), seen(version="", value=120.0), charge())
    assert causes["read"].anomaly == 0.4
    assert causes["read"].reason == (
        "agent read account:77.plan_rate as 120, which nobody is known to have written."
    )
    hashed = chain_of(
        source(version="", value=None, value_hash=1),
        seen(version="", value=None, value_hash=2),
        charge(),
    )
    assert hashed["read"].reason == (
        "agent read account:77.plan_rate as a value, which nobody is known to have written."
    )


def test_a_read_before_all_writes_has_nothing_to_differ_from() -> None:
    late = source(version="", at=hour(60))
    causes = chain_of(late, seen(version="", value=120.0), charge())
    assert causes["read"].anomaly == 0.4


def test_a_write_that_was_taken_back_is_suspicious_but_not_the_target_itself() -> None:
    undoing = write(span("fix", "undo"), hour(95), RATE, "2", value=70.0, compensates="w-source")
    causes = chain_of(source(), seen(), charge(), undoing, amount=None)
    assert next(iter(causes)) == "source"
    assert causes["source"].anomaly == 0.5
    assert causes["source"].reason == (
        "nightly wrote account:77.plan_rate at version 1, and agent took it back 3.9 days later."
    )
    reversal = write(span("fix", "undo"), hour(95), INVOICE, "3", compensates="w-write")
    assert chain_of(source(), seen(), charge(), reversal)["write"].anomaly == 0.05


def test_what_takes_a_write_back_may_be_another_datum() -> None:
    credit = write(
        span("fix", "undo"), hour(95), Datum("credit:1", "amount"), "1",
        value=25.0, compensates="w-source",
    )  # fmt: skip
    causes = chain_of(source(value_prev=70.0), seen(), charge(), credit)
    assert (causes["source"].anomaly, causes["source"].counterfactual) == (0.5, 1.0)


def changed(hours: float, agent: str = "human:clerk", value: float = 70.0) -> Access:
    return write(span("chg", "change"), hour(hours), RATE, "2", value=value, agent=agent)


def test_a_write_that_a_person_changed_after_its_use_is_a_little_suspicious() -> None:
    causes = chain_of(source(), seen(), charge(), changed(95))
    assert (causes["source"].anomaly, causes["source"].counterfactual) == (0.25, 1.0)
    assert causes["source"].reason.endswith("human:clerk changed it 3.9 days later.")


@pytest.mark.parametrize(
    "change", [changed(95, agent="nightly"), changed(95, value=95.0), changed(40)]
)
def test_a_write_that_was_changed_as_usual_is_not(change: Access) -> None:
    assert chain_of(source(), seen(), charge(), change)["source"].anomaly == 0.05


def test_the_right_value_would_have_changed_the_outcome_in_proportion() -> None:
    rows = (source(), seen(value=190.0), charge(value=380.0, value_prev=None))
    assert chain_of(*rows, amount=190.0)["read"].counterfactual == 1.0
    assert chain_of(*rows, amount=33.0)["read"].counterfactual == 0.6


def test_a_wrong_value_that_came_back_in_time_did_no_harm() -> None:
    back = write(span("x", "back"), hour(49), RATE, "3", value=95.0)
    causes = chain_of(source(), changed(40), back, seen(), charge())
    assert (causes["read"].anomaly, causes["read"].counterfactual) == (0.95, 0.2)


@pytest.mark.parametrize(("now", "expected"), [(1, 0.2), (2, 1.0), (0, 0.6)])
def test_hashes_tell_whether_a_stale_value_differed(now: int, expected: float) -> None:
    rows = [
        source(value=None, value_hash=1),
        replace(changed(40), value=None, value_hash=9),
        write(span("x", "back"), hour(49), RATE, "3", value_hash=now),
        seen(value=None, value_hash=1),
    ]
    assert chain_of(*rows, charge())["read"].counterfactual == expected


def test_where_one_wrong_value_explains_the_amount_another_is_refuted() -> None:
    contact = Datum("account:77", "contact")
    rows: list[Row] = [
        source(), changed(40),
        write(span("a", "c1"), hour(1), contact, "1", value=1.0),
        write(span("b", "c2"), hour(30), contact, "2", value=2.0),
        seen(),
        read(span("run", "contact"), hour(50), contact, "1", value=1.0, data_id="r-contact"),
        charge(value=33.0, value_prev=3.0),
    ]  # fmt: skip
    causes = chain_of(*rows, amount=25.0)
    assert causes["read"].counterfactual == 1.0
    assert causes["contact"].counterfactual == 0.2


def test_a_read_that_tells_no_version_is_stale_as_of_its_time() -> None:
    rows = [source(), changed(40), seen(version="", as_of=hour(2)), charge()]
    reason = chain_of(*rows)["read"].reason
    assert reason.startswith("agent read account:77.plan_rate as of 2026-03-02 10:00:00, but")
    valued = [source(), replace(changed(40), version="", agent="", system="crm"), seen(version="")]
    reason = chain_of(*valued, charge())["read"].reason
    assert reason == (
        "agent read account:77.plan_rate as it was before, but another value had been written"
        " 10.0 h earlier by crm."
    )


def decided(hours: float, version: str, trace: str = "run") -> Decision:
    return Decision(
        span(trace, f"dec{version}"), hour(hours), f"d{version}", "charge", "biller",
        policy_id="terms", policy_version=version,
    )  # fmt: skip


def test_a_decision_under_a_new_version_of_its_policy_is_suspicious() -> None:
    rows: list[Row] = [
        source(),
        seen(),
        decided(50.5, "2"),
        decided(10, "1", "old"),
        charge(decision_id="d2"),
    ]
    causes = chain_of(*rows)
    assert list(causes)[:2] == ["dec2", "terms@2"]
    assert causes["dec2"].reason == (
        "biller decided charge under version 2 of policy terms, which had just replaced version 1."
    )
    assert causes["terms@2"].reason == "Policy terms went from version 1 to 2."


def test_a_policy_that_changed_long_ago_is_not() -> None:
    long_ago = decided(50.5, "2").at - timedelta(days=8)
    rows: list[Row] = [
        source(), seen(), decided(50.5, "2"), charge(decision_id="d2"),
        replace(decided(10, "2", "old"), at=long_ago, decision_id="d0"),
        replace(decided(10, "1", "older"), at=long_ago - timedelta(days=1)),
    ]  # fmt: skip
    assert {cause.anomaly for cause in chain_of(*rows).values()} == {0.05}


def test_nothing_is_said_about_fields_of_hubs() -> None:
    rows = records(source(), seen(value=120.0), charge(), charged())
    made = build("t", rows, "outcome/o", hub_types=["account"])
    assert {cause.anomaly for cause in made.causes} == {0.05}


def test_a_write_that_made_the_very_change_is_named_where_nothing_odd_is_known() -> None:
    rows = (source(value_prev=70.0), seen(), charge(value=150.0, value_prev=None))
    causes = chain_of(*rows, amount=-25.0)
    assert next(iter(causes)) == "source"
    factors = (causes["source"].anomaly, causes["source"].early, causes["source"].counterfactual)
    assert factors == (0.05, 1.0, 1.0)
    assert causes["source"].reason == (
        "It changed a value by what the outcome is about; nothing else is odd about it."
    )
    assert chain_of(*rows, amount=33.0)["source"].counterfactual == 0.6


def test_of_what_is_not_odd_a_write_that_nothing_led_to_is_the_likeliest() -> None:
    causes = chain_of(source(), seen(), charge(value=150.0, value_prev=None))
    assert next(iter(causes)) == "source"
    assert {name: cause.early for name, cause in causes.items()} == {"source": 1.0, "write": 0.7}
    assert {cause.anomaly for cause in causes.values()} == {0.05}


def test_or_the_change_in_proportion_to_what_came_of_it() -> None:
    rows = (source(value=100.0, value_prev=80.0), seen(value=100.0), charge(value=300.0))
    assert next(iter(chain_of(*rows, amount=60.0))) == "source"


def test_of_several_such_writes_on_the_way_it_is_the_earliest() -> None:
    middle, last = Datum("quote:1", "sum"), span("last", "last")
    rows: list[Row] = [
        source(value_prev=70.0), seen(), charge(value=95.0, datum=middle, data_id="w-middle"),
        read(last, hour(60), middle, "2", value=95.0, data_id="r-last"),
        write(last, hour(61), INVOICE, "2", value=95.0, data_id="w-write"),
    ]  # fmt: skip
    causes = chain_of(*rows)
    assert [name for name, cause in causes.items() if cause.counterfactual == 1.0] == ["source"]


def test_a_policy_that_ranks_first_reaches_what_was_decided_under_it() -> None:
    old, new = decided(10, "1", "old"), decided(50.5, "2")
    outcome = replace(charged(), target=("nothing",), ref=span("run", "dec2"))
    rows = records(old, new, replace(outcome, ref=new.ref), charge(decision_id="d2"))
    made = build("t", rows, "policy/terms@2")
    assert {"run/dec2", "run/write"} <= set(made.blast_radius.node_ids)
