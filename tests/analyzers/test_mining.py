"""Mined rules: is what really goes together found, and what chance makes left out?"""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyzers import mining
from analyzers.false_discoveries import q_values
from analyzers.mining import Count, chance, mine
from domain.tool_orders import Constraint, PairCount
from tests.analyzers import order_runs
from tests.analyzers.order_runs import Run

PRECEDENCE, RESPONSE, NEVER_BOTH = Constraint


def count(constraint: Constraint = PRECEDENCE, order: float = 0.5, **more: int) -> Count:
    said = {"cases": 1000, "applies": 200, "other": 300, "held": 199} | more
    return Count(constraint, "refund", "check", "pay", **said, order=order)


@pytest.mark.parametrize("constraint", [PRECEDENCE, RESPONSE])
def test_an_order_that_chance_does_not_make_is_a_rule(constraint: Constraint) -> None:
    (rule,) = mine([count(constraint)])
    assert rule.constraint is constraint
    assert rule.confidence == pytest.approx(0.995)
    assert rule.q < 1e-50


def test_the_chance_is_the_upper_tail_of_a_binomial() -> None:
    # scipy's binomial, which the code does not use.
    for held in (100, 99, 98):
        one = count(order=1.0, applies=100, other=955, held=held)
        assert chance(one) == pytest.approx(stats.binom.sf(held - 1, 100, 0.955))


def test_a_tool_that_is_in_every_run_makes_a_rule_by_its_place() -> None:
    (rule,) = mine([count(other=1000, held=200)])
    assert rule.q == pytest.approx(0.5**200)
    assert mine([count(order=1.0, other=1000, held=200)]) == []


def test_tools_that_never_come_together_are_a_rule() -> None:
    (rule,) = mine([count(NEVER_BOTH, other=500, held=200)])
    assert rule.q < 1e-50


@pytest.mark.parametrize(
    "more",
    [
        {"applies": 99, "held": 99},
        {"held": 195},
        {"cases": 0, "other": 0, "applies": 0, "held": 0},
        {"other": 0, "applies": 100, "held": 0},
    ],
)
def test_what_is_rare_or_unsure_is_no_rule(more: dict[str, int]) -> None:
    assert mine([count(PRECEDENCE, **more)]) == []


def test_what_cannot_come_by_chance_is_sure() -> None:
    (rule,) = mine([count(other=0)])
    assert rule.q == 0


def test_among_many_that_chance_makes_a_weak_one_does_not_pass() -> None:
    weak = count(applies=100, other=955, held=100, order=1.0)
    assert [rule.held for rule in mine([weak])] == [100]
    assert mine([weak] + [count(other=990, order=1.0)] * 50) == []
    assert mine([]) == []


def test_healthy_runs_show_the_rules_that_they_keep_and_no_others() -> None:
    rng = random.Random(5)
    runs = [Run(order_runs.healthy(rng)) for _ in range(400)]
    found = mining.rules(order_runs.pairs(runs))
    orders = {(str(one.constraint), one.first, one.second) for one in found}
    chain = ("get_order", "check_limit", "pay", "get_refund")
    links = {
        (kind, *link) for kind in ("precedence", "response") for link in itertools.pairwise(chain)
    }
    assert links <= orders
    (exclusive,) = [one for one in found if one.constraint is NEVER_BOTH]
    assert {exclusive.first, exclusive.second} == {"send_mail", "write_note"}
    assert len(found) == len(links) + 1


def test_tools_that_have_nothing_to_do_with_each_other_make_no_rules() -> None:
    rng = random.Random(11)
    worlds = 100
    false = sum(
        bool(mining.rules(order_runs.pairs(Run(order_runs.careless(rng)) for _ in range(300))))
        for _ in range(worlds)
    )
    # One-sided: fails only if at most 5 % of such worlds is implausible given the count.
    assert stats.binomtest(false, worlds, 0.05, alternative="greater").pvalue > 0.001


def test_one_tool_in_a_few_runs_does_not_exclude_the_others() -> None:
    pairs = [
        PairCount("s", "", "", 1000, 0, 0, 0, 0),
        PairCount("s", "", "rare", 3, 0, 0, 0, 0),
        PairCount("s", "", "usual", 400, 0, 0, 0, 0),
    ]
    assert mining.rules(pairs) == []


def test_false_discoveries_are_those_of_scipy() -> None:
    rng = random.Random(3)
    chances = [rng.random() ** 3 for _ in range(50)]
    expected = stats.false_discovery_control(chances)
    assert q_values(chances) == pytest.approx(list(expected))


@given(st.lists(st.floats(0, 1)))
def test_a_q_value_is_never_below_its_p_value_and_keeps_the_order(chances: list[float]) -> None:
    found = q_values(chances)
    assert all(q >= p for p, q in zip(chances, found, strict=True))
    assert sorted(found) == [q for _, q in sorted(zip(chances, found, strict=True))]
