"""Spans of time as people write them: 90s, 10m, 12h, 7d."""

import re

from domain.errors import InvalidInput

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SECONDS_MAX = 3650 * SECONDS["d"]
WRITTEN = re.compile(r"([0-9]{1,9})([smhd])")


def seconds(text: str) -> int:
    """In 1..SECONDS_MAX. Raises InvalidInput for what is no whole number with s, m, h or d.

    >>> seconds("90s"), seconds("10m"), seconds("7d")
    (90, 600, 604800)
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise InvalidInput(f"'{text}' is no time: write a whole number and s, m, h or d, as 10m")
    length_s = int(found[1]) * SECONDS[found[2]]
    if not 1 <= length_s <= SECONDS_MAX:
        raise InvalidInput(f"'{text}' is out of range: from 1s to {SECONDS_MAX // SECONDS['d']}d")
    return length_s
