"""Is a threshold certified only by a sequence that never failed before it?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from domain.errors import InvalidInput
from governance.certificates import STARTS, certificates, evenly, labels_needed
from governance.evidence import Counted

ALPHA = 0.02
STRONG = 20.0


def evidence(grid: tuple[float, ...], *sup: float, labels: int = 1000, weeks: int = 4) -> Counted:
    begun = Counted.begun(ALPHA, grid)
    return replace(begun, sup=sup, labels=(labels,) * len(grid), weeks=weeks)


def thresholds(of: Counted, **options: float) -> list[float]:
    return [one.threshold for one in certificates(of, ALPHA, 0.1, **options)]  # type: ignore[arg-type]


def test_a_failure_ends_the_sequence_even_if_looser_thresholds_look_safe() -> None:
    found = evidence((0.9, 0.8, 0.7, 0.6, 0.5), 0.0, STRONG, STRONG, 0.0, STRONG)
    assert thresholds(found) == [0.8, 0.7]


def test_a_sequence_that_begins_below_a_failure_goes_on() -> None:
    found = evidence((0.9, 0.8, 0.7, 0.6, 0.5), STRONG, 0.0, 0.0, STRONG, STRONG)
    assert thresholds(found) == [0.9, 0.6, 0.5]


def test_each_start_asks_for_as_much_as_its_share_of_delta() -> None:
    grid = tuple(STARTS)
    for place, (start, weight) in enumerate(STARTS.items()):
        enough = math.log(1 / (0.1 * weight))
        sup = [0.0] * len(grid)
        sup[place] = enough
        assert thresholds(evidence(grid, *sup)) == [start]
        sup[place] = enough - 1e-6
        assert thresholds(evidence(grid, *sup)) == []


def test_a_threshold_is_credited_to_its_weightiest_sequence() -> None:
    (first, second, *_) = certificates(evidence((0.9, 0.8), STRONG, STRONG), ALPHA, 0.1)
    # On two thresholds the starts 0.8, 0.7 and 0.6 fall on one place and add up.
    assert second.start == 0.8
    assert second.weight == pytest.approx(0.9)
    assert first.weight == 0.1


def test_too_few_labels_certify_nothing_whatever_the_evidence_says() -> None:
    assert thresholds(evidence((0.8,), STRONG, labels=113), starts={0.8: 1.0}) == []  # type: ignore[arg-type]
    assert thresholds(evidence((0.8,), STRONG, labels=114), starts={0.8: 1.0}) == [0.8]  # type: ignore[arg-type]


def test_a_single_week_certifies_nothing() -> None:
    assert thresholds(evidence((0.8,), STRONG, weeks=1)) == []
    assert thresholds(evidence((0.8,), STRONG, weeks=2)) == [0.8]


@pytest.mark.parametrize("starts", [{0.8: 0.6, 0.7: 0.6}, {0.8: 0.0}], ids=["over", "none"])
def test_weights_that_spend_more_than_delta_are_refused(starts: dict[float, float]) -> None:
    with pytest.raises(InvalidInput, match="starts"):
        certificates(evidence((0.8,), STRONG), ALPHA, 0.1, starts)


def test_a_short_grid_gets_starts_of_its_own() -> None:
    assert evenly((0.95,)) == {0.95: pytest.approx(1.0)}
    assert sum(evenly((0.9, 0.7, 0.55)).values()) == pytest.approx(1.0)


def test_the_binomial_needs_what_the_documentation_says() -> None:
    assert [labels_needed(alpha, 0.1) for alpha in (0.05, 0.02, 0.01, 0.005)] == [45, 114, 230, 460]
    assert labels_needed(0.02, 0.1, 0.5) == 149


def test_an_unsafe_threshold_is_certified_as_rarely_as_promised() -> None:
    # Every threshold has just more harm than alpha, and one looks at it each week.
    rng, unsafe = np.random.default_rng(2), 0
    grid = (0.9, 0.8, 0.7, 0.6, 0.5)
    for _ in range(400):
        found = Counted.begun(0.1, grid)
        for _ in range(12):
            drawn = rng.multinomial(40, [0.2] * 5)
            harmed = rng.binomial(drawn, 0.105)
            found = found.counted(harmed.cumsum().tolist(), drawn.cumsum().tolist())
            if certificates(found, 0.1, 0.1):
                unsafe += 1
                break
    assert binomtest(unsafe, 400, 0.1, alternative="greater").pvalue > 0.001
