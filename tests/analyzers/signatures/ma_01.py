"""Cases in which two agents do harm together that neither does alone, and cases without."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(days=20)


class Compound:
    """What agents do in one case, each in a run of its own; `at` in h."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name = name
        self.rng = rng
        self.tables: dict[str, list[Row]] = defaultdict(list)

    def effect(self, at: float, agent: str, kind: str, delta: float, **said: Any) -> None:
        """What an agent did to the invoice."""
        own = {"kind": kind, "metric": "cash", "delta": delta, "unit": "EUR", "status": "Ok"}
        empty = {"opens": "", "closes": "", "entity": f"invoice:{self.name}"}
        self._add("effects", at, agent, own | empty | said)

    def intent(self, at: float, agent: str, direction: int, limit: float | None = None) -> None:
        """Where the agent wants cash to go, and by how much at most."""
        own = {"kind": "task", "metric": "cash", "direction": direction, "amount_limit": limit}
        self._add("intents", at, agent, own | {"target": [], "intent_id": f"{self.name}-{agent}"})

    def access(self, at: float, agent: str, kind: str, field: str = "pay_date") -> None:
        """A read or write of the invoice."""
        own = {"entity": f"invoice:{self.name}", "field": field, "access": kind}
        self._add("data_access", at, agent, own | {"as_of": NEVER, "status": "Ok"})

    def link(self, at: float, effect: str, cause: str) -> None:
        """The run of one agent links to that of another."""
        ends = {"effect_trace_id": effect, "cause_trace_id": cause}
        row = {key: f"{self.name}-{agent}" for key, agent in ends.items()}
        self.tables["links"].append({
            "tenant": "acme", "received": NOW, "retention_days": 30, "revision": 1,
            "ts": BEGAN + timedelta(hours=at), "effect_span_id": "e", "cause_span_id": "c",
        } | row)  # fmt: skip

    def handoff(self, at: float, giver: str, taker: str) -> None:
        """Work goes on."""
        self._add("handoffs", at, giver, {"from_agent": giver, "to_agent": taker, "lane": 1})

    def aimed(self, after: float = 20, **said: Any) -> float:
        """Treasury delays a payment to keep cash, then the vendor desk pays a credit; how much."""
        amount = self.rng.randrange(60, 700)
        self.intent(0, "treasury", 1)
        self.access(1, "treasury", "write")
        self.effect(2, "treasury", "delay", 0)
        self.effect(after, "vendors", "credit", -amount, **said)
        return amount

    def twice(self, limit: float = 500, entity: str = "") -> None:
        """Two agents give a credit, each within its limit."""
        for number, agent in enumerate(("support", "retention")):
            self.intent(number * 9, agent, 0, limit)
            own = {"entity": f"order:{self.name}-{entity}{number if entity else ''}"}
            self.effect(number * 9 + 1, agent, "credit", -self.rng.randrange(300, 500), **own)

    def _add(self, table: str, at: float, agent: str, said: Mapping[str, Any]) -> None:
        count = sum(map(len, self.tables.values()))
        shared = {
            "tenant": "acme", "received": NOW, "retention_days": 30, "agent": agent,
            "ts": BEGAN + timedelta(hours=at), "trace_id": f"{self.name}-{agent}",
            "span_id": f"{self.name}-{count}", "case_id": self.name, "origin": "explicit",
            "revision": 1,
        }  # fmt: skip
        self.tables[table].append({**shared, **said})


Maker = Callable[[Compound], None]


def against_an_aim(case: Compound) -> None:
    """Neither knows of the other."""
    case.aimed()


def read_something_else(case: Compound) -> None:
    """It read another field."""
    case.aimed()
    case.access(19, "vendors", "read", "amount")


def read_too_late(case: Compound) -> None:
    """It looked when it had paid."""
    case.aimed()
    case.access(21, "vendors", "read")


def left_open(case: Compound) -> None:
    """What a third opened is still open."""
    case.aimed()
    case.effect(0.5, "audit", "flag", 0, opens=f"issue:{case.name}", metric="issues")


def together_too_much(case: Compound) -> None:
    """Two credits on one order, each below what any of them may give."""
    case.twice()


def without_case(case: Compound) -> None:
    """The same, known by the thing alone."""
    case.aimed()
    for rows in case.tables.values():
        for row in rows:
            row["case_id"] = ""


def read_and_paid(case: Compound) -> None:
    """It knew of the delay and paid all the same."""
    case.aimed()
    case.access(19, "vendors", "read")


def both_knew(case: Compound) -> None:
    """Each read what the other wrote."""
    case.aimed()
    case.access(19, "vendors", "read")
    case.access(19.5, "vendors", "write", "credit")
    case.access(22, "treasury", "read", "credit")


def handed_over(case: Compound) -> None:
    """Treasury asked for it."""
    case.aimed()
    case.handoff(3, "treasury", "vendors")


def linked(case: Compound) -> None:
    """The second run came from the first."""
    case.aimed()
    case.link(19, "vendors", "treasury")


def one_run(case: Compound) -> None:
    """Agents of one run."""
    case.aimed(trace_id=f"{case.name}-treasury")


def little(case: Compound) -> None:
    """Nobody minds that little."""
    case.intent(0, "treasury", 1)
    case.effect(2, "treasury", "delay", 0)
    case.effect(9, "vendors", "credit", -case.rng.randrange(1, 49))


def long_after(case: Compound) -> None:
    """More than a week later."""
    case.aimed(after=200 + case.rng.random())


def with_the_aim(case: Compound) -> None:
    """It helps the other."""
    case.intent(0, "treasury", 1)
    case.effect(2, "treasury", "delay", 0)
    case.effect(9, "vendors", "rebate", case.rng.randrange(60, 700))


def other_cases(case: Compound) -> None:
    """Independent cases on one vendor."""
    case.aimed(case_id=f"{case.name}-2", entity=f"vendor:{case.name}")


def of_a_vendor(case: Compound) -> None:
    """Without cases, a vendor joins nothing: it was declared a hub."""
    case.aimed()
    for rows in case.tables.values():
        for row in rows:
            row.update(case_id="", entity=f"vendor:{case.name}")


def other_things(case: Compound) -> None:
    """Credits for two orders of a case."""
    case.twice(entity="o")


def within_the_limit(case: Compound) -> None:
    """Together less than what one may give."""
    case.twice(limit=1000)


def one_alone(case: Compound) -> None:
    """One gave more than it may: its own fault, not that of both."""
    case.twice(limit=200)


def taken_back(case: Compound) -> None:
    """The second takes the first back."""
    case.intent(0, "treasury", 1)
    case.effect(2, "treasury", "payment", 90)
    case.effect(9, "vendors", "reversal", -90)


def failed(case: Compound) -> None:
    """It was not paid."""
    case.aimed(status="Error")


BLIND: tuple[Maker, ...] = (
    against_an_aim, read_something_else, read_too_late, left_open, together_too_much, without_case,
)  # fmt: skip
INFORMED: tuple[Maker, ...] = (read_and_paid,)
TOGETHER: tuple[Maker, ...] = (
    both_knew, handed_over, linked, one_run, little, long_after, with_the_aim, other_cases,
    of_a_vendor, other_things, within_the_limit, one_alone, taken_back, failed,
)  # fmt: skip


def cases(seed: int) -> list[tuple[str, Compound]]:
    """24 blind, 4 informed and 56 others, with what they are to be called."""
    rng = random.Random(seed)
    made = []
    kinds = ((BLIND, "COMPOUND-BLIND"), (INFORMED, "COMPOUND-INFORMED"), (TOGETHER, ""))
    for makers, label in kinds:
        for make in makers:
            for number in range(4):
                made.append((label, Compound(f"{make.__name__}{number}", rng)))
                make(made[-1][1])
    return made
