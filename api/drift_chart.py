"""One number over time as a drawing: its line, what it is held against, what happened when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor, isfinite, log10

from api import fitting

Shown = Callable[[float], str]
TICKS = 4
DAY = timedelta(days=1)
# A day window may begin at any hour of UTC; its middle is always in its day.
NOON = timedelta(hours=12)
# Of the x axis, in days; the first that leaves room for its texts is taken.
STEPS_DAYS = (0.125, 0.25, 0.5, 1, 2, 7, 14, 28, 91, 182, 365)
TICK_PX = 64
ALIKE = 1e-6  # values that differ by less, in part or at all, are one height
TEXT = 11.5


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes in pixels; left, right, top, bottom: around the field."""

    name: str
    width: int
    height: int
    left: int
    right: int = 14
    top: int = 30
    bottom: int = 26

    @property
    def floor(self) -> int:
        """The lower edge of the field."""
        return self.height - self.bottom

    @property
    def edge(self) -> int:
        """Its right edge."""
        return self.width - self.right


WIDE, NARROW = Scale("wide", 940, 230, 62), Scale("narrow", 343, 190, 46)
SMALL_WIDE, SMALL_NARROW = Scale("wide", 460, 150, 60, top=26), Scale("narrow", 343, 140, 60)


@dataclass(frozen=True, slots=True)
class Point:
    """A window: when it began, its value (NaN: left out), and what is said of it."""

    at: datetime
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """A time that matters, such as the change set; kind: a class of the style sheet."""

    first: datetime
    last: datetime
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; number: under which it is explained beside the drawing."""

    at: datetime
    number: int
    kind: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn. line: what the value is held against, NaN: nothing.

    shown: how a value is told. logarithmic: it grows by factors. ends: when the last window ended.
    """

    points: Sequence[Point]
    shown: Shown
    ends: datetime
    line: float = float("nan")
    line_label: str = ""
    logarithmic: bool = False
    spans: Sequence[Span] = ()
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Something at a place; width: of bands."""

    x: float
    y: float
    text: str
    kind: str = ""
    width: float = 0.0
    number: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it; path: of the line, broken where windows are left out."""

    scale: Scale
    path: str
    dots: Sequence[Placed]
    across: Sequence[Placed]
    along: Sequence[Placed]
    bands: Sequence[Placed]
    events: Sequence[Placed]
    held: Placed | None


@dataclass(frozen=True, slots=True)
class _Field:
    """From times and values to pixels."""

    scale: Scale
    first: datetime
    last: datetime
    low: float
    high: float

    def x(self, at: datetime) -> float:
        whole = (self.last - self.first).total_seconds()
        part = (min(max(at, self.first), self.last) - self.first).total_seconds() / whole
        return round(self.scale.left + part * (self.scale.edge - self.scale.left), 1)

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return round(self.scale.floor - part * (self.scale.floor - self.scale.top), 1)


def drawn(series: Series, scale: Scale) -> Chart:
    """The drawing of a series at this scale; it has at least one point."""
    known = [point.value for point in series.points if isfinite(point.value)]
    if isfinite(series.line):
        known.append(series.line)
    ticks = _decades(known) if series.logarithmic else _ticks(known)
    first = series.points[0].at
    field = _Field(scale, first, max(series.ends, first + DAY / 24), ticks[0], ticks[-1])
    measure = _log if series.logarithmic else float
    dots = [
        Placed(field.x(point.at), field.y(measure(point.value)), point.label)
        for point in series.points
        if isfinite(point.value)
    ]
    told = [10.0**tick if series.logarithmic else tick for tick in ticks]
    return Chart(
        scale,
        _path(series.points, field, measure),
        dots,
        [Placed(scale.left, field.y(y), series.shown(v)) for y, v in zip(ticks, told, strict=True)],
        list(_dates(field)),
        [_band(span, field) for span in series.spans],
        list(_events(series.events, field)),
        Placed(scale.left, field.y(measure(series.line)), series.line_label)
        if isfinite(series.line)
        else None,
    )


def _log(value: float) -> float:
    return log10(max(value, 1.0))


def _decades(values: Sequence[float]) -> list[float]:
    """Powers of ten from 1 up to beyond the largest, at most six of them."""
    top = max(1, ceil(_log(max(values, default=1.0)) + 1e-9))
    step = ceil(top / 5)
    return [float(power) for power in range(0, step * ceil(top / step) + 1, step)]


def _ticks(values: Sequence[float]) -> list[float]:
    """Round numbers around the values: 1, 2 or 5 times a power of ten apart."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low <= ALIKE * max(abs(low), abs(high), ALIKE):
        reach = abs(low) / 2 if abs(low) > ALIKE else 0.5
        low, high = low - reach, high + reach
    rough = (high - low) / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _path(points: Sequence[Point], field: _Field, measure: Callable[[float], float]) -> str:
    parts, pen = [], "M"
    for point in points:
        if isfinite(point.value):
            parts.append(f"{pen}{field.x(point.at)} {field.y(measure(point.value))}")
        pen = "L" if isfinite(point.value) else "M"
    return " ".join(parts)


def _dates(field: _Field) -> Iterator[Placed]:
    """As many days as have room, or hours where there are only a few days."""
    days = (field.last - field.first) / DAY
    room = max(1, (field.scale.edge - field.scale.left) // TICK_PX)
    step = next((one for one in STEPS_DAYS if days / one <= room), STEPS_DAYS[-1]) * DAY
    at = field.first.astimezone(UTC)
    while at <= field.last:
        if (x := field.x(at)) <= field.scale.edge - TICK_PX / 4:
            is_day = step >= DAY or at.hour == 0
            text = (
                f"{at + NOON:%d %b}" if step >= DAY else f"{at:%d %b}" if is_day else f"{at:%H:%M}"
            )
            yield Placed(x, field.scale.floor + 16, text.lstrip("0") if is_day else text)
        at += step


def _band(span: Span, field: _Field) -> Placed:
    left, right = field.x(span.first), field.x(span.last)
    width = max(3.0, right - left)
    return Placed(left, field.scale.top, span.label, span.kind, round(width, 1))


def _events(events: Sequence[Event], field: _Field) -> Iterator[Placed]:
    """Numbers above the field; where two would lie on each other, the later moves to the right."""
    free = 0.0
    for event in sorted(events, key=lambda one: one.at):
        if not field.first <= event.at <= field.last:
            continue
        x = field.x(event.at)
        beside = max(x, free)
        width = fitting.width(str(event.number), TEXT) + 8
        free = beside + width + 2
        yield Placed(x, 11, event.label, event.kind, round(beside - x, 1), event.number, event.href)
