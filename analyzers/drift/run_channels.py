"""From runs to numbers that can be compared: how long, how dear, which tools in which order.

What becomes a channel is decided by all runs together, whichever group they are of, so that it
tells nothing of the groups. Names of agents and models are no behaviour and no channels.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analyzers.drift.arrays import Floats
from domain.comparison import Run
from domain.drift import ChannelKind

CHANNELS_MAX = 20  # of a family
RUNS_MIN = 5  # that have a channel, and as many that differ from its commonest value

# What is told as a ratio, by family.
TOTALS = {
    "length": ("steps", "tool_calls", "model_calls", "tools_used"),
    "time": ("duration_ms",),
    "tokens": ("input_tokens", "output_tokens", "cost_micro_usd"),
    "texts": ("said_bytes", "argument_bytes", "result_bytes"),
}
# Parts of the calls of a run.
PARTS = {"errors": ("failed_calls",), "repeats": ("repeated_calls",)}


@dataclass(frozen=True, slots=True)
class RunChannel:
    """One number a run: shares as they are, totals as log2(1 + total); NaN: not recorded."""

    name: str
    family: str
    kind: ChannelKind
    values: Floats


def channels(runs: Sequence[Run]) -> list[RunChannel]:
    """All that tell anything, in a fixed order."""
    found = [*_totals(runs), *_parts(runs)]
    found += _shares(runs, "tools", lambda run: Counter(run.tools))
    found += _shares(runs, "transitions", _transitions)
    found += _shares(runs, "decisions", lambda run: Counter(run.decisions))
    return [channel for channel in found if _tells(channel.values)]


def _totals(runs: Sequence[Run]) -> Iterator[RunChannel]:
    for family, names in TOTALS.items():
        for name in names:
            values = np.array([run.numbers.get(name, np.nan) for run in runs])
            yield RunChannel(name, family, ChannelKind.RATIO, np.log2(1.0 + values))


def _parts(runs: Sequence[Run]) -> Iterator[RunChannel]:
    calls = np.array([run.numbers.get("tool_calls", np.nan) for run in runs])
    of = np.where(calls > 0, calls, np.nan)
    for family, names in PARTS.items():
        for name in names:
            counts = np.array([run.numbers.get(name, np.nan) for run in runs])
            yield RunChannel(name, family, ChannelKind.RARE_SHARE, counts / of)


def _shares(
    runs: Sequence[Run], family: str, counted: Callable[[Run], Counter[str]]
) -> Iterator[RunChannel]:
    """Of the commonest, each as part of all that a run has of this family."""
    counts = [counted(run) for run in runs]
    seen = Counter(name for one in counts for name in one)
    total = np.array([one.total() or np.nan for one in counts])
    for name, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:CHANNELS_MAX]:
        values = np.array([one[name] for one in counts]) / total
        yield RunChannel(name, family, ChannelKind.SHARE, values)


def _transitions(run: Run) -> Counter[str]:
    return Counter(f"{a} > {b}" for a, b in pairwise(run.tools))


def _tells(values: Floats) -> bool:
    """Whether enough runs have it, and enough of them not all the same."""
    known = values[np.isfinite(values)]
    if len(known) < RUNS_MIN:
        return False
    commonest = int(np.unique(known, return_counts=True)[1].max())
    return len(known) - commonest >= RUNS_MIN
