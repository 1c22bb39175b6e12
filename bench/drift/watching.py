"""Many streams of equally many channels watched at once, and when each first alarmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from analyzers.drift import evidence
from analyzers.drift.arrays import Counts, Floats
from analyzers.drift.ced import Ced
from analyzers.drift.seeds import keys
from analyzers.drift.settings import DAYS, Settings

NEVER = 1 << 30


@dataclass(slots=True)
class Watch:
    """Streams of `channels` channels each, on one clock of windows.

    first: for each threshold, the window in which each stream first reached it, or NEVER.
    history: if asked for, x of each window.
    """

    streams: int
    channels: int
    thresholds: Sequence[float]
    settings: Settings = DAYS
    name: str = ""
    kept: bool = False
    ced: Ced = field(init=False)
    first: list[Counts] = field(init=False)
    history: list[Floats] = field(default_factory=list)
    evidence: Floats = field(init=False)
    window: int = 0

    def __post_init__(self) -> None:
        names = [
            (self.name, str(stream), str(channel))
            for stream in range(self.streams)
            for channel in range(self.channels)
        ]
        families = np.tile(np.arange(self.channels), self.streams)
        self.ced = Ced(keys(names), self.settings, families)
        self.first = [np.full(self.streams, NEVER) for _ in self.thresholds]
        self.evidence = np.full(self.streams, np.nan)

    def observe(self, x: Floats, stratum: int) -> Floats:
        """x: (streams, channels). Returns the evidence of each stream; NaN: none yet."""
        each = self.ced.observe(x.reshape(-1), stratum, self.window)
        streams = np.repeat(np.arange(self.streams), self.channels)
        self.evidence = evidence.of_streams(each, streams, np.ones(len(each)), self.streams)
        for first, threshold in zip(self.first, self.thresholds, strict=True):
            reached = np.nan_to_num(self.evidence, nan=0.0) >= threshold
            first[reached & (first == NEVER)] = self.window
        if self.kept:
            self.history.append(x.copy())
        self.window += 1
        return self.evidence

    def all(self, days: Iterable[Floats], strata: int = 7) -> "Watch":
        """Every day in order."""
        for x in days:
            self.observe(x, self.window % strata)
        return self

    def alarmed(self, threshold: int, until: int = NEVER - 1) -> float:
        """The share of streams that reached the threshold of this place by then."""
        return float(np.mean(self.first[threshold] <= until))

    def delays(self, threshold: int, changed: int | Counts) -> Counts:
        """Windows from the change to the alarm, the changed one counted; of streams without an
        alarm before it, NEVER for those that missed it."""
        first = self.first[threshold]
        waited = np.where(first == NEVER, NEVER, first - changed + 1)
        return waited[first >= changed]
