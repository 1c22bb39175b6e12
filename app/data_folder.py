"""The data folder of one machine: who holds it, and how to reach a running instance."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from domain.errors import Conflict

LOCK = "wakeline.lock"
RUNTIME = "wakeline.json"


@dataclass(frozen=True, slots=True)
class Running:
    """What a running instance tells local commands; readable by its user alone.

    token: a key with every scope, valid as long as the process lives.
    """

    pid: int
    api_host: str
    api_port: int
    token: str


class DataFolder:
    """Exclusive hold on a data folder: one process owns an embedded store and a spool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.token = secrets.token_urlsafe(32)
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Raises Conflict when another process holds the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise Conflict(
                f"{self.path} is held by a running wakeline; stop it, or use another --data"
            ) from None
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

    def announce(self, api_host: str, api_port: int) -> None:
        """Let local commands find the API of this process."""
        running = Running(os.getpid(), api_host, api_port, self.token)
        path = self.path / RUNTIME
        path.unlink(missing_ok=True)
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(fd, "w") as file:
            json.dump(asdict(running), file)


def running(path: Path) -> Running | None:
    """The instance that holds the folder now, if one does and has announced itself."""
    try:
        fd = os.open(path / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _announced(path)
    finally:
        os.close(fd)
    return None


def _announced(path: Path) -> Running | None:
    try:
        return Running(**json.loads((path / RUNTIME).read_bytes()))
    except (FileNotFoundError, ValueError):
        return None
