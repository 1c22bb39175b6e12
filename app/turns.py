"""One at a time for each key, however many ask."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock


class Turns:
    """Locks by key, which are there only as long as somebody has or wants one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[Hashable, Lock] = {}
        self._wanting: Counter[Hashable] = Counter()

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Wait for the turn."""
        with self._lock:
            turn = self._locks.setdefault(key, Lock())
            self._wanting[key] += 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                self._wanting[key] -= 1
                if not self._wanting[key]:
                    del self._wanting[key], self._locks[key]
