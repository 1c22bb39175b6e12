"""Do alarms of many agents at one time become one, and others not?"""

import numpy as np
import pytest

from analyzers.drift.ced import Ced
from analyzers.drift.seeds import keys
from analyzers.drift.settings import Settings
from analyzers.drift.shared_cause import apart, shared
from domain.drift import Alarm, Change, Stream


def alarm(agent: int, *windows: int) -> Alarm:
    """Of an agent that changed in one of these windows."""
    stream = Stream("acme", f"agent {agent}", "tools")
    return Alarm(stream, windows[-1] + 4, 1e6, 35_000.0, Change(windows[0], windows, 0.9), {}, True)


def test_five_agents_that_change_at_one_time_have_one_cause() -> None:
    alarms = [alarm(number, 10, 11) for number in range(5)] + [alarm(9, 30)]
    ((window, group),) = shared(alarms, agents=20)
    assert window == 10
    assert group == tuple(alarms[:5])


def test_among_many_agents_it_takes_a_tenth() -> None:
    alarms = [alarm(number, 10) for number in range(9)]
    assert shared(alarms, agents=91) == []
    assert len(shared(alarms, agents=90)) == 1


def test_one_agent_with_many_alarms_is_one_agent() -> None:
    assert shared([alarm(1, 10)] * 7, agents=10) == []


def test_each_alarm_is_in_the_largest_group_only() -> None:
    early = [alarm(number, 10, 11) for number in range(6)]
    late = [alarm(number, 11, 12) for number in range(6, 11)]
    apart = [alarm(number, 40) for number in range(20, 25)]
    groups = shared([*early, *late, *apart], agents=30)
    assert [(window, len(group)) for window, group in groups] == [(11, 11), (40, 5)]


def test_without_alarms_there_is_no_cause() -> None:
    assert shared([], agents=3) == []


def test_each_family_has_a_median_of_its_own() -> None:
    found = apart(np.array([1.0, 2.0, 6.0, -5.0]), np.array([0, 0, 0, 1]))
    assert found == pytest.approx([-1, 0, 4, 0])


def test_who_drifts_alone_is_seen_while_all_are_moved() -> None:
    rng = np.random.default_rng(1)
    names = [("acme", f"agent {number}", "latency") for number in range(20)]
    plain = Settings(strata=1, memory_windows=30)
    ced, own = Ced(keys(names), plain), Ced(keys(names), plain)
    said = alone = np.zeros(20)
    for window in range(120):
        x = rng.normal(size=20) + 6.0 * rng.normal()  # what moves all of them
        x[7] += 2.5 * (window >= 100)
        said = ced.observe(x, 0, window)
        if window >= plain.baseline_windows:
            alone = own.observe(apart(ced.memory.last_score, np.zeros(20, np.intp)), 0, window)
    assert said[7] < 1000 < alone[7]
    assert np.delete(alone, 7).max() < 1000
