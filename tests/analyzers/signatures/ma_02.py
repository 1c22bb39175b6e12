"""Effects of two agents on one entity: some work against each other, most do not."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)


class Case:
    """Effects on one entity; times in h from two weeks ago."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.effects: list[Row] = []
        self.accesses: list[Row] = []

    def effect(self, at: float, agent: str, kind: str, delta: float, **said: Any) -> None:
        """What an agent did."""
        then = NOW - timedelta(days=14) + timedelta(hours=at)
        self.effects.append({
            "tenant": "acme", "received": NOW, "retention_days": 30, "ts": then,
            "trace_id": f"{self.name}-{agent}", "span_id": f"{self.name}-{len(self.effects)}",
            "agent": agent, "entity": f"invoice:{self.name}", "kind": kind, "metric": "cash",
            "unit": "EUR", "delta": delta, "status": "Ok", "origin": "explicit", "revision": 1,
            "case_id": "",
        } | said)  # fmt: skip

    def takes_back(self, agent: str) -> None:
        """The agent's write says that it takes one back."""
        self.accesses.append({
            "tenant": "acme", "received": NOW, "retention_days": 30, "ts": NOW,
            "trace_id": f"{self.name}-{agent}", "span_id": f"{self.name}-a", "agent": agent,
            "entity": f"invoice:{self.name}", "field": "amount", "access": "write", "as_of": NEVER,
            "compensates": "write:1", "status": "Ok", "origin": "explicit", "revision": 1,
        })  # fmt: skip


Maker = Callable[[Case, random.Random], None]


def opposite(case: Case, rng: random.Random) -> None:
    """One charges what the other credits."""
    amount = rng.randrange(10, 900)
    case.effect(0, "collections", "charge", amount)
    case.effect(rng.randrange(1, 100), "goodwill", "credit", -amount)


def twice(case: Case, rng: random.Random) -> None:
    """Two agents credit the same."""
    amount = rng.randrange(100, 900)
    case.effect(0, "support", "credit", -amount)
    case.effect(rng.randrange(1, 100), "retention", "credit", -amount * 1.005)


def reversal(case: Case, rng: random.Random) -> None:
    """A real reversal."""
    case.effect(0, "billing", "charge", 50)
    case.effect(rng.randrange(1, 100), "finance", "reversal", -50)


def compensation(case: Case, rng: random.Random) -> None:
    """It says that it takes the other back."""
    case.effect(0, "billing", "charge", 50)
    case.effect(rng.randrange(1, 100), "finance", "credit", -50)
    case.takes_back("finance")


def instalments(case: Case, rng: random.Random) -> None:
    """One agent, the same each time."""
    for number in range(rng.randrange(3, 9)):
        case.effect(number, "billing", "charge", 50)


def other_amounts(case: Case, rng: random.Random) -> None:
    """Two agents, two matters."""
    case.effect(0, "support", "credit", -50)
    case.effect(rng.randrange(1, 100), "retention", "credit", -75)


def long_ago(case: Case, rng: random.Random) -> None:
    """More than a week apart."""
    case.effect(0, "support", "credit", -50)
    case.effect(24 * 8 + rng.random(), "retention", "credit", -50)


def other_unit(case: Case, rng: random.Random) -> None:
    """Equal numbers of unequal things."""
    case.effect(0, "support", "credit", -50)
    case.effect(rng.random(), "retention", "credit", -50, unit="points")


def other_kind(case: Case, rng: random.Random) -> None:
    """The same amount in the same direction for another reason."""
    case.effect(0, "billing", "charge", 50)
    case.effect(rng.random() + 1, "shipping", "fee", 50)


def failed(case: Case, rng: random.Random) -> None:
    """The second did not happen."""
    case.effect(0, "support", "credit", -50)
    case.effect(rng.random() + 1, "retention", "credit", -50, status="Error")


AGAINST: tuple[Maker, ...] = (opposite, twice)
BESIDE: tuple[Maker, ...] = (
    reversal, compensation, instalments, other_amounts, long_ago, other_unit, other_kind, failed,
)  # fmt: skip


def cases(seed: int) -> Iterator[tuple[bool, Case]]:
    """12 of each kind to find, 8 of each other, with whether it is one to find."""
    rng = random.Random(seed)
    for kinds, count in ((AGAINST, 12), (BESIDE, 8)):
        for make in kinds:
            for number in range(count):
                case = Case(f"{make.__name__}{number}")
                make(case, rng)
                yield kinds is AGAINST, case
