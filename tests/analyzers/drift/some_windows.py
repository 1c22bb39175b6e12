"""Closed windows of an agent that never was: counts by name, a day each, from one seed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from analyzers.drift.metrics import SEPARATOR
from domain.drift import Stream, WindowCounts

MONDAY = 20_395  # 2025-11-03
START = datetime(2025, 11, 3, tzinfo=UTC)


def stream(metric: str, agent: str = "clerk") -> Stream:
    """Of one tenant."""
    return Stream("acme", agent, metric)


def window(
    day: int, counts: Mapping[str, int], traces: int = 0, intents: Mapping[str, int] | None = None
) -> WindowCounts:
    """The day after so many; counts without an intent, or as `intent SEPARATOR name`."""
    named = {
        name if SEPARATOR in name else SEPARATOR + name: count for name, count in counts.items()
    }
    wishes = intents or {"": traces}
    named |= {intent + SEPARATOR: runs for intent, runs in wishes.items()}
    start = START + timedelta(days=day)
    runs = traces or sum(wishes.values())
    return WindowCounts(MONDAY + day, start, start + timedelta(days=1), day % 7, runs, named)


def days(
    count: int, shares: Sequence[float], traces: int = 200, seed: int = 1, first: int = 0
) -> list[WindowCounts]:
    """Days on which tools a, b, c, ... are called with these shares, differing as days do."""
    rng = np.random.default_rng(seed)
    found = []
    for day in range(first, first + count):
        drawn = rng.multinomial(traces, rng.dirichlet(1000 * np.array(shares)))
        found.append(window(day, dict(zip("abcdef", drawn.tolist(), strict=False)), traces))
    return found
