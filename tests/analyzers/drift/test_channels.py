"""Do windows become numbers whose noise is that of counting, and only those that can bear it?"""

import numpy as np
import pytest

from analyzers.drift import channels


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_the_noise_of_a_share_depends_on_how_many_were_counted_alone(share: float) -> None:
    rng = np.random.default_rng(1)
    counted = rng.binomial(1000, share, 20_000)
    x = channels.share(counted, np.full(20_000, 1000))
    assert float(x.std()) == pytest.approx(1 / np.sqrt(1000), rel=0.05)
    assert float(channels.share_of(np.array([x.mean()]))[0]) == pytest.approx(share, abs=1e-3)


def test_columns_are_the_frequent_ones_and_one_for_the_rest() -> None:
    baseline = np.array([[50, 2, 30, 4, 3], [50, 3, 30, 4, 3]])
    chosen = channels.columns(baseline)
    assert chosen.kept.tolist() == [0, 2]
    assert chosen.other
    x = chosen.shares(baseline)
    assert x.shape == (2, 3)
    assert x[0, 2] == pytest.approx(channels.share(np.array([9]), np.array([89]))[0])
    other_exposure = chosen.shares(baseline, np.array([1000, 1000]))
    assert (other_exposure < x).all()


def test_no_more_columns_than_asked_for() -> None:
    chosen = channels.columns(np.array([[50, 40, 30, 20]]), columns_max=2)
    assert chosen.kept.tolist() == [0, 1]
    assert chosen.other


def test_what_is_nearly_everything_and_what_is_nearly_nothing_are_no_channels() -> None:
    chosen = channels.columns(np.array([[1000, 3], [990, 4]]))
    assert chosen.kept.tolist() == []
    assert not chosen.other
    assert chosen.shares(np.array([[1000, 3]])).shape == (1, 0)
    whole = channels.columns(np.array([[10, 10]]))
    assert whole.kept.tolist() == [0, 1]
    assert not whole.other


def test_of_a_histogram_like_its_baseline_all_terms_are_at_rest() -> None:
    rng = np.random.default_rng(2)
    parts = rng.dirichlet(np.ones(40))
    counts = rng.multinomial(5000, parts, 400)
    x = channels.smooth_channels(counts, counts.sum(axis=0))
    assert x[:, :3].mean(axis=0) == pytest.approx(0, abs=0.01)
    assert x.std(axis=0) == pytest.approx(1 / np.sqrt(5000), rel=0.25)


@pytest.mark.parametrize(("moved", "channel"), [(0.2, 0), (1.4, 1)])
def test_each_term_sees_its_own_kind_of_change(moved: float, channel: int) -> None:
    edges = np.linspace(-4, 4, 81)
    rng = np.random.default_rng(3)
    usual = rng.normal(size=20_000)
    other = usual + moved if channel == 0 else usual * moved
    before, after = (
        np.histogram(np.clip(values, -3.99, 3.99), edges)[0] for values in (usual, other)
    )
    x = channels.smooth_channels(np.array([before, after]), before)
    assert x[1, channel] - x[0, channel] > 0.15
    assert x[1, 3] > x[0, 3]


def test_ties_do_not_move_the_location() -> None:
    counts = np.array([[0, 970, 30]])
    x = channels.smooth_channels(counts, counts[0])
    assert x[0, 0] == pytest.approx(0, abs=1e-12)


def test_an_empty_window_has_no_mean() -> None:
    found = channels.mean_values(np.array([[2, 2], [0, 0]]), np.array([1.0, 3.0]))
    assert found[0] == 2.0
    assert np.isnan(found[1])
    assert channels.smooth_channels(np.array([[0, 0]]), np.array([1, 1]))[0, 0] == 0
