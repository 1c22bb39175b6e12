"""How much evidence is enough, when thousands of streams are read every day."""

import numpy as np

from analyzers.drift.arrays import Floats, Places
from domain.errors import InvalidInput


def page_threshold(
    streams: int, windows_a_week: float, false_pages_a_week: float, weight: float = 1.0
) -> float:
    """The evidence at which a stream pages, so that all together keep to the budget.

    The expected number of false pages is at most what is given, however streams depend on each
    other. weight: of this stream; all of them sum up to `streams`.

    >>> page_threshold(streams=5000, windows_a_week=7, false_pages_a_week=1)
    35000.0
    """
    if min(streams, windows_a_week, false_pages_a_week, weight) <= 0:
        raise InvalidInput(
            f"{streams} streams, {windows_a_week} windows a week, {false_pages_a_week} false pages"
            f" a week and a weight of {weight}: each has to be more than 0"
        )
    return streams * windows_a_week / (false_pages_a_week * weight)


def e_bh(e_values: Floats, q: float = 0.1) -> Places:
    """Which of many hypotheses to reject, the surest first: e-BH (Wang and Ramdas 2022).

    The expected share of false ones among them is at most q, however they depend on each other.
    The evidence of a stream divided by its memory in windows is an e-value on a given date.

    >>> e_bh(np.array([0.5, 90.0, 30.0, 2.0]), q=0.1).tolist()
    [1, 2]
    """
    order = np.argsort(-e_values, kind="stable")
    places = np.arange(1, len(e_values) + 1)
    enough = np.flatnonzero(e_values[order] >= len(e_values) / (q * places))
    return order[: enough[-1] + 1] if len(enough) else order[:0]
