"""Mined rules: is what really goes together found, and what chance makes left out?"""

import pytest

from analyzers.mining import Constraint, Count, mine

PRECEDENCE, RESPONSE, NEVER_BOTH = Constraint


def count(constraint: Constraint = PRECEDENCE, **more: int) -> Count:
    said = {"cases": 1000, "applies": 200, "other": 300, "held": 199} | more
    return Count(constraint, "refund", "check", "pay", **said)


@pytest.mark.parametrize("constraint", [PRECEDENCE, RESPONSE])
def test_an_order_that_chance_does_not_make_is_a_rule(constraint: Constraint) -> None:
    (rule,) = mine([count(constraint)])
    assert rule.count.constraint is constraint
    assert rule.confidence == pytest.approx(0.995)
    assert rule.q < 1e-50


def test_tools_that_never_come_together_are_a_rule() -> None:
    (rule,) = mine([count(NEVER_BOTH, other=500, held=200)])
    assert rule.q < 1e-50


@pytest.mark.parametrize(
    "more",
    [
        {"applies": 99, "held": 99},
        {"held": 195},
        {"other": 1000, "held": 200},
        {"other": 990},
        {"cases": 0, "other": 0},
        {"other": 0, "applies": 100, "held": 0},
    ],
)
def test_what_is_rare_or_unsure_or_always_there_is_no_rule(more: dict[str, int]) -> None:
    assert mine([count(PRECEDENCE, **more)]) == []


def test_what_cannot_come_by_chance_is_sure() -> None:
    (rule,) = mine([count(other=0)])
    assert rule.q == 0


def test_among_many_that_chance_makes_a_weak_one_does_not_pass() -> None:
    weak = count(applies=100, other=955, held=100)
    assert [rule.count for rule in mine([weak])] == [weak]
    assert mine([weak] + [count(other=990)] * 50) == []
    assert mine([]) == []
