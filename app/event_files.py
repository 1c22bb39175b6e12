"""Facts in a file, row by row: what each says, or in which line and column it is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Protocol

from domain.errors import InvalidInput
from domain.recorded_events import RecordedEvent

LINE_BYTES_MAX = 1024**2


class Read(Protocol):
    """What an item says: its id and events. Raises BadField."""

    def __call__(self, item: object, now: datetime) -> tuple[str, list[RecordedEvent]]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """What the rows of a file are.

    noun:    what one of them is called.
    fields:  every field, with what it holds; `needed` of them has to be a column.
    texts:   fields that may hold several texts; numbers: those that may hold a number.
    """

    noun: str
    fields: Mapping[str, str]
    needed: str
    read: Read
    texts: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of a file are meant.

    mapping:        field by column, where they are called otherwise.
    constants:      what is the same for all rows, by field.
    zone:           of times that name none; None = they are refused.
    decimal_comma:  numbers are written 1.234,56.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is sound; line: where it begins, from 1. event_id: said, or made."""

    line: int
    event_id: str
    events: list[RecordedEvent]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out; column: as the file calls it, empty = all of it."""

    line: int
    column: str
    reason: str
    cells: list[str]


class Source(Protocol):
    """A file of facts."""

    header: list[str]
    unused: list[str]

    def rows(self, now: datetime) -> Iterator[Row | BadRow]:
        """Every row but empty ones. Raises InvalidInput for a line that is longer than any is."""
        ...


class Lines:
    """The lines of a file, none longer than LINE_BYTES_MAX."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file

    def next(self) -> str:
        """Empty at the end. What is not UTF-8 is told with the row that it is in."""
        data = self._file.readline(LINE_BYTES_MAX + 1)
        if len(data) > LINE_BYTES_MAX:
            raise self.refusal(f"a line is over {LINE_BYTES_MAX} bytes")
        return data.decode("utf-8", "surrogateescape")

    def refusal(self, reason: str) -> InvalidInput:
        """To be raised: why the file can not be read."""
        return InvalidInput(f"{self._path}: {reason}")
