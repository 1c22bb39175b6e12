"""Outcomes in a CSV file, row by row: what each says, or in which line and column it is wrong."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

from domain import outcomes
from domain.errors import InvalidInput
from domain.fields import BadField, clean_name
from domain.recorded_events import RecordedEvent

LINE_BYTES_MAX = 1024**2
DELIMITERS = ",;\t"
BETWEEN_TARGETS = "|"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of a file are meant.

    mapping:        field of an outcome by column, where they are called otherwise.
    constants:      what is the same for all rows, by field.
    zone:           of times that name none; None = they are refused.
    decimal_comma:  amounts are written 1.234,56.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is sound; line: where it begins, from 1. outcome_id: said, or made."""

    line: int
    outcome_id: str
    event: RecordedEvent


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out; column: as the file calls it, empty = all of it."""

    line: int
    column: str
    reason: str
    cells: list[str]


class OutcomeFile:
    """A CSV file whose first row names its columns: comma, semicolon or tab between them.

    Raises InvalidInput when it has no header, or one that can not be meant.
    """

    def __init__(self, path: Path, file: BinaryIO, reading: Reading) -> None:
        self._path = path
        self._reading = reading
        self._file = file
        first = self._line().removeprefix("\ufeff")
        self.header: list[str] = []
        self._delimiter = max(DELIMITERS, key=first.count)
        self._rows = csv.reader(self._lines(first), delimiter=self._delimiter)
        self.header = next(self._rows, [])
        self._fields = self._named()

    @property
    def unused(self) -> list[str]:
        """Columns that say nothing of an outcome."""
        return [name for name, field in zip(self.header, self._fields, strict=True) if not field]

    def rows(self, now: datetime) -> Iterator[Row | BadRow]:
        """Every row but empty ones. Raises InvalidInput for a line that is longer than any is."""
        line = self._rows.line_num + 1
        while True:
            cells: list[str] = []
            try:
                cells = next(self._rows)
                if any(cells):
                    yield self._row(line, cells, now)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(line, "", f"no row of CSV: {error}", cells)
            except BadField as wrong:
                yield BadRow(line, self._column(wrong.field), wrong.reason, cells)
            line = self._rows.line_num + 1

    def _row(self, line: int, cells: list[str], now: datetime) -> Row:
        if len(cells) != len(self._fields):
            raise BadField("", f"it has {len(cells)} cells, the header {len(self._fields)}")
        said: dict[str, object] = dict(self._reading.constants)
        for name, text in zip(self._fields, cells, strict=True):
            if name and (text := text.strip()):
                said[name] = self._meant(name, text)
        outcome_id, (event,) = outcomes.read(said, now)
        return Row(line, outcome_id, event)

    def _meant(self, name: str, text: str) -> object:
        if not text.isprintable() and any("\udc80" <= char <= "\udcff" for char in text):
            raise BadField(name, "it is not UTF-8")
        if name == "target":
            return text.split(BETWEEN_TARGETS)
        if name == "amount" and self._reading.decimal_comma:
            return text.replace(".", "").replace(",", ".")
        if name == "at" and self._reading.zone is not None:
            return _in_zone(text, self._reading.zone)
        return text

    def _named(self) -> list[str]:
        """The field of each column, empty for what is none."""
        named = [self._field(name) for name in self.header]
        known = [name for name in named if name]
        for name in known:
            if known.count(name) > 1:
                raise self._refusal(f"two columns are the {name}")
            if name in self._reading.constants:
                raise self._refusal(f"{name} is a column and the same for all rows at once")
        if missing := [name for name in self._reading.mapping if name not in self.header]:
            raise self._refusal(f"there is no column {missing[0]}")
        if "type" not in {*known, *self._reading.constants}:
            columns = ", ".join(map(clean_name, self.header)) or "none"
            raise self._refusal(
                f"no column is the type of an outcome: name it with --map COLUMN=type,"
                f" or --set type=…; the columns are {columns}"
            )
        return named

    def _field(self, column: str) -> str:
        if column in self._reading.mapping:
            return self._reading.mapping[column]
        name = column.strip().lower().replace(" ", "_")
        mapped = self._reading.mapping.values()
        return name if name in outcomes.FIELDS and name not in mapped else ""

    def _column(self, name: str) -> str:
        """How the file calls a field: `target[1]` is of the column of `target`."""
        plain = name.partition("[")[0]
        if not plain or plain not in self._fields:
            return plain
        return self.header[self._fields.index(plain)]

    def _lines(self, first: str) -> Iterator[str]:
        line = first
        while line:
            yield line
            line = self._line()

    def _line(self) -> str:
        data = self._file.readline(LINE_BYTES_MAX + 1)
        if len(data) > LINE_BYTES_MAX:
            raise self._refusal(f"a line is over {LINE_BYTES_MAX} bytes")
        # What is not UTF-8 is told with the row that it is in.
        return data.decode("utf-8", "surrogateescape")

    def _refusal(self, reason: str) -> InvalidInput:
        return InvalidInput(f"{self._path}: {reason}")


def _in_zone(text: str, zone: tzinfo) -> str:
    """The time with `zone` where it names none; what is no time is left as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo else at.replace(tzinfo=zone).isoformat()
