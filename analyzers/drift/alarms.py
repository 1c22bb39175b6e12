"""From the evidence of a stream to an alarm that says since when, what, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.drift.arrays import Counts, Floats, Places
from analyzers.drift.change_point import since_when
from analyzers.drift.effects import effect
from domain.drift import Alarm, Change, Channel


@dataclass(frozen=True, slots=True)
class Watched:
    """The channels of one stream and their windows since the epoch began.

    x: (windows, channels); a window with NaN in it is left out. strata, numbers: one a window.
    evidence: of each channel after the last window; NaN: it does not speak.
    rho: correlation of neighbouring windows, as the channels are whitened by.
    """

    channels: Sequence[Channel]
    x: Floats
    strata: Places
    numbers: Counts
    evidence: Floats
    rho: float = 0.0


def alarm(watched: Watched, evidence: float, threshold: float, memory_windows: int = 90) -> Alarm:
    """What to say of a stream whose evidence reached its threshold.

    Told by the channels that say more than the stream as a whole: they are dated together, and the
    alarm pages if the shift of one of them is certainly of practical size.
    """
    whole = np.isfinite(watched.x).all(axis=1)
    x, strata, numbers = watched.x[whole], watched.strata[whole], watched.numbers[whole]
    each = np.nan_to_num(watched.evidence)
    speak = np.flatnonzero(each >= min(evidence, float(each.max())))
    found = since_when(x[:, speak], strata, memory_windows=memory_windows, rho=watched.rho)
    effects = {
        watched.channels[place].name: effect(
            watched.channels[place].kind, x[:, place], strata, found, rho=watched.rho
        )
        for place in speak.tolist()
    }
    windows = tuple(int(numbers[place]) for place in found.windows)
    return Alarm(
        stream=watched.channels[0].stream,
        window=int(watched.numbers[-1]),
        evidence=evidence,
        threshold=threshold,
        change=Change(int(numbers[found.window]), windows, found.mass),
        effects=effects,
        paged=any(one.practical for one in effects.values()),
    )
