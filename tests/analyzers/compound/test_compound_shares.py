"""Are shares of a loss efficient, symmetric, nothing for bystanders, and the same however made?"""

import math
from collections.abc import Sequence
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compound import shares
from analyzers.compound.costs import gap
from analyzers.compound.shares import Against, Beyond, Own, Pair, Term

NAMES = "abcdef"


def amounts(terms: Sequence[Term], seed: str = "c1") -> dict[str, float]:
    return {share.agent: share.amount for share in shares.shares(terms, seed)}


def brute(terms: Sequence[Term]) -> dict[str, float]:
    """By the definition: the mean over all orders of what each one adds."""
    players = shares.players(terms)
    orders = list(permutations(players))
    added = dict.fromkeys(players, 0.0)
    for order in orders:
        for place, agent in enumerate(order):
            before = frozenset(order[:place])
            added[agent] += shares.loss(terms, before | {agent}) - shares.loss(terms, before)
    return {agent: each / len(orders) for agent, each in added.items()}


agents = st.sampled_from(NAMES)
worths = st.integers(1, 500).map(float)
moves = st.dictionaries(agents, st.integers(-500, 500).map(float), min_size=1, max_size=4)
pairs = st.lists(agents, min_size=2, max_size=2, unique=True)
simple = st.lists(
    st.one_of(
        st.builds(Own, agents, worths),
        st.builds(lambda both, worth: Pair(both[0], both[1], worth), pairs, worths),
    ),
    max_size=6,
)
any_terms = st.lists(
    st.one_of(
        st.builds(Own, agents, worths),
        st.builds(lambda both, worth: Pair(both[0], both[1], worth), pairs, worths),
        st.builds(Against, st.sampled_from((1, -1)), st.frozensets(agents, min_size=1), moves),
        st.builds(Beyond, worths, moves),
    ),
    max_size=4,
)


@given(any_terms)
def test_shares_sum_to_the_loss_of_all(terms: list[Term]) -> None:
    everyone = frozenset(shares.players(terms))
    assert math.isclose(sum(amounts(terms).values()), shares.loss(terms, everyone), abs_tol=1e-6)


@given(any_terms)
def test_shares_are_the_mean_over_all_orders(terms: list[Term]) -> None:
    assert amounts(terms) == pytest.approx(brute(terms), abs=1e-6)


@given(simple)
def test_the_closed_form_is_the_exact_one(terms: list[Own | Pair]) -> None:
    players = shares.players(terms)
    exact = shares.exact(players, lambda group: shares.loss(terms, group))
    assert shares.closed_form(terms) == pytest.approx(exact, abs=1e-6)


@given(any_terms)
def test_who_adds_nothing_to_any_group_has_no_share(terms: list[Term]) -> None:
    players = shares.players(terms)
    groups = [
        frozenset(some) for size in range(len(players)) for some in combinations(players, size)
    ]
    for agent in players:
        adds = (shares.loss(terms, group | {agent}) - shares.loss(terms, group) for group in groups)
        if not any(map(abs, adds)):
            assert amounts(terms)[agent] == pytest.approx(0, abs=1e-6)


@given(any_terms, st.permutations(NAMES))
def test_names_do_not_matter(terms: list[Term], names: list[str]) -> None:
    as_if = dict(zip(NAMES, names, strict=True))
    renamed = [_renamed(term, as_if) for term in terms]
    expected = {as_if[agent]: amount for agent, amount in amounts(terms).items()}
    assert amounts(renamed) == pytest.approx(expected, abs=1e-6)


def _renamed(term: Term, names: dict[str, str]) -> Term:
    match term:
        case Own(agent, worth):
            return Own(names[agent], worth)
        case Pair(one, other, worth):
            return Pair(names[one], names[other], worth)
        case Against(direction, holders, moved):
            others = {names[agent]: delta for agent, delta in moved.items()}
            return Against(direction, frozenset(names[agent] for agent in holders), others)
        case Beyond(limit, moved):
            return Beyond(limit, {names[agent]: delta for agent, delta in moved.items()})
    raise AssertionError(term)


def test_a_pair_shares_in_halves_and_one_bears_its_own() -> None:
    terms: list[Term] = [Own("a", 50), Pair("a", "b", 300), Own("a", 10)]
    assert amounts(terms) == {"a": 210, "b": 150}
    assert [share.agent for share in shares.shares(terms, "")] == ["a", "b"]


def test_two_movers_against_one_aim_share_with_its_holder() -> None:
    term = Against(1, frozenset({"treasury"}), {"a": -300.0, "b": -300.0})
    assert term.value({"a", "b"}) == term.value({"treasury"}) == 0
    assert amounts([term]) == pytest.approx({"treasury": 300, "a": 150, "b": 150})


def test_a_limit_is_exceeded_by_all_together() -> None:
    term = Beyond(500, {"a": -400, "b": -300})
    assert (term.value({"a"}), term.value({"a", "b"})) == (0, 200)
    assert amounts([term]) == {"a": 100, "b": 100}


def test_more_than_twelve_are_sampled_with_an_interval_that_holds_the_truth() -> None:
    moved = {f"agent{number:02}": -10.0 * (number + 1) for number in range(14)}
    terms: list[Term] = [Against(1, frozenset({"holder"}), moved), Own("agent00", 7)]
    # Against is worth its sum as soon as the holder is there: half to it, half of each mover's own.
    truth = {agent: -delta / 2 for agent, delta in moved.items()}
    truth |= {"holder": sum(truth.values()), "agent00": truth["agent00"] + 7}
    found = shares.shares(terms, "c1")
    assert sum(share.amount for share in found) == pytest.approx(1057)
    assert all(share.margin > 0 for share in found)
    inside = [abs(share.amount - truth[share.agent]) <= share.margin for share in found]
    assert sum(inside) >= 12
    assert found == shares.shares(terms, "c1")
    assert found != shares.shares(terms, "c2")


def test_exact_shares_have_no_interval() -> None:
    terms = [Against(1, frozenset({"a"}), {"b": -5.0})]
    assert [share.margin for share in shares.shares(terms, "c1")] == [0, 0]


def test_what_is_lost_beyond_one_alone_is_the_gap() -> None:
    assert gap([]) == 0
    assert gap([Own("a", 50), Pair("a", "b", 30)]) == 30
