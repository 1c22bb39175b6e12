"""Is what was saved refused when it cannot be what is asked for?"""

from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift.memory import fresh, unpacked
from analyzers.drift.settings import DAYS
from domain.errors import InvalidInput


def test_a_channel_takes_some_two_kilobytes() -> None:
    (row,) = fresh(1, DAYS).packed()
    assert len(row) < 2600


def test_nothing_is_nothing() -> None:
    assert len(unpacked([], DAYS).count) == 0


def test_bytes_of_other_settings_are_refused() -> None:
    rows = fresh(2, DAYS).packed()
    with pytest.raises(InvalidInput, match="begin a new epoch"):
        unpacked(rows, replace(DAYS, memory_windows=91))


def test_a_history_has_to_hold_the_baseline() -> None:
    with pytest.raises(InvalidInput, match="history_windows"):
        fresh(1, replace(DAYS, history_windows=27))


def test_strata_have_to_be_few() -> None:
    with pytest.raises(InvalidInput, match="at most 64"):
        fresh(1, replace(DAYS, strata=65))


def test_forgetting_leaves_the_others_alone() -> None:
    memory = fresh(3, DAYS)
    memory.count[:] = 5
    memory.monitored[:] = False
    memory.value[:] = 1.0
    memory.forget(np.array([1]))
    assert memory.count.tolist() == [5, 0, 5]
    assert memory.monitored.tolist() == [False, True, False]
    assert np.isnan(memory.value[1]).all()
    assert not np.isnan(memory.value[[0, 2]]).any()
