"""A bounded memory of stored requests that survives restarts: what is sent again is dropped."""

import logging
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from domain.envelope import REQUEST_ID_BYTES

log = logging.getLogger("wakeline")
PREFIX, SUFFIX = "recent-", ".ids"


class RecentRequests:
    """Two generations of request ids; when the younger is full the older is forgotten.

    Remembers at least the last `requests_max / 2` and at most `requests_max` requests. Ids are
    `add`ed (by the event loop) when a request is durable in the spool, whose segments still hold
    them, and `persist`ed (by writers) when they are stored and their segment is about to be
    deleted: what is known at the start of a process is stored.
    """

    def __init__(self, folder: Path, requests_max: int) -> None:
        self._generation_max = max(requests_max // 2, 1)
        self._folder = folder
        self._lock = threading.Lock()
        self._number = max(map(_number, folder.glob(f"{PREFIX}[0-9]*{SUFFIX}")), default=0)
        self._older = set(_read(self._file(self._number - 1)))
        younger = _read(self._file(self._number))
        self._younger = set(younger)
        self._persisted = len(younger)

    def __contains__(self, request_id: bytes) -> bool:
        return request_id in self._younger or request_id in self._older

    def __len__(self) -> int:
        return len(self._younger) + len(self._older)

    def copy(self) -> frozenset[bytes]:
        """All that is remembered now."""
        return frozenset(self._older | self._younger)

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
        """Write the ids of stored requests, durably, before their segment is deleted.

        On a full disk they are not written, with a warning: deleting the segment makes room.
        """
        ids = list(request_ids)
        with self._lock:
            try:
                if self._persisted >= self._generation_max:
                    self._begin_generation()
                _write(self._file(self._number), self._persisted * REQUEST_ID_BYTES, b"".join(ids))
                self._persisted += len(ids)
            except OSError as error:
                log.warning("requests sent again after a restart may count twice: %s", error)

    def _begin_generation(self) -> None:
        self._file(self._number - 1).unlink(missing_ok=True)
        self._number += 1
        self._persisted = 0

    def _file(self, number: int) -> Path:
        return self._folder / f"{PREFIX}{number}{SUFFIX}"


def _number(file: Path) -> int:
    return int(file.name.removeprefix(PREFIX).removesuffix(SUFFIX))


def _read(file: Path) -> list[bytes]:
    """The ids of a file, without one at the end that was not written whole."""
    data = file.read_bytes() if file.exists() else b""
    whole = len(data) - len(data) % REQUEST_ID_BYTES
    return [data[at : at + REQUEST_ID_BYTES] for at in range(0, whole, REQUEST_ID_BYTES)]


def _write(file: Path, at: int, data: bytes) -> None:
    """`data` at offset `at`, over what an unfinished write may have left there."""
    fd = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        while data:
            written = os.pwrite(fd, data, at)
            at, data = at + written, data[written:]
        os.fdatasync(fd)
    finally:
        os.close(fd)
