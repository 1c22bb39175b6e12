"""How much a run of standard normal scores speaks for a shift that began within it.

Under no change the scores are independent standard normal, so each likelihood ratio has mean 1 and
the sum over m possible beginnings has mean m: an e-detector (Shin, Ramdas and Rinaldo 2023). Hence
alarms at A come at most once in A windows on average, whatever the data were before ranking.
"""

from math import sqrt

import numpy as np
from scipy.special import ndtr

from analyzers.drift.arrays import Counts, Floats, Places

EXPONENT_MAX = 600.0  # beyond it there is nothing left to tell apart, and doubles end at 709


def likelihood_ratio(
    total: Floats, windows: int, shift_sds: tuple[float, ...], side: int
) -> Floats:
    """Of a shift against none, from the sum of `windows` scores; the shift is N(0, sd^2).

    The mean over the given sds; with a side, of half normal shifts to that side.
    """
    ratio = np.zeros_like(total)
    square = total * total
    for sd in shift_sds:
        spread = 1.0 + windows * sd * sd
        term = np.exp(np.minimum(square * (sd * sd / (2.0 * spread)), EXPONENT_MAX))
        term *= 1.0 / (sqrt(spread) * len(shift_sds))
        if side:
            term *= 2.0 * ndtr(total * (side * sd / sqrt(spread)))
        ratio += term
    return ratio


def shiryaev_roberts(
    scores: Floats, known: Counts, shift_sds: tuple[float, ...], side: int = 0
) -> Floats:
    """The sum of the likelihood ratios of all beginnings; one for each column.

    scores: (windows, channels), the latest first. known: how many of them each channel has.
    """
    total = np.zeros(scores.shape[1])
    evidence = np.zeros(scores.shape[1])
    all_know = known.min(initial=len(scores))
    for windows in range(1, min(int(known.max(initial=0)), len(scores)) + 1):
        total += scores[windows - 1]
        ratio = likelihood_ratio(total, windows, shift_sds, side)
        evidence += ratio if windows <= all_know else np.where(windows <= known, ratio, 0.0)
    return evidence


def of_streams(evidence: Floats, stream: Places, weights: Floats, streams: int) -> Floats:
    """The weighted mean over the channels of each stream; NaN for a stream with none that speaks.

    A mean of e-detectors is one again, however its parts depend on each other.
    stream: the number of each channel's stream, 0 to `streams` - 1.
    """
    speaks = np.isfinite(evidence)
    said = np.where(speaks, weights, 0.0)
    summed = np.bincount(stream, np.where(speaks, evidence, 0.0) * said, streams)
    weight = np.bincount(stream, said, streams)
    mean: Floats = np.divide(summed, weight, out=np.full(streams, np.nan), where=weight > 0)
    return mean
