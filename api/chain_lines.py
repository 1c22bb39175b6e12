"""Lines between the marks of a drawing: along rows and between lanes, never through a mark.

A line leaves its mark sideways, goes along the row to the gutter beside the lane where it ends,
down the gutter, and into the other mark. Rows hold one mark and gutters none.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api import fitting
from api.chain_order import Arrow
from domain import chain_graph
from domain.chains import EdgeKind

TRACK, CORNER, RADIUS = 6.0, 7.0, 11.0
# A line comes in above the middle of a mark and leaves below it, so that both can be told apart.
IN, OUT = -3.0, 3.0

Point = tuple[float, float]
Track = list[tuple[float, float, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """From cause to effect: its path, its head, and what it says when pointed at."""

    path: str
    head: str
    classes: str
    title: str


@dataclass(frozen=True, slots=True)
class _End:
    arrow: Arrow
    start: Point
    stop: Point


def routed(
    arrows: Sequence[Arrow], points: Mapping[str, Point], pitch: float, mark: float
) -> Sequence[Line]:
    """Lines between the points of the arrows' keys; pitch: between lanes; mark: its scale.

    Those on a path of a cause come last, so that they are drawn over the others.
    """
    ends = [_End(arrow, points[arrow.cause], points[arrow.effect]) for arrow in arrows]
    ends.sort(key=lambda end: (bool(end.arrow.ranks), end.start[1], end.stop[1]))
    tracks = _tracks(ends, _heights(points), pitch)
    return [_line(end, tracks.get(at), mark) for at, end in enumerate(ends)]


def _line(end: _End, track: float | None, mark: float) -> Line:
    path, head = _down(end, mark) if track is None else _around(end, track, mark)
    arrow = end.arrow
    classes = ["edge", "hard" if arrow.hard else "soft", *(f"c{rank}" for rank in arrow.ranks)]
    if arrow.edge.kind is EdgeKind.STALE_READ:
        classes.append("missed")
    return Line(path, head, " ".join(classes), _said(arrow))


def _said(arrow: Arrow) -> str:
    edge = arrow.edge
    text = f"{chain_graph.words(edge)}, {edge.weight:.2f}"
    if arrow.count > 1:
        text = f"{arrow.count} edges, such as {text}"
    return fitting.plain(f"{text}: {edge.reason}"[:300] if edge.reason else text)


def _heights(points: Mapping[str, Point]) -> Mapping[float, Sequence[float]]:
    """Of the marks of each lane, by its middle."""
    found: dict[float, list[float]] = defaultdict(list)
    for x, y in points.values():
        found[x].append(y)
    return {x: sorted(ys) for x, ys in found.items()}


def _tracks(
    ends: Sequence[_End], heights: Mapping[float, Sequence[float]], pitch: float
) -> Mapping[int, float]:
    """x of the upright part of each line that has one."""
    gutters: dict[float, list[int]] = defaultdict(list)
    for at, end in enumerate(ends):
        if not _is_straight(end, heights):
            from_left = end.start[0] < end.stop[0]
            gutters[end.stop[0] + (-pitch / 2 if from_left else pitch / 2)].append(at)
    found: dict[int, float] = {}
    for middle, those in gutters.items():
        taken: list[Track] = []
        numbers = {at: _number(taken, ends[at]) for at in those}
        step = min(TRACK, max(1.0, (pitch - 2 * RADIUS - 4) / len(taken)))
        for at, number in numbers.items():
            # 0, 1, -1, 2, -2: from the middle outwards.
            found[at] = middle + (number + 1) // 2 * (step if number % 2 else -step)
    return found


def _is_straight(end: _End, heights: Mapping[float, Sequence[float]]) -> bool:
    """Whether both stand in one lane with nothing between them."""
    (x, start), (other_x, stop) = end.start, end.stop
    low, high = sorted((start, stop))
    ys = heights[x]
    return x == other_x and bisect(ys, low) == bisect(ys, high) - 1


def _number(taken: list[Track], end: _End) -> int:
    """The first track in which it runs beside no line of another cause; it is taken then."""
    low, high = sorted((end.start[1], end.stop[1]))
    cause = end.arrow.cause
    for number, track in enumerate(taken):
        if all(cause == one or high < start or stop < low for start, stop, one in track):
            track.append((low, high, cause))
            return number
    taken.append([(low, high, cause)])
    return len(taken) - 1


def _down(end: _End, mark: float) -> tuple[str, str]:
    (x, start), (_, stop) = end.start, end.stop
    sign = 1 if stop > start else -1
    room = sign * RADIUS * mark
    tip = stop - room
    head = f"M{x:.1f} {tip:g} l-3.5 {-6 * sign} h7 Z"
    return f"M{x:.1f} {start + room:g} V{tip - 4 * sign:g}", head


def _around(end: _End, track: float, mark: float) -> tuple[str, str]:
    (x1, y1), (x2, y2) = end.start, end.stop
    y1, y2 = y1 + OUT, y2 + IN
    out, back = (1 if track > x1 else -1), (1 if track < x2 else -1)
    down = 1 if y2 > y1 else -1
    start, tip = x1 + out * RADIUS * mark, x2 - back * RADIUS * mark
    bend = max(0.0, min(CORNER, abs(track - start), abs(tip - track) - 4, abs(y2 - y1) / 2))
    path = (
        f"M{start:g} {y1:g} H{track - out * bend:g}"
        f" Q{track:g} {y1:g} {track:g} {y1 + down * bend:g} V{y2 - down * bend:g}"
        f" Q{track:g} {y2:g} {track + back * bend:g} {y2:g} H{tip - back * 4:g}"
    )
    return path, f"M{tip:g} {y2:g} l{-6 * back} -3.5 v7 Z"
