"""Writes that time out: some are left as they are, others are looked after."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

from tests.analyzers.signatures.goal_03 import NOW, Doing
from tests.storage.test_findings import step

WITHIN_S = 600


def time_out(doing: Doing, key: str = "", error: str = "TimeoutError", kind: str = "write") -> None:
    """A call that ends in an error, and the access it may have made."""
    doing.access(kind, 0, status="Error", idempotency_key=key)
    then = NOW - timedelta(hours=1)
    doing.steps.append(
        step(
            trace_id=doing.name,
            span_id=f"{doing.name}-0",
            ts=then,
            received=then,
            tool="pay",
            status="Error",
            error_type=error,
        )
    )


Maker = Callable[[Doing, random.Random], None]


def left(doing: Doing, rng: random.Random) -> None:
    """Nobody looks."""
    time_out(doing, error=rng.choice(["TimeoutError", "DEADLINE_EXCEEDED", "ConnectionResetError"]))


def anew(doing: Doing, rng: random.Random) -> None:
    """Written again under another key."""
    time_out(doing, "k1")
    doing.access("write", rng.randrange(1, WITHIN_S), idempotency_key="k2")


def anew_without_key(doing: Doing, rng: random.Random) -> None:
    """Written again without any key."""
    time_out(doing)
    doing.access("write", rng.randrange(1, WITHIN_S), idempotency_key="")


def too_late(doing: Doing, rng: random.Random) -> None:
    """Somebody looked when the time was up."""
    time_out(doing)
    doing.access("read", WITHIN_S + rng.randrange(1, 100))


def read_back(doing: Doing, rng: random.Random) -> None:
    """The agent looked."""
    time_out(doing)
    doing.access("read", rng.randrange(1, WITHIN_S))


def read_by_another(doing: Doing, rng: random.Random) -> None:
    """Another service looked."""
    time_out(doing)
    doing.access("read", rng.randrange(1, WITHIN_S), trace="other")


def same_key(doing: Doing, rng: random.Random) -> None:
    """The same write again."""
    time_out(doing, "k1")
    doing.access("write", rng.randrange(1, WITHIN_S), idempotency_key="k1")


def refused(doing: Doing, rng: random.Random) -> None:
    """A refusal leaves nothing open."""
    time_out(doing, error=rng.choice(["PermissionDenied", "404", "ValueError"]))


def only_read(doing: Doing, rng: random.Random) -> None:
    """A read that timed out did nothing."""
    time_out(doing, kind="read")


def looked_after_retry(doing: Doing, rng: random.Random) -> None:
    """Looked, then written again."""
    time_out(doing, "k1")
    doing.access("read", 30)
    doing.access("write", rng.randrange(40, WITHIN_S), idempotency_key="k2")


OPEN: tuple[Maker, ...] = (left, anew, anew_without_key, too_late)
CLOSED: tuple[Maker, ...] = (
    read_back, read_by_another, same_key, refused, only_read, looked_after_retry,
)  # fmt: skip


def doings(seed: int) -> Iterator[tuple[bool, Doing]]:
    """6 of each kind to find, 9 of each other, with whether it is one to find."""
    rng = random.Random(seed)
    for kinds, count in ((OPEN, 6), (CLOSED, 9)):
        for make in kinds:
            for number in range(count):
                doing = Doing(f"{make.__name__}{number}")
                make(doing, rng)
                for row in doing.accesses:
                    row.setdefault("idempotency_key", "")
                yield kinds is OPEN, doing
