"""Which numbers of runs are compared, and are they what the runs did?"""

from collections.abc import Sequence

import numpy as np
import pytest

from analyzers.drift.run_channels import RunChannel, channels
from domain.comparison import Run
from domain.drift import ChannelKind
from tests.analyzers.drift.some_runs import runs


def named(found: Sequence[RunChannel]) -> dict[str, RunChannel]:
    return {f"{one.family} {one.name}": one for one in found}


def test_totals_parts_tools_transitions_and_decisions_are_channels() -> None:
    some = [
        Run(str(n), {"steps": 7.0, "tool_calls": 4.0, "failed_calls": float(n % 2)},
            ("a", "a", "b", "a") if n % 2 else ("a", "b", "b", "b"), {"pay: ok": 1, "stop": n % 2})
        for n in range(20)
    ]  # fmt: skip
    found = named(channels(some))
    assert set(found) == {
        "errors failed_calls", "tools a", "tools b", "transitions a > a", "transitions b > a",
        "transitions b > b", "decisions pay: ok", "decisions stop",
    }  # fmt: skip
    assert found["errors failed_calls"].values[:2].tolist() == [0.0, 0.25]
    assert found["tools a"].values[:2].tolist() == [0.25, 0.75]
    assert found["transitions b > b"].values[0] == pytest.approx(2 / 3)
    assert found["decisions stop"].values[1] == 0.5


def test_a_total_is_a_ratio_and_what_is_not_recorded_is_no_zero() -> None:
    some = [
        Run(str(n), {"duration_ms": float(n)} if n % 2 else {"tool_calls": 0.0}) for n in range(20)
    ]
    (one,) = channels(some)
    assert (one.name, one.kind) == ("duration_ms", ChannelKind.RATIO)
    assert np.isnan(one.values[::2]).all()
    assert one.values[3] == 2.0


def test_what_hardly_any_run_has_is_no_channel() -> None:
    some = [Run(str(n), {"steps": 5.0}, ("rare",) if n < 4 else ("a",)) for n in range(20)]
    assert channels(some) == []


def test_a_family_has_twenty_channels_at_most_the_commonest() -> None:
    some = [Run(str(n), {}, [f"tool{k:02}" for k in range(n % 30)]) for n in range(120)]
    tools = [one.name for one in channels(some) if one.family == "tools"]
    assert tools == [f"tool{k:02}" for k in range(20)]


def test_names_of_groups_change_nothing() -> None:
    one, other = (channels(runs(40, 1, name)) for name in ("a", "z"))
    assert [a.name for a in one] == [b.name for b in other]
    assert all(
        np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(one, other, strict=True)
    )
