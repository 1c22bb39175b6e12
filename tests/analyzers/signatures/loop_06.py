"""Work items and fields that go back and forth, and those that only seem to."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
BEFORE = NOW - timedelta(hours=20)


class Case:
    """What happened to one work item and one field; times in min from 20 h ago."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.handoffs: list[Row] = []
        self.writes: list[Row] = []
        self.effects: list[Row] = []

    def _row(self, at: float, rows: list[Row], said: Row) -> None:
        # Never two rows alike: the engine would take the second insert for the first again.
        rows.append({
            "tenant": "acme", "received": NOW, "retention_days": 30,
            "ts": BEFORE + timedelta(minutes=at), "trace_id": f"{self.name}-{int(at) // 3}",
            "span_id": f"{self.name}-{at:.3f}", "case_id": self.name, "origin": "explicit",
            "revision": 1,
        } | said)  # fmt: skip

    def pass_on(self, at: float, sender: str, receiver: str, **said: Any) -> None:
        """One hands the work item to another."""
        item = {"from_agent": sender, "to_agent": receiver, "agent": sender, "lane": 0}
        row = item | {"work_item_id": f"work-{self.name}"} | said
        self._row(at, self.handoffs, row)

    def write(self, at: float, agent: str, value: int, **said: Any) -> None:
        """An agent writes the field."""
        row = {
            "agent": agent, "entity": f"item:{self.name}", "field": "price", "access": "write",
            "as_of": NEVER, "value_hash": value, "status": "Ok",
        }  # fmt: skip
        self._row(at, self.writes, row | said)

    def effect(self, at: float) -> None:
        """Something happens in the case."""
        self._row(at, self.effects, {"agent": "a", "kind": "note", "status": "Ok"})

    @property
    def lanes(self) -> tuple[str, str]:
        """In which a finding would be."""
        return f"handoff:work-{self.name}", f"field:item:{self.name}|price"


Maker = Callable[[Case, random.Random], None]


def _round(case: Case, at: float, agents: list[str], **said: Any) -> float:
    for sender, receiver in zip(agents, agents[1:] + agents[:1], strict=True):
        case.pass_on(at, sender, receiver, **said)
        at += 1
    return at


def _rounds(case: Case, count: int, agents: list[str], at: float = 0, **said: Any) -> float:
    for _ in range(count):
        at = _round(case, at, agents, **said)
    return at


def to_and_fro(case: Case, rng: random.Random) -> None:
    """Two agents, nothing written since the first hand-off."""
    case.write(-1, "triage", 5)
    _rounds(case, rng.randrange(3, 9), ["triage", "billing"])


def in_a_ring(case: Case, rng: random.Random) -> None:
    """Three to five agents hand it on in a ring."""
    _rounds(case, rng.randrange(3, 6), ["a", "b", "c", "d", "e"][: rng.randrange(3, 6)])


def without_a_case(case: Case, rng: random.Random) -> None:
    """Only the work item has an id; another trace writes."""
    _rounds(case, rng.randrange(3, 6), ["triage", "billing"], case_id="")
    case.write(1, "triage", 5, trace_id="elsewhere")


def after_progress(case: Case, rng: random.Random) -> None:
    """Two rounds that got on, then none that did."""
    at = 0.0
    for number in range(2):
        at = _round(case, at, ["triage", "billing"])
        case.write(at - 0.5, "billing", number)
    _rounds(case, rng.randrange(4, 7), ["triage", "billing"], at)


def two_prices(case: Case, rng: random.Random) -> None:
    """Two agents put their own price back."""
    for number in range(rng.randrange(3, 12)):
        case.write(2 * number, "pricing", 1)
        case.write(2 * number + 1, "promotions", 2)


def three_prices(case: Case, rng: random.Random) -> None:
    """Three agents do."""
    for number in range(3 * rng.randrange(3, 6)):
        case.write(number, f"agent-{number % 3}", number % 3 + 1)


def after_other_prices(case: Case, rng: random.Random) -> None:
    """First the price develops, then two agents fight over it."""
    for number in range(rng.randrange(3, 9)):
        case.write(number / 10 - 1, "pricing", 100 + number)
    two_prices(case, rng)


def review(case: Case, rng: random.Random) -> None:
    """A draft goes to and fro, and changes each round."""
    at = 0.0
    for number in range(rng.randrange(4, 9)):
        at = _round(case, at, ["writer", "reviewer"])
        case.write(at - 0.5, "writer", number + 1, field="draft")


def review_with_effects(case: Case, rng: random.Random) -> None:
    """Each round has an effect in the case."""
    at = 0.0
    for _ in range(rng.randrange(4, 9)):
        at = _round(case, at, ["writer", "reviewer"])
        case.effect(at - 0.5)


def review_without_a_case(case: Case, rng: random.Random) -> None:
    """What was written is known by its trace alone."""
    at = 0.0
    for number in range(rng.randrange(4, 9)):
        at = _round(case, at, ["writer", "reviewer"], case_id="")
        case.write(at - 0.5, "writer", number + 1, field="draft", case_id="")


def twice(case: Case, rng: random.Random) -> None:
    """To and fro twice is none yet."""
    _rounds(case, 2, ["triage", "billing"])
    case.pass_on(rng.randrange(5, 9), "triage", "billing")


def chain(case: Case, rng: random.Random) -> None:
    """It goes on and on, to others each time."""
    for number in range(rng.randrange(6, 20)):
        case.pass_on(number, f"agent-{number}", f"agent-{number + 1}")


def dispatched(case: Case, rng: random.Random) -> None:
    """One agent gives one other all the work, item by item."""
    for number in range(rng.randrange(6, 20)):
        case.pass_on(number, "dispatcher", "worker", work_item_id=f"{case.name}-{number}")


def given_again(case: Case, rng: random.Random) -> None:
    """The same item to the same agent, who never hands it back."""
    for number in range(rng.randrange(6, 20)):
        case.pass_on(number, "dispatcher", "worker")


def shifts(case: Case, rng: random.Random) -> None:
    """Early and late shift hand it over to each other for days, with work between the two."""
    for number in range(rng.randrange(3, 6)):
        case.pass_on(number * 200, "early", "late")
        case.pass_on(number * 200 + 1, "late", "early")


def sent_again(case: Case, rng: random.Random) -> None:
    """One round that was sent many times."""
    for revision in range(rng.randrange(3, 9)):
        _rounds(case, 1, ["triage", "billing"], revision=revision)


def nameless(case: Case, rng: random.Random) -> None:
    """Neither item nor case: hand-offs of a supervisor in one trace."""
    said: dict[str, Any] = {"case_id": "", "work_item_id": "", "trace_id": case.name}
    _rounds(case, rng.randrange(4, 9), ["supervisor", "worker"], **said)


def new_prices(case: Case, rng: random.Random) -> None:
    """Two agents set prices, a new one each time."""
    for number in range(rng.randrange(6, 20)):
        case.write(number, ["pricing", "promotions"][number % 2], number + 1)


def states(case: Case, rng: random.Random) -> None:
    """One agent goes through states; another reset it once."""
    for number in range(rng.randrange(6, 20)):
        case.write(number, "worker", number % 2 + 1)
    case.write(99, "operator", 1)


def lock(case: Case, rng: random.Random) -> None:
    """Two agents take and free a lock in turn."""
    for number in range(rng.randrange(3, 9)):
        for part, (agent, value) in enumerate([("a", 1), ("a", 9), ("b", 2), ("b", 9)]):
            case.write(4 * number + part, agent, value)


def agreed(case: Case, rng: random.Random) -> None:
    """Two agents write the same value."""
    for number in range(rng.randrange(6, 20)):
        case.write(number, ["a", "b"][number % 2], 1)


def refused(case: Case, rng: random.Random) -> None:
    """One of the two never gets through."""
    for number in range(rng.randrange(6, 20)):
        case.write(
            number, ["a", "b"][number % 2], number % 2 + 1, status=["Ok", "Error"][number % 2]
        )


def unsaid(case: Case, rng: random.Random) -> None:
    """Values were not recorded."""
    for number in range(rng.randrange(6, 20)):
        case.write(number, ["a", "b"][number % 2], 0)


LOOPS: tuple[Maker, ...] = (
    to_and_fro, in_a_ring, without_a_case, after_progress, two_prices, three_prices,
    after_other_prices,
)  # fmt: skip
HEALTHY: tuple[Maker, ...] = (
    review, review_with_effects, review_without_a_case, twice, chain, dispatched, given_again,
    shifts, sent_again, nameless, new_prices, states, lock, agreed, refused, unsaid,
)  # fmt: skip


def cases(seed: int) -> Iterator[tuple[bool, Case]]:
    """4 of each kind, with whether it is a ping-pong."""
    rng = random.Random(seed)
    for make in (*LOOPS, *HEALTHY):
        for number in range(4):
            case = Case(f"{make.__name__}{number}")
            make(case, rng)
            yield make in LOOPS, case
