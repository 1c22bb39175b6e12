"""Segment files: bytes appended and fsynced here survive kill -9; one writer, whole batches."""

import os
import shutil
import time
import uuid
from pathlib import Path

SUFFIX = ".segment"


class Segment:
    """The file that is being appended to. All methods block; call them from one thread."""

    def __init__(self, folder: Path, not_before: int = 0) -> None:
        # The name is unique for ever: it is the deduplication token of the insert.
        self.created_ns = max(time.time_ns(), not_before + 1)
        self.path = folder / f"{self.created_ns:020d}{SUFFIX}"
        self._fd = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        self.size_bytes = 0
        _sync_folder(folder)

    def append(self, data: bytes) -> None:
        """Write and fsync. Raises OSError, and then the file holds what it held before."""
        try:
            written = 0
            while written < len(data):
                written += os.write(self._fd, data[written:] if written else data)
            os.fdatasync(self._fd)
        except OSError:
            os.ftruncate(self._fd, self.size_bytes)
            raise
        self.size_bytes += len(data)

    def close(self) -> None:
        """Nothing more is appended."""
        os.close(self._fd)


def waiting(folder: Path) -> list[Path]:
    """Segments on disk, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def spool_id(folder: Path) -> str:
    """A name for this spool that no other has: token prefix, made once."""
    path = folder / "spool-id"
    if not path.exists():
        path.write_text(uuid.uuid4().hex)
        _sync_folder(folder)
    return path.read_text().strip()


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
