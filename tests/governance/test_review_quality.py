"""Are second reviews and known cases chosen by the key alone, in the shares that are promised?"""

from collections.abc import Callable

import pytest
from scipy.stats import binomtest

from governance import review_quality
from governance.sampling import Plan

PLAN = Plan(secret=5, week=202648, budget=100.0)
IDS = [f"d{n}" for n in range(3000)]


@pytest.mark.parametrize(
    ("wants", "share"),
    [
        (review_quality.wants_second_review, 0.10),
        (review_quality.wants_blind_review, 0.05),
    ],
    ids=["second", "blind"],
)
def test_as_many_are_seen_again_as_promised(
    wants: Callable[[Plan, str], bool], share: float
) -> None:
    assert binomtest(sum(wants(PLAN, key) for key in IDS), len(IDS), share).pvalue > 1e-4


def test_one_known_case_is_mixed_in_for_each_twenty() -> None:
    known = [f"g{n}" for n in range(30)]
    chosen = review_quality.gold(PLAN, known, 100)
    assert len(chosen) == 5
    assert review_quality.gold(PLAN, reversed(known), 100) == chosen
    assert review_quality.gold(Plan(6, 202648, 100.0), known, 100) != chosen
    assert review_quality.gold(PLAN, known[:2], 100) == review_quality.gold(PLAN, known[:2], 40)
    assert len(review_quality.gold(PLAN, known, 3)) == 1


def test_the_queue_mixes_all_and_is_the_same_for_everybody() -> None:
    mixed = review_quality.queue(PLAN, [*IDS[:20], "g1", "g2"])
    assert sorted(mixed) == sorted([*IDS[:20], "g1", "g2"])
    assert mixed == review_quality.queue(PLAN, reversed([*IDS[:20], "g1", "g2"]))
    assert mixed != sorted(mixed)
