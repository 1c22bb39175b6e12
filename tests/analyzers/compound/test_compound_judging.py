"""Is it a failure of several only when they lose more together, and one of them did not know?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compound import clashes
from analyzers.compound.clashes import Condition
from analyzers.compound.judging import Compound
from domain.cases import Dealings, Found
from domain.chain_records import Access, Effect
from domain.findings import Severity
from tests.analyzers.compound.acting import (
    RULES,
    Said,
    access,
    act,
    aim,
    compound,
    compounds,
    decision,
    found,
    handoff,
    link,
    moment,
    ref,
    shares,
)

BLIND, INFORMED = "COMPOUND-BLIND", "COMPOUND-INFORMED"
HELD: list[Said] = [aim(0, "a", 1), act(2, "a", "delay")]
CREDIT = act(20, "b", "credit", -500)
PAID = [*HELD, CREDIT]
WRITTEN = access(1, "a", "write", "2")


def label(said: Sequence[Said], **dealings: Any) -> str:
    return next((made.label for made in compounds(said, Dealings(**dealings))), "")


def test_what_goes_against_an_aim_is_shared_by_holder_and_mover() -> None:
    made = compound(PAID)
    assert (made.label, made.loss, made.total, made.unit) == (BLIND, 500, 500, "EUR")
    assert made.conditions == (Condition.AGAINST_AIM,)
    assert shares(made) == {"a": 250, "b": 250}


def test_an_obligation_left_open_counts_with_its_opener() -> None:
    opened = act(1, "audit", "flag", opens="o:1", metric="issues")
    made = compound([*PAID, opened])
    assert (made.loss, made.total) == (500, 550)
    assert shares(made) == {"a": 250, "b": 250, "audit": 50}
    closed = compound([*PAID, opened, act(30, "c", "fix", closes="o:1")])
    assert shares(closed) == {"a": 250, "b": 250}


@pytest.mark.parametrize(
    "change",
    [
        {"delta": -49},
        {"delta": 500},
        {"delta": None},
        {"metric": "score"},
        {"kind": "reversal"},
        {"agent": "human:eve"},
        {"at": moment(200)},
        {"ref": ref("a", 20)},
    ],
    ids=str,
)
def test_what_is_no_harm_is_not_told(change: dict[str, Any]) -> None:
    assert label([*HELD, replace(CREDIT, **change)]) == ""


def test_what_others_bring_in_is_set_off() -> None:
    assert label([*PAID, act(30, "c", "sale", 470)]) == ""
    made = compound([*PAID, act(30, "c", "sale", 100)])
    assert made.loss == 400
    assert shares(made) == {"a": 216.666667, "b": 216.666667, "c": -33.333333}


def test_small_sums_of_many_add_up() -> None:
    said = [*HELD, *(act(10 + number, f"b{number}", "credit", -30) for number in range(3))]
    made = compound(said)
    assert made.loss == 90
    assert shares(made) == {"a": 45, "b0": 15, "b1": 15, "b2": 15}


def test_an_aim_that_was_declared_in_time_counts_before_its_agent_acts() -> None:
    said: list[Said] = [aim(0, "a", 1), act(5, "b", "credit", -500), act(9, "a", "delay")]
    assert label(said) == BLIND
    wrote = access(5, "b", "write", "7")
    assert label(said, accesses=(wrote, access(8, "a", "read", "7"))) == ""
    assert label([aim(6, "a", 1), *said[1:]]) == ""


def test_less_than_a_hundredth_of_what_it_is_about_is_not_told() -> None:
    assert label(PAID, decisions=(decision(19, "b", 49_000),)) == BLIND
    assert label(PAID, decisions=(decision(19, "b", 51_000),)) == ""
    assert label(PAID, decisions=(decision(19, "b", 51_000, currency="JPY"),)) == BLIND
    assert label(PAID, decisions=(decision(19, "stranger", 51_000),)) == BLIND


def test_units_count_by_their_weights() -> None:
    said: list[Said] = [aim(0, "a", -1, metric="work"), act(2, "a", "plan")]
    said += [act(9, "b", "assign", 8, metric="work", unit="hour")]
    assert label(said) == ""
    made = compound(said, rules=replace(RULES, rates=clashes.rates("hour=40 EUR, day=300 EUR")))
    assert (made.loss, made.unit) == (320, "EUR")
    with pytest.raises(ValueError, match="forty"):
        clashes.rates("hour=forty EUR")


def test_the_unit_in_which_most_is_lost_is_told() -> None:
    dollars = act(21, "c", "credit", -900, unit="USD")
    made = compound([*PAID, dollars, act(22, "d", "credit", -60, unit="YEN")])
    assert (made.unit, made.loss) == ("USD", 900)


# What was known.


def test_a_read_of_what_the_other_wrote_makes_it_informed() -> None:
    read = access(19, "b", "read", "2")
    assert label(PAID, accesses=(WRITTEN, read)) == INFORMED
    assert label(PAID, accesses=(WRITTEN, replace(read, version=""))) == INFORMED
    assert label(PAID, accesses=(WRITTEN, replace(read, version="3"))) == INFORMED
    assert label(PAID, accesses=(WRITTEN, replace(read, version="etag"))) == INFORMED


@pytest.mark.parametrize(
    "read",
    [
        access(21, "b", "read", "2"),
        access(0.5, "b", "read", "2"),
        access(19, "b", "read", "1"),
        access(19, "c", "read", "2"),
        replace(access(19, "b", "read", "2"), datum=WRITTEN.datum._replace(field="amount")),
    ],
    ids=["too late", "too early", "old version", "of somebody else", "of another field"],
)
def test_other_reads_leave_it_blind(read: Access) -> None:
    assert label(PAID, accesses=(WRITTEN, read)) == BLIND


def test_versions_that_are_no_numbers_are_ordered_by_when_they_were_written() -> None:
    writes = [access(at, "a", "write", version) for at, version in ((0.5, "x"), (1, "m"))]
    later = access(3, "c", "write", "b")
    for version, said in (("m", INFORMED), ("b", INFORMED)):
        accesses = (writes[1], later, access(19, "b", "read", version))
        assert label(PAID, accesses=accesses) == said
    by_other = replace(writes[0], ref=ref("z", 0.5))
    assert label(PAID, accesses=(by_other, writes[1], access(19, "b", "read", "x"))) == BLIND


def test_a_pair_that_read_each_other_is_none() -> None:
    accesses = [WRITTEN, access(19, "b", "read", "2"), access(20, "b", "write", "3")]
    assert label(PAID, accesses=(*accesses, access(30, "a", "read", "3"))) == ""


def test_a_write_that_says_that_it_takes_another_back_is_no_harm() -> None:
    back = access(20, "b", "write", compensates="w1")
    assert label(PAID, accesses=(back,)) == ""
    assert label(PAID, accesses=(replace(back, compensates=""),)) == BLIND
    assert label(PAID, accesses=(replace(back, ref=ref("b", 19)),)) == BLIND


@pytest.mark.parametrize(
    "dealings",
    [
        {"links": (link("a", "b"),)},
        {"links": (link("b", "a"),)},
        {"links": (link("a", "m"), link("m", "b"), link("m", "a"))},
        {"handoffs": (handoff(3, "a", "b"), handoff(9, "a", "b"))},
        {"handoffs": (handoff(3, "a", "b", case_id=""),)},
    ],
    ids=["link", "link back", "over a third", "hand-off", "hand-off in its run"],
)
def test_who_was_told_acts_together(dealings: dict[str, Any]) -> None:
    assert label(PAID, **dealings) == ""


def test_a_hand_off_to_another_or_too_late_tells_nothing() -> None:
    assert label(PAID, handoffs=(handoff(3, "b", "a"),)) == BLIND
    assert label(PAID, handoffs=(handoff(25, "a", "b"),)) == BLIND
    assert label(PAID, links=(link("a", "m"), link("x", "b"))) == BLIND


def test_an_unread_harm_beside_a_known_one_is_blind_when_it_is_large_enough() -> None:
    known = (WRITTEN, access(19, "b", "read", "2"))
    assert label([*PAID, act(22, "c", "credit", -60)], accesses=known) == BLIND
    made = compound([*PAID, act(22, "c", "credit", -20)], Dealings(accesses=known))
    assert (made.label, made.loss) == (INFORMED, 520)


# The other conditions.


def given_twice(one: float, other: float, limit: float | None = None) -> Sequence[Said]:
    return [
        aim(0, "a", 0, limit=limit),
        act(1, "a", "discount", -one),
        aim(2, "b", 0, limit=limit),
        act(3, "b", "discount", -other),
    ]


def test_beyond_a_limit_is_what_exceeds_it() -> None:
    made = compound(given_twice(400, 300, 500))
    assert (made.label, made.loss, made.conditions) == (BLIND, 200, (Condition.BEYOND_LIMIT,))
    assert shares(made) == {"a": 100, "b": 100}
    for one, other, limit in ((200, 290, 500), (600, 300, 500), (300, 230, 500), (400, 300, None)):
        assert label(given_twice(one, other, limit)) == ""


def test_of_each_thing_the_worst_moment_counts() -> None:
    said = [*given_twice(400, 300, 500), act(5, "a", "top-up", 50), act(6, "b", "discount", -60)]
    made = compound(said)
    assert made.loss == 210
    fewer = [*said[:4], act(5, "a", "top-up", 150), act(6, "b", "discount", -60)]
    less = compound(fewer)
    assert less.loss == 200


def test_a_limit_holds_for_each_thing() -> None:
    said = given_twice(400, 300, 500)
    assert label([*said[:3], act(3, "b", "discount", -300, entity="order:2")]) == ""
    effects = [one for one in said if isinstance(one, Effect)]
    aims = [one for one in said if not isinstance(one, Effect)]
    assert label([*aims, *effects]) == BLIND
    assert label([*aims, *(replace(one, entity="") for one in effects)]) == ""


def test_the_same_refund_twice_is_one_too_many() -> None:
    said = [act(at, agent, "refund", -300) for at, agent in enumerate("abc")]
    made = compound(said)
    assert (made.label, made.loss, made.conditions) == (BLIND, 600, (Condition.TWICE,))
    assert shares(made) == {"b": 300, "a": 150, "c": 150}
    assert label([said[0], replace(said[1], delta=-320)]) == ""
    assert label([said[0], replace(said[1], entity="order:2")]) == ""
    assert label([said[0], replace(said[1], kind="reversal_of_refund")]) == ""
    assert label([aim(0, "a", 0, limit=600), *said[:2]]) == ""
    assert label([aim(0, "a", 0, limit=500), *said[:2]]) == BLIND


def test_one_metric_is_counted_once() -> None:
    refunds = [act(1, "a", "refund", -300), act(2, "b", "refund", -300)]
    said: list[Said] = [aim(0, "t", 1), act(0, "t", "plan"), *refunds]
    made = compound(said)
    assert made.loss == 600
    assert made.conditions == (Condition.TWICE, Condition.AGAINST_AIM)


def test_opposite_states_count_when_the_other_did_not_look() -> None:
    said = [act(1, "a", "hold", metric="state"), act(9, "b", "release", metric="state")]
    made = compound(said)
    assert (made.label, made.loss, made.total, made.unit) == (BLIND, 0, 50, "")
    assert label(said, accesses=(WRITTEN, access(5, "b", "read", "2"))) == ""
    assert label([*said, act(10, "b", "hold"), act(11, "a", "release")]) == BLIND
    assert shares(compound([*said, act(10, "b", "release")])) == {"a": 25, "b": 25}


def test_settling_over_an_open_obligation_counts_once() -> None:
    promise = act(1, "a", "promise", opens="o:1", metric="state")
    said = [promise, act(9, "b", "close_claim"), act(10, "c", "archive")]
    made = compound(said)
    assert (made.label, made.total, made.conditions) == (BLIND, 50, (Condition.LEFT_OPEN,))
    assert shares(made) == {"a": 25, "b": 25}
    assert label([promise, act(9, "b", "payment_in")]) == ""
    assert label([*said, act(11, "a", "refund", closes="o:1")]) == ""


def test_a_state_beside_known_money_is_blind_and_counts_both() -> None:
    said = [*PAID, act(1, "b", "hold", metric="state"), act(3, "a", "release", metric="state")]
    made = compound(said, Dealings(accesses=(WRITTEN, access(19, "b", "read", "2"))))
    assert (made.label, made.unit, made.loss, made.total) == (BLIND, "EUR", 500, 550)
    assert made.clash.condition is Condition.OPPOSITE


def test_what_other_signatures_found_of_two_counts_as_a_pair() -> None:
    lost = found("DATA-03", ref("a", 2), agents=("a", "b"), severity=Severity.MEDIUM)
    skew = found("GOV-05", agents=("a", "b", "stranger"), case_id="c1", severity=Severity.MEDIUM)
    elsewhere = found("LOOP-06", ref("x", 2), agents=("a", "b"))
    nothing = found("LOOP-06", agents=("a", "b"))
    other = found("GOAL-01", ref("a", 2), agents=("a", "b"))
    findings = (lost, skew, elsewhere, nothing, other)
    made = compound(PAID, Dealings(findings=findings))
    assert (made.label, made.total) == (BLIND, 600)
    assert made.conditions == (
        Condition.AGAINST_AIM, Condition.LOST_UPDATE, Condition.POLICY_SKEW,
    )  # fmt: skip
    assert label([act(1, "a", "x"), act(2, "b", "y")], findings=findings) == ""


def test_who_is_at_fault_itself_comes_first_and_what_they_did_together_contributes() -> None:
    decided, wrote = decision(19, "b", 500), replace(WRITTEN, ref=ref("a", 1.5))
    for where in (CREDIT.ref, decided.ref):
        known = Dealings(decisions=(decided,), findings=(found("GOV-01", where),))
        made = compound(PAID, known)
        assert (made.label, made.faults) == ("COMPOUND-CONTRIBUTING", {"b": ["GOV-01"]})
    both = (found("TOOL-04", wrote.ref), found("TOOL-04", wrote.ref), found("GOV-02", wrote.ref))
    made = compound(PAID, Dealings(accesses=(wrote,), findings=both))
    assert made.faults == {"a": ["TOOL-04", "GOV-02"]}


@pytest.mark.parametrize(
    "fault",
    [
        found("GOV-01", ref("b", 20), severity=Severity.MEDIUM),
        found("DATA-01", ref("b", 20)),
        found("GOV-01", ref("stranger", 20)),
        found("GOV-01", ref("b", 99)),
    ],
    ids=["mild", "of data", "of another run", "of another span"],
)
def test_other_findings_are_no_fault_of_theirs(fault: Found) -> None:
    assert label(PAID, findings=(fault,)) == BLIND


def test_a_bystander_with_a_fault_changes_nothing() -> None:
    said = [*PAID, act(9, "c", "note")]
    assert label(said, findings=(found("GOV-01", ref("c", 9)),)) == BLIND


# Properties.

agents = st.sampled_from("abcd")
histories = st.lists(
    st.one_of(
        st.builds(
            act,
            st.integers(0, 300),
            agents,
            st.sampled_from(("credit", "delay", "hold", "release", "refund", "close")),
            st.integers(-300, 300).map(float),
            opens=st.sampled_from(("", "o:1")),
        ),
        st.builds(aim, st.integers(0, 300), agents, st.sampled_from((1, -1, 0)),
                  limit=st.sampled_from((None, 300.0))),
    ),
    max_size=9,
    unique_by=lambda one: one.ref,
)  # fmt: skip
known = st.lists(
    st.builds(
        access, st.integers(0, 300), agents, st.sampled_from(("read", "write")),
        st.sampled_from(("", "1", "2")),
    ),
    max_size=6,
)  # fmt: skip


def everything(said: Sequence[Said], accesses: Sequence[Access]) -> list[Compound]:
    """All that is found, but for the cases as they are."""
    made = compounds(said, Dealings(accesses=tuple(accesses)))
    return [replace(one, case=made[0].case) for one in made]


@given(histories, known)
def test_what_an_agent_did_alone_never_is_one(
    said: Sequence[Said], accesses: Sequence[Access]
) -> None:
    for agent in "abcd":
        assert everything([one for one in said if one.agent == agent], accesses) == []


@given(histories, known, st.permutations(range(9)))
def test_order_and_repetition_change_nothing(
    said: Sequence[Said], accesses: list[Access], places: list[int]
) -> None:
    mixed = [said[place] for place in places if place < len(said)]
    assert everything(mixed, accesses[::-1]) == everything(said, accesses)


@given(histories, known)
def test_an_agent_without_effects_changes_nothing(
    said: Sequence[Said], accesses: Sequence[Access]
) -> None:
    more = [access(4, "zoe", "read", "1"), access(5, "zoe", "write", "9")]
    aims = [aim(3, "zoe", 1), aim(3, "zoe", -1)]
    assert everything([*said, *aims], [*accesses, *more]) == everything(said, accesses)


def test_a_case_whose_aims_are_told_in_any_order_is_the_same() -> None:
    said: list[Said] = [
        aim(0, "b", 1),
        aim(2, "b", 1),
        act(0, "a", "credit", -51),
        act(1, "b", "note"),
    ]
    assert everything(said, []) == everything(said[::-1], []) != []


@given(histories, known)
def test_shares_sum_to_the_total_and_money_is_no_more_than_it(
    said: Sequence[Said], accesses: Sequence[Access]
) -> None:
    for made in everything(said, accesses):
        assert sum(share.amount for share in made.shares) == pytest.approx(made.total)
        assert 0 <= made.loss <= made.total
        assert made.total > 0


@given(histories)
def test_when_everybody_reads_everybody_there_is_none(said: Sequence[Said]) -> None:
    writes = [access(-1, agent, "write", data_id=agent) for agent in "abcd"]
    reads = [access(-0.5, agent, "read") for agent in "abcd"]
    assert everything(said, [*writes, *reads]) == []
