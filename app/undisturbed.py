"""Lets work that makes many objects, and no circles of them, go on without looking for circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_under_way = 0


@contextmanager
def undisturbed() -> Iterator[None]:
    """For some seconds of work: the garbage collector of all threads waits for the last to end.

    It would look at every object again each time that a quarter more of them are there.
    """
    global _under_way
    with _lock:
        _under_way += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _under_way -= 1
            if not _under_way:
                gc.enable()
