"""Drift as programs read it: flat objects, where what is not known is null and never a number."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api import drift_words as words
from api.routes.changes import ChangeOut
from domain.changes import ChangeEvent
from domain.drift import ChannelKind, State
from domain.drift_reading import Clock, DriftScore, StoredAlarm, Verdict, WatchedStream

Known = Annotated[
    float | None, BeforeValidator(lambda said: None if said is None or not isfinite(said) else said)
]


class StreamOut(BaseModel):
    """A stream as it stands after its last window; drift_score 0 to 1, 1 is an alarm."""

    tenant: str
    agent: str
    metric: str
    version: str
    clock: Clock
    state: State
    drift_score: Known = Field(description="null: it is not known, which is not 0.")
    evidence: Known
    threshold: float
    traces: int
    windows: int
    baseline_windows: int
    rho: Known
    epoch_start: datetime
    window_start: datetime
    window_end: datetime
    alarm_id: str = Field(description="Of the alarm that is open.")
    demand: bool = Field(description="It tells what is asked of the agent; it never pages.")


class StreamList(BaseModel):
    """By agent, metric and clock."""

    items: list[StreamOut]


class EffectOut(BaseModel):
    """A shift: shares 0 to 1 and their difference; of a ratio, shift is after / before."""

    model_config = ConfigDict(from_attributes=True)

    kind: ChannelKind
    before: Known
    after: Known
    shift: Known
    low: Known = Field(description="low, high: hold the shift with 90 %, whenever one looks.")
    high: Known
    sds: Known = Field(description="In standard deviations between windows.")
    practical: bool


class VerdictOut(BaseModel):
    """What somebody said to an alarm."""

    model_config = ConfigDict(from_attributes=True)

    verdict: Verdict
    reason: str
    actor: str
    at: datetime


class AlarmOut(BaseModel):
    """An alarm; the change began in [changed_from, changed_until) with probability `mass`."""

    alarm_id: str
    tenant: str
    agent: str
    metric: str
    version: str
    clock: Clock
    sentence: str
    evidence: Known
    threshold: float
    paged: bool
    is_open: bool
    raised_at: datetime
    window_start: datetime
    window_end: datetime
    changed_from: datetime
    changed_until: datetime
    likeliest: datetime
    mass: float
    epoch_start: datetime
    effects: dict[str, EffectOut]
    shared_cause: str
    inputs_hash: str
    verdict: VerdictOut | None


class AlarmList(BaseModel):
    """The newest first."""

    items: list[AlarmOut]


class AlarmDetail(AlarmOut):
    """With the changes that it coincides with; whether one of them caused it, nobody knows."""

    coincides_with: list[ChangeOut]


class Annotations(BaseModel):
    """As policies of Microsoft's agent governance toolkit read it: without a score, without it."""

    drift_score: float = 0.0


class ScoreOut(BaseModel):
    """Of one agent: the highest score of its streams."""

    tenant: str
    agent: str
    annotations: Annotations = Field(
        description="As input.annotations of a policy; empty if nothing is known."
    )
    drift_score: Known
    state: State
    worst_metric: str
    monitored: int = Field(description="Streams that say a score, of `streams`.")
    streams: int


def stream(one: WatchedStream) -> dict[str, Any]:
    """For StreamOut."""
    return asdict(one) | asdict(one.stream)


def alarm(one: StoredAlarm) -> dict[str, Any]:
    """For AlarmOut."""
    said = one.alarm
    return asdict(said.stream) | {
        "alarm_id": one.alarm_id,
        "clock": one.clock,
        "sentence": words.sentence(one),
        "evidence": said.evidence,
        "threshold": said.threshold,
        "paged": said.paged,
        "is_open": not words.settled(one),
        "raised_at": one.raised_at,
        "window_start": one.window_start,
        "window_end": one.window_end,
        "changed_from": one.changed_from,
        "changed_until": one.changed_until,
        "likeliest": one.likeliest,
        "mass": said.change.mass,
        "epoch_start": one.epoch_start,
        "effects": {name: asdict(effect) for name, effect in said.effects.items()},
        "shared_cause": one.shared_cause,
        "inputs_hash": one.inputs_hash,
        "verdict": one.verdict and asdict(one.verdict),
    }


def whole(told: Any) -> dict[str, Any]:
    """A dataclass as an object, with null for every number that JSON has no word for."""
    found: dict[str, Any] = finite(asdict(told))
    return found


def finite(value: Any) -> Any:
    """The same in the words of JSON, with null for every number that it has no word for."""
    if isinstance(value, Mapping):
        return {name: finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return list(map(finite, value))
    if isinstance(value, datetime):
        return value.isoformat()
    return None if isinstance(value, float) and not isfinite(value) else value


def detail(one: StoredAlarm, changes: Sequence[ChangeEvent]) -> Mapping[str, Any]:
    """For AlarmDetail."""
    return alarm(one) | {"coincides_with": list(map(asdict, changes))}


def score(one: DriftScore) -> Mapping[str, Any]:
    """For ScoreOut; `annotations` has no score that is not known, for null is no number there."""
    return {
        "tenant": one.tenant,
        "agent": one.agent,
        "annotations": {} if one.score is None else {"drift_score": one.score},
        "drift_score": one.score,
        "state": one.state,
        "worst_metric": one.worst.metric if one.worst else "",
        "monitored": one.monitored,
        "streams": one.streams,
    }
