"""Where a lane ends though it is the same lane: a nightly job in one conversation is no loop."""

import numpy as np
import numpy.typing as npt

NS = 1_000_000_000
GAP_S = 600
GAP_MEDIANS = 20


def split(lane: npt.NDArray[np.uint64], ts_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Numbers of lanes, another after each pause of more than max(10 min, 20 x median pause)."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    pauses = np.diff(ts_ns, prepend=ts_ns[:1])
    long = ~begins & (pauses > GAP_S * NS)
    number = np.cumsum(begins)
    for one in np.unique(number[long]).tolist():
        left, right = np.searchsorted(number, (one, one + 1))
        usual = np.median(pauses[left + 1 : right])
        begins[left:right] |= long[left:right] & (pauses[left:right] > GAP_MEDIANS * usual)
    numbers: npt.NDArray[np.uint64] = np.cumsum(begins).astype(np.uint64)
    return numbers
