"""How soon is a change seen? The share of streams and the median number of windows."""

from collections.abc import Iterator

import numpy as np

from analyzers.drift import effects
from analyzers.drift.arrays import Counts
from analyzers.drift.change_point import since_when
from analyzers.drift.settings import DAYS
from bench.drift import streams
from bench.drift.false_alarms import (
    HOUR_THRESHOLDS,
    THRESHOLDS,
    TOOL_RULES,
    TOOLS,
    WEEK_HOURS,
    hours,
    smoothed,
    tool_channels,
)
from bench.drift.rivals import Rivals
from bench.drift.rows import Row
from bench.drift.streams import Scenario
from bench.drift.watching import NEVER, Watch
from domain.drift import ChannelKind

QUIET = 60
AFTER = 30


def tool_shift(scenario: Scenario, points: float, many: int, seed: int) -> tuple[Watch, Rivals]:
    """The change comes 60 days after the baseline; 30 days are looked at after it."""
    rng = np.random.default_rng(seed)
    changes = DAYS.baseline_windows + QUIET
    days = (changes + AFTER, changes)
    watch = Watch(many, TOOLS, THRESHOLDS, DAYS, f"shift {points}", kept=True)
    others = Rivals(TOOL_RULES, many, DAYS.baseline_windows)
    for counts in streams.shifted_tool_days(scenario, many, days, points, rng):
        others.observe(counts)
        watch.observe(tool_channels(counts), watch.window % 7)
    return watch, others


def tools(
    scenario: Scenario, points: float, limits: tuple[float, int, float], many: int, seed: int
) -> Iterator[Row]:
    """limits: the median that is allowed in days, and how many have to be seen within how many."""
    median, within, least = limits
    changes = DAYS.baseline_windows + QUIET
    watch, others = tool_shift(scenario, points, many, seed)
    delays = watch.delays(1, changes)
    setting = f"{100 * points:.0f} points, {scenario.name}, A=35,000"
    before = {
        f"{name}: before it": float(np.mean(first < changes))
        for name, first in others.first.items()
    }
    if median < NEVER:
        yield Row("median delay, days", setting, float(np.median(delays)), "<=", median, many)
    yield Row(
        f"seen within {within} days", setting, float(np.mean(delays <= within)), ">=", least, many,
        {f"{n}: seen": _seen(first, changes, within) for n, first in others.first.items()} | before,
    )  # fmt: skip
    yield Row(
        f"paged within {AFTER} days", f"{setting}, gate of 2 points",
        float(np.mean(paged(watch, changes) <= AFTER)), runs=many,
    )  # fmt: skip


def _seen(first: Counts, changes: int, within: int) -> float:
    """Of the streams that the rule did not flag before."""
    told = first[first >= changes]
    return float(np.mean(told - changes < within)) if len(told) else float("nan")


def paged(watch: Watch, changes: int) -> Counts:
    """Days until a stream has alarmed and some tool's interval is beyond two points."""
    history = np.array(watch.history)
    found = np.full(watch.streams, NEVER)
    for stream in range(watch.streams):
        alarmed = int(watch.first[1][stream])
        for day in range(alarmed, min(len(history), NEVER)):
            x = history[: day + 1, stream]
            strata = np.arange(day + 1) % 7
            change = since_when(x, strata)
            said = (
                effects.effect(ChannelKind.SHARE, x[:, tool], strata, change)
                for tool in range(TOOLS)
            )
            if any(one.practical for one in said):
                found[stream] = day - changes + 1
                break
    return found


def latency(factor: float, many: int, seed: int) -> Row:
    """Days until latencies that are `factor` times slower are seen."""
    rng = np.random.default_rng(seed)
    changes = DAYS.baseline_windows + QUIET
    watch = Watch(many, 5, THRESHOLDS, DAYS, f"slower {factor}")
    for x, _ in smoothed(streams.REAL, many, (changes + AFTER, changes), factor, rng):
        watch.observe(x, watch.window % 7)
    delays = watch.delays(1, changes)
    setting = f"latency x {factor}, real, A=35,000"
    return Row("median delay, days", setting, float(np.median(delays)), runs=many)


def hourly(many: int, seed: int, rate: float = 0.10) -> Row:
    """Errors go from 2 % to `rate`, at 40 traces an hour."""
    watch, changes = hours(many, seed, (0.02, rate), 2 * WEEK_HOURS)
    delays = watch.delays(1, changes)
    setting = f"errors 2 -> {100 * rate:.0f} % at 40/h, A={HOUR_THRESHOLDS[1]:,.0f} h"
    return Row("median delay, hours", setting, float(np.median(delays)), "<=", 12, many)
