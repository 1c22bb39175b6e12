"""Does a text fit into a drawing? SVG does not wrap, and knows no font before it is shown."""

import unicodedata

# Widths in em, on the generous side: of DejaVu Sans, which is wide.
NARROW, USUAL, CAPITAL, BROAD, FULL = 0.36, 0.62, 0.72, 0.95, 1.0
NARROW_ONES, BROAD_ONES = frozenset("iljtfr.,:;'|!()[]{}/ "), frozenset("mwMW@%—→<>=+~#&")
ELLIPSIS = "…"
# Controls that turn the direction of what follows (Unicode 15, section 23.2).
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CHARACTERS_LOOKED_AT = 400


def width(text: str, size: float) -> float:
    """About how wide it is in a font of this size, in the same unit."""
    return sum(map(_em, text)) * size


def plain(text: str) -> str:
    """On one line, without control characters and without what turns the direction."""
    kept = (" " if unicodedata.category(one) == "Cc" else one for one in text if one not in TURNING)
    return " ".join("".join(kept).split())


def fitted(text: str, room: float, size: float) -> str:
    """As much of it as fits, with an ellipsis where something is left out."""
    return lines(text, room, size, 1)[0]


def lines(text: str, room: float, size: float, lines_max: int) -> list[str]:
    """Broken at spaces, in up to `lines_max` lines; the last ends in an ellipsis if need be."""
    left = plain(text[:CHARACTERS_LOOKED_AT])
    found: list[str] = []
    while left and len(found) < lines_max:
        line = left[: _count(left, room, size)]
        if len(line) == len(left):
            return [*found, left]
        if len(found) == lines_max - 1:
            line = left[: _count(left, room - size, size)].rstrip() + ELLIPSIS
        elif left[len(line)] != " " and " " in line:
            line = line[: line.rindex(" ")]
        found.append(line)
        left = left[len(line) :].lstrip()
    return found or [""]


def _count(text: str, room: float, size: float) -> int:
    """How many characters fit, at least one."""
    used = 0.0
    for at, one in enumerate(text):
        used += _em(one) * size
        if used > room:
            return max(1, at)
    return len(text)


def _em(one: str) -> float:
    if unicodedata.category(one) in ("Mn", "Me", "Cf"):
        return 0.0
    if one in NARROW_ONES:
        return NARROW
    if one in BROAD_ONES:
        return BROAD
    if unicodedata.east_asian_width(one) in "WF":
        return FULL
    return CAPITAL if one.isupper() else USUAL
