"""What drift is told of and what is said of it: streams, channels, windows, alarms, states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """What is known of a stream; never `no_drift` unless it was able to say `drift`."""

    NO_DRIFT = "no_drift"
    DRIFT = "drift"
    TOO_FEW = "too_few"  # too few traces, even in the longest window
    NOT_MONITORED = "not_monitored"  # no baseline yet, or channels that hardly ever vary
    LOW_POWER = "low_power"  # watched, but its windows resemble their neighbours too much


class ChannelKind(StrEnum):
    """In which natural unit a shift of a channel is told."""

    SHARE = "share"  # points
    RARE_SHARE = "rare_share"  # errors, reversals: points, of a share that should be near 0
    RATIO = "ratio"  # latency, tokens, cost, age: after / before
    MEAN = "mean"  # confidence and the like, in their own unit
    SHAPE = "shape"  # spread, skew, tails: in standard deviations between windows


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """One thing that an agent does, followed over windows; version empty: all versions."""

    tenant: str
    agent: str
    metric: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One number a window of a stream; weight: of its evidence, fixed when an epoch begins."""

    stream: Stream
    name: str
    kind: ChannelKind = ChannelKind.SHARE
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """What one closed window [start, end) held; counted once and never again.

    number: of the window on its clock, one more for the next; the randomised ranks follow from it.
    stratum: which windows it is compared with, such as the day of the week, from 0.
    traces: its exposure. counts: by tool, decision or number of the bin.
    """

    number: int
    start: datetime
    end: datetime
    stratum: int
    traces: int
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """A shift in its natural unit (share: 0..1; ratio: after / before), with its interval.

    low, high: contain the shift with the stated level however often one looks; infinite (of a share
    the whole range) when only the direction can be told. sds: the shift in standard deviations
    between windows. practical: whether the whole interval is beyond what counts as no change.
    """

    kind: ChannelKind
    before: float
    after: float
    shift: float
    low: float
    high: float
    sds: float
    practical: bool


@dataclass(frozen=True, slots=True)
class Change:
    """When a stream changed: numbers of the first changed window; `windows` hold `mass` of it."""

    window: int
    windows: tuple[int, ...]
    mass: float

    @property
    def first(self) -> int:
        """The earliest window that may have been the first changed one."""
        return min(self.windows)

    @property
    def last(self) -> int:
        """The latest."""
        return max(self.windows)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A stream whose evidence reached its threshold in a window.

    evidence: of the stream, after `window`; on average at most `threshold` windows lie between
    false alarms. paged: also beyond its practical size; else it is for the digest.
    """

    stream: Stream
    window: int
    evidence: float
    threshold: float
    change: Change
    effects: Mapping[str, Effect]
    paged: bool
