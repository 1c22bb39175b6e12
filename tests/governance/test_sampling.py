"""Is the weekly sample the one that the engine draws, with the chances that are stored?"""

import math
import random
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from domain.errors import InvalidInput
from domain.reviewing import CellFrame, Drawn, FrameCase
from governance import sampling
from governance.sampling import Plan, cells_of, chances, draw, split
from governance.siphash import share, siphash
from storage.store import Store

HASHES = """
SELECT
    arrayMap(t -> toString(sipHash64Keyed(({k0:UInt64}, {k1:UInt64}), t)), {texts:Array(String)})
        AS hashes,
    arrayMap(t -> sipHash64Keyed(({k0:UInt64}, {k1:UInt64}), t) / 18446744073709551616.,
        {texts:Array(String)}) AS shares
"""
PLAN = Plan(secret=123, week=202604, budget=100.0)


def frame(count: int, agent: str = "clerk", action: str = "refund") -> list[FrameCase]:
    return [FrameCase(f"{agent}/{action}/{n}", agent, action) for n in range(count)]


def test_the_hash_is_that_of_its_authors() -> None:
    # SipHash-2-4-64, appendix A of Aumasson and Bernstein (2012): key 00..0f, message 00..0e.
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash(key, bytes(range(15)).decode()) == 0xA129CA6149BE45E5


def test_the_engine_draws_the_same_cases(store: Store) -> None:
    words = [0, 1, 123, (1 << 63) + 5, (1 << 64) - 1]
    texts = ["", "a", "1234567", "12345678", "trace/span", "größer/日本語", "x" * 300]
    for k0 in words:
        (answer,) = store.selected(HASHES, "test", k0=k0, k1=202604, texts=texts)
        assert [int(text) for text in answer["hashes"]] == [siphash((k0, 202604), t) for t in texts]
        assert list(answer["shares"]) == [share((k0, 202604), t) for t in texts]


def test_the_same_plan_and_frame_in_any_order_give_the_same_sample() -> None:
    cases = frame(600)
    first = list(draw(PLAN, cases))
    random.Random(1).shuffle(cases)
    assert list(draw(PLAN, cases)) == first
    assert {case.decision_id for case in draw(Plan(124, 202604, 100.0), cases)} != {
        case.decision_id for case in first
    }


def test_a_case_is_drawn_because_its_hash_is_below_its_chance() -> None:
    cases = frame(900)
    drawn = {one.decision_id: one for one in draw(PLAN, cases)}
    pi = 90 / 900
    below = {case.decision_id for case in cases if share(PLAN.key, case.decision_id) < pi}
    assert set(drawn) == below
    assert all(one.pi == pytest.approx(pi) and one.u < one.pi for one in drawn.values())


def test_as_many_are_drawn_as_were_planned() -> None:
    sizes = [len(list(draw(Plan(n, 202604, 100.0), frame(300)))) for n in range(12)]
    assert mean(sizes) == pytest.approx(90, abs=7)  # one sd below the budget


def test_each_is_drawn_as_often_as_its_chance_says() -> None:
    cases = [FrameCase(f"d{n}", "a", "x", 1.0 + n % 3, harm_probability=n / 60) for n in range(60)]
    pi = [chance for chance, _ in chances(cases, 15.0, 0.6)]
    hits = [0] * len(cases)
    for secret in range(120):
        for n, case in enumerate(cases):
            hits[n] += share((secret, 202604), case.decision_id) < pi[n]
    assert all(
        binomtest(hit, 120, chance).pvalue > 1e-5 for hit, chance in zip(hits, pi, strict=True)
    )


def test_no_weight_is_more_than_the_even_part_allows() -> None:
    cases = [FrameCase(f"d{n}", "a", "x", 10.0**n, n / 6, 1.0 + n) for n in range(7)]
    pairs = chances(cases, 3.0, 0.6)
    assert all(pi >= 3.0 * 0.6 / 7 - 1e-12 for pi, _ in pairs)
    assert all(even == pytest.approx(3.0 * 0.6 / 7) for _, even in pairs)
    assert max(pi for pi, _ in pairs) <= 1.0
    assert pairs[-1][0] > pairs[0][0]


def test_a_cell_that_is_smaller_than_its_budget_is_looked_at_whole() -> None:
    assert chances(frame(5), 10.0, 0.6) == [(1.0, 1.0)] * 5
    assert len(list(draw(Plan(9, 202604, 1000.0), frame(5)))) == 5


def test_without_anything_at_stake_all_is_even() -> None:
    none = [FrameCase(f"d{n}", "a", "x", impact=0.0) for n in range(10)]
    assert chances(none, 2.0, 0.6) == [(0.2, 0.12)] * 10


def test_the_uniform_part_of_the_sample_is_an_even_sample() -> None:
    assert Drawn("d", "a", "x", u=0.1, pi=0.5, pi_uniform=0.2).uniform
    assert not Drawn("d", "a", "x", u=0.3, pi=0.5, pi_uniform=0.2).uniform


def test_the_budget_goes_by_count_and_impact_with_a_minimum_and_double_where_watched() -> None:
    cells = [
        CellFrame("a", "big", 10_000, 1.0),
        CellFrame("a", "dear", 100, 100.0),
        CellFrame("a", "small", 50, 0.0),
        CellFrame("a", "none", 0, 1.0),
    ]
    wanted = split(Plan(1, 202604, 150.0), cells)
    assert sampling.expected_size(wanted) == pytest.approx(150 - math.sqrt(150))
    assert wanted["a", "big"] == pytest.approx(wanted["a", "dear"])
    assert wanted["a", "small"] == 10
    assert ("a", "none") not in wanted
    watched = split(Plan(1, 202604, 150.0), [*cells[:1], CellFrame("a", "dear", 100, 100.0, True)])
    assert watched["a", "dear"] == pytest.approx(2 * watched["a", "big"])


def test_a_budget_that_is_too_small_for_all_minimums_is_shared_evenly() -> None:
    cells = [CellFrame("a", f"x{n}", 1000, 1.0) for n in range(20)]
    wanted = split(Plan(1, 202604, 100.0), cells)
    assert all(n == pytest.approx(4.5) for n in wanted.values())


def test_more_time_than_cases_looks_at_all() -> None:
    assert split(Plan(1, 202604, 100.0), [CellFrame("a", "x", 7, 1.0)]) == {("a", "x"): 7.0}


@given(
    st.lists(
        st.tuples(st.integers(1, 5000), st.floats(0, 1e4), st.booleans()), min_size=1, max_size=12
    ),
    st.floats(1, 500),
)
@settings(max_examples=40)
def test_the_budget_is_spent_and_never_more(
    of: list[tuple[int, float, bool]], budget: float
) -> None:
    cells = [CellFrame("a", str(n), *cell) for n, cell in enumerate(of)]
    wanted = split(Plan(1, 202604, budget), cells)
    whole = sum(cell.count for cell in cells)
    target = min(whole, max(budget - math.sqrt(budget), min(budget, 1.0)))
    assert sampling.expected_size(wanted) == pytest.approx(target, rel=1e-6)
    assert all(wanted[cell.agent, cell.action] <= cell.count for cell in cells)


def test_an_auditor_finds_a_case_that_was_slipped_in_left_out_or_reweighted() -> None:
    cases = frame(800)
    honest = list(draw(PLAN, cases))
    assert sampling.discrepancies(draw(PLAN, cases), honest) == []
    slipped = Drawn("clerk/refund/x", "clerk", "refund", 0.0, 0.5, 0.5)
    changed = Drawn(honest[1].decision_id, "clerk", "refund", honest[1].u, 0.9, 0.9)
    forged = [slipped, changed, *honest[2:]]
    expected = sorted([honest[0].decision_id, honest[1].decision_id, slipped.decision_id])
    assert sampling.discrepancies(draw(PLAN, cases), forged) == expected


def test_findings_drift_and_amounts_near_the_limit_are_looked_at_more() -> None:
    usual = FrameCase("usual", "a", "x")
    pointed = FrameCase("pointed", "a", "x", boost=sampling.boost(finding=True, limit_share=0.95))
    (pi, even), (more, as_even) = chances([usual, pointed], 1.0, 0.6)
    assert (more - as_even) / (pi - even) == pytest.approx(6)


def test_cells_are_counted_by_agent_and_action() -> None:
    cases = [FrameCase("1", "a", "x", 2.0), FrameCase("2", "a", "x", 4.0), FrameCase("3", "b", "x")]
    watched = frozenset({("b", "x")})
    assert cells_of(cases, watched) == [
        CellFrame("a", "x", 2, 3.0),
        CellFrame("b", "x", 1, 1.0, True),
    ]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"uniform": 0.5}, "uniform"),
        ({"budget": 0.0}, "budget"),
        ({"budget": math.inf}, "budget"),
        ({"secret": 1 << 64}, "secret"),
    ],
    ids=["uniform", "no-budget", "endless-budget", "secret"],
)
def test_a_plan_that_can_not_hold_is_refused(plan: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        Plan(**{"secret": 1, "week": 202604, "budget": 100.0, **plan})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case",
    [
        FrameCase("d", "a", "x", harm_probability=1.5),
        FrameCase("d", "a", "x", impact=-1.0),
        FrameCase("d", "a", "x", boost=0.5),
        FrameCase("d", "a", "x", impact=math.nan),
    ],
    ids=["harm_probability", "impact", "boost", "nan"],
)
def test_a_case_that_can_not_be_weighed_is_refused(case: FrameCase) -> None:
    with pytest.raises(InvalidInput, match="of d"):
        list(draw(PLAN, [case]))


def test_a_decision_that_is_twice_in_the_frame_is_refused() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        list(draw(PLAN, [*frame(3), *frame(1)]))
