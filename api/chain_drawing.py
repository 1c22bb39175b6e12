"""A chain as swim lanes: where each row, mark and line stands. Time goes down, a lane is a column.

A row holds one mark, so what runs along a row or beside a lane never crosses another mark.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api import chain_lines, fitting
from api.chain_lines import Line
from api.chain_order import Item, Order
from api.rendering import duration

GAP_S_MIN = 60.0
# How much wider bold is; how high badges are that have a line of their own.
BOLD, BADGES = 1.12, 20
# Around (0, 0), 8 wide and high at most on each side.
SHAPES = {
    "read": "M-7 0 a7 7 0 1 0 14 0 a7 7 0 1 0 -14 0 Z",
    "write": "M-7 -7 H7 V7 H-7 Z",
    "decision": "M0 -8.5 L8.5 0 L0 8.5 L-8.5 0 Z",
    "outcome": "M-3.5 -8 H3.5 L8 -3.5 V3.5 L3.5 8 H-3.5 L-8 3.5 V-3.5 Z",
    "message": "M-8 -6 H8 V6 H-8 Z M-8 -6 L0 1 L8 -6",
    "tool": "M-4 -7 H4 L8 0 L4 7 H-4 L-8 0 Z",
    "model": "M0 -8 L8 6.5 H-8 Z",
    "policy": "M-7 -7 H7 V1 C7 5 3 7.5 0 8.5 C-3 7.5 -7 5 -7 1 Z",
    "group": "M-8 -4 H4 V8 H-8 Z M-4 -4 V-8 H8 V4 H4",
    "span": "M-4.5 0 a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0 Z",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes in pixels; mark: how large marks are, of 1."""

    name: str
    width: int
    clock: int
    lanes: int
    lane_max: int
    lane_min: int
    row: int
    size: float
    title_lines: int
    mark: float
    has_clock: bool


WIDE = Scale("wide", 940, 78, 392, 74, 30, 44, 13.5, 1, 1.0, True)
NARROW = Scale("narrow", 343, 8, 116, 24, 10, 56, 12.5, 2, 0.7, False)


@dataclass(frozen=True, slots=True)
class Lane:
    """x: its middle; label: as much of the name as has room; systems: where its nodes act."""

    x: float
    left: float
    width: float
    name: str
    label: str
    systems: str
    is_even: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that marks a row, for those who do not see colours; x: its left end."""

    text: str
    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """An item: its mark at (x, y), and texts beside the lanes; label: all that is read aloud."""

    item: Item
    x: float
    y: float
    top: float
    shape: str
    kind: str
    classes: str
    title: Sequence[str]
    about: str
    clock: str
    date: str
    badges: Sequence[Badge]
    label: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Time in which nothing of the chain happened."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it; text_x: where texts begin; head: height of the names of lanes, turned: degrees."""

    scale: Scale
    height: float
    head: float
    turned: int
    text_x: float
    lanes: Sequence[Lane]
    rows: Sequence[Row]
    lines: Sequence[Line]
    gaps: Sequence[Gap]

    @property
    def kinds(self) -> Sequence[str]:
        """Which marks it has, for the legend."""
        return list(dict.fromkeys(row.kind for row in self.rows))


def drawn(order: Order, scale: Scale) -> Drawing:
    """The lanes of an order at this scale."""
    head = 108.0
    lanes = _lanes(order, scale)
    middles = {lane.name: lane.x for lane in lanes}
    pitch = lanes[0].width if lanes else scale.lane_max
    text_x = scale.clock + pitch * len(lanes) + 14
    rows: list[Row] = []
    gaps: list[Gap] = []
    y, before = head, None
    for item in order.items:
        waited = _gap_s(before, item)
        if waited >= GAP_S_MIN:
            gaps.append(Gap(y + 9, f"{duration(waited)} later"))
            y += 18
        row = _row(order, item, scale, (middles[item.lane], y, text_x), before)
        rows.append(row)
        y = row.top + scale.row + (BADGES if row.badges and not scale.has_clock else 0)
        before = item
    points = {row.item.key: (row.x, row.y) for row in rows}
    lines = chain_lines.routed(order.arrows, points, pitch, scale.mark)
    return Drawing(scale, y + 8, head, _turned(pitch), text_x, lanes, rows, lines, gaps)


def _lanes(order: Order, scale: Scale) -> Sequence[Lane]:
    names = list(dict.fromkeys(item.lane for item in order.items))
    width = min(scale.lane_max, max(scale.lane_min, scale.lanes / max(1, len(names))))
    systems: dict[str, dict[str, None]] = defaultdict(dict)
    for item in order.items:
        for node in item.nodes:
            if node.system:
                systems[item.lane][node.system] = None
    return [
        Lane(
            scale.clock + width * (at + 0.5), scale.clock + width * at, width, name,
            fitting.fitted(name, 114, 12 * BOLD),
            fitting.fitted(", ".join(list(systems[name])[:3]), 106, 11), at % 2 == 0,
        )
        for at, name in enumerate(names)
    ]  # fmt: skip


def _turned(pitch: float) -> int:
    """By how many degrees names of lanes are turned, so that they do not lie on one another."""
    return next(degrees for least, degrees in ((30, -38), (14, -58), (0, -90)) if pitch >= least)


def _gap_s(before: Item | None, item: Item) -> float:
    if before is None:
        return 0.0
    return (item.nodes[0].at - before.nodes[-1].at).total_seconds()


def _row(
    order: Order, item: Item, scale: Scale, place: tuple[float, float, float], before: Item | None
) -> Row:
    """place: the middle of its lane, its upper end, and where its texts begin."""
    x, top, text_x = place
    marks = badges(order, item)
    room = scale.width - text_x - 8
    placed = _placed(marks, scale, text_x)
    beside = sum(badge.width + 6 for badge in placed) + 8 if scale.has_clock else 0
    text = title(item)
    at = item.nodes[0].at
    kind = "group" if item.is_group else item.nodes[0].kind
    about = _about(item, at, scale)
    words = ", ".join(filter(None, (text, about, *(word for word, _ in marks))))
    return Row(
        item, x, top + scale.row / 2, top,
        SHAPES.get(kind, SHAPES["span"]), kind if kind in SHAPES else "span",
        " ".join(_classes(order, item)),
        fitting.lines(text, room - beside, scale.size * BOLD, scale.title_lines),
        fitting.fitted(about, room, 11.5),
        f"{at:%H:%M:%S}", f"{at:%d %b}" if _is_another_day(before, at) else "",
        placed, fitting.plain(words[:400]),
    )  # fmt: skip


def title(item: Item) -> str:
    """What happened; of a group, how much."""
    if item.is_group:
        return f"+{len(item.nodes)} spans of {item.lane}"
    return item.nodes[0].title or item.nodes[0].kind


def badges(order: Order, item: Item) -> Sequence[tuple[str, str]]:
    """Words and kinds: what is special about an item."""
    ids = [node.node_id for node in item.nodes]
    ranks = [order.ranks[each] for each in ids if each in order.ranks]
    found = [
        ("root cause" if rank == 1 else f"cause {rank}", "root" if rank == 1 else "cause")
        for rank in sorted(ranks)[:1]
    ]
    found += [("stale read", "stale")] * any(each in order.stale for each in ids)
    found += [("newer, not read", "missed")] * any(each in order.missed for each in ids)
    found += [("still live", "live")] * any(each in order.live for each in ids)
    return found + [("asked about", "subject")] * (order.chain.subject in ids)


def _placed(marks: Sequence[tuple[str, str]], scale: Scale, text_x: float) -> Sequence[Badge]:
    """At the right end where there is room, else from the left, below the other texts."""
    widths = [fitting.width(text.upper(), 9.5) + 15 for text, _ in marks]
    x = scale.width - 4 - sum(width + 6 for width in widths) if scale.has_clock else text_x
    placed = []
    for (text, kind), width in zip(marks, widths, strict=True):
        placed.append(Badge(text.upper(), kind, round(x, 1), round(width, 1)))
        x += width + 6
    return placed


def _about(item: Item, at: datetime, scale: Scale) -> str:
    first = item.nodes[0]
    if item.is_group:
        return f"{at:%d %b %H:%M:%S} to {item.nodes[-1].at:%d %b %H:%M:%S}"
    if scale.has_clock:
        return " · ".join(dict.fromkeys(filter(None, (first.agent, first.system))))
    return " · ".join(filter(None, (f"{at:%d %b %H:%M}", first.agent or first.system)))


def _is_another_day(before: Item | None, at: datetime) -> bool:
    return before is None or before.nodes[0].at.date() != at.date()


def _classes(order: Order, item: Item) -> Iterator[str]:
    ids = {node.node_id for node in item.nodes}
    yield from (kind for _, kind in badges(order, item))
    if ids & order.reached:
        yield "reached"
    for rank, cause in enumerate(order.chain.causes, start=1):
        if ids & set(cause.path):
            yield f"c{rank}"
