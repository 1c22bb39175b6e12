"""Sentences of findings: a template of the rule, filled from the facts."""

import string
from collections.abc import Callable, Mapping
from typing import Any

from domain.findings import Fact

LIST_ITEMS_MAX = 5
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


class EmptySlot(ValueError):
    """A fact that the sentence names is not there: the finding must not be told."""


def sentence(template: str, facts: Mapping[str, Fact]) -> str:
    """The template with {fact} and {fact:format} filled in.

    Formats: duration (s), usd, count, percent (of 1), time (ISO text, its clock), list. Raises
    EmptySlot for a fact that is missing, None, or empty; KeyError for an unknown format.
    """
    return _Filling().vformat(template, (), facts)


class _Filling(string.Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key))
        if value is None or value == "" or value == []:
            raise EmptySlot(str(key))
        return value

    def format_field(self, value: Any, format_spec: str) -> str:
        return _FORMATS[format_spec](value)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return _listed(value) if isinstance(value, list) else str(value)


def _listed(value: Any) -> str:
    """The first few, joined as in a sentence."""
    items = [str(item) for item in value]
    if len(items) > LIST_ITEMS_MAX:
        items = [*items[:LIST_ITEMS_MAX], f"{len(items) - LIST_ITEMS_MAX} more"]
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))


def _duration(value: Any) -> str:
    seconds = float(value)
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    if seconds < HOUR_S:
        return f"{seconds / MINUTE_S:.1f} min"
    return f"{seconds / HOUR_S:.1f} h" if seconds < 2 * DAY_S else f"{seconds / DAY_S:.1f} days"


def _usd(value: Any) -> str:
    amount = float(value)
    return f"${amount:,.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.4f}"


def _count(value: Any) -> str:
    number = float(value)
    for size, name in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if name == 'k' else size):.3g}{name}"
    return f"{number:,.0f}"


def _percent(value: Any) -> str:
    return f"{100 * float(value):.3g} %"


def _time(value: Any) -> str:
    """The clock of an ISO time, to the minute."""
    return str(value).replace("T", " ")[11:16]


_FORMATS: Mapping[str, Callable[[Any], str]] = {
    "": _plain,
    "list": _listed,
    "duration": _duration,
    "usd": _usd,
    "count": _count,
    "percent": _percent,
    "time": _time,
}
