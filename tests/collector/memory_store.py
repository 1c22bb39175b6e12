"""A store in memory that keeps the promises of domain.ports, and fails when it is told to."""

import threading
from collections import Counter
from collections.abc import Callable

from collector import records
from domain.envelope import Signal
from domain.errors import Refused

Numbers = list[int]
# Raises what the insert of these requests answers; None in place of it: all are taken.
Answer = Callable[[Numbers], None]


def take(numbers: Numbers) -> None:
    """Every insert succeeds."""


def refuse(*bad: int) -> Answer:
    """The engine cannot decode these requests, nor any insert that holds one."""

    def answer(numbers: Numbers) -> None:
        if found := set(bad) & set(numbers):
            raise Refused(f"cannot decode {sorted(found)}")

    return answer


class MemoryStore:
    """Counts how often each request was stored; the same token again stores nothing.

    A request is known by its id, read as a number.
    """

    def __init__(self, answer: Answer = take) -> None:
        self.answer = answer
        self.stored: Counter[int] = Counter()
        self.inserts: list[Numbers] = []
        self.tokens: set[str] = set()
        self.signals: dict[int, Signal] = {}
        self._lock = threading.Lock()

    def insert_segment(self, signal: Signal, data: bytes, token: str) -> None:
        """As domain.ports.SegmentStore says."""
        found = list(records.scan(data))
        assert not any(record.damage for record in found)
        assert {record.signal for record in found} == {signal}
        numbers = [int.from_bytes(record.request_id, "big") for record in found]
        with self._lock:
            self.inserts.append(numbers)
        self.answer(numbers)
        with self._lock:
            if token not in self.tokens:
                self.tokens.add(token)
                self.stored.update(numbers)
                self.signals.update(dict.fromkeys(numbers, signal))
