"""The data folder of one machine: who holds it, and how to reach a running instance."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from domain.errors import Conflict, InvalidInput

LOCK = "wakeline.lock"
RUNTIME = "wakeline.json"
SPOOL = "spool"
PATIENCE_S = 2.0
# How long another process may take from its lock to its first answer.
STARTING_S = 15.0
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """What a running instance tells local commands; readable by its user alone.

    token:     a key with every scope, valid as long as the process lives.
    store_id:  names the store without its password; see `app.stores.store_id`.
    readable:  whether its API also serves the store, under /ch.
    otlp_url:  where it takes OTLP over plain HTTP; empty when it does not.
    """

    pid: int
    api_url: str
    token: str
    store_id: str
    readable: bool
    otlp_url: str


class DataFolder:
    """Exclusive hold on a data folder: one process owns an embedded store and a spool."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self.path = path
        self.token = secrets.token_urlsafe(32)
        self._patience_s = patience_s
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Waits a little for a short command to let go.

        Raises Conflict when another process keeps the folder, InvalidInput when it is no folder
        that this user may write.
        """
        try:
            # What agents did is for its owner's eyes.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise InvalidInput(_unusable(self.path, error)) from error
        if not _within(self._patience_s, lambda: _lock(fd)):
            os.close(fd)
            raise Conflict(
                f"{self.path} is held by another wakeline; stop it, or use another --data"
            )
        self._fd = fd
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        (self.path / RUNTIME).unlink(missing_ok=True)
        if self._fd is not None:
            os.close(self._fd)

    def announce(self, running: Running) -> None:
        """Let local commands find the API of this process."""
        path = self.path / RUNTIME
        written = path.with_suffix(".new")
        written.unlink(missing_ok=True)
        fd = os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(fd, "w") as file:
            json.dump(asdict(running), file)
        written.replace(path)


def running(path: Path) -> Running | None:
    """The instance that holds the folder now; waits for one that is just starting.

    Raises InvalidInput when the folder is another user's.
    """
    found: list[Running] = []

    def settled() -> bool:
        if not is_locked(path / LOCK):
            return True
        found.extend(_announced(path))
        return bool(found)

    _within(STARTING_S, settled)
    return found[0] if found else None


def is_locked(path: Path) -> bool:
    """Whether another process holds the lock file. Raises InvalidInput when it is unreadable."""
    try:
        fd = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise InvalidInput(_unusable(path.parent, error)) from error
    try:
        return not _lock(fd)
    finally:
        os.close(fd)


def _announced(path: Path) -> list[Running]:
    try:
        return [Running(**json.loads((path / RUNTIME).read_bytes()))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        # Left by another version: it can not be reached from here.
        return []


def _lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _within(seconds: float, settled: Callable[[], bool]) -> bool:
    """Ask again and again until it is so (True), at most so long."""
    deadline = time.monotonic() + seconds
    while not settled():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True


def _unusable(path: Path, error: OSError) -> str:
    return f"can not use the folder {path}: {error.strerror}; name another with --data"
