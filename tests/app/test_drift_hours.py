"""Do hours tell what cannot wait?"""

from datetime import UTC, datetime, timedelta

import pytest

from analyzers.drift_config import DriftConfig
from app.drift import Drift
from app.stored_drift import StoredDrift
from bench.drift_fleet import Fleet, fill
from domain.drift import State
from domain.drift_reading import AlarmsAsked, Clock, StreamsAsked
from storage.store import Store

# On the ninth day half of the runs of an hour fail.
FLEET = Fleet(agents=1, days=9, runs=(720, 720), drifting=1, drift_from=8, errors=(0.05, 0.5))
START = datetime(2025, 11, 3, tzinfo=UTC)
FAILS = START + timedelta(days=8)
END = START + timedelta(days=9, hours=3)
CONFIG = DriftConfig(baseline_hours=168)
EVER = AlarmsAsked("fleet", START, END, rows_max=500)


@pytest.fixture(scope="module")
def looked(module_store: Store) -> StoredDrift:
    fill(module_store, FLEET)
    Drift(module_store, CONFIG).look(END, settled=True)
    return StoredDrift(module_store, CONFIG)


def test_errors_are_paged_within_hours(looked: StoredDrift) -> None:
    (page,) = [one for one in looked.alarms(EVER) if one.alarm.paged]
    assert (page.clock, page.alarm.stream.metric) == (Clock.HOUR, "errors")
    assert timedelta() < page.window_end - FAILS <= timedelta(hours=8)
    assert page.changed_from <= FAILS < page.changed_until
    assert page.alarm.effects["failed"].shift > 0.2
    assert looked.recomputed("fleet", page.alarm_id)


def test_hours_without_a_run_count_for_how_many_there_are_and_for_nothing_else(
    looked: StoredDrift,
) -> None:
    watched = {
        one.stream.metric: one for one in looked.streams(StreamsAsked("fleet", clock="hour"))
    }
    assert watched["volume"].demand
    assert watched["volume"].windows > watched["errors"].windows
    history = looked.history(watched["volume"].stream, Clock.HOUR, 200)
    least = min(value for one in history.windows if (value := one.natural[0]) is not None)
    assert least < 20
    assert watched["cost"].state in (State.NO_DRIFT, State.LOW_POWER)
