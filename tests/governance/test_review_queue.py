"""Whose turn is it, and is what says too little refused?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.errors import Conflict, InvalidInput
from domain.reviewing import Claim, Facts, Judged, Look, ReviewCase, Verdict
from governance import review_queue
from governance.review_queue import Standing, open_to, turn
from governance.sampling import Plan

AT = datetime(2026, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=30)
PLAN = Plan(5, 202602, 50.0)


def case(name: str, look: Look = Look.FIRST, decision: str = "d") -> ReviewCase:
    facts = Facts(decision, "clerk", "refund", AT, "t", "s")
    return ReviewCase(name, 202602, look, facts, 202602)


def said(name: str, who: str, verdict: Verdict = Verdict.FINE, **more: Any) -> Judged:
    return Judged(name, who, verdict, AT, **more)


FIRST, SECOND = case("one"), case("two", Look.SECOND)


def names(standing: Standing, who: str, at: datetime = AT) -> list[str]:
    return sorted(one.case_id for one in open_to(PLAN, turn(standing, who, at)))


def test_nobody_looks_twice_at_the_same_decision() -> None:
    both = (FIRST, SECOND)
    assert len(names(Standing(both), "ann")) == 1
    assert names(Standing(both, said=[said("one", "ann")]), "ann") == []
    assert names(Standing(both, said=[said("one", "ann")]), "bob") == ["two"]
    assert names(Standing(both, said=[said("two", "bob")]), "bob") == []
    settled = said("one", "eve", settles=True)
    assert len(names(Standing(both, said=[settled]), "eve")) == 1


def test_a_case_is_one_reviewers_until_the_lease_ends() -> None:
    claim = review_queue.claimed(turn(Standing((FIRST, SECOND)), "ann", AT), FIRST, LEASE)
    assert (claim.number, claim.until) == (1, AT + LEASE)
    standing = Standing((FIRST, SECOND), {"one": claim})
    assert names(standing, "bob") == ["two"]
    # Who has one of them does not get the other as well, and what is before her comes first.
    assert names(standing, "ann") == ["one"]
    assert names(Standing((FIRST,), {"one": claim}), "bob") == []
    assert names(Standing((FIRST,), {"one": claim}), "bob", AT + LEASE) == ["one"]
    later = review_queue.claimed(turn(standing, "bob", AT + LEASE), FIRST, LEASE)
    assert (later.number, later.reviewer) == (2, "bob")
    with pytest.raises(Conflict, match="somebody else looks at it"):
        review_queue.claimed(turn(standing, "bob", AT), FIRST, LEASE)
    back = review_queue.given_back(claim, AT)
    assert names(Standing((FIRST,), {"one": back}), "bob") == ["one"]


def test_what_is_before_a_reviewer_comes_first() -> None:
    cases = [case(f"c-{number}", decision=f"d-{number}") for number in range(9)]
    order = [one.case_id for one in open_to(PLAN, turn(Standing(cases), "ann", AT))]
    assert sorted(order) == [one.case_id for one in cases] != order
    mine = {order[-1]: Claim(order[-1], 1, "ann", AT, AT + LEASE)}
    assert open_to(PLAN, turn(Standing(cases, mine), "ann", AT))[0].case_id == order[-1]


def test_known_cases_are_for_all_and_blind_ones_for_who_looked_first() -> None:
    gold, blind = case("g", Look.GOLD), case("b", Look.BLIND)
    standing = Standing((gold, blind), said=[said("g", "ann")], earlier={"d": ["ann"]})
    assert names(standing, "ann") == ["b"]
    assert names(standing, "bob") == ["g"]
    earlier = review_queue.by_decision(
        [FIRST, SECOND], [said("one", "ann"), said("two", "bob"), said("one", "eve", settles=True)]
    )
    assert earlier == {"d": ["ann", "bob"]}


@pytest.mark.parametrize(
    ("verdict", "more", "field"),
    [
        ("harm", {}, "reason"),
        ("harm", {"reason": "not_my_field"}, "reason"),
        ("skipped", {"reason": "other", "note": " "}, "note"),
        ("fine", {"cost": 3.0}, "cost"),
        ("harm", {"reason": "wrong_amount", "cost": float("inf")}, "cost"),
        ("harm", {"reason": "wrong_amount", "cost": -1.0}, "cost"),
        ("fine", {"note": "x" * 4001}, "note"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(
    verdict: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput, match=field):
        review_queue.checked(said("one", "ann", Verdict(verdict), **more))


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("fine", {}), ("fine", {"reason": "other", "note": "by chance"}),
        ("harm", {"reason": "wrong_amount", "cost": 0.0}), ("skipped", {"reason": "not_my_field"}),
    ],
)  # fmt: skip
def test_what_says_enough_is_kept(verdict: str, more: dict[str, Any]) -> None:
    one = said("one", "ann", Verdict(verdict), **more)
    assert review_queue.checked(one) is one
