"""All that is remembered of a block of channels: plain arrays with a row a channel, or bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from analyzers.drift.arrays import Counts, Flags, Floats, Places, Singles, Small
from analyzers.drift.settings import Settings
from domain.errors import InvalidInput

STRATA_MAX = 64


@dataclass(slots=True)
class Memory:
    """Rows are channels.

    count:            windows of this epoch that were taken in.
    value, stratum:   of past windows, the oldest overwritten; value NaN: none.
    middle, in_stratum: what is usual for each stratum, and how many windows say so.
    monitored:        False: its baseline varies too little to tell anything.
    autocorrelation:  of neighbouring residuals of the baseline; NaN before its end.
    rho:              what scores are whitened by, fixed at the end of the baseline.
    last_score:       of the window before.
    whitened:         whitened scores, the latest first. scored: how many there are.
    evidence:         after the last window; NaN: none yet.
    """

    count: Counts
    value: Singles
    stratum: Small
    middle: Floats
    in_stratum: Counts
    monitored: Flags
    autocorrelation: Floats
    rho: Floats
    last_score: Floats
    whitened: Singles
    scored: Counts
    evidence: Floats

    def forget(self, rows: Places) -> None:
        """Begins a new epoch for these channels: nothing is known of them."""
        blank = fresh(1, _shape_of(self))
        for one in fields(self):
            getattr(self, one.name)[rows] = getattr(blank, one.name)[0]

    def joined(self, other: "Memory") -> "Memory":
        """These channels, then those of another memory of the same settings."""
        if not len(self.count):
            return other  # as it is: to copy the memory of a whole fleet takes its time
        both = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return Memory(*(np.concatenate(arrays) for arrays in both))

    def packed(self) -> list[bytes]:
        """The row of each channel as bytes; `unpacked` restores it bit for bit."""
        arrays = [np.ascontiguousarray(getattr(self, one.name)) for one in fields(self)]
        return [
            b"".join(array[row].tobytes() for array in arrays) for row in range(len(self.count))
        ]


def fresh(channels: int, settings: Settings) -> Memory:
    """Of channels of which nothing has been seen yet."""
    if settings.strata > STRATA_MAX:
        raise InvalidInput(f"{settings.strata} strata: at most {STRATA_MAX}, or none has its like")
    if settings.history_windows < settings.baseline_windows:
        raise InvalidInput(
            f"a history of {settings.history_windows} windows holds no baseline of"
            f" {settings.baseline_windows}: make history_windows at least as many"
        )
    strata = (channels, settings.strata)
    return Memory(
        count=np.zeros(channels, np.int64),
        value=np.full((channels, settings.history_windows), np.nan, np.float32),
        stratum=np.zeros((channels, settings.history_windows), np.uint8),
        middle=np.zeros(strata),
        in_stratum=np.zeros(strata, np.int64),
        monitored=np.ones(channels, np.bool_),
        autocorrelation=np.full(channels, np.nan),
        rho=np.zeros(channels),
        last_score=np.zeros(channels),
        whitened=np.zeros((channels, settings.memory_windows), np.float32),
        scored=np.zeros(channels, np.int64),
        evidence=np.full(channels, np.nan),
    )


def unpacked(rows: Sequence[bytes], settings: Settings) -> Memory:
    """From what `packed` gave; raises InvalidInput for bytes of other settings."""
    memory = fresh(len(rows), settings)
    whole = sum(getattr(memory, one.name).nbytes for one in fields(memory)) // max(len(rows), 1)
    for number, row in enumerate(rows):
        if len(row) != whole:
            raise InvalidInput(
                f"the memory of channel {number} has {len(row)} bytes and should have {whole}:"
                " it was saved under other settings; begin a new epoch"
            )
        start = 0
        for one in fields(memory):
            array = getattr(memory, one.name)
            size = array.itemsize * array[number].size
            values = np.frombuffer(row[start : start + size], array.dtype)
            array[number] = values.reshape(array[number].shape)
            start += size
    return memory


def _shape_of(memory: Memory) -> Settings:
    return Settings(
        baseline_windows=0,
        strata=memory.middle.shape[1],
        memory_windows=memory.whitened.shape[1],
        history_windows=memory.value.shape[1],
    )
