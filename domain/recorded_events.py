"""Facts that are told from outside, not by an agent's spans: checked, and named as on the wire."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.errors import InvalidInput
from domain.fields import EPOCH, BadField

Value = str | bool | int | float | tuple[str, ...]

TOLD_MAX = 5


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A log record to be: `name` is one of wakeline.conventions.EVENTS.

    at_ns:             ns since 1970 UTC.
    trace_id, span_id: in hex; they follow from the event's own id, so that it replaces itself.
    service:           who keeps the books it comes from.
    """

    name: str
    at_ns: int
    trace_id: str
    span_id: str
    service: str
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the item at `index` of what was sent is left out."""

    index: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = f"[{self.index}]" + (f".{self.field}" if self.field else "")
        return f"{place}: {self.reason}"


@dataclass(slots=True)
class Checked:
    """What became of each item: events to record, nothing to record, or a reason against it.

    ids: what the accepted items are called, in their order.
    """

    ids: list[str] = field(default_factory=list)
    events: list[RecordedEvent] = field(default_factory=list)
    ignored: int = 0
    rejected: list[Rejection] = field(default_factory=list)


def check(
    items: Iterable[object], read: Callable[[object], tuple[str, list[RecordedEvent]]]
) -> Checked:
    """Every item by itself; `read` gives its id and events, or raises BadField.

    Raises InvalidInput when nothing is left and something is wrong.
    """
    checked = Checked()
    for index, item in enumerate(items):
        try:
            event_id, events = read(item)
        except BadField as wrong:
            checked.rejected.append(Rejection(index, wrong.field, wrong.reason))
            continue
        checked.ignored += not events
        if events:
            checked.ids.append(event_id)
            checked.events += events
    if checked.rejected and not checked.ids and not checked.ignored:
        raise InvalidInput(_told(checked.rejected))
    return checked


def _told(rejected: list[Rejection]) -> str:
    first = "; ".join(map(str, rejected[:TOLD_MAX]))
    more = len(rejected) - TOLD_MAX
    return first + (f"; and {more} more" if more > 0 else "")


def nanoseconds(at: datetime) -> int:
    """ns since 1970 UTC.

    >>> nanoseconds(EPOCH + timedelta(seconds=1))
    1000000000
    """
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


def made_id(kind: str, *parts: str) -> str:
    """`kind:` and 24 hex digits that follow from `parts`."""
    return f"{kind}:{_digest(12, kind, *parts)}"


def made_trace(kind: str, event_id: str) -> tuple[str, str]:
    """Trace and span id, in hex, of an event that no span tells of."""
    return _digest(16, "trace", kind, event_id), _digest(8, "span", kind, event_id)


def present(attributes: Mapping[str, Value | None]) -> dict[str, Value]:
    """Without what was not said."""
    return {name: value for name, value in attributes.items() if value not in (None, "", ())}


def _digest(size: int, *parts: str) -> str:
    text = "\0".join(parts)
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()
