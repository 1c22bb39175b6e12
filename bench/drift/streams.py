"""Windows of agents that never were: normal varies from day to day, and what changes is known.

All from one generator, so a seed says everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from analyzers.drift.arrays import Counts, Floats

SHARES = np.array([0.25, 0.20, 0.15, 0.12, 0.10, 0.08, 0.06, 0.04])
WEEKEND_SHARES = np.array([0.25, 0.20, 0.17, 0.12, 0.10, 0.08, 0.04, 0.04])
SHARE_LEFT = 0.02  # that a tool keeps when traffic moves away from it
# Days differ by more than counting: as Dirichlet(1000) does.
CONCENTRATION = 1000.0
LATENCY_SIGMA = 0.8
LATENCY_DAY_SD = 0.05
LATENCY_EDGES_LOG2 = np.arange(-6.0, 6.01, 0.125)  # eight bins an octave
WEEK = 7
WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Scenario:
    """Traces on a weekday and on a day of the weekend; whether the weekend has a mix of its own."""

    name: str
    weekday: int
    weekend: int
    weekend_mix: bool = True

    def traces(self, rng: np.random.Generator, streams: int, day: int) -> Counts:
        """(streams,): how many there are on this day."""
        mean = self.weekend if day % WEEK >= WEEKDAYS else self.weekday
        return np.maximum(rng.poisson(mean, streams), 1)

    def shares(self, day: int) -> Floats:
        """Of the tools, before the day's own variation."""
        return WEEKEND_SHARES if self.weekend_mix and day % WEEK >= WEEKDAYS else SHARES


SCENARIOS = (
    Scenario("iid", 1000, 1000, weekend_mix=False),
    Scenario("real", 1200, 500),
    Scenario("small", 70, 30),
    Scenario("large", 24_000, 10_000),
)
REAL, SMALL = SCENARIOS[1], SCENARIOS[2]
SIXTY = Scenario("60 a day", 60, 60)
NOISES = ("t5", "exp", "ar")
AR = 0.3


class Noise:
    """Standard noise of days for many numbers at once: t5, exp (skewed), ar (resembles yesterday)
    or normal."""

    def __init__(self, kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> None:
        self._kind, self._shape, self._rng = kind, shape, rng
        self._last = rng.normal(size=shape)

    def next(self) -> Floats:
        """Of the next day."""
        rng, shape = self._rng, self._shape
        if self._kind == "t5":
            heavy: Floats = rng.standard_t(5, shape) * np.sqrt(3 / 5)
            return heavy
        if self._kind == "exp":
            return rng.exponential(size=shape) - 1.0
        if self._kind == "ar":
            self._last = AR * self._last + np.sqrt(1 - AR * AR) * rng.normal(size=shape)
            return self._last
        return rng.normal(size=shape)


def tool_days(
    scenario: Scenario, streams: int, days: int, rng: np.random.Generator, noise: str = "normal"
) -> Iterator[Counts]:
    """(streams, tools) of each day, without any drift."""
    yield from shifted_tool_days(scenario, streams, (days, days), 0.0, rng, noise)


def shifted_tool_days(
    scenario: Scenario,
    streams: int,
    days: tuple[int, int],
    points: float,
    rng: np.random.Generator,
    noise: str = "normal",
) -> Iterator[Counts]:
    """The same, and from day days[1] on `points` (0 to 1) of the traffic go from one tool to
    another, of each stream a pair of its own."""
    last, changes = days
    daily = Noise(noise, (streams, len(SHARES)), rng)
    moved = moves(streams, points, rng)
    for day in range(last):
        shares = scenario.shares(day) + (moved if day >= changes else 0.0 * moved)
        sd = np.sqrt((1.0 - shares) / ((CONCENTRATION + 1.0) * shares))
        varied = shares * np.exp(sd * daily.next())
        varied /= varied.sum(axis=1, keepdims=True)
        yield rng.multinomial(scenario.traces(rng, streams, day), varied)


def moves(streams: int, points: float, rng: np.random.Generator) -> Floats:
    """(streams, tools): what each tool gains; it comes from one that can spare it."""
    spare = np.flatnonzero(np.minimum(SHARES, WEEKEND_SHARES) >= points + SHARE_LEFT)
    source = rng.choice(spare, streams)
    target = (source + rng.integers(1, len(SHARES), streams)) % len(SHARES)
    moved = np.zeros((streams, len(SHARES)))
    moved[np.arange(streams), source] -= points
    moved[np.arange(streams), target] += points
    return moved


def latency_days(
    scenario: Scenario,
    streams: int,
    days: tuple[int, int],
    factor: float,
    rng: np.random.Generator,
    noise: str = "normal",
) -> Iterator[Counts]:
    """(streams, bins) of each day: lognormal latencies, from days[1] on `factor` times slower."""
    last, changes = days
    daily = Noise(noise, (streams,), rng)
    edges = LATENCY_EDGES_LOG2 * np.log(2.0)
    for day in range(last):
        middle = LATENCY_DAY_SD * daily.next() + (np.log(factor) if day >= changes else 0.0)
        below = ndtr((edges[1:-1] - middle[:, None]) / LATENCY_SIGMA)
        parts = np.diff(below, axis=1, prepend=0.0, append=1.0)
        yield rng.multinomial(scenario.traces(rng, streams, day), parts)


def latencies(scenario: Scenario, days: int, rng: np.random.Generator) -> Iterator[Floats]:
    """One latency after the other of one agent, a day at a time, without drift; median 1."""
    for day in range(days):
        middle = LATENCY_DAY_SD * rng.normal()
        size = int(scenario.traces(rng, 1, day)[0])
        yield np.exp(middle + LATENCY_SIGMA * rng.normal(size=size))
