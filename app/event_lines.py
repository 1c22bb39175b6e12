"""Facts in a file with a JSON object on each line."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.event_files import BadRow, Form, Lines, Row
from domain.fields import BadField


class JsonLinesFile:
    """A file with a JSON object on each line."""

    def __init__(self, path: Path, file: BinaryIO, form: Form) -> None:
        self._lines = Lines(path, file)
        self._form = form
        self.header = ["text"]
        self.unused: list[str] = []

    def rows(self, now: datetime) -> Iterator[Row | BadRow]:
        """Every line but empty ones. Raises InvalidInput for a line that is longer than any is."""
        number = 0
        while text := self._lines.next():
            number += 1
            try:
                if text.strip():
                    yield Row(number, *self._form.read(_parsed(text), now))
            except BadField as wrong:
                yield BadRow(number, wrong.field, wrong.reason, [text.rstrip("\r\n")])


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise BadField("", "no JSON object") from None
    return value
