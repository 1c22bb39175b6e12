"""Writes that have to be read back: some are, in one way or another, and some are not."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER
from tests.storage.test_findings import step

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
WITHIN_S = 600


class Doing:
    """Rows of one trace, an hour ago; times in s from then."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.accesses: list[Row] = []
        self.steps: list[Row] = []

    def access(self, kind: str, at: float, trace: str = "", **said: Any) -> None:
        """A read or write of the invoice."""
        then = NOW - timedelta(hours=1) + timedelta(seconds=at)
        self.accesses.append({
            "tenant": "acme", "received": then, "retention_days": 30, "ts": then,
            "trace_id": self.name + trace, "span_id": f"{self.name}-{len(self.accesses)}",
            "agent": "billing", "entity": f"invoice:{self.name}", "field": "amount",
            "access": kind, "data_id": "", "version": "", "as_of": NEVER, "value_hash": 0,
            "status": "Ok", "tool": "adjust" if kind == "write" else "", "origin": "mapped",
            "reversible": True, "revision": 1,
        } | said)  # fmt: skip

    def call(self, at: float, tool: str) -> None:
        """A tool call in the trace."""
        then = NOW - timedelta(hours=1) + timedelta(seconds=at)
        span_id = f"{self.name}-c{len(self.steps)}"
        self.steps.append(
            step(trace_id=self.name, span_id=span_id, ts=then, received=then, tool=tool)
        )


Maker = Callable[[Doing, random.Random], None]


def unread(doing: Doing, rng: random.Random) -> None:
    """Nobody looked."""
    doing.access("write", rng.random())


def read_before(doing: Doing, rng: random.Random) -> None:
    """Somebody looked before, not after."""
    doing.access("read", rng.random())
    doing.access("write", 10)


def too_late(doing: Doing, rng: random.Random) -> None:
    """Somebody looked when the time was up."""
    doing.access("write", rng.random())
    doing.access("read", WITHIN_S + 60)


def another_tool(doing: Doing, rng: random.Random) -> None:
    """Something else was called."""
    doing.access("write", rng.random())
    doing.call(60, "send_mail")


def recorded(doing: Doing, rng: random.Random) -> None:
    """The SDK recorded it; only its span names the tool."""
    doing.access("write", rng.random(), tool="")
    doing.call(0, "adjust")
    doing.steps[-1]["span_id"] = doing.accesses[-1]["span_id"]


def recorded_of_another_tool(doing: Doing, rng: random.Random) -> None:
    """The SDK recorded it, by a tool that nobody has to verify."""
    doing.access("write", rng.random(), tool="")
    doing.call(0, "note")
    doing.steps[-1]["span_id"] = doing.accesses[-1]["span_id"]


def read_back(doing: Doing, rng: random.Random) -> None:
    """The agent read it back."""
    doing.access("write", 0)
    doing.access("read", rng.randrange(1, WITHIN_S))


def read_by_another(doing: Doing, rng: random.Random) -> None:
    """A system downstream read it, in a trace of its own."""
    doing.access("write", 0)
    doing.access("read", rng.randrange(1, WITHIN_S), trace="other", agent="ledger")


def verified_by_call(doing: Doing, rng: random.Random) -> None:
    """The verifying tool was called; what it read is not mapped."""
    doing.access("write", 0)
    doing.call(rng.randrange(1, WITHIN_S), "get_invoice")


def nothing_to_verify(doing: Doing, rng: random.Random) -> None:
    """The tool needs no verification."""
    doing.access("write", rng.random(), tool="note")


def failed(doing: Doing, rng: random.Random) -> None:
    """It was not written."""
    doing.access("write", rng.random(), status="Error")


def still_time(doing: Doing, rng: random.Random) -> None:
    """There is time yet."""
    doing.access("write", 3600 - rng.randrange(60, 300))


UNVERIFIED: tuple[Maker, ...] = (unread, read_before, too_late, another_tool, recorded)
VERIFIED: tuple[Maker, ...] = (
    read_back, read_by_another, verified_by_call, nothing_to_verify, failed, still_time,
    recorded_of_another_tool,
)  # fmt: skip


def doings(seed: int) -> Iterator[tuple[bool, Doing]]:
    """6 of each kind to find, 10 of each other, with whether it is one to find."""
    rng = random.Random(seed)
    for kinds, count in ((UNVERIFIED, 6), (VERIFIED, 10)):
        for make in kinds:
            for number in range(count):
                doing = Doing(f"{make.__name__}{number}")
                make(doing, rng)
                yield kinds is UNVERIFIED, doing
