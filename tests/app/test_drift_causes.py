"""Are alarms that may have one cause told to have it, also if they come days apart?"""

from app.drift_causes import causes
from domain.drift import Alarm, Change, Stream


def alarm(agent: str, window: int, *changed: int) -> Alarm:
    stream = Stream("acme", agent, "latency")
    change = Change(changed[0], tuple(changed), 0.9)
    return Alarm(stream, window, 900.0, 500.0, change, {}, paged=True)


def test_alarms_of_five_agents_with_one_window_in_common_have_one_cause() -> None:
    raised = {f"a{day}": alarm(f"agent{day}", 20 + day, 17, 18) for day in range(5)}
    alone = {"b": alarm("agent9", 25, 24)}
    assert causes(raised | alone, agents=20) == dict.fromkeys(raised, 17)


def test_a_few_of_many_agents_have_none() -> None:
    raised = {f"a{number}": alarm(f"agent{number}", 20, 18) for number in range(5)}
    assert causes(raised, agents=100) == {}
    assert causes({}, agents=0) == {}
