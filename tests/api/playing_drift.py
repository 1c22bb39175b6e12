"""What is watched, played by one object, behind a real application on a real port."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import httpx

from api import application
from api.ports import Parts
from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.changes import ChangeEvent, Wanted
from domain.drift import ChannelKind, State, Stream
from domain.drift_reading import (
    AlarmInputs,
    AlarmsAsked,
    AlarmVerdict,
    BeforeAfter,
    ChannelInfo,
    Clock,
    DriftScore,
    Expected,
    StoredAlarm,
    StreamHistory,
    StreamsAsked,
    Verdict,
    WatchedStream,
)
from domain.errors import InvalidInput, NotFound, Unauthenticated
from tests.api import sample_drift as sample
from tests.api.serving import served

CALLERS = {
    "all": Principal(DEFAULT_TENANT, frozenset(Scope)),
    "reader": Principal(DEFAULT_TENANT, frozenset({Scope.READ}), "key-r"),
    "acme": Principal("acme", frozenset(Scope), "key-a"),
    "ingest": Principal(DEFAULT_TENANT, frozenset({Scope.INGEST})),
}


class Watcher:
    """Plays the authenticator, the reader of drift and that of changes; keeps what is said."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.streams_now = sample.fleet()
        self.kept = {"alarm-1": sample.alarm()}
        self.calendar: list[Expected] = []
        self.is_same = True

    def authenticate(self, key: str | None) -> Principal:
        caller = CALLERS.get(key or "all")
        if caller is None:
            raise Unauthenticated("no such key")
        return caller

    def listed(self, wanted: Wanted, rows_max: int) -> Sequence[ChangeEvent]:
        self.asked.append(wanted)
        return [one for one in sample.changes() if wanted.since <= one.at < wanted.until][:rows_max]

    def streams(self, asked: StreamsAsked) -> Sequence[WatchedStream]:
        self.asked.append(asked)
        return [
            one
            for one in self.streams_now
            if asked.tenant in ("", one.stream.tenant)
            and asked.agent in ("", one.stream.agent)
            and asked.metric in ("", one.stream.metric)
            and asked.clock in ("", one.clock)
        ][: asked.rows_max]

    def history(self, stream: Stream, clock: Clock, windows_max: int = 120) -> StreamHistory:
        if stream.agent not in sample.AGENTS or stream.tenant != DEFAULT_TENANT:
            raise NotFound("no such stream")
        if stream.agent == "cash-flow":
            return StreamHistory(stream, clock, [], [], sample.START)
        found = sample.latency_history() if clock is Clock.HOUR else sample.tools_history()
        return replace(found, stream=stream, windows=found.windows[-windows_max:])

    def before_after(self, stream: Stream, clock: Clock, split: datetime | None) -> BeforeAfter:
        found = sample.before_after(stream, split)
        return replace(found, bins=()) if stream.agent == "cash-flow" else found

    def alarms(self, asked: AlarmsAsked) -> Sequence[StoredAlarm]:
        self.asked.append(asked)
        open_ones = [one for one in self.kept.values() if not (asked.open_only and one.verdict)]
        return [one for one in open_ones if asked.tenant in ("", one.alarm.stream.tenant)]

    def alarm(self, tenant: str, alarm_id: str) -> StoredAlarm:
        found = self.kept.get(alarm_id)
        if found is None or found.alarm.stream.tenant != tenant:
            raise NotFound(f"no alarm has the id '{alarm_id}'")
        return found

    def inputs(self, tenant: str, alarm_id: str) -> AlarmInputs:
        stored = self.alarm(tenant, alarm_id)
        channels = [ChannelInfo("refund", ChannelKind.SHARE)]
        return AlarmInputs(
            alarm_id, {"baseline_windows": 28, "rho": None}, channels, [1, 2], [0, 1],
            [[0.5], [float("nan")]], [7], [0.1], "{}", 35_000.0, 0, stored.inputs_hash,
        )  # fmt: skip

    def recomputed(self, tenant: str, alarm_id: str) -> bool:
        self.alarm(tenant, alarm_id)
        return self.is_same

    def digest(self, tenant: str) -> Sequence[WatchedStream]:
        return [one for one in self.streams_now if one.state is State.DRIFT]

    def score(self, tenant: str, agent: str) -> DriftScore:
        own = [one for one in self.streams_now if one.stream.agent == agent]
        said = [one for one in own if one.drift_score is not None]
        worst = max(said, key=lambda one: one.drift_score or 0.0, default=None)
        return DriftScore(
            tenant, agent, worst.drift_score if worst else None, worst.stream if worst else None,
            worst.state if worst else State.NOT_MONITORED, len(said), len(own),
        )  # fmt: skip

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> StoredAlarm:
        if said.verdict is Verdict.BENIGN and not said.reason:
            raise InvalidInput("reason: it is needed to dismiss an alarm as benign")
        self.kept[alarm_id] = replace(self.alarm(tenant, alarm_id), verdict=said)
        return self.kept[alarm_id]

    def expect(self, expected: Expected) -> Expected:
        kept = replace(expected, expected_id=f"e{len(self.calendar) + 1}")
        self.calendar.append(kept)
        return kept

    def withdraw(self, tenant: str, expected_id: str, actor: str) -> Expected:
        found = [one for one in self.expected(tenant) if one.expected_id == expected_id]
        if not found:
            raise NotFound(f"no holiday and no expected change is called '{expected_id}'")
        self.calendar.remove(found[0])
        return replace(found[0], actor=actor)

    def expected(self, tenant: str, agent: str = "") -> Sequence[Expected]:
        return [one for one in self.calendar if one.tenant == tenant and agent in ("", one.agent)]


@contextmanager
def watching(watcher: Watcher) -> Iterator[httpx.Client]:
    """A client of an application behind which `watcher` plays every part."""
    part: Any = watcher
    with served(application.build(Parts(*[part] * len(fields(Parts))))) as client:
        yield client
