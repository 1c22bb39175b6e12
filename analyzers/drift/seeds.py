"""Chance that anybody can draw again: uniform numbers that follow from names and window alone.

An auditor who has the counts gets the same ranks bit for bit, in whatever order streams come and
whichever other streams there are.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from analyzers.drift.arrays import Floats, Keys

_STEP = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


def keys(names: Iterable[tuple[str, ...]]) -> Keys:
    """One number for each tuple of names (stream and channel), the same everywhere and always.

    >>> keys([("acme", "billing", "tools", "refund")]).tolist()
    [11287905536770807350]
    """
    digests = (blake2b("\0".join(name).encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), np.dtype("<u8")).astype(np.uint64)


def uniforms(channels: Keys, window: int) -> Floats:
    """One number inside (0, 1) for each channel in this window: SplitMix64 (Steele et al. 2014)."""
    drawn: Floats = rows_of_uniforms(channels, range(window, window + 1))[0]
    return drawn


def rows_of_uniforms(channels: Keys, windows: range) -> Floats:
    """(windows, channels): the same of several windows at once."""
    steps = np.array([[(window + 1) * _STEP & _WORD] for window in windows], np.uint64)
    numbers = np.array([[window & _WORD] for window in windows], np.uint64)
    with np.errstate(over="ignore"):
        mixed = _mixed(_mixed(channels + steps) ^ numbers)
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _mixed(word: Keys) -> Keys:
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
