"""What is read of drift, and what people say to it: streams, their windows, alarms, verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.drift import Alarm, ChannelKind, State, Stream


class Clock(StrEnum):
    """How long the windows of a stream are."""

    DAY = "day"  # of the tenant's time zone
    HOUR = "hour"


class Verdict(StrEnum):
    """What people say to an alarm; until they do, it is open."""

    NEW_NORMAL = "new_normal"  # the agent is meant to be so: a new epoch begins with the change
    BENIGN = "benign"  # seen and harmless: the baseline stays, the evidence begins again
    REOPENED = "reopened"  # an earlier verdict was wrong


@dataclass(frozen=True, slots=True)
class WatchedStream:
    """A stream as it stands after its last window.

    epoch_start: when its baseline began. baseline_windows: how many of them it needs, and
    windows: how many the epoch has. drift_score: 0 to 1, 1 is an alarm; None: not known.
    rho: the largest likeness of neighbouring windows. alarm_id: of the alarm that is open.
    demand: tells what is asked of the agent, not what it does; it never pages.
    """

    stream: Stream
    clock: Clock
    state: State
    drift_score: float | None
    evidence: float | None
    threshold: float
    traces: int
    windows: int
    baseline_windows: int
    rho: float
    epoch_start: datetime
    window_start: datetime
    window_end: datetime
    alarm_id: str = ""
    demand: bool = False


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One channel of a stream: its name, and in which unit its shifts are told."""

    name: str
    kind: ChannelKind
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class WindowRead:
    """One window of a stream's history.

    values, evidence: one a channel, in the order of the history's channels; None: none.
    values are those that were ranked (arcsine shares, log2 of ratios); `natural` the same as people
    read them: shares 0..1, milliseconds, tokens, USD, seconds.
    stream_evidence: of all channels together; None before the end of the baseline.
    skipped: it never counted, such as a holiday. corrected_traces: what is known of it by now, if
    that is something else than when it was closed; shown, never tested.
    """

    number: int
    start: datetime
    end: datetime
    stratum: int
    traces: int
    values: Sequence[float | None]
    natural: Sequence[float | None]
    evidence: Sequence[float | None]
    stream_evidence: float | None
    threshold: float
    skipped: bool = False
    corrected_traces: int | None = None


@dataclass(frozen=True, slots=True)
class StreamHistory:
    """The windows of one stream, oldest first."""

    stream: Stream
    clock: Clock
    channels: Sequence[ChannelInfo]
    windows: Sequence[WindowRead]
    epoch_start: datetime


@dataclass(frozen=True, slots=True)
class Bin:
    """What one bin or name holds in the reference and now, both counts.

    low, high: ends of the bin in the metric's unit; None: a name, such as a tool.
    of transitions, name is `a -> b`, with `^` before the first and `$` after the last.
    """

    name: str
    low: float | None
    high: float | None
    reference: int
    current: int


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The pooled counts of a stream before and after a time; traces: how many runs each."""

    stream: Stream
    unit: str
    bins: Sequence[Bin]
    reference_traces: int
    current_traces: int
    split: datetime


@dataclass(frozen=True, slots=True)
class AlarmVerdict:
    """What somebody said to an alarm, and when. reason: needed for `benign`."""

    verdict: Verdict
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """An alarm as it was raised.

    alarm_id: follows from the stream, the epoch and the window, so raised again it is the same.
    window_start, window_end: of the window that raised it; changed_from, changed_until: the change
    set, [from, until), in which the first changed window lies with 90 %; likeliest: its likeliest
    window's start.
    shared_cause: of alarms that may have one cause, the id they have in common; else empty.
    verdict: the last one; None: open. inputs_hash: of what it was computed from.
    """

    alarm_id: str
    clock: Clock
    alarm: Alarm
    raised_at: datetime
    window_start: datetime
    window_end: datetime
    changed_from: datetime
    changed_until: datetime
    likeliest: datetime
    epoch_start: datetime
    inputs_hash: str
    shared_cause: str = ""
    verdict: AlarmVerdict | None = None


@dataclass(frozen=True, slots=True)
class AlarmInputs:
    """All that an alarm follows from: who has it can compute the alarm again, bit for bit.

    settings: of the engine. channels: in order. values: (windows, channels), NaN as None.
    numbers, strata: one a window; of the numbers and `keys` the draws among equals follow.
    baseline: what the channels were chosen by, and `counts` what each window held, as JSON texts.
    """

    alarm_id: str
    settings: Mapping[str, object]
    channels: Sequence[ChannelInfo]
    numbers: Sequence[int]
    strata: Sequence[int]
    values: Sequence[Sequence[float | None]]
    keys: Sequence[int]
    rho: Sequence[float]
    baseline: str
    threshold: float
    restarted: int
    inputs_hash: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A time in which change is expected, or nothing is usual: its windows never count.

    agent: empty for all of the tenant. kind: `holiday` or `change`; a `change` begins a new epoch
    at its end.
    """

    tenant: str
    agent: str
    kind: str
    since: datetime
    until: datetime
    why: str
    actor: str
    expected_id: str = ""


@dataclass(frozen=True, slots=True)
class DriftScore:
    """Of one agent: the highest of its streams that say one.

    monitored: how many streams say one, of `streams`; score None: none does, which is not 0.
    """

    tenant: str
    agent: str
    score: float | None
    worst: Stream | None
    state: State
    monitored: int
    streams: int


@dataclass(frozen=True, slots=True)
class StreamsAsked:
    """Which streams; empty texts ask for all. At most `rows_max`."""

    tenant: str
    agent: str = ""
    metric: str = ""
    clock: str = ""
    rows_max: int = 1000


@dataclass(frozen=True, slots=True)
class AlarmsAsked:
    """Which alarms, raised by windows that ended in [since, until); the newest first."""

    tenant: str
    since: datetime
    until: datetime
    agent: str = ""
    open_only: bool = False
    paged_only: bool = False
    rows_max: int = 100


class DriftReading(Protocol):
    """What surfaces read and write; every call may block and raise Unavailable."""

    def streams(self, asked: StreamsAsked) -> Sequence[WatchedStream]:
        """As they stand, by agent, metric and clock."""

    def history(self, stream: Stream, clock: Clock, windows_max: int = 120) -> StreamHistory:
        """The last windows of a stream; raises NotFound for one that is not there."""

    def before_after(self, stream: Stream, clock: Clock, split: datetime | None) -> BeforeAfter:
        """Its baseline's counts against those since `split`; without: since its last change, or the
        last seven windows. Raises NotFound."""

    def alarms(self, asked: AlarmsAsked) -> Sequence[StoredAlarm]:
        """Those of a time, the newest first."""

    def alarm(self, tenant: str, alarm_id: str) -> StoredAlarm:
        """One alarm; raises NotFound."""

    def inputs(self, tenant: str, alarm_id: str) -> AlarmInputs:
        """What it follows from; raises NotFound."""

    def recomputed(self, tenant: str, alarm_id: str) -> bool:
        """Whether the alarm comes out again, bit for bit, of its inputs. Raises NotFound."""

    def digest(self, tenant: str) -> Sequence[WatchedStream]:
        """Streams that changed, surest first, of which at most 10 % are false on average."""

    def score(self, tenant: str, agent: str) -> DriftScore:
        """The agent's drift score; of an agent that nobody knows, one without a score."""

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> StoredAlarm:
        """Keeps a verdict; what it changes is seen in the next run. Raises NotFound, or
        InvalidInput for `benign` without a reason."""

    def expect(self, expected: Expected) -> Expected:
        """Keeps it, and gives it its id. Raises InvalidInput for one that ends before it begins."""

    def withdraw(self, tenant: str, expected_id: str, actor: str) -> Expected:
        """From now on it is not expected; windows that it left out stay so. Raises NotFound."""

    def expected(self, tenant: str, agent: str = "") -> Sequence[Expected]:
        """Those of the tenant that were not withdrawn, or of all agents and this one."""


@dataclass(frozen=True, slots=True)
class DriftRun:
    """What one run did: windows closed and skipped, streams read, alarms raised and of them paged.

    corrected: closed windows of the last three days that hold something else by now.
    """

    closed: int = 0
    skipped: int = 0
    streams: int = 0
    alarms: int = 0
    paged: int = 0
    corrected: int = 0
    waiting: Mapping[str, str] = field(default_factory=dict)
