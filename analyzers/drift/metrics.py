"""What is counted of agents, in which form, and in which unit it is told."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analyzers.drift.channels import share_of
from domain.drift import ChannelKind

BINS_AN_OCTAVE = 8
BINS_OF_ONE = 50
SEPARATOR = "\x1f"  # between the intent of a run, a name, and the names of a path
ARROW = " -> "
OTHER = "__other"


class Form(StrEnum):
    """What the names of the counts are."""

    SHARES = "shares"  # each is a part of all
    CELLS = "cells"  # `a -> b`: each is a part of its `a`
    BINS = "bins"  # numbers of bins of a histogram
    VALUES = "values"  # `argument -> bin`: a histogram of each argument
    PATHS = "paths"  # the tools of a run, in order
    RUNS = "runs"  # there are none: how many runs there were


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is counted in windows.

    only: the one name whose share is followed, such as `failed`; empty: all. unit: of bins.
    demand: tells what is asked of an agent, so it never pages.
    """

    name: str
    form: Form
    kind: ChannelKind
    unit: str = ""
    only: str = ""
    demand: bool = False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("tools", Form.SHARES, ChannelKind.SHARE),
        Metric("actions", Form.SHARES, ChannelKind.SHARE),
        Metric("intents", Form.SHARES, ChannelKind.SHARE, demand=True),
        Metric("volume", Form.RUNS, ChannelKind.RATIO, "runs", demand=True),
        Metric("errors", Form.SHARES, ChannelKind.RARE_SHARE, only="failed"),
        Metric("denials", Form.SHARES, ChannelKind.RARE_SHARE, only="denied"),
        Metric("outcomes", Form.SHARES, ChannelKind.RARE_SHARE, only="bad"),
        Metric("decisions", Form.CELLS, ChannelKind.SHARE),
        Metric("arguments", Form.CELLS, ChannelKind.SHARE),
        Metric("argument_values", Form.VALUES, ChannelKind.RATIO),
        Metric("transitions", Form.CELLS, ChannelKind.SHARE),
        Metric("paths", Form.PATHS, ChannelKind.SHARE),
        Metric("latency", Form.BINS, ChannelKind.RATIO, "ms"),
        Metric("tokens", Form.BINS, ChannelKind.RATIO, "tokens"),
        Metric("cost", Form.BINS, ChannelKind.RATIO, "micro-USD"),
        Metric("freshness", Form.BINS, ChannelKind.RATIO, "s"),
        Metric("amount", Form.BINS, ChannelKind.RATIO, "of its currency"),
        Metric("confidence", Form.BINS, ChannelKind.MEAN),
    )
}


def bin_ends(metric: Metric, number: int) -> tuple[float, float]:
    """Where a bin begins and ends, in the metric's unit; bins below 0 mirror those above.

    >>> bin_ends(METRICS["latency"], 80)[0]
    1023.0
    """
    if metric.kind is ChannelKind.MEAN:
        return number / BINS_OF_ONE, (number + 1) / BINS_OF_ONE
    if number < 0:
        low, high = bin_ends(metric, -number)
        return -high, -low
    low, high = (2.0 ** (edge / BINS_AN_OCTAVE) - 1.0 for edge in (number, number + 1))
    return low, high


def bin_level(metric: Metric, number: float) -> float:
    """What a bin, or a mean of their numbers, stands for: its middle, of ratios the log2 of it.

    >>> bin_level(METRICS["confidence"], 45)
    0.91
    """
    size = BINS_OF_ONE if metric.kind is ChannelKind.MEAN else BINS_AN_OCTAVE
    return (number + 0.5) / size


def natural(kind: ChannelKind, value: float) -> float:
    """What people read: shares 0..1, and what a logarithm is the logarithm of."""
    if kind in (ChannelKind.SHARE, ChannelKind.RARE_SHARE):
        return float(share_of(np.array(value)))
    return 2.0**value if kind is ChannelKind.RATIO else value
