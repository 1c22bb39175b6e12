"""A disk that fails, as the kernel itself says it: no room, no files, no sync."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond so much; a write over it is cut short, then fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def one_more_file() -> Iterator[None]:
    """This process can open one file, and then no other before it is closed."""
    free = [os.open(os.devnull, os.O_RDONLY) for _ in range(2)]
    for number in free:
        os.close(number)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(free), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def unsyncable(fd: int) -> Iterator[None]:
    """Writes to `fd` succeed but cannot be synced or cut: it is a pipe, which nobody reads."""
    kept = os.dup(fd)
    read_end, write_end = os.pipe()
    os.dup2(write_end, fd)
    try:
        yield
    finally:
        os.dup2(kept, fd)
        for number in (kept, read_end, write_end):
            os.close(number)
