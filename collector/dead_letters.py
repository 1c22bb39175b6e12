"""Requests that the store can never take: kept as files that can be read and sent again."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from collector import segments

DATA_SUFFIX = ".pb"
SUFFIX = f".otlp{DATA_SUFFIX}"
# How soon letters that somebody removed stop counting as waiting bytes.
RECOUNT_S = 5.0


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
        self._lock = threading.Lock()
        self._counted_s = time.monotonic()
        self._recount()

    @property
    def size_bytes(self) -> int:
        """Of all letters; operators may remove them at any time."""
        if time.monotonic() - self._counted_s > RECOUNT_S:
            self._counted_s = time.monotonic()
            if _changed_ns(self.folder) != self._changed_ns:
                self._recount()
        return self._size_bytes

    def add(self, letter: DeadLetter, data: bytes) -> None:
        """Write `data` durably; a letter of the same name is the same letter. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / letter.file
        with self._lock:
            known = path.exists()
            segments.write_whole(path, data)
            note = json.dumps(asdict(letter), indent=1).encode()
            segments.write_whole(path.with_suffix(".json"), note)
            self._size_bytes += 0 if known else len(data)

    def __iter__(self) -> Iterator[DeadLetter]:
        for note in sorted(self._notes()):
            with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                yield DeadLetter(**json.loads(note.read_bytes()))

    def __len__(self) -> int:
        return sum(1 for _ in self._notes())

    def _notes(self) -> Iterator[Path]:
        """A letter whose bytes were removed, as after sending them again, is none any more."""
        return (
            note for note in self.folder.glob("*.json") if note.with_suffix(DATA_SUFFIX).exists()
        )

    def _recount(self) -> None:
        self._changed_ns = _changed_ns(self.folder)
        self._size_bytes = sum(map(_size_bytes, self.folder.glob(f"*{SUFFIX}")))


def _changed_ns(folder: Path) -> int:
    """When a file was last added or removed; 0 when the folder itself is gone."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
