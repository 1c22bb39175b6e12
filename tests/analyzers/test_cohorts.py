"""Cohorts: is what goes with bad outcomes ranked first, and does chance stay unnamed?"""

import random
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyzers.cohorts import Cell, suspects

VERSIONS = ("1.0", "1.1", "1.2", "2.0")
MODELS = ("large", "small")
TOOLS = ("search", "pay", "mail", "note", "rare")


def cells(runs: list[tuple[dict[str, str], bool]]) -> list[Cell]:
    """Counted one by one."""
    names = sorted({pair for seen, _ in runs for pair in seen.items()})
    dimensions = sorted({dimension for dimension, _ in names})
    found = []
    for dimension, value in [*names, *((dimension, "") for dimension in dimensions)]:
        ended = [bad for seen, bad in runs if seen.get(dimension) == value or not value]
        found.append(Cell(dimension, "", value, sum(ended), len(ended) - sum(ended)))
    return found


def world(rng: random.Random, planted: float = 0.1) -> list[tuple[dict[str, str], bool]]:
    """400 runs, a tenth of which end badly, and of those with version 2.0 a share of `planted`."""
    runs = []
    for _ in range(400):
        seen = {"agent_version": rng.choice(VERSIONS), "model": rng.choice(MODELS)}
        seen |= {f"tool {tool}": tool if rng.random() < 0.5 else "other" for tool in TOOLS}
        bad = rng.random() < (planted if seen["agent_version"] == "2.0" else 0.1)
        runs.append((seen, bad))
    return runs


def test_certainty_is_fishers_and_suspiciousness_is_ochiais() -> None:
    # scipy's exact test, which the code does not use.
    for bad, good, others_bad, others_good in ((12, 18, 8, 62), (0, 30, 20, 20), (30, 0, 1, 29)):
        total = Cell("model", "", "", bad + others_bad, good + others_good)
        (one,) = suspects([Cell("model", "", "m", bad, good), total])
        table = np.array([[bad, good], [others_bad, others_good]])
        assert one.p == pytest.approx(stats.fisher_exact(table, alternative="greater").pvalue)
        assert one.suspiciousness == pytest.approx(bad / sqrt((bad + others_bad) * (bad + good)))
        assert (one.others_bad, one.others_good) == (others_bad, others_good)


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_version_comes_first(seed: int) -> None:
    first, *rest = suspects(cells(world(random.Random(seed), planted=0.4)))
    assert (first.cell.dimension, first.cell.value) == ("agent_version", "2.0")
    assert first.found
    assert not any(one.found for one in rest)


def test_where_nothing_matters_nothing_is_named() -> None:
    rng = random.Random(13)
    worlds = 200
    false = sum(any(one.found for one in suspects(cells(world(rng)))) for _ in range(worlds))
    # One-sided: fails only if at most 5 % of such worlds is implausible given the count.
    assert stats.binomtest(false, worlds, 0.05, alternative="greater").pvalue > 0.001


def test_what_few_runs_show_is_left_out() -> None:
    total = Cell("model", "", "", 30, 30)
    assert suspects([Cell("model", "", "m", 19, 0), total]) == []
    assert suspects([Cell("model", "", "m", 30, 11), total]) == []
    assert suspects([]) == []


def test_parts_are_held_against_themselves() -> None:
    found = suspects(
        [
            Cell("agent_version", "billing", "1", 20, 20),
            Cell("agent_version", "billing", "2", 20, 20),
            Cell("agent_version", "billing", "", 40, 40),
            Cell("agent_version", "search", "1", 0, 400),
            Cell("agent_version", "search", "", 0, 430),
        ]
    )
    assert len(found) == 3
    assert not any(one.found for one in found)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_more_bad_runs_never_make_it_less_suspicious(
    bad: int, good: int, others_bad: int, others_good: int
) -> None:
    def suspicious(more: int) -> list[tuple[float, float]]:
        total = Cell("model", "", "", bad + more + others_bad, good + others_good + 25)
        return [
            (one.suspiciousness, -one.p)
            for one in suspects([Cell("model", "", "m", bad + more, good + 20), total])
        ]

    for before, after in zip(suspicious(0), suspicious(5), strict=True):
        assert after[0] >= before[0]
        assert after[1] >= before[1] - 1e-12
