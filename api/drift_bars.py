"""Two mixes held against each other: bars by category, or steps over the bins of a histogram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from api import fitting

Key = TypeVar("Key", int, str)

ROW, GAP, BAR, TEXT = 40, 6, 11, 12.5
SHARE_PX = 155  # of the texts beyond the ends of bars
BARS_MAX = 20
OTHERS = "all others"
BINS_HEIGHT, BINS_FOOT, LABEL_PX = 180, 24, 70


@dataclass(frozen=True, slots=True)
class Bar:
    """A category: shares of 0 to 1, widths in pixels, and what moved most is first."""

    label: str
    y: int
    before: float
    after: float
    before_px: float
    after_px: float

    @property
    def points(self) -> float:
        """By how many percentage points it moved."""
        return (self.after - self.before) * 100


@dataclass(frozen=True, slots=True)
class Bars:
    """left: where bars begin; texts stand beyond their ends."""

    name: str
    width: int
    height: int
    left: int
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin: its left edge and width; heights of both shares, and what it holds."""

    x: float
    width: float
    before_px: float
    after_px: float
    label: str


@dataclass(frozen=True, slots=True)
class Bins:
    """outline: the path of the current shares; ticks: x and text."""

    name: str
    width: int
    height: int
    floor: int
    bins: Sequence[Bin]
    outline: str
    ticks: Sequence[tuple[float, str]]


def bars(
    before: Mapping[str, float], after: Mapping[str, float], name: str, width: int, left: int
) -> Bars:
    """By category, from counts; what moved most is on top, what hardly counts is one bar."""
    old, new = _shares(before), _shares(after)
    order = sorted(
        old.keys() | new.keys(),
        key=lambda one: (-abs(new.get(one, 0.0) - old.get(one, 0.0)), one),
    )
    rows = [(one, old.get(one, 0.0), new.get(one, 0.0)) for one in order[:BARS_MAX]]
    if rest := order[BARS_MAX:]:
        rows.append((OTHERS, sum(old.get(one, 0.0) for one in rest),
                     sum(new.get(one, 0.0) for one in rest)))  # fmt: skip
    longest = max((max(one[1:]) for one in rows), default=0.0) or 1.0
    room = width - left - SHARE_PX
    drawn = [
        Bar(
            fitting.fitted(label, left - 12, TEXT), place * ROW + GAP, was, now,
            round(was / longest * room, 1), round(now / longest * room, 1),
        )
        for place, (label, was, now) in enumerate(rows)
    ]  # fmt: skip
    return Bars(name, width, len(rows) * ROW + GAP, left, drawn)


def bins(
    before: Mapping[int, float], after: Mapping[int, float], labels: Mapping[int, str],
    name: str, width: int,
) -> Bins:  # fmt: skip
    """By number of bin, from counts: the reference filled, the current as a line over it.

    labels: what each bin holds, such as "120 to 131 ms".
    """
    old, new = _shares(before), _shares(after)
    numbers = range(min(labels), max(labels) + 1)
    wide = width / len(numbers)
    tallest = max([*old.values(), *new.values()], default=0.0) or 1.0
    room = BINS_HEIGHT - BINS_FOOT - 8
    drawn = [
        Bin(
            round(place * wide, 2), round(wide, 2), round(old.get(number, 0.0) / tallest * room, 1),
            round(new.get(number, 0.0) / tallest * room, 1), labels.get(number, ""),
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip
    floor = BINS_HEIGHT - BINS_FOOT
    outline = f"M0 {floor} " + " ".join(
        f"V{round(floor - one.after_px, 1)} H{round(one.x + one.width, 2)}" for one in drawn
    )
    every = max(1, round(LABEL_PX / wide))
    ticks = [
        (drawn[place].x, labels[number].partition(" to ")[0])
        for place, number in enumerate(numbers)
        if place % every == 0 and number in labels and drawn[place].x < width - LABEL_PX / 2
    ]
    return Bins(name, width, BINS_HEIGHT, floor, drawn, f"{outline} V{floor}", ticks)


def _shares(counts: Mapping[Key, float]) -> dict[Key, float]:
    whole = sum(counts.values()) or 1.0
    return {key: count / whole for key, count in counts.items()}
