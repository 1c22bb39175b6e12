"""Facts in a CSV file, whose first row names the columns."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

from app.event_files import BadRow, Form, Lines, Reading, Row
from domain.fields import BadField, clean_name

DELIMITERS = ",;\t"
BETWEEN_TEXTS = "|"
# What begins with a zero is a name, not a number.
NUMBER = re.compile(r"[-+]?(0|[1-9]\d{0,30})(\.\d{1,30})?")


class TableFile:
    """A CSV file whose first row names its columns: comma, semicolon or tab between them.

    Raises InvalidInput when it has no header, or one that can not be meant.
    """

    def __init__(self, path: Path, file: BinaryIO, form: Form, reading: Reading) -> None:
        self._lines = Lines(path, file)
        self._form = form
        self._reading = reading
        first = self._lines.next().removeprefix("\ufeff")
        delimiter = max(DELIMITERS, key=first.count)
        self._rows = csv.reader(self._from(first), delimiter=delimiter)
        self.header = next(self._rows, [])
        self._fields = self._named()
        # Columns that say nothing.
        self.unused = [name for name, own in zip(self.header, self._fields, strict=True) if not own]

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
        event_id, events = self._form.read(said, now)
        return Row(line, event_id, events)

    def _meant(self, name: str, text: str) -> object:
        if not text.isprintable() and any("\udc80" <= char <= "\udcff" for char in text):
            raise BadField(name, "it is not UTF-8")
        if name in self._form.texts:
            return text.split(BETWEEN_TEXTS)
        if name in self._form.numbers:
            return _number(text, decimal_comma=self._reading.decimal_comma)
        if name == "at" and self._reading.zone is not None:
            return _in_zone(text, self._reading.zone)
        return text

    def _named(self) -> list[str]:
        """The field of each column, empty for what is none."""
        named = [self._field(name) for name in self.header]
        known = [name for name in named if name]
        for name in known:
            if known.count(name) > 1:
                raise self._lines.refusal(f"two columns are the {name}")
            if name in self._reading.constants:
                raise self._lines.refusal(f"{name} is a column and the same for all rows at once")
        if missing := [name for name in self._reading.mapping if name not in self.header]:
            raise self._lines.refusal(f"there is no column {missing[0]}")
        needed = self._form.needed
        if needed not in {*known, *self._reading.constants}:
            columns = ", ".join(map(clean_name, self.header)) or "none"
            raise self._lines.refusal(
                f"no column is the {needed}: name it with --map COLUMN={needed},"
                f" or --set {needed}=…; the columns are {columns}"
            )
        return named

    def _field(self, column: str) -> str:
        if column in self._reading.mapping:
            return self._reading.mapping[column]
        name = column.strip().lower().replace(" ", "_")
        mapped = self._reading.mapping.values()
        return name if name in self._form.fields and name not in mapped else ""

    def _column(self, name: str) -> str:
        """How the file calls a field: `target[1]` is of the column of `target`."""
        plain = name.partition("[")[0]
        if not plain or plain not in self._fields:
            return plain
        return self.header[self._fields.index(plain)]

    def _from(self, first: str) -> Iterator[str]:
        line = first
        while line:
            yield line
            line = self._lines.next()


def _number(text: str, *, decimal_comma: bool) -> object:
    """A number where it is one; what it says otherwise."""
    plain = text.replace(".", "").replace(",", ".") if decimal_comma else text
    return float(plain) if NUMBER.fullmatch(plain) else text


def _in_zone(text: str, zone: tzinfo) -> str:
    """The time with `zone` where it names none; what is no time is left as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo else at.replace(tzinfo=zone).isoformat()
