"""Is the budget kept, and does the digest name false ones no more often than it says?"""

import numpy as np
import pytest

from analyzers.drift.budget import e_bh, page_threshold
from domain.errors import InvalidInput


def test_all_thresholds_together_spend_the_budget() -> None:
    weights = [0.5, 1.0, 1.5]
    expected = sum(7 / page_threshold(3, 7, 0.2, weight) for weight in weights)
    assert expected == pytest.approx(0.2)


@pytest.mark.parametrize("wrong", [(0, 7, 1, 1), (1, 0, 1, 1), (1, 7, 0, 1), (1, 7, 1, -1)])
def test_a_budget_of_nothing_is_refused(wrong: tuple[int, float, float, float]) -> None:
    with pytest.raises(InvalidInput, match="more than 0"):
        page_threshold(*wrong)


def test_nothing_is_named_without_enough() -> None:
    assert e_bh(np.array([1.0, 19.9]), q=0.1).tolist() == []
    assert e_bh(np.array([]), q=0.1).tolist() == []


def test_many_that_are_sure_help_each_other() -> None:
    assert e_bh(np.array([3.0, 12.0, 11.0]), q=0.3).tolist() == [1, 2]
    assert e_bh(np.array([3.5, 3.4, 3.6]), q=0.3).tolist() == [2, 0, 1]


def test_false_ones_are_few_even_where_all_depend_on_each_other() -> None:
    rng = np.random.default_rng(1)
    false = []
    for _ in range(3000):
        shared = rng.normal()
        noise = 0.9 * shared + np.sqrt(1 - 0.81) * rng.normal(size=40)
        noise[:5] += 5.0
        named = e_bh(np.exp(3 * noise - 4.5), q=0.2)
        false.append(float(np.mean(named >= 5)) if len(named) else 0.0)
    assert float(np.mean(false)) <= 0.2
