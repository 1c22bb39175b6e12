"""Is the shape of one window what the same statistics say of a table of windows?"""

from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift.channels import share, smooth_channels
from analyzers.drift.shapes import AT_ONCE, Histogram, shapes


def test_a_window_by_itself_says_what_it_says_in_a_table() -> None:
    rng = np.random.default_rng(3)
    baseline, counts = rng.integers(0, 50, 30), rng.integers(0, 9, (5, 30))
    table = smooth_channels(counts, baseline)
    windows = [{str(bin_ + 5): n for bin_, n in enumerate(row)} for row in counts.tolist()]
    found = shapes([Histogram(counted, 5, baseline.tolist()) for counted in windows])
    for row, shape, counted in zip(table, found, counts, strict=True):
        assert list(shape.moments) == pytest.approx(row[:3].tolist())
        tails = share(np.array([shape.upper, shape.lower]), np.array(shape.size))
        assert tails.tolist() == pytest.approx(row[3:].tolist())
        assert shape.mean == pytest.approx(5 + (counted @ np.arange(30)) / counted.sum())


def test_many_histograms_are_each_what_they_are_alone() -> None:
    rng = np.random.default_rng(4)
    asked = []
    for bins in rng.integers(2, 40, AT_ONCE + 9).tolist():
        counted = {str(one): float(rng.random()) for one in rng.permutation(bins + 4).tolist()}
        asked.append(Histogram(counted, 2, rng.integers(1, 9, bins).tolist()))
    together = shapes(asked)
    for place in (0, 5, AT_ONCE - 1, AT_ONCE, AT_ONCE + 8):
        assert shapes([asked[place]]) == [together[place]]
    turned = [replace(one, counted=dict(reversed([*one.counted.items()]))) for one in asked[:9]]
    assert shapes(turned) == together[:9]
    assert shapes([]) == []
