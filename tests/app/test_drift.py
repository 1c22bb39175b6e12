"""Is drift found in what is stored, once, the same however often and late it is looked for?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from analyzers.drift_config import DriftConfig
from app.drift import Drift
from app.stored_drift import StoredDrift
from bench.drift_fleet import Fleet, fill
from domain.drift import ChannelKind, State, Stream
from domain.drift_reading import (
    AlarmsAsked,
    AlarmVerdict,
    Clock,
    DriftRun,
    Expected,
    StoredAlarm,
    StreamsAsked,
    Verdict,
)
from domain.errors import InvalidInput, NotFound
from storage.store import Store

# Twenty points of one agent's calls go to another tool on day 32; all are asked for more refunds
# from day 38 on, which is no behaviour.
FLEET = Fleet(
    agents=3, days=46, runs=(60, 60), drifting=1, drift_from=32, points=0.2, intents=True,
    demand_from=38,
)  # fmt: skip
START = datetime(2025, 11, 3, tzinfo=UTC)
MOVED = START + timedelta(days=32)
END = START + timedelta(days=46, hours=3)
CONFIG = DriftConfig(by_hour=False, traces_min=30)
TOOLS = Stream("fleet", "agent000", "tools")
EVER = AlarmsAsked("fleet", START, END + timedelta(days=30))
OTHERS = replace(EVER, tenant="other")
HOLIDAY = Expected(
    "other", "", "holiday", START + timedelta(days=20), START + timedelta(days=21), "new year",
    "human:ann", "new-year",
)  # fmt: skip
SAID_AT = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A store in which drift was looked for day by day, and what that found."""

    store: Store
    runs: list[DriftRun]
    drift: StoredDrift

    def alarms(self) -> list[StoredAlarm]:
        return list(self.drift.alarms(EVER))

    def page(self) -> StoredAlarm:
        """Of the tools of the agent that moved."""
        found = [one for one in self.alarms() if one.alarm.paged and one.alarm.stream == TOOLS]
        assert len(found) == 1
        return found[0]


@pytest.fixture(scope="module")
def seen(schema_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("fleet") / "store"
    copytree(schema_folder, folder, symlinks=True)
    with Store(f"chdb://{folder}") as store:
        fill(store, FLEET)
        looks = [START + timedelta(days=day, hours=3) for day in (34, 34, 46)]
        # Each look is a process of its own, as after a restart.
        fill(store, replace(FLEET, agents=1, tenant="other"))
        StoredDrift(store, CONFIG).expect(HOLIDAY)
        runs = [Drift(store, CONFIG).look(now, settled=True) for now in looks]
        yield Seen(store, runs, StoredDrift(store, CONFIG))


def test_each_day_is_closed_once(seen: Seen) -> None:
    # Outcomes of days are known two weeks later.
    late = [20, 0, 12]
    closed = [34, 0, 12]
    total = [2 * day + 2 * old for day, old in zip(closed, late, strict=True)]
    assert [run.closed for run in seen.runs] == total
    assert seen.runs[1] == DriftRun()
    assert seen.runs[0].streams == 4 * 9


def test_the_agent_that_moved_pages_within_the_stated_days(seen: Seen) -> None:
    page = seen.page()
    assert page.clock is Clock.DAY
    assert page.window_start - MOVED <= timedelta(days=8)
    assert abs(page.likeliest - MOVED) <= timedelta(days=1)
    assert page.changed_from <= MOVED < page.changed_until
    assert max(abs(effect.shift) for effect in page.alarm.effects.values()) > 0.08


def test_nothing_else_pages_and_demand_alone_never_does(seen: Seen) -> None:
    paged = [one.alarm.stream for one in seen.alarms() if one.alarm.paged]
    assert {stream.agent for stream in paged} == {"agent000"}
    assert {stream.metric for stream in paged} <= {"tools", "transitions", "paths"}
    demand = [one for one in seen.alarms() if one.alarm.stream.metric == "intents"]
    assert demand
    assert not any(one.alarm.paged for one in demand)


def test_an_alarm_comes_out_again_of_its_inputs_bit_for_bit(seen: Seen) -> None:
    for one in seen.alarms():
        assert seen.drift.recomputed("fleet", one.alarm_id)
    page = seen.page()
    inputs = seen.drift.inputs("fleet", page.alarm_id)
    assert inputs.inputs_hash == page.inputs_hash
    assert len(inputs.values) == len(inputs.numbers) == len(inputs.strata)
    assert len(inputs.keys) == len(inputs.channels)


def test_duplicates_late_spans_and_a_look_from_the_start_give_the_same_alarms(seen: Seen) -> None:
    before = {one.alarm_id: (one.alarm, one.inputs_hash) for one in seen.alarms()}
    seen.store.command(
        "INSERT INTO steps SELECT * REPLACE (revision + 1 AS revision) FROM steps"
        " WHERE ts < '2025-11-10'"
    )
    seen.store.command(
        "INSERT INTO steps SELECT * REPLACE (concat('late', trace_id) AS trace_id) FROM steps"
        " WHERE ts BETWEEN '2025-12-20' AND '2025-12-21' AND agent = 'agent001'"
    )
    for table in ("drift_streams", "drift_alarms", "drift_readings"):
        seen.store.command(f"DELETE FROM {table} WHERE tenant = 'fleet'")
    again = Drift(seen.store, CONFIG).look(END, settled=True)
    assert again.closed == 0
    assert {one.alarm_id: (one.alarm, one.inputs_hash) for one in seen.alarms()} == before


def test_streams_are_shown_with_their_states_and_scores(seen: Seen) -> None:
    found = {
        one.stream.metric: one for one in seen.drift.streams(StreamsAsked("fleet", "agent000"))
    }
    assert found["tools"].state is State.DRIFT
    assert found["tools"].drift_score == 1.0
    assert found["tools"].alarm_id == seen.page().alarm_id
    assert found["latency"].state in (State.NO_DRIFT, State.LOW_POWER)
    assert found["intents"].demand
    assert found["tools"].epoch_start == START
    assert seen.drift.streams(StreamsAsked("fleet", clock="hour")) == []
    assert len(seen.drift.streams(StreamsAsked("fleet", rows_max=2))) == 2
    score = seen.drift.score("fleet", "agent000")
    assert (score.score, score.state) == (1.0, State.DRIFT)
    nobody = seen.drift.score("fleet", "nobody")
    assert (nobody.score, nobody.state, nobody.streams) == (None, State.NOT_MONITORED, 0)


def test_the_history_of_a_stream_has_values_and_evidence(seen: Seen) -> None:
    history = seen.drift.history(TOOLS, Clock.DAY)
    assert len(history.windows) == 46
    last = history.windows[-1]
    assert len(last.values) == len(history.channels) == len(last.evidence)
    shares = [
        value
        for value, channel in zip(last.natural, history.channels, strict=True)
        if value is not None and channel.kind is ChannelKind.SHARE
    ]
    assert sum(shares) == pytest.approx(1.0, abs=0.02)
    assert history.windows[0].stream_evidence is None
    assert last.stream_evidence is not None
    with pytest.raises(NotFound):
        seen.drift.history(replace(TOOLS, agent="nobody"), Clock.DAY)
    with pytest.raises(NotFound):
        seen.drift.history(TOOLS, Clock.HOUR)


def test_counts_before_and_after_the_change_are_beside_each_other(seen: Seen) -> None:
    found = seen.drift.before_after(TOOLS, Clock.DAY, None)
    assert found.split == seen.page().likeliest
    bins = {one.name: one for one in found.bins}
    before = bins["tool4"].reference / sum(one.reference for one in found.bins)
    after = bins["tool4"].current / sum(one.current for one in found.bins)
    assert after - before > 0.1
    slow = seen.drift.before_after(replace(TOOLS, metric="latency"), Clock.DAY, None)
    assert slow.unit == "ms"
    assert slow.current_traces < slow.reference_traces
    assert slow.bins[0].low is not None


def test_the_digest_names_the_stream_that_moved(seen: Seen) -> None:
    assert TOOLS not in [one.stream for one in seen.drift.digest("nobody")]
    agents = {one.stream.agent for one in seen.drift.digest("fleet")}
    assert agents <= {"agent000"}


def test_who_says_nothing_sensible_is_told_so(seen: Seen) -> None:
    with pytest.raises(NotFound):
        seen.drift.alarm("fleet", "drift-none")
    benign = AlarmVerdict(Verdict.BENIGN, " ", "human:ann", SAID_AT)
    with pytest.raises(InvalidInput, match="reason"):
        seen.drift.judge("fleet", seen.page().alarm_id, benign)
    backwards = Expected("fleet", "", "holiday", END, START, "", "human:ann")
    with pytest.raises(InvalidInput, match="until"):
        seen.drift.expect(backwards)
    with pytest.raises(InvalidInput, match="kind"):
        seen.drift.expect(replace(backwards, kind="party", until=END + timedelta(days=1)))


def test_what_was_accepted_or_dismissed_is_open_no_more(seen: Seen) -> None:
    alarms = [one for one in seen.drift.alarms(OTHERS) if one.alarm.paged]
    for one in alarms:
        accepted = one.alarm.stream.metric == "tools"
        verdict = Verdict.NEW_NORMAL if accepted else Verdict.BENIGN
        said = AlarmVerdict(verdict, "a new supplier", "human:ann", SAID_AT)
        assert seen.drift.judge("other", one.alarm_id, said).verdict == said
    likeliest = next(one.likeliest for one in alarms if one.alarm.stream.metric == "tools")
    Drift(seen.store, CONFIG).look(END + timedelta(days=1), settled=True)
    asked = StreamsAsked("other", "agent000")
    watched = {one.stream.metric: one for one in seen.drift.streams(asked)}
    assert watched["tools"].state is State.NOT_MONITORED
    assert watched["tools"].epoch_start == likeliest
    assert watched["tools"].windows == 46 - (likeliest - START).days
    assert not any(one.alarm_id for one in watched.values())
    history = seen.drift.history(replace(TOOLS, tenant="other"), Clock.DAY)
    assert list(history.windows[0].values) == []


def test_days_on_which_nothing_is_usual_never_count(seen: Seen) -> None:
    history = seen.drift.history(replace(TOOLS, tenant="other", metric="latency"), Clock.DAY)
    days = {window.start for window in history.windows}
    assert HOLIDAY.since not in days
    assert len(days) == 45
    assert seen.drift.expected("other", "agent000") == [HOLIDAY]
