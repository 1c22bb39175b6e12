"""Requests that the store can never take: kept as files that can be read and sent again."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SUFFIX = ".otlp.pb"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused request. `file` holds it length-delimited when `replayable`, else raw bytes."""

    file: str
    reason: str
    tenant: str
    signal: str
    items: int
    size_bytes: int
    received_unix_nano: int
    replayable: bool


class DeadLetters:
    """A folder with two files for each letter: the bytes, and a JSON note with the reason."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.size_bytes = sum(path.stat().st_size for path in folder.glob(f"*{SUFFIX}"))

    def add(self, letter: DeadLetter, data: bytes) -> None:
        """Write `data` durably; a letter of the same name is the same letter."""
        path = self.folder / letter.file
        if not path.exists():
            self.size_bytes += len(data)
        _write(path, data)
        _write(path.with_suffix(".json"), json.dumps(asdict(letter), indent=1).encode())

    def __iter__(self) -> Iterator[DeadLetter]:
        for note in sorted(self.folder.glob("*.json")):
            yield DeadLetter(**json.loads(note.read_bytes()))

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob(f"*{SUFFIX}"))


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
