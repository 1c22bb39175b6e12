"""Is each safeguard needed? Without it, the same windows break what holds with it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift import ced, residuals
from analyzers.drift.arrays import Counts, Floats
from analyzers.drift.ced import Ced
from analyzers.drift.channels import columns
from analyzers.drift.seeds import keys
from analyzers.drift.settings import DAYS, Settings

WINDOWS = 80
PLAIN = replace(DAYS, memory_windows=30)
CHANNELS = 60
THRESHOLD = 1000.0
BOUND = WINDOWS / THRESHOLD  # of the share of healthy channels that may alarm


def false_alarms(x: Floats, settings: Settings, pattern: int = 0) -> float:
    """The share of channels that alarm; strata take turns every `pattern` windows."""
    engine = Ced(keys(("healthy", str(number)) for number in range(x.shape[1])), settings)
    most = np.zeros(x.shape[1])
    for window, values in enumerate(x):
        stratum = window // pattern % settings.strata if pattern else window % settings.strata
        most = np.fmax(most, engine.observe(values, stratum, window))
    return float(np.mean(most >= THRESHOLD))


def alike_days() -> Floats:
    """Each resembles the day before."""
    x = np.random.default_rng(1).normal(size=(28 + WINDOWS, CHANNELS))
    for window in range(1, len(x)):
        x[window] += 0.4 * x[window - 1]
    return x


def nights_and_days() -> Floats:
    """Twelve hours of each in turn."""
    x = np.random.default_rng(2).normal(size=(48 + WINDOWS, CHANNELS))
    return x + 4.0 * (np.arange(len(x)) // 12 % 2)[:, None]


def whole_numbers() -> Floats:
    """Few, and often equal."""
    numbers = np.random.default_rng(4).poisson(1.5, (28 + WINDOWS, CHANNELS))
    return numbers.astype(np.float64)


HALF_DAYS = replace(PLAIN, baseline_windows=48, strata=2, rho=0.0)
ONE_STRATUM = replace(PLAIN, strata=1)


def test_without_whitening_days_that_resemble_each_other_alarm() -> None:
    assert false_alarms(alike_days(), PLAIN) <= BOUND
    assert false_alarms(alike_days(), replace(PLAIN, rho=0.0)) > 2 * BOUND


def test_without_strata_night_and_day_alarm() -> None:
    x = nights_and_days()
    assert false_alarms(x, HALF_DAYS, pattern=12) <= BOUND
    assert false_alarms(x, replace(HALF_DAYS, strata=1), pattern=12) > 2 * BOUND


def no_whitening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ced, "pooled_rho", lambda *_: 0.0)


def no_strata(monkeypatch: pytest.MonkeyPatch) -> None:
    own = residuals.middles
    monkeypatch.setattr(residuals, "middles", lambda x, _: own(x, np.isfinite(x)))


def no_draw_among_equals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ced, "uniforms", lambda channels, _: np.full(len(channels), 0.99))


@pytest.mark.parametrize(
    ("windows", "settings", "pattern", "disable"),
    [
        (alike_days, PLAIN, 0, no_whitening),
        (nights_and_days, HALF_DAYS, 12, no_strata),
        (whole_numbers, ONE_STRATUM, 0, no_draw_among_equals),
    ],
    ids=["whitening", "strata", "ties"],
)
def test_with_the_code_of_a_safeguard_disabled_the_bound_breaks(
    windows: Callable[[], Floats],
    settings: Settings,
    pattern: int,
    disable: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disable(monkeypatch)
    assert false_alarms(windows(), settings, pattern) > 2 * BOUND


def test_without_strata_weekends_hide_a_change_of_weekdays() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(100, CHANNELS)) - 12.0 * (np.arange(100) % 7 >= 5)[:, None]
    x[88:] += 2.5
    assert false_alarms(x, PLAIN) >= 0.8
    assert false_alarms(x, replace(PLAIN, strata=1)) < 0.4


def test_without_drawing_among_equals_whole_numbers_alarm() -> None:
    assert false_alarms(whole_numbers(), ONE_STRATUM) <= BOUND
    assert false_alarms(whole_numbers(), replace(ONE_STRATUM, break_ties=False)) > 2 * BOUND


def rare_days(rng: np.random.Generator) -> tuple[Counts, Counts]:
    """Of two tools the second is called once in fifty days, at random."""
    calls = rng.poisson(1000, (28 + WINDOWS, CHANNELS))
    return calls, rng.binomial(1, 0.02, calls.shape)


def test_without_a_minimum_of_different_values_the_first_event_alarms() -> None:
    _, events = rare_days(np.random.default_rng(5))
    x = events.astype(np.float64)
    plain = replace(PLAIN, strata=1)
    assert false_alarms(x, plain) <= BOUND
    assert false_alarms(x, replace(plain, distinct_min=1)) > 2 * BOUND


@pytest.mark.parametrize(("count_min", "channels"), [(5.0, 0), (0.0, CHANNELS)])
def test_without_a_minimum_of_events_a_rare_tool_alarms(count_min: float, channels: int) -> None:
    calls, events = rare_days(np.random.default_rng(6))
    x = []
    for channel in range(CHANNELS):
        counts = np.column_stack([calls[:, channel], events[:, channel]])
        x += [*columns(counts[:28], count_min).shares(counts).T[:1]]
    assert len(x) == channels
    if channels:
        assert false_alarms(np.array(x).T, PLAIN) > 2 * BOUND
