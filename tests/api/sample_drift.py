"""A small fleet as drift sees it: one agent that changed its tools, and others in every state."""

from datetime import UTC, datetime, timedelta
from math import exp, inf, sin

from domain.changes import ChangeEvent
from domain.drift import Alarm, Change, ChannelKind, Effect, State, Stream
from domain.drift_reading import (
    BeforeAfter,
    Bin,
    ChannelInfo,
    Clock,
    StoredAlarm,
    StreamHistory,
    WatchedStream,
    WindowRead,
)

HOSTILE = '<script>alert("1")</script>'
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
END = datetime(2026, 11, 27, tzinfo=UTC)
WINDOWS, BASELINE, CHANGED = 90, 28, 78
START = END - WINDOWS * DAY
THRESHOLD = 35_000.0
METRICS = ("tools", "decisions", "confidence", "latency_ms", "cost_usd", "transitions", "intents")
AGENTS = ("billing", "carrier", "cash-flow", "desk", "vendor-relations", HOSTILE)
TOOLS = Stream("default", "billing", "tools")
LATENCY = Stream("default", "billing", "latency_ms")
TRANSITIONS = Stream("default", "billing", "transitions")
VALUES = Stream("default", "billing", "argument_values")
# Before and after the change, of 100.
MIX = {"get_invoice": (52, 45), "refund": (12, 22), "reply": (30, 27), "escalate": (6, 6)}


def at(window: int) -> datetime:
    """When a window began."""
    return START + window * DAY


def noise(window: int, channel: int) -> float:
    """Between -1 and 1, the same each time."""
    return sin(window * 12.9898 + channel * 78.233) * 0.6 + sin(window * 4.7 + channel) * 0.4


def watched(agent: str, metric: str, clock: Clock = Clock.DAY) -> WatchedStream:
    """A stream; its state follows from where it stands in the fleet."""
    place = AGENTS.index(agent) * 3 + METRICS.index(metric)
    state, windows = State.NO_DRIFT, WINDOWS
    score: float | None = round(0.08 + 0.09 * (place % 6), 2)
    if (agent, metric) in (("billing", "tools"), ("billing", "transitions")):
        state, score = State.DRIFT, 1.0
    elif agent == "cash-flow":
        state, score, windows = State.NOT_MONITORED, None, 12
    elif agent == "vendor-relations" and place % 2:
        state, score = State.TOO_FEW, None
    elif place % 7 == 5:
        state = State.LOW_POWER
    stream = Stream("default", agent, metric)
    return WatchedStream(
        stream, clock, state, score, None if score is None else exp(score * 10.46), THRESHOLD,
        31 if state is State.TOO_FEW else 1184, windows, BASELINE, 0.12, START, END - DAY, END,
        "alarm-1" if (agent, metric) == ("billing", "tools") else "", metric == "intents",
    )  # fmt: skip


def fleet() -> list[WatchedStream]:
    """All streams; one is read by the hour too."""
    found = [watched(agent, metric) for agent in AGENTS for metric in METRICS]
    return [*found, watched("carrier", "decisions", Clock.HOUR)]


def evidence(window: int) -> float | None:
    """Of the stream: small for long, then growing by a factor a window."""
    if window < BASELINE:
        return None
    if window < CHANGED:
        return 3.0 + 2.5 * noise(window, 9)
    return 4.0 * 3.6 ** (window - CHANGED) if window < CHANGED + 8 else 120_000.0


def tools_history() -> StreamHistory:
    """Ninety days of shares; one of them a holiday."""
    channels = [ChannelInfo(name, ChannelKind.SHARE) for name in MIX]
    windows = [_window(number) for number in range(WINDOWS)]
    return StreamHistory(TOOLS, Clock.DAY, channels, windows, START)


def _window(number: int) -> WindowRead:
    is_holiday = number == 60
    shares = [
        mix[number >= CHANGED] / 100 + 0.012 * noise(number, place)
        for place, mix in enumerate(MIX.values())
    ]
    known: list[float | None] = [None if is_holiday else share for share in shares]
    said = evidence(number)
    by_channel = [None if said is None else said * factor for factor in (0.6, 2.4, 0.7, 0.3)]
    return WindowRead(
        number, at(number), at(number + 1), number % 7, 3 if is_holiday else 1150 + number % 7 * 20,
        known, known, by_channel, said, THRESHOLD, is_holiday, 1199 if number == 88 else None,
    )  # fmt: skip


def latency_history() -> StreamHistory:
    """By the hour, of the last two days; a shape beside a ratio."""
    channels = [
        ChannelInfo("location", ChannelKind.RATIO),
        ChannelInfo("spread", ChannelKind.SHAPE),
    ]
    begin = END - 48 * HOUR
    windows = [
        WindowRead(
            number, begin + number * HOUR, begin + (number + 1) * HOUR, 0, 40 + number % 5,
            (10.4, 0.1), (1350 + 90 * noise(number, 1), 0.2 * noise(number, 2)),
            (1.5, None), 1.2, 840_000.0,
        )
        for number in range(48)
    ]  # fmt: skip
    return StreamHistory(LATENCY, Clock.HOUR, channels, windows, begin)


def effect(kind: ChannelKind, before: float, shift: float, low: float, high: float) -> Effect:
    """A shift of practical size unless its interval holds none."""
    after = before * shift if kind is ChannelKind.RATIO else before + shift
    return Effect(kind, before, after, shift, low, high, 4.2 if shift > 0 else -2.8, low > 0)


def alarm(alarm_id: str = "alarm-1", stream: Stream = TOOLS) -> StoredAlarm:
    """Raised eight days after the change."""
    share = ChannelKind.SHARE
    effects = {
        "get_invoice": effect(share, 0.52, -0.07, -0.11, -0.03),
        "refund": effect(share, 0.12, 0.10, 0.071, 0.131),
        "reply": effect(share, 0.30, -0.03, -inf, inf),
    }
    change = Change(CHANGED, (CHANGED - 1, CHANGED, CHANGED + 1), 0.94)
    said = Alarm(stream, CHANGED + 7, 52_410.0, THRESHOLD, change, effects, paged=True)
    return StoredAlarm(
        alarm_id, Clock.DAY, said, at(CHANGED + 8) + 2 * HOUR, at(CHANGED + 7), at(CHANGED + 8),
        at(CHANGED - 1), at(CHANGED + 2), at(CHANGED), START, "9f2c" * 16,
    )  # fmt: skip


def changes() -> list[ChangeEvent]:
    """Three: before, in and after the change set, the latest first."""
    return [
        ChangeEvent("default", "c3", at(84) + 9 * HOUR, "policy", "refund-limits", "7", "6",
                    ("billing",), "", "human:anna", told=True),
        ChangeEvent("default", "c2", at(CHANGED) + 10 * HOUR, "prompt", "billing-system", "12",
                    "11", ("billing",), "shorter, and refunds at once", "pipeline", told=True),
        ChangeEvent("default", "c1", at(40) + 8 * HOUR, "deploy", "billing", "1.5", "1.4",
                    ("billing",), "", "", told=False),
    ]  # fmt: skip


def before_after(stream: Stream, split: datetime | None) -> BeforeAfter:
    """What the metric is made of: names, bins, bins of arguments, or transitions."""
    unit, bins = (
        "",
        [Bin(name, None, None, was * 331, now * 104) for name, (was, now) in MIX.items()],
    )
    if stream.metric == "transitions":
        steps = {
            "^ -> get_invoice": (9900, 3100), "get_invoice -> reply": (7100, 1700),
            "get_invoice -> refund": (1900, 1150), "refund -> reply": (1800, 1100),
            "reply -> $": (9000, 2900), "get_invoice -> escalate": (600, 190),
            "refund -> refund": (0, 60),
        }  # fmt: skip
        bins = [Bin(name, None, None, was, now) for name, (was, now) in steps.items()]
    if stream.metric == "argument_values":
        euro = {number: (900 - 40 * number, 200 + 10 * number) for number in range(12)}
        held = {"pay euro": euro, "pay turn": {-8: (70, 20), 8: (60, 40)}}
        bins = [
            Bin(f"{name} -> {number}", float(number), number + 1.0, was, now)
            for name, counted in held.items() for number, (was, now) in counted.items()
        ]  # fmt: skip
    if stream.metric == "latency_ms":
        unit, bins = "ms", [
            Bin(str(number), 2 ** (number / 4), 2 ** ((number + 1) / 4),
                round(9000 * exp(-(((number - 41) / 4) ** 2))),
                round(2600 * exp(-(((number - 43) / 5) ** 2))))
            for number in range(28, 60)
        ]  # fmt: skip
    return BeforeAfter(stream, unit, bins, 33_110, 10_420, split or at(CHANGED))
