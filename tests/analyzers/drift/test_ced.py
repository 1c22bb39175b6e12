"""Does the e-detector keep its rate of false alarms, see changes, and say the same bit for bit?"""

from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift.arrays import Floats
from analyzers.drift.ced import (
    BLOCK_CHANNELS,
    RHO_USUAL,
    RHO_USUAL_SERIES,
    Ced,
    autocorrelations,
    pooled_rho,
)
from analyzers.drift.evidence import likelihood_ratio
from analyzers.drift.memory import unpacked
from analyzers.drift.seeds import keys
from analyzers.drift.settings import DAYS, Settings

THRESHOLD = 35_000.0
FEW = replace(DAYS, baseline_windows=14, strata=2, memory_windows=20, history_windows=30)


def named(channels: int) -> list[tuple[str, ...]]:
    """Names of channels."""
    return [("acme", "billing", str(number)) for number in range(channels)]


def run(ced: Ced, x: Floats, start: int = 0) -> Floats:
    """The evidence after each window."""
    strata = ced.settings.strata
    windows = range(start, start + len(x))
    return np.array([ced.observe(one, n % strata, n) for one, n in zip(x, windows, strict=True)])


def test_a_year_of_heavy_tails_alarms_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(1)
    evidence = run(Ced(keys(named(100))), rng.standard_t(5, (28 + 365, 100)))
    assert np.isnan(evidence[:28]).all()
    assert not np.isnan(evidence[28:]).any()
    share = float(np.mean(np.nanmax(evidence, axis=0) >= 1000))
    assert 0.02 <= share <= 0.365 / 2
    assert float(np.mean(np.nanmax(evidence, axis=0) >= 35_000)) <= 0.0104 + 2 * 0.0101


def test_three_sds_are_seen_within_a_week() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_t(5, (98, 100)) / np.sqrt(5 / 3)
    x[88:] += 3.0
    evidence = run(Ced(keys(named(100))), x)
    assert float(np.mean(evidence[94] >= 1000)) >= 0.9
    assert float(np.median(evidence[95])) >= 35_000


def test_the_weekday_is_no_drift_and_hides_none() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(120, 50)) + 8.0 * np.isin(np.arange(120) % 7, (5, 6))[:, None]
    x[110:] += 3.0
    evidence = run(Ced(keys(named(50))), x)
    assert float(np.mean(evidence[109] >= 1000)) <= 0.1
    assert float(np.median(evidence[-1])) > 1000


def test_order_of_channels_blocks_and_company_change_no_bit() -> None:
    rng = np.random.default_rng(4)
    channels = BLOCK_CHANNELS + 7
    x = rng.normal(size=(20, channels)).round(1)
    settings = replace(FEW, rho=0.1)
    whole = run(Ced(keys(named(channels)), settings), x)
    turned = run(Ced(keys(named(channels)[::-1]), settings), x[:, ::-1])
    assert turned[:, ::-1].tobytes() == whole.tobytes()
    for some in (slice(5, 6), slice(BLOCK_CHANNELS - 3, channels)):
        alone = run(Ced(keys(named(channels)[some]), settings), x[:, some].copy())
        assert alone.tobytes() == np.ascontiguousarray(whole[:, some]).tobytes()


@pytest.mark.parametrize("at", [5, 14, 40])
def test_saved_and_loaded_it_goes_on_bit_for_bit(at: int) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 9))
    ced = Ced(keys(named(9)), FEW)
    run(ced, x[:at])
    loaded = Ced(keys(named(9)), FEW, memory=unpacked(ced.memory.packed(), FEW))
    assert run(loaded, x[at:], at).tobytes() == run(ced, x[at:], at).tobytes()


def test_a_window_that_does_not_count_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(30, 2))
    ced = Ced(keys(named(2)), FEW)
    before = run(ced, x)[-1]
    holiday = ced.observe(np.array([np.nan, 50.0]), 0, 30)
    assert holiday[0] == before[0]
    assert holiday[1] != before[1]
    assert ced.memory.count.tolist() == [30, 31]


def test_a_stratum_that_the_baseline_never_met_is_learned_first() -> None:
    rng = np.random.default_rng(7)
    ced = Ced(keys(named(3)), FEW)
    for window in range(20):
        said = ced.observe(rng.normal(size=3), 0, window)
    assert ced.observe(np.full(3, 99.0), 1, 20).tolist() == said.tolist()
    assert ced.memory.count.tolist() == [21, 21, 21]
    assert ced.observe(np.full(3, 98.0), 1, 21).tolist() != said.tolist()


def test_a_stratum_whose_last_window_was_forgotten_is_learned_again() -> None:
    rng = np.random.default_rng(15)
    ced = Ced(keys(named(2)), Settings(14, 2, 5, 16))
    for window in range(80):
        said = ced.observe(rng.normal(size=2), int(window % 16 == 3), window)
        assert window < 14 or np.isfinite(said).all()


def test_channels_may_have_strata_of_their_own() -> None:
    rng = np.random.default_rng(8)
    x, strata = rng.normal(size=(40, 2)), rng.integers(0, 2, (40, 2))
    both = Ced(keys(named(2)), replace(FEW, rho=0.0))
    alone = Ced(keys(named(1)), replace(FEW, rho=0.0))
    for window in range(40):
        said = both.observe(x[window], strata[window], window)
        assert (
            alone.observe(x[window, :1], strata[window, 0], window).tobytes() == said[:1].tobytes()
        )


def test_after_an_alarm_what_was_said_is_forgotten_and_what_was_seen_is_not() -> None:
    rng = np.random.default_rng(9)
    ced = Ced(keys(named(2)), FEW)
    run(ced, rng.normal(size=(30, 2)))
    ced.restart(np.array([0]))
    said = ced.observe(rng.normal(size=2), 0, 30)
    assert said[0] < said[1]
    assert ced.memory.count.tolist() == [31, 31]
    assert ced.memory.scored.tolist() == [1, 17]


def test_a_deploy_is_judged_by_the_windows_since_it() -> None:
    rng = np.random.default_rng(14)
    x = rng.normal(size=(48, 60))
    x[40:, 30:] += 3.0
    ced = Ced(keys(named(60)), FEW)
    run(ced, x)
    said = ced.since(8)
    assert float(np.mean(said[:30] >= 20)) <= 0.1
    assert float(np.mean(said[30:] >= 20)) >= 0.9
    assert said == pytest.approx(
        likelihood_ratio(ced.memory.whitened[:, :8].sum(axis=1, dtype=float), 8, FEW.shift_sds, 0)
    )
    ced.restart(np.array([0]))
    assert np.isnan(ced.since(8)[0])


def test_a_new_epoch_learns_a_new_normal() -> None:
    rng = np.random.default_rng(10)
    x = rng.normal(size=(90, 2)) + 6.0 * (np.arange(90) >= 40)[:, None]
    ced = Ced(keys(named(2)), replace(FEW, rho=0.0))
    assert run(ced, x[:50])[-1].min() > 1000
    ced.begin_epoch(np.array([1]))
    said = run(ced, x[50:], 50)
    assert np.isnan(said[:14, 1]).all()
    assert not np.isnan(said[14:, 1]).any()
    assert said[:, 1][14:].max() < 1000 < said[0, 0]


def test_a_baseline_that_hardly_varies_is_not_monitored() -> None:
    x = np.zeros((40, 2))
    x[:, 1] = np.arange(40) % 6
    x[39] = 9.0
    evidence = run(Ced(keys(named(2)), FEW), x)
    assert np.isnan(evidence[:, 0]).all()
    assert not np.isnan(evidence[14:, 1]).any()


def test_only_the_side_asked_for_alarms() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=(48, 40))
    x[36:] += 4.0
    up, down = (
        run(Ced(keys(named(40)), replace(FEW, side=side, baseline_windows=20)), x)[-1]
        for side in (1, -1)
    )
    assert float(np.median(up)) > 1000 > 10 > float(np.median(down))


def test_neighbours_that_resemble_each_other_share_their_estimate_by_family() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(28, 400))
    for window in range(1, 28):
        x[window, :200] = 0.5 * x[window - 1, :200] + np.sqrt(0.75) * x[window, :200]
    ced = Ced(keys(named(400)), families=np.repeat([0, 1], 200))
    run(ced, x)
    assert ced.memory.rho[0] == pytest.approx(0.5, abs=0.1)
    assert ced.memory.rho[-1] == pytest.approx(0.04, abs=0.06)
    assert len(set(ced.memory.rho.tolist())) == 2


def test_the_correlation_of_neighbours_is_bounded_and_needs_something_that_varies() -> None:
    found = autocorrelations(np.array([[1.0, -1.0, 1.0], [0.0, 0.0, 0.0]]))
    assert found[0] == pytest.approx(-2 / 3)
    assert np.isnan(found[1])
    assert np.isnan(autocorrelations(np.array([[np.nan, np.nan]])))[0]
    assert pooled_rho(np.array([]), 28, series=0) == 0.0
    assert pooled_rho(np.array([-0.9]), 28, series=20) == 0.0
    assert pooled_rho(np.array([1.0]), 28, series=20) == 0.9


def test_channels_of_one_stream_say_of_their_correlation_as_much_as_one() -> None:
    rng = np.random.default_rng(14)
    x = np.repeat(rng.normal(size=(28, 1)), 20, axis=1)
    alone = Ced(keys(named(20)), DAYS)
    together = Ced(keys(named(20)), DAYS, streams=np.zeros(20, np.intp))
    run(alone, x), run(together, x)
    found = alone.memory.rho[0]
    assert together.memory.rho[0] == pytest.approx((found + RHO_USUAL_SERIES * RHO_USUAL) / 3)


def test_a_metric_of_one_stream_raises_no_more_false_alarms_than_stated() -> None:
    """Windows that hang together by 0.4, of which one series alone tells within 0.2."""
    rng = np.random.default_rng(15)
    noise = rng.normal(size=(208, 1000))
    x = noise.copy()
    for day in range(1, len(x)):
        x[day] = 0.4 * x[day - 1] + (1 - 0.4**2) ** 0.5 * noise[day]
    ced = Ced(keys(named(1000)), DAYS, families=np.arange(1000))
    share = float((np.nan_to_num(run(ced, x)).max(axis=0) >= THRESHOLD).mean())
    bound = 180 / THRESHOLD
    assert share <= bound + 3 * (bound / 1000) ** 0.5


def test_old_windows_make_room() -> None:
    rng = np.random.default_rng(13)
    ced = Ced(keys(named(1)), Settings(14, 2, 5, 16))
    run(ced, rng.normal(size=(50, 1)))
    assert np.isfinite(ced.memory.value).all()
    assert ced.memory.scored.tolist() == [5]
    assert ced.memory.in_stratum.tolist() == [[8, 8]]


@pytest.mark.parametrize("alone", [True, False])
def test_ranked_among_their_like_alone_quiet_hours_tell_nothing_of_busy_ones(alone: bool) -> None:
    rng = np.random.default_rng(11)
    settings = replace(DAYS, baseline_windows=40, strata=2, rho=0.0, like_alone=alone)
    x = rng.normal(size=(80, 5))
    wider = x.copy()
    wider[1::2] = 1024.0 * wider[1::2]  # a power of two changes no digit
    same = np.array_equal(
        run(Ced(keys(named(5)), settings), x),
        run(Ced(keys(named(5)), settings), wider),
        equal_nan=True,
    )
    assert same is alone
