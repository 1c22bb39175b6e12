"""Is the evidence the sum of likelihood ratios that it is said to be, and fair under no change?"""

import numpy as np
import pytest
from scipy import integrate, stats

from analyzers.drift.evidence import likelihood_ratio, of_streams, shiryaev_roberts

SDS = (0.5, 1.0, 2.0)


@pytest.mark.parametrize("side", [0, 1, -1])
def test_the_ratio_is_the_mean_over_normal_shifts(side: int) -> None:
    scores = np.array([0.3, -0.2, 1.4, 0.9])

    def over(shift: float, sd: float) -> float:
        ratio = np.exp(shift * scores.sum() - 0.5 * len(scores) * shift**2)
        weight = stats.norm.pdf(shift, scale=sd)
        half = 2.0 * (side * shift > 0) if side else 1.0
        return float(ratio * weight * half)

    expected = np.mean([
        integrate.quad(over, -20, 20, args=(sd,), points=[0.0], limit=200)[0] for sd in SDS
    ])  # fmt: skip
    found = likelihood_ratio(np.array([scores.sum()]), len(scores), SDS, side)
    assert found[0] == pytest.approx(expected, rel=1e-6)


def test_a_side_is_deaf_to_the_other() -> None:
    up = likelihood_ratio(np.array([9.0, -9.0]), 3, SDS, 1)
    down = likelihood_ratio(np.array([9.0, -9.0]), 3, SDS, -1)
    assert up[0] > 1000 > 1 > up[1]
    assert down.tolist() == up.tolist()[::-1]


def test_every_beginning_counts_once_and_only_what_is_known() -> None:
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(6, 3))
    known = np.array([6, 2, 0])
    found = shiryaev_roberts(scores, known, SDS)
    for channel, windows in enumerate(known.tolist()):
        sums = np.cumsum(scores[:windows, channel])
        ratios = [likelihood_ratio(sums[k : k + 1], k + 1, SDS, 0)[0] for k in range(windows)]
        assert found[channel] == pytest.approx(sum(ratios))


def test_nothing_overflows() -> None:
    assert np.isfinite(shiryaev_roberts(np.full((90, 2), 6.0), np.array([90, 90]), SDS)).all()


def test_under_no_change_the_evidence_grows_by_one_a_window_on_average() -> None:
    rng = np.random.default_rng(5)
    windows = 4
    evidence = shiryaev_roberts(
        rng.normal(size=(windows, 400_000)), np.full(400_000, windows), (0.5,)
    )
    assert float(evidence.mean()) == pytest.approx(windows, abs=0.05)


def test_a_stream_is_the_weighted_mean_of_the_channels_that_speak() -> None:
    evidence = np.array([1.0, 4.0, np.nan, np.nan, 7.0])
    weights = np.array([1.0, 3.0, 1.0, 1.0, 0.0])
    found = of_streams(evidence, np.array([0, 0, 0, 1, 2]), weights, 3)
    assert found[0] == pytest.approx(13 / 4)
    assert np.isnan(found[1:]).all()
