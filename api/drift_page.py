"""The page of one stream: its history as drawings, both mixes, and what happened in its days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite, nan

from api import drift_bars, drift_chart, drift_transitions, fitting
from api import drift_words as words
from api.drift_bars import Bars, Bins
from api.drift_chart import Chart, Event, Point, Scale, Series, Shown, Span
from api.drift_transitions import Transition
from domain.changes import ChangeEvent
from domain.drift import ChannelKind
from domain.drift_reading import (
    BeforeAfter,
    Bin,
    Expected,
    StoredAlarm,
    StreamHistory,
    WindowRead,
)

CHANNELS_MAX = 8
VALUES = "argument_values"  # its names are an argument and a bin of it
PATHS = "paths"  # its names are whole runs, not one step and the next
WIDTHS = (("wide", 940, 230), ("narrow", 343, 110))


@dataclass(frozen=True, slots=True)
class Happened:
    """Something in the days of the stream, under the number that drawings show.

    alarm: or change. inside: it lies in the change set of an open alarm, so coincides with it.
    """

    number: int
    at: datetime
    alarm: StoredAlarm | None
    change: ChangeEvent | None
    inside: bool

    @property
    def key(self) -> str:
        """Its anchor on the page."""
        return f"event-{self.number}"


@dataclass(frozen=True, slots=True)
class Multiple:
    """One channel: its name, its value in the last window, and its drawings."""

    name: str
    last: str
    evidence: str
    charts: Sequence[Chart]


@dataclass(frozen=True, slots=True)
class Mix:
    """Both mixes: bars for names, steps for bins of numbers, or a table of transitions; values: the
    same steps for each argument, by its name."""

    bars: Sequence[Bars]
    bins: Sequence[Bins]
    transitions: Sequence[Transition]
    values: Sequence[tuple[str, Sequence[Bins]]] = ()


def happened(changes: Sequence[ChangeEvent], alarms: Sequence[StoredAlarm]) -> Sequence[Happened]:
    """In time, numbered from 1."""
    open_ones = [one for one in alarms if not words.settled(one)]
    all_of_it: list[tuple[datetime, StoredAlarm | None, ChangeEvent | None]] = [
        *((one.window_start, one, None) for one in alarms),
        *((one.at, None, one) for one in changes),
    ]
    return [
        Happened(number, at, alarm, change, change is not None and _is_inside(at, open_ones))
        for number, (at, alarm, change) in enumerate(
            sorted(all_of_it, key=lambda one: (one[0], one[1] is None)), start=1
        )
    ]


def _is_inside(at: datetime, alarms: Sequence[StoredAlarm]) -> bool:
    return any(one.changed_from <= at < one.changed_until for one in alarms)


def spans(
    history: StreamHistory, alarms: Sequence[StoredAlarm], expected: Sequence[Expected]
) -> Sequence[Span]:
    """The baseline, change sets, and times in which windows do not count."""
    learning = [window for window in history.windows if window.stream_evidence is None]
    found = []
    if learning:
        first, last = learning[0].start, learning[-1].end
        found.append(Span(first, last, "base", "baseline: what is usual is learnt here"))
    found += [Span(one.since, one.until, "calendar", f"{one.kind}: {one.why}") for one in expected]
    for alarm in alarms:
        label = f"changed in here, 90 %: {words.since(alarm)}"
        found.append(Span(alarm.changed_from, alarm.changed_until, "change", label))
    return found


def evidence(
    history: StreamHistory, around: Sequence[Span], events: Sequence[Happened]
) -> Sequence[Chart]:
    """The evidence of the stream against its threshold."""
    points = [
        Point(one.start, _told(one.stream_evidence), _label(history, one, _evidence(one)))
        for one in history.windows
    ]
    series = Series(
        points, words.short, history.windows[-1].end, history.windows[-1].threshold,
        f"alarm at {words.number(history.windows[-1].threshold)}", True, around, _marks(events),
    )  # fmt: skip
    return [drift_chart.drawn(series, one) for one in (drift_chart.WIDE, drift_chart.NARROW)]


def multiples(
    history: StreamHistory, unit: str, around: Sequence[Span], events: Sequence[Happened]
) -> Sequence[Multiple]:
    """A drawing of each channel, those with the most evidence first."""
    last = history.windows[-1]
    order = sorted(range(len(history.channels)), key=lambda at: -(last.evidence[at] or 0.0))
    return [_multiple(history, at, unit, around, events) for at in order[:CHANNELS_MAX]]


def _multiple(
    history: StreamHistory, at: int, unit: str, around: Sequence[Span],
    events: Sequence[Happened],
) -> Multiple:  # fmt: skip
    channel = history.channels[at]

    def shown(natural: float) -> str:
        return words.value(channel.kind, natural, unit)

    points = [
        Point(one.start, _told(one.natural[at]), _label(history, one, _value(shown, one, at)))
        for one in history.windows
    ]
    marks = _marks([one for one in events if one.alarm or one.inside])
    series = Series(
        points, _axis(channel.kind, unit), history.windows[-1].end, spans=around, events=marks,
    )  # fmt: skip
    last = history.windows[-1]
    known = last.evidence[at]
    evidence = "" if known is None else words.number(known)
    return Multiple(
        words.channel(channel.name), _value(shown, last, at), evidence,
        [drift_chart.drawn(series, scale) for scale in _small()],
    )  # fmt: skip


def _small() -> tuple[Scale, Scale]:
    return drift_chart.SMALL_WIDE, drift_chart.SMALL_NARROW


def _axis(kind: ChannelKind, unit: str) -> Shown:
    """Axes have less room, and their steps are round in the unit itself."""
    if kind in words.SHARES:
        return lambda natural: f"{natural * 100:.3g} %"
    if kind is not ChannelKind.RATIO:
        unit = ""
    elif unit == words.MICRO_USD:
        return lambda natural: f"${natural / 1e6:.4g}"
    return lambda natural: f"{natural:,.4g} {unit}".strip()


def _told(value: float | None) -> float:
    return nan if value is None or not isfinite(value) else value


def _evidence(window: WindowRead) -> str:
    if window.stream_evidence is None:
        return "baseline"
    return f"evidence {words.number(window.stream_evidence)}"


def _value(shown: Shown, window: WindowRead, at: int) -> str:
    value = window.natural[at]
    return "no value" if value is None else shown(value)


def _label(history: StreamHistory, window: WindowRead, said: str) -> str:
    skipped = ", not counted" if window.skipped else ""
    return f"{words.day(window.start, history.clock)}: {said}, {window.traces:,} runs{skipped}"


def _marks(events: Sequence[Happened]) -> Sequence[Event]:
    return [
        Event(one.at, one.number, "alarm" if one.alarm else "change", summary(one), f"#{one.key}")
        for one in events
    ]


def summary(one: Happened) -> str:
    """An alarm or a change in a few words."""
    if one.alarm is not None:
        return f"alarm, {words.standing(one.alarm)}"
    assert one.change is not None
    change = one.change
    versions = f" {words.ARROW} ".join(filter(None, (change.version_prev, change.version)))
    return fitting.plain(f"{words.metric(change.kind)}: {change.what} {versions}".strip())[:200]


def mix(found: BeforeAfter) -> Mix:
    """Both mixes as they can be read best."""
    if found.stream.metric == VALUES:
        return Mix((), (), (), _values(found))
    if found.stream.metric != PATHS and drift_transitions.are_transitions(found.bins):
        return Mix((), (), drift_transitions.compared(found.bins))
    if found.bins and all(one.low is not None for one in found.bins):
        return Mix((), _bins(found), ())
    before = {words.channel(one.name): float(one.reference) for one in found.bins}
    after = {words.channel(one.name): float(one.current) for one in found.bins}
    if not before:
        return Mix((), (), ())
    return Mix([drift_bars.bars(before, after, *each) for each in WIDTHS], (), ())


def _values(found: BeforeAfter) -> Sequence[tuple[str, Sequence[Bins]]]:
    """Of each argument by itself, in the order in which they come."""
    held: dict[str, list[Bin]] = {}
    for one in found.bins:
        argument, _, number = one.name.rpartition(drift_transitions.ARROW)
        held.setdefault(argument, []).append(replace(one, name=number))
    return [(name, _bins(replace(found, bins=bins))) for name, bins in held.items()]


def _bins(found: BeforeAfter) -> Sequence[Bins]:
    before = {int(one.name): float(one.reference) for one in found.bins}
    after = {int(one.name): float(one.current) for one in found.bins}
    kind = ChannelKind.RATIO

    def end(value: float | None) -> str:
        return "" if value is None else words.value(kind, value, found.unit)

    labels = {int(one.name): f"{end(one.low)} to {end(one.high)}" for one in found.bins}
    return [
        drift_bars.bins(before, after, labels, name, width) for name, width, _ in WIDTHS
    ]  # fmt: skip
