"""Is the drift of the third story paged, of the sound weeks before it nothing, and seen?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analyzers.drift_config import DriftConfig
from app.demo import earlier
from app.demo.listing import Listing
from app.demo.stories.carriers import AGENT, WEEKS_BEFORE, Shipment, Volume, plan
from app.stored_drift import StoredDrift
from domain.drift import State
from domain.drift_reading import AlarmsAsked, StoredAlarm, StreamsAsked
from storage.earlier import repeat_earlier
from storage.store import Store

VOLUME = Volume()
NOW = datetime(2026, 11, 27, 13, tzinfo=UTC)  # draws follow from dates
TURNED = NOW - timedelta(days=VOLUME.drifted_days)
# On the last days the other agent is asked three times as often, and does as it always did.
BUSY = "busy-selection"


@dataclass(frozen=True)
class Told:
    """What was found in a store of both agents, and the last lines of the listing."""

    drift: StoredDrift
    listing: Listing

    def paged(self, agent: str) -> Sequence[StoredAlarm]:
        asked = AlarmsAsked("default", NOW - timedelta(days=90), NOW, agent, paged_only=True)
        return self.drift.alarms(asked)


@pytest.fixture(scope="module")
def told(module_store: Store) -> Told:
    """Typed rows as the story leaves them, without playing it, and the weeks before."""
    sound = plan(NOW, Volume(a_day=300, drifted_days=0), seed=2)
    busy = [one for one in sound if one.at >= TURNED or one.number % 3 == 0]
    rows = [(AGENT, one) for one in plan(NOW, VOLUME, seed=1)] + [(BUSY, one) for one in busy]
    module_store.insert("decisions", [_decision(agent, one) for agent, one in rows])
    module_store.insert("steps", [step for agent, one in rows for step in _steps(agent, one)])
    config = DriftConfig()
    first = NOW - timedelta(days=VOLUME.days)
    repeat_earlier(module_store, "default", BUSY, first, WEEKS_BEFORE)
    earlier.make(module_store, config, NOW, VOLUME)
    return Told(StoredDrift(module_store, config), Listing(module_store, NOW))


def _row(agent: str, one: Shipment) -> dict[str, Any]:
    return {
        "tenant": "default", "received": datetime.now(UTC), "retention_days": 30, "ts": one.at,
        "agent": agent, "trace_id": f"{agent}{one.number}", "span_id": "1", "case_id": one.case,
        "revision": 1,
    }  # fmt: skip


def _decision(agent: str, one: Shipment) -> dict[str, Any]:
    said = {"action": f"book_{one.mode.name}", "outcome": "escalate" if one.escalates else "allow"}
    sure = {"confidence": one.confidence, "amount": one.amount, "currency": "EUR"}
    return _row(agent, one) | said | sure | {"decision_id": str(one.number), "origin": "explicit"}


def _steps(agent: str, one: Shipment) -> Iterator[dict[str, Any]]:
    for place, tool in enumerate(("get_quote", "" if one.escalates else "book_carrier"), start=1):
        if tool:
            call = {"operation": "execute_tool", "tool": tool, "duration_ns": 120_000_000}
            at = one.at + timedelta(seconds=place)
            yield _row(agent, one) | call | {"ts": at, "span_id": str(place), "status": "Ok"}


def test_turning_to_air_and_being_less_sure_is_paged_since_the_day_it_turned(told: Told) -> None:
    pages = {one.alarm.stream.metric: one for one in told.paged(AGENT)}
    assert {"actions", "confidence"} <= set(pages)
    for one in pages.values():
        assert one.changed_from - timedelta(days=1) <= TURNED <= one.changed_until
    assert max(abs(one.shift) for one in pages["actions"].alarm.effects.values()) > 0.1
    assert pages["confidence"].alarm.effects["level"].shift < -0.05


def test_being_asked_more_often_alone_is_demand_and_pages_nothing(told: Told) -> None:
    assert not told.paged(BUSY)
    watched = {one.stream.metric: one for one in told.drift.streams(StreamsAsked("default", BUSY))}
    volume = watched["volume"]
    assert volume.demand
    assert volume.evidence is not None
    assert volume.evidence > volume.threshold
    assert watched["actions"].state in (State.NO_DRIFT, State.LOW_POWER)


def test_the_weeks_before_are_drawn_again_and_of_runs_of_their_own(told: Told) -> None:
    store = told.listing.store
    counted = store.read_only(
        "SELECT count(), uniqExact(trace_id), uniqExact(case_id) FROM decisions FINAL"
        f" WHERE agent = '{AGENT}'",
        "TSV",
    )
    made, runs, cases = map(int, counted.split())
    assert made == runs == cases
    assert 0.9 < made / (VOLUME.decisions + 7 * WEEKS_BEFORE * VOLUME.a_day) < 1.1


def test_the_listing_says_what_drifted(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    told.listing.show()
    out = capsys.readouterr().out
    assert f"Drift: {AGENT}, actions: book_" in out.replace("\n", " ")
    assert BUSY not in out
