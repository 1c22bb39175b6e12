"""Is a time read as it was meant, or refused?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import durations
from domain.errors import InvalidInput


@given(st.integers(1, 3650), st.sampled_from("smhd"))
def test_a_number_and_a_unit_are_that_many_seconds(count: int, unit: str) -> None:
    assert durations.seconds(f"{count}{unit}") == count * durations.SECONDS[unit]


@pytest.mark.parametrize(
    "text", ["", "10", "m", "10 m", "-1s", "1.5h", "10x", "1h30m", "\u0661s", "1s\n"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no time"):
        durations.seconds(text)


@pytest.mark.parametrize("text", ["0s", "3651d", "999999999d"])
def test_what_is_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="out of range: from 1s to 3650d"):
        durations.seconds(text)
