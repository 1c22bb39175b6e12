"""Drift as it is stored, for whoever shows it, and what people say to its alarms."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from math import isfinite
from typing import Any

from analyzers.drift_config import DriftConfig
from app.drift_counts import before_after
from domain.drift import Alarm, State, Stream
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
    WindowRead,
)
from domain.errors import InvalidInput, NotFound
from storage.drift_streams import READ, WITHDRAWN, DriftStreams, verdict
from storage.drift_windows import DriftWindows, Lane
from storage.store import Store

LATE_METRIC = "outcomes"
MEMORY_WINDOWS = {Clock.DAY: 90, Clock.HOUR: 168}
KINDS = ("change", "holiday")


class StoredDrift:
    """domain.drift_reading.DriftReading over one store."""

    def __init__(self, store: Store, config: DriftConfig) -> None:
        self._store = store
        self._config = config
        self._streams = DriftStreams(store)
        self._windows = DriftWindows(store)

    def streams(self, asked: StreamsAsked) -> Sequence[WatchedStream]:
        """As they stand, by agent, metric and clock."""
        lane = Clock(asked.clock).value if asked.clock else ""
        rows = self._streams.streams(asked.tenant, "", asked.metric, asked.agent)
        found = [self._watched(row) for row in rows if row["metric"] != READ]
        return [one for one in found if lane in ("", one.clock)][: asked.rows_max]

    def history(self, stream: Stream, clock: Clock, windows_max: int = 120) -> StreamHistory:
        """The last windows of a stream; raises NotFound for one that is not there."""
        row, lane = self._row(stream, clock)
        asked = (stream.tenant, lane.name, stream.metric, stream.agent)
        said = self._streams.readings(*asked, windows_max)
        channels = _channels(stream, row)
        corrected = self._windows.corrected(lane, stream.agent)
        windows = [_window(one, channels, row["epoch_start"], corrected) for one in said]
        return StreamHistory(stream, clock, channels, windows, _epoch_start(lane, row))

    def before_after(self, stream: Stream, clock: Clock, split: datetime | None) -> BeforeAfter:
        """Its baseline's counts against those since `split`; without: since its last change, or the
        last seven windows. Raises NotFound."""
        row, lane = self._row(stream, clock)
        numbers = (row["epoch_start"], row["number"])
        held = self._windows.counted(lane, numbers, stream.metric, stream.agent)
        if split is None and row["alarm_id"]:
            split = self.alarm(stream.tenant, row["alarm_id"]).likeliest
        return before_after(stream, [one.window for one in held], split)

    def alarms(self, asked: AlarmsAsked) -> Sequence[StoredAlarm]:
        """Those of a time, the newest first."""
        return [_stored(row) for row in self._streams.alarms(asked)]

    def alarm(self, tenant: str, alarm_id: str) -> StoredAlarm:
        """One alarm; raises NotFound."""
        return _stored(self._alarm_row(tenant, alarm_id))

    def inputs(self, tenant: str, alarm_id: str) -> AlarmInputs:
        """What it follows from; raises NotFound."""
        from analyzers.drift.raised import Inputs, replayed
        from analyzers.drift.seeds import keys

        row = self._alarm_row(tenant, alarm_id, whole=True)
        inputs = Inputs.read(row["inputs"])
        found = replayed(inputs)
        names = [(tenant, row["agent"], row["metric"], "", one.name) for one in found.plan.channels]
        return AlarmInputs(
            alarm_id,
            json.loads(row["inputs"])["settings"],
            _infos(found.plan.channels),
            [window.number for window in inputs.windows],
            [window.stratum for window in inputs.windows],
            [[_number(value) for value in values] for values in found.x.tolist()],
            keys(names).tolist(),
            inputs.rho,
            row["inputs"],
            inputs.threshold,
            max(inputs.restarts, default=0),
            row["inputs_hash"],
        )

    def recomputed(self, tenant: str, alarm_id: str) -> bool:
        """Whether the alarm comes out again, bit for bit, of its inputs. Raises NotFound."""
        from analyzers.drift.raised import Inputs, alarm_text, fingerprint, replayed

        row = self._alarm_row(tenant, alarm_id, whole=True)
        said = alarm_text(replayed(Inputs.read(row["inputs"])).alarm)
        whole = fingerprint(row["inputs"]) == row["inputs_hash"]
        return whole and said == str(row["said"])

    def digest(self, tenant: str) -> Sequence[WatchedStream]:
        """Streams that changed, surest first, of which at most 10 % are false on average."""
        import numpy as np

        from analyzers.drift.budget import e_bh

        watched = [
            one for one in self.streams(StreamsAsked(tenant, rows_max=10**6)) if not one.demand
        ]
        known = [one for one in watched if one.evidence is not None]
        if not known:
            return []
        evidence = np.array([(one.evidence or 0.0) / MEMORY_WINDOWS[one.clock] for one in known])
        return [known[place] for place in e_bh(evidence).tolist()]

    def score(self, tenant: str, agent: str) -> DriftScore:
        """The agent's drift score; of an agent that nobody knows, one without a score."""
        watched = [one for one in self.streams(StreamsAsked(tenant, agent)) if not one.demand]
        known = [one for one in watched if one.drift_score is not None]
        if not known:
            states = {one.state for one in watched}
            state = State.TOO_FEW if states == {State.TOO_FEW} else State.NOT_MONITORED
            return DriftScore(tenant, agent, None, None, state, 0, len(watched))
        worst = max(known, key=lambda one: (one.drift_score or 0.0, one.evidence or 0.0))
        states = {one.state for one in known}
        state = next(state for state in (State.DRIFT, State.LOW_POWER, *State) if state in states)
        return DriftScore(
            tenant, agent, worst.drift_score, worst.stream, state, len(known), len(watched)
        )

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> StoredAlarm:
        """Keeps a verdict; what it changes is seen in the next run. Raises NotFound, or
        InvalidInput for `benign` without a reason."""
        self._alarm_row(tenant, alarm_id)
        if said.verdict is Verdict.BENIGN and not said.reason.strip():
            raise InvalidInput("reason: an alarm is dismissed as benign with a reason; say why")
        self._streams.judge(tenant, alarm_id, said)
        return self.alarm(tenant, alarm_id)

    def expect(self, expected: Expected) -> Expected:
        """Keeps it, and gives it its id. Raises InvalidInput for one that ends before it begins."""
        if expected.since >= expected.until:
            raise InvalidInput("until: it has to lie after since")
        if expected.kind not in KINDS:
            raise InvalidInput(f"kind: one of {', '.join(KINDS)}, not '{expected.kind}'")
        own = (expected.tenant, expected.agent, expected.kind, expected.since, expected.until)
        name = sha256("\0".join(map(str, own)).encode()).hexdigest()[:16]
        kept = replace(expected, expected_id=expected.expected_id or name)
        self._streams.expect(kept)
        return kept

    def withdraw(self, tenant: str, expected_id: str, actor: str) -> Expected:
        """From now on it is not expected; windows that it left out stay so. Raises NotFound."""
        known = {one.expected_id: one for one in self._streams.expected(tenant)}
        if expected_id not in known:
            raise NotFound(f"no holiday and no expected change is called '{expected_id}'")
        withdrawn = replace(known[expected_id], actor=actor)
        self._streams.expect(replace(withdrawn, kind=WITHDRAWN))
        return withdrawn

    def expected(self, tenant: str, agent: str = "") -> Sequence[Expected]:
        """Those of the tenant that were not withdrawn, or of all agents and this one."""
        return self._streams.expected(tenant, agent)

    @cached_property
    def _baselines(self) -> Mapping[Clock, int]:
        config = self._config
        return {Clock.DAY: config.baseline_days, Clock.HOUR: config.baseline_hours}

    def _row(self, stream: Stream, clock: Clock) -> tuple[dict[str, Any], Lane]:
        name = "late" if stream.metric == LATE_METRIC else clock.value
        lane = Lane(stream.tenant, name, self._config.zone_of(stream.tenant))
        asked = (stream.tenant, name, stream.metric, stream.agent)
        rows = self._streams.streams(*asked, whole=True) if stream.agent and stream.metric else []
        if not rows:
            raise NotFound(
                f"no stream {stream.metric} of {stream.agent} by the {clock} is known: list those"
                " that are with `wakeline drift`"
            )
        return rows[0], lane

    def _alarm_row(self, tenant: str, alarm_id: str, *, whole: bool = False) -> dict[str, Any]:
        row = self._streams.alarm(tenant, alarm_id, whole=whole) if alarm_id else None
        if row is None:
            raise NotFound(f"no drift alarm is called '{alarm_id}'")
        return row

    def _watched(self, row: Mapping[str, Any]) -> WatchedStream:
        from analyzers.drift.metrics import METRICS
        from analyzers.drift.standing import Standing

        clock, tenant = _clock(row["lane"]), str(row["tenant"])
        lane = Lane(tenant, row["lane"], self._config.zone_of(tenant))
        evidence = row["evidence"]
        standing = Standing(row["traces"], evidence or 0.0, row["threshold"], row["rho"])
        score = None if evidence is None else standing.drift_score
        metric = METRICS.get(row["metric"])
        return WatchedStream(
            Stream(tenant, row["agent"], row["metric"]),
            clock,
            State(row["state"]),
            1.0 if row["alarm_id"] else score,
            evidence,
            row["threshold"],
            row["traces"],
            row["windows"],
            self._baselines[clock],
            row["rho"],
            _epoch_start(lane, row),
            row["window_start"],
            row["window_end"],
            row["alarm_id"],
            bool(metric and metric.demand),
        )


def _clock(lane: str) -> Clock:
    """Days whose outcomes are known late are days."""
    return Clock.HOUR if lane == "hour" else Clock.DAY


def _epoch_start(lane: Lane, row: Mapping[str, Any]) -> datetime:
    from app.drift_closing import start_of

    return start_of(lane, row["epoch_start"])


def _infos(channels: Sequence[Any]) -> list[ChannelInfo]:
    return [ChannelInfo(one.name, one.kind, one.weight) for one in channels]


def _channels(stream: Stream, row: Mapping[str, Any]) -> list[ChannelInfo]:
    from analyzers.drift.plans import restored

    plain = json.loads(row["plan"])["plan"]
    return _infos(restored(stream, plain).channels) if plain else []


def _window(
    row: Mapping[str, Any],
    channels: Sequence[ChannelInfo],
    epoch_start: int,
    corrected: Mapping[int, int],
) -> WindowRead:
    """Of an earlier epoch only how many runs there were: its channels were others."""
    from analyzers.drift.metrics import natural

    own = row["epoch_start"] == epoch_start and len(row["readings"]) == len(channels)
    values = [_number(value) for value in row["readings"]] if own else [None] * len(channels)
    told = [
        None if value is None else natural(channel.kind, value)
        for value, channel in zip(values, channels, strict=True)
    ]
    said = [_number(value) for value in row["evidence"]]
    evidence = said if own and said else [None] * len(channels)
    return WindowRead(
        row["number"], row["window_start"], row["window_end"], row["stratum"], row["traces"],
        values, told, evidence, row["stream_evidence"], row["threshold"],
        corrected_traces=corrected.get(row["number"]),
    )  # fmt: skip


def _stored(row: Mapping[str, Any]) -> StoredAlarm:
    from analyzers.drift.raised import alarm_of
    from app.drift_closing import start_of

    said: Alarm = alarm_of(row["said"])
    lane = Lane(said.stream.tenant, row["lane"])
    return StoredAlarm(
        row["alarm_id"],
        _clock(row["lane"]),
        said,
        row["raised_at"],
        row["window_start"],
        row["window_end"],
        row["changed_from"],
        row["changed_until"],
        row["likeliest"],
        start_of(lane, row["epoch_start"]),
        row["inputs_hash"],
        row["shared_cause"],
        verdict(row),
    )


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
