"""A bounded memory of stored requests that survives restarts: what is sent again is dropped."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from domain.envelope import REQUEST_ID_BYTES


class RecentRequests:
    """Two generations of request ids; when the younger is full the older is forgotten.

    Remembers at least the last `requests_max / 2` and at most `requests_max` requests. Ids are
    `add`ed (by the event loop) when a request is durable in the spool, whose segments still hold
    them, and `persist`ed (by writers) when the segment is stored and about to be deleted.
    """

    def __init__(self, folder: Path, requests_max: int) -> None:
        self._generation_max = max(requests_max // 2, 1)
        self._files = (folder / "recent-0.ids", folder / "recent-1.ids")
        self._lock = threading.Lock()
        self._older_file, self._younger_file = self._by_age()
        self._older = _read(self._older_file)
        self._younger = _read(self._younger_file)
        self._persisted = len(self._younger)

    def __contains__(self, request_id: bytes) -> bool:
        return request_id in self._younger or request_id in self._older

    def __len__(self) -> int:
        return len(self._younger) + len(self._older)

    def add(self, request_id: bytes) -> None:
        """Remember a durable request."""
        if len(self._younger) >= self._generation_max:
            self._older, self._younger = self._younger, set()
        self._younger.add(request_id)

    def forget(self, request_id: bytes) -> None:
        """A request that went to the dead letters may be sent again."""
        self._younger.discard(request_id)
        self._older.discard(request_id)

    def persist(self, request_ids: Iterable[bytes]) -> None:
        """Write the ids of a stored segment, durably, before the segment is deleted."""
        ids = list(request_ids)
        with self._lock:
            if self._persisted >= self._generation_max:
                self._older_file, self._younger_file = self._younger_file, self._older_file
                self._younger_file.write_bytes(b"")
                self._persisted = 0
            with self._younger_file.open("ab") as file:
                file.write(b"".join(ids))
                file.flush()
                os.fdatasync(file.fileno())
            self._persisted += len(ids)

    def _by_age(self) -> tuple[Path, Path]:
        """The file written last is the younger generation."""
        first, second = self._files
        return (first, second) if _changed_at(second) >= _changed_at(first) else (second, first)


def _changed_at(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0


def _read(file: Path) -> set[bytes]:
    data = file.read_bytes() if file.exists() else b""
    whole = len(data) - len(data) % REQUEST_ID_BYTES
    return {data[at : at + REQUEST_ID_BYTES] for at in range(0, whole, REQUEST_ID_BYTES)}
