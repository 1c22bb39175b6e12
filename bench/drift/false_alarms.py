"""How often does a healthy year alarm? Against the stated bound, and beside what others do."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analyzers.drift import channels
from analyzers.drift.arrays import Counts, Floats
from analyzers.drift.settings import DAYS, HOURS, Settings
from bench.drift import rivals, streams
from bench.drift.rivals import Rivals
from bench.drift.rows import Row, with_two_errors
from bench.drift.streams import Scenario
from bench.drift.watching import Watch

THRESHOLDS = (1000.0, 35_000.0)
YEAR = 365
TOOLS = len(streams.SHARES)
TOOL_RULES: dict[str, rivals.Rule] = {
    "Evidently JS": rivals.js,
    "Evidently chi2": rivals.chi_square,
    "PSI 0.1": rivals.psi,
    "NannyML JS": rivals.chunks,
}
BIN_VALUES = 2.0 ** ((streams.LATENCY_EDGES_LOG2[1:] + streams.LATENCY_EDGES_LOG2[:-1]) / 2)
LATENCY_RULES: dict[str, rivals.Rule] = {
    "Evidently Wasserstein": rivals.wasserstein(BIN_VALUES),
    "Evidently KS": rivals.kolmogorov,
    "PSI 0.1": rivals.psi,
    "NannyML JS": rivals.chunks,
}
RIVAL_STREAMS = 100


def tool_channels(counts: Counts) -> Floats:
    """(streams, tools): the share of each tool."""
    return channels.share(counts, counts.sum(axis=-1, keepdims=True))


def tools(
    scenario: Scenario, noise: str, many: int, seed: int, settings: Settings = DAYS
) -> Iterator[Row]:
    """The tool mix over a year without drift."""
    rng = np.random.default_rng(seed)
    watch = Watch(many, TOOLS, THRESHOLDS, settings, f"tools {scenario.name} {noise}")
    others = Rivals(TOOL_RULES, min(many, RIVAL_STREAMS), settings.baseline_windows)
    days = settings.baseline_windows + YEAR
    for counts in streams.tool_days(scenario, many, days, rng, noise):
        others.observe(counts[:RIVAL_STREAMS])
        watch.observe(tool_channels(counts), watch.window % settings.strata)
    yield from _rows(f"tools, {scenario.name}, {noise}", watch, others)


def latency(scenario: Scenario, noise: str, many: int, seed: int) -> Iterator[Row]:
    """Five channels of a latency histogram over a year without drift."""
    rng = np.random.default_rng(seed)
    watch = Watch(many, 5, THRESHOLDS, DAYS, f"latency {scenario.name} {noise}")
    others = Rivals(LATENCY_RULES, min(many, RIVAL_STREAMS), DAYS.baseline_windows)
    for x, counts in smoothed(
        scenario, many, (DAYS.baseline_windows + YEAR, 10**6), 1.0, rng, noise
    ):
        others.observe(counts[:RIVAL_STREAMS])
        watch.observe(x, watch.window % 7)
    yield from _rows(f"latency, {scenario.name}, {noise}", watch, others)


def smoothed(
    scenario: Scenario,
    many: int,
    days: tuple[int, int],
    factor: float,
    rng: np.random.Generator,
    noise: str = "normal",
) -> Iterator[tuple[Floats, Counts]]:
    """The five channels of each stream, and the histograms: first those of the baseline."""
    waiting: list[Counts] = []
    pooled = np.zeros((0, 0), np.int64)
    for day, counts in enumerate(streams.latency_days(scenario, many, days, factor, rng, noise)):
        waiting.append(counts)
        if day + 1 < DAYS.baseline_windows:
            continue
        if day + 1 == DAYS.baseline_windows:
            pooled = np.sum(waiting, axis=0)
        for held in waiting:
            each = [
                channels.smooth_channels(held[stream][None], pooled[stream])[0]
                for stream in range(many)
            ]
            yield np.array(each), held
        waiting = []


def _rows(setting: str, watch: Watch, others: Rivals) -> Iterator[Row]:
    flagged = others.days_a_year()
    for place, threshold in enumerate(watch.thresholds):
        bound = YEAR / threshold
        yield Row(
            "P(alarm in a year)", f"{setting}, A={threshold:,.0f}", watch.alarmed(place), "<=",
            with_two_errors(bound, watch.streams), watch.streams, flagged if not place else {},
        )  # fmt: skip


def repeated(noise: str, many: int, seed: int) -> Row:
    """Alarms a stream and year at A = 1000, begun anew after each."""
    rng = np.random.default_rng(seed)
    watch = Watch(many, TOOLS, THRESHOLDS[:1], DAYS, "again")
    alarms = 0
    for counts in streams.tool_days(streams.REAL, many, DAYS.baseline_windows + YEAR, rng, noise):
        said = watch.observe(tool_channels(counts), watch.window % 7)
        over = np.flatnonzero(np.nan_to_num(said) >= THRESHOLDS[0])
        alarms += len(over)
        watch.ced.restart((over[:, None] * TOOLS + np.arange(TOOLS)).reshape(-1))
    bound = YEAR / THRESHOLDS[0]
    return Row(
        "alarms a stream-year", f"tools, real, {noise}, A=1,000", alarms / many, "<=", bound, many
    )


def hard(many: int, seed: int, days: int = YEAR) -> Iterator[Row]:
    """Whole numbers without strata, and a history shorter than the year; A = 1000 and 35,000."""
    rng = np.random.default_rng(seed)
    plain = replace(DAYS, strata=1, distinct_min=2)
    short = replace(DAYS, history_windows=100)
    for name, settings in (("Poisson(0.5)", plain), ("one day in three", plain), ("t5", short)):
        watch = Watch(many, 1, THRESHOLDS, settings, f"hard {name}")
        for day in range(settings.baseline_windows + days):
            x = _numbers(name, many, rng)
            watch.observe(x[:, None], day % settings.strata)
        history = f"history of {settings.history_windows}"
        yield from _rows(f"{name}, {settings.strata} strata, {history}", watch, Rivals({}, 0, 1))


def _numbers(name: str, many: int, rng: np.random.Generator) -> Floats:
    if name == "Poisson(0.5)":
        return rng.poisson(0.5, many).astype(np.float64)
    if name == "t5":
        return rng.standard_t(5, many)
    return (rng.random(many) < 1 / 3).astype(np.float64)


HOUR_THRESHOLDS = (24_000.0, 840_000.0)
WEEK_HOURS = 168
BUSY = (24, 47, 70, 47)  # traces an hour on a weekday, by blocks of six; 40 on average of a week


def hourly(many: int, seed: int, rate: float = 0.02, after: int = 1440) -> list[Row]:
    """The fast lane: an error rate of 2 % at 40 traces an hour; 60 days without drift."""
    watch, _ = hours(many, seed, (rate, rate), after)
    rows = []
    for place, threshold in enumerate(HOUR_THRESHOLDS):
        bound = with_two_errors(after / threshold, many)
        setting = f"errors by the hour, {after} h, A={threshold:,.0f}"
        rows.append(Row("P(alarm)", setting, watch.alarmed(place), "<=", bound, many))
    return rows


def hours(many: int, seed: int, rates: tuple[float, float], after: int) -> tuple[Watch, Counts]:
    """Errors at rates[0], from some hour of the week after the baseline on at rates[1].

    Returns the first hour of the new rate as well, one a stream.
    """
    rng = np.random.default_rng(seed)
    watch = Watch(many, 1, HOUR_THRESHOLDS, HOURS, f"hours {rates}")
    changes = HOURS.baseline_windows + rng.integers(0, WEEK_HOURS, many)
    for hour in range(HOURS.baseline_windows + after):
        day, block = hour // 24, (hour % 24) // 6
        busy = BUSY[block] * (0.5 if day % 7 >= 5 else 1.0)
        traces = np.maximum(rng.poisson(busy, many), 1)
        errors = rng.binomial(traces, np.where(hour >= changes, rates[1], rates[0]))
        x = channels.share(errors, traces)
        watch.observe(x[:, None], 4 * int(day % 7 >= 5) + block)
    return watch, changes


def river(seed: int, events: int) -> dict[str, float]:
    """Alarms a year of river's detectors on the latencies of one agent without drift."""
    rng = np.random.default_rng(seed)
    days = max(1, events // 1000)
    values = np.concatenate(list(streams.latencies(streams.REAL, days, rng)))
    scale = YEAR / days
    adwin = rivals.Adwin()
    for value in values.tolist():
        adwin.observe(value)
    some = values[: min(len(values), 60_000)]
    return {
        "river PageHinkley": rivals.page_hinkley(values.tolist()) * scale,
        "river ADWIN": adwin.alarms * scale,
        "river KSWIN": rivals.kswin(some, rng) * scale * len(values) / len(some),
    }
