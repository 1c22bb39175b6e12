"""Segment files: bytes appended and fsynced here survive kill -9; one writer, whole batches."""

import contextlib
import os
import shutil
import time
import uuid
from pathlib import Path

SUFFIX = ".segment"


class Segment:
    """The file that is being appended to. All methods block; call them from one thread.

    The name is unique for ever, for the tokens of inserts are made from it: `not_before` is the
    youngest name so far, which counts when the clock went backwards.
    """

    def __init__(self, folder: Path, not_before: int = 0) -> None:
        self.created_ns = max(time.time_ns(), not_before + 1)
        self.path = folder / f"{self.created_ns:020d}{SUFFIX}"
        self._opened_s = time.monotonic()
        self._fd = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        self.size_bytes = 0
        try:
            _sync_folder(folder)
        except OSError:
            self.close()
            raise

    @property
    def age_s(self) -> float:
        """Since it was opened, whatever the clock on the wall does."""
        return time.monotonic() - self._opened_s

    def append(self, data: bytes) -> None:
        """Write and fsync.

        Raises OSError, and then the segment holds what it held before and takes no more: what the
        kernel could not write it may forget, and call the next fsync a success.
        """
        try:
            written = 0
            while written < len(data):
                written += os.write(self._fd, data[written:] if written else data)
            os.fdatasync(self._fd)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self.size_bytes)
            raise
        self.size_bytes += len(data)

    def close(self) -> None:
        """Nothing more is appended; an empty file is removed. Raises nothing: all is synced."""
        with contextlib.suppress(OSError):
            os.close(self._fd)
        if not self.size_bytes:
            with contextlib.suppress(OSError):
                self.path.unlink()


def waiting(folder: Path) -> list[Path]:
    """Segments on disk, oldest first."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit())


def created_ns(path: Path) -> int:
    """When the segment was begun, as its name says."""
    return int(path.stem)


def cut(path: Path, size_bytes: int) -> None:
    """Durably shorten a file. Raises OSError."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(fd, size_bytes)
        os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: Path, data: bytes) -> None:
    """Durably: after a crash the file is there with all of `data`, or as it was before."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    fd = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(fd)
    unfinished.replace(path)
    _sync_folder(path.parent)


def spool_id(folder: Path) -> str:
    """A name for this spool that no other has: token prefix, made once."""
    path = folder / "spool-id"
    if not path.exists():
        write_whole(path, uuid.uuid4().hex.encode())
    return path.read_text()


def disk_free_bytes(folder: Path) -> int:
    """Free bytes on the disk of `folder`."""
    return shutil.disk_usage(folder).free


def _sync_folder(folder: Path) -> None:
    """Make a new name durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
