"""Do alarms of many agents at one time become one, and others not?"""

from analyzers.drift.shared_cause import shared
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
