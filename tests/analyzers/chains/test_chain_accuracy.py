"""A small replica of `python -m bench.chain_accuracy`: are root and edges mostly named?"""

import pytest

from bench import chain_accuracy
from bench.histories import ROOTS, history

SEEDS = range(50_000, 50_050)


@pytest.mark.parametrize(("missing", "first", "among_three"), [(0.0, 0.88, 0.94), (0.3, 0.8, 0.9)])
def test_root_and_edges_are_named(missing: float, first: float, among_three: float) -> None:
    shares = chain_accuracy.measured(SEEDS, missing)["all"].shares
    assert shares["root_first"] >= first
    assert shares["root_among_three"] >= among_three
    assert shares["edge_precision"] >= 0.95
    assert shares["edge_recall"] >= 0.93
    assert shares["latest_write_is_root"] < 0.5
    assert shares["latest_finding_is_root"] < 0.5


def test_each_kind_of_root_is_there() -> None:
    assert [history(seed).truth.kind for seed in range(5)] == list(ROOTS)


def test_a_seed_gives_the_same_history() -> None:
    assert history(7) == history(7)
    assert history(7, 0.3).truth == history(7).truth
