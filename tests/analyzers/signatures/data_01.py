"""Decisions that rest on a stale read, and many that only seem to; each on an entity of its own."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)  # what is older than its retention goes
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class History:
    """What happened to one field and in one trace; times in s from NOW."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.accesses: list[Row] = []
        self.decisions: list[Row] = []

    def _row(self, at: float, trace: str, **said: Any) -> Row:
        number = len(self.accesses) + len(self.decisions)
        return {
            "tenant": "acme", "received": NOW, "retention_days": 30,
            "ts": NOW + timedelta(seconds=at), "trace_id": f"{self.name}-{trace}",
            "span_id": f"{self.name}-{number}", "agent": trace, "origin": "explicit", "revision": 1,
        } | said  # fmt: skip

    def access(self, kind: str, at: float, trace: str, version: str, **said: Any) -> None:
        """One read or write of plan_rate."""
        entity = {"entity": f"account:{self.name}", "field": "plan_rate", "access": kind}
        facts = {"data_id": "", "version": version, "as_of": NEVER, "value_hash": 0, "status": "Ok",
                 "source": "crm", "source_kind": "primary"}  # fmt: skip
        self.accesses.append(self._row(at, trace, **(entity | facts | said)))

    def write(self, at: float, version: str, trace: str = "crm", **said: Any) -> None:
        """Somebody writes the rate."""
        self.access("write", at, trace, version, **said)

    def read(self, at: float, version: str, trace: str = "billing", **said: Any) -> None:
        """Somebody reads it."""
        self.access("read", at, trace, version, **said)

    def decide(self, at: float, trace: str = "billing", **said: Any) -> None:
        """A decision in the trace."""
        facts = {"action": "correct", "inputs": [], "decision_id": "d"}
        self.decisions.append(self._row(at, trace, **(facts | said)))


Maker = Callable[[History, random.Random], None]


def numbered(history: History, rng: random.Random) -> None:
    """Version 7 is read, 8 is written, then it is decided."""
    old = rng.randrange(1, 100)
    history.write(-9000, str(old))
    history.write(-rng.randrange(100, 8000), str(old + 1))
    history.read(-60, str(old), source_kind="cache")
    history.decide(-30)


def etags(history: History, rng: random.Random) -> None:
    """Versions without order: the later first write is the newer."""
    history.write(-9000, f"etag-z{rng.random()}")
    old = history.accesses[0]["version"]
    history.write(-5000, f"etag-a{rng.random()}")
    history.read(-60, old)
    history.decide(-30)


def as_of(history: History, rng: random.Random) -> None:
    """No versions: the value was true at a time before the last write."""
    history.write(-rng.randrange(500, 3000), "")
    history.read(-60, "", as_of=NOW - timedelta(seconds=4000))
    history.decide(-30)


def implied(history: History, rng: random.Random) -> None:
    """No decision event: the write that follows is one."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2")
    history.read(-60, "1")
    history.access("write", -20, "billing", "", entity=f"invoice:{history.name}", field="amount")


def named_input(history: History, rng: random.Random) -> None:
    """The decision says which read it used."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2")
    history.read(-60, "1", data_id="r1")
    history.decide(-30, inputs=["r1"])


def overwritten_before_deciding(history: History, rng: random.Random) -> None:
    """Current when it was read, not when it was decided."""
    history.write(-500, "1")
    history.read(-400, "1")
    history.write(-rng.randrange(100, 300), "2")
    history.decide(-30)


def named_though_read_again(history: History, rng: random.Random) -> None:
    """It looked again, and decided by what it had read first."""
    history.write(-500, "1")
    history.read(-400, "1", data_id="r1")
    history.write(-rng.randrange(100, 300), "2")
    history.read(-60, "2", data_id="r2")
    history.decide(-30, inputs=["r1"])


def current(history: History, rng: random.Random) -> None:
    """The newest version was read."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2")
    history.read(-60, "2")
    history.decide(-30)


def read_again(history: History, rng: random.Random) -> None:
    """It looked again before it decided."""
    history.write(-500, "1")
    history.read(-400, "1")
    history.write(-rng.randrange(100, 300), "2")
    history.read(-60, "2")
    history.decide(-30)


def clocks(history: History, rng: random.Random) -> None:
    """The write came at the same moment, within the error of clocks."""
    history.write(-500, "1")
    history.read(-31, "1")
    history.write(-30 - rng.random(), "2")
    history.decide(-30)


def untouched_value(history: History, rng: random.Random) -> None:
    """A bulk job wrote the same value again."""
    history.write(-500, "1", value_hash=5)
    history.write(-rng.randrange(100, 400), "2", value_hash=5)
    history.read(-60, "1", value_hash=5)
    history.decide(-30)


def not_an_input(history: History, rng: random.Random) -> None:
    """The decision names other reads."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2")
    history.read(-60, "1", data_id="r1")
    history.decide(-30, inputs=["other"])


def own_write(history: History, rng: random.Random) -> None:
    """The agent itself wrote it after it had read."""
    history.write(-500, "1")
    history.read(-60, "1")
    history.write(-50 + rng.random(), "2", trace="billing")
    history.decide(-30)


def written_later(history: History, rng: random.Random) -> None:
    """It was overwritten after the decision."""
    history.write(-500, "1")
    history.read(-60, "1")
    history.decide(-30)
    history.write(-rng.randrange(1, 20), "2")


def another_tenant(history: History, rng: random.Random) -> None:
    """Somebody else has an account of the same name."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2", tenant="other")
    history.read(-60, "1")
    history.decide(-30)


def nothing_done(history: History, rng: random.Random) -> None:
    """It was only read."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2")
    history.read(-60, "1")


def failed_write(history: History, rng: random.Random) -> None:
    """The newer write did not happen."""
    history.write(-500, "1")
    history.write(-rng.randrange(100, 400), "2", status="Error")
    history.read(-60, "1")
    history.decide(-30)


def no_age(history: History, rng: random.Random) -> None:
    """Neither version nor time is said: nobody can tell."""
    history.write(-rng.randrange(100, 400), "")
    history.read(-60, "")
    history.decide(-30)


def old_for_this_field(history: History, rng: random.Random) -> None:
    """No versions: written every minute, read an hour old."""
    for minute in range(30, 90):
        history.write(-60.0 * minute, "", value_hash=minute)
    history.write(-rng.randrange(100, 1000), "", value_hash=1)
    history.read(-60, "", as_of=NOW - timedelta(seconds=3600))
    history.decide(-30)


def as_old_as_ever(history: History, rng: random.Random) -> None:
    """No versions: written every ten minutes or so, read a few minutes old."""
    for number in range(2, 30):
        history.write(-600.0 * number - rng.random(), "", value_hash=number)
    history.write(-rng.randrange(100, 300), "", value_hash=1)
    history.read(-60, "", as_of=NOW - timedelta(seconds=400))
    history.decide(-30)


STALE: tuple[Maker, ...] = (
    numbered, etags, as_of, implied, named_input, overwritten_before_deciding,
    named_though_read_again, old_for_this_field,
)  # fmt: skip
FRESH: tuple[Maker, ...] = (
    current, clocks, untouched_value, not_an_input, own_write, written_later, another_tenant,
    nothing_done, failed_write, no_age, read_again, as_old_as_ever,
)  # fmt: skip


def histories(seed: int, stale: int, fresh: int) -> Iterator[tuple[bool, History]]:
    """So many of each kind, with whether it is one to find."""
    rng = random.Random(seed)
    for kinds, count in ((STALE, stale), (FRESH, fresh)):
        for make in kinds:
            for number in range(count):
                history = History(f"{make.__name__}{number}")
                make(history, rng)
                yield kinds is STALE, history
