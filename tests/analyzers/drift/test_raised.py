"""Can whoever has the inputs of an alarm compute it again, bit for bit?"""

import json
from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift.follow import Pace
from analyzers.drift.raised import (
    Inputs,
    alarm_id,
    alarm_of,
    alarm_text,
    fingerprint,
    replayed,
)
from domain.drift import Stream, WindowCounts
from tests.analyzers.drift.some_windows import MONDAY, days, stream

PACE = Pace(baseline_windows=28)
MOVED = MONDAY + 50
MIX, OTHER_MIX = [0.4, 0.4, 0.2], [0.2, 0.6, 0.2]


def windows() -> list[WindowCounts]:
    """Twenty points go from one tool to another after 50 days."""
    return PACE.merged(days(50, MIX) + days(8, OTHER_MIX, seed=2, first=50))


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return Inputs(stream("tools"), PACE.settings, windows(), 28, [0.0] * 3, [], 500.0)


def test_a_move_is_dated_and_measured(inputs: Inputs) -> None:
    found = replayed(inputs).alarm
    assert found.evidence >= found.threshold
    assert found.paged
    assert found.change.window == MOVED
    assert found.effects["b"].shift == pytest.approx(0.2, abs=0.04)


def test_its_inputs_come_back_from_their_text_and_give_the_same_alarm(inputs: Inputs) -> None:
    text = inputs.text()
    again = Inputs.read(text)
    assert again.text() == text
    assert fingerprint(again.text()) == fingerprint(text)
    assert alarm_text(replayed(again).alarm) == alarm_text(replayed(inputs).alarm)


def test_an_alarm_comes_back_from_its_text(inputs: Inputs) -> None:
    found = replayed(inputs).alarm
    assert alarm_of(alarm_text(found)) == found


def test_what_is_infinite_is_very_large_in_the_text(inputs: Inputs) -> None:
    found = replayed(inputs).alarm
    unsure = {"b": replace(found.effects["b"], low=-np.inf, high=np.inf)}
    text = alarm_text(replace(found, effects=unsure))
    assert json.loads(text)["effects"]["b"]["high"] == 1e300


def test_evidence_begins_again_after_a_restart(inputs: Inputs) -> None:
    since = replace(inputs, restarts=[inputs.windows[-3].number])
    assert replayed(since).alarm.evidence < replayed(inputs).alarm.evidence


def test_what_tells_of_demand_never_pages(inputs: Inputs) -> None:
    demand = replace(inputs, stream=stream("intents"))
    assert not replayed(demand).alarm.paged


def test_the_same_alarm_has_the_same_id_and_another_has_another() -> None:
    one = Stream("acme", "clerk", "tools")
    assert alarm_id(one, "day", 1, 9) == alarm_id(one, "day", 1, 9)
    others = {alarm_id(one, "hour", 1, 9), alarm_id(one, "day", 2, 9), alarm_id(one, "day", 1, 8)}
    assert len(others | {alarm_id(one, "day", 1, 9)}) == 4
