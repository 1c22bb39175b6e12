"""Writes that were reversed, with what was built upon them left standing, or not."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(days=2)
RECEIVED = NOW - timedelta(hours=3)


class Reversal:
    """A write to an invoice, what others made of it, and its reversal; `at` in h."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name = name
        self.rng = rng
        self.tables: dict[str, list[Row]] = defaultdict(list)

    def build(self) -> None:
        """Billing writes the invoice, and what erp reads there it posts."""
        self.write(1, "billing")
        self.read(2, "erp")
        self.post(3)

    def write(self, at: float, run: str, **said: Any) -> None:
        """An agent in a run of its own name writes the invoice."""
        self._access(at, run, {"access": "write", "data_id": f"{self.name}-d{at}"} | said)

    def read(self, at: float, run: str, **said: Any) -> None:
        """An agent in a run of its own name reads it."""
        self._access(at, run, {"access": "read", "data_id": ""} | said)

    def post(self, at: float, run: str = "erp", **said: Any) -> None:
        """The agent writes the ledger."""
        self.write(at, run, **({"entity": f"ledger:{self.name}", "version": "1"} | said))

    def third(self, to: str = "", **said: Any) -> None:
        """A third agent reads the ledger and writes a report."""
        ledger = {"entity": f"ledger:{self.name}", "version": "1"}
        self.read(5, "reports", **ledger | said)
        self.write(6, "reports", entity=to or f"report:{self.name}", version="9")

    def reverse(self, at: float = 20, target: str = "d1", **said: Any) -> None:
        """Somebody says that the first write was reversed."""
        own = {"type": "reversal", "polarity": -1, "target": [f"{self.name}-{target}"]}
        self._add("outcomes", at, "finance", own | {"outcome_id": f"{self.name}-o{at}"} | said)

    def _access(self, at: float, run: str, said: Mapping[str, Any]) -> None:
        what: Row = {"entity": f"invoice:{self.name}", "field": "amount", "version": "2"}
        own: Row = {"as_of": NEVER, "status": "Ok", "value_hash": 0, "compensates": ""}
        self._add("data_access", at, run, {**what, **own, **said})

    def _add(self, table: str, at: float, run: str, said: Mapping[str, Any]) -> None:
        count = sum(map(len, self.tables.values()))
        shared = {
            "tenant": "acme", "received": RECEIVED, "retention_days": 30, "agent": run,
            "ts": BEGAN + timedelta(hours=at), "trace_id": f"{self.name}-{run}",
            "span_id": f"{self.name}-{count}", "case_id": "", "origin": "explicit", "revision": 1,
        }  # fmt: skip
        self.tables[table].append({**shared, **said})


Maker = Callable[[Reversal], None]


def posting_stays(story: Reversal) -> None:
    """The ledger was written from the invoice, and stays."""
    story.write(1, "billing")
    story.read(2, "erp")
    story.post(3 + story.rng.random())
    story.reverse()


def by_value(story: Reversal) -> None:
    """Without versions, by the value that was read."""
    value = story.rng.randrange(1, 1 << 40)
    story.write(1, "billing", version="", value_hash=value)
    story.read(2, "erp", version="", value_hash=value)
    story.post(3)
    story.reverse()


def one_of_two(story: Reversal) -> None:
    """One of two postings was taken back."""
    story.build()
    story.post(4, entity=f"tax:{story.name}")
    story.post(21, run="finance", compensates=f"{story.name}-d3", version="2")
    story.reverse()


def with_its_own_write(story: Reversal) -> None:
    """The invoice itself was put back by a write."""
    story.build()
    story.write(20, "finance", compensates=f"{story.name}-d1", version="3")
    story.reverse(20.1)


def built_upon_again(story: Reversal) -> None:
    """The posting was taken back, what a third made of it stays."""
    story.build()
    story.third()
    story.post(21, run="finance", compensates=f"{story.name}-d3", version="2")
    story.reverse()


def third_read_another(story: Reversal) -> None:
    """The third had read what the posting replaced."""
    story.write(0, "z", entity=f"ledger:{story.name}", version="0")
    story.build()
    story.third(version="0")
    story.post(21, run="finance", compensates=f"{story.name}-d3", version="2")
    story.reverse()


def third_taken_back(story: Reversal) -> None:
    """All was taken back, in either step."""
    story.build()
    story.third()
    story.post(21, run="finance", compensates=f"{story.name}-d3", version="2")
    story.post(22, run="finance", entity=f"report:{story.name}", compensates=f"{story.name}-d6")
    story.reverse()


def came_round(story: Reversal) -> None:
    """What a third made of it is the invoice again."""
    story.build()
    story.third(to=f"invoice:{story.name}")
    story.post(21, run="finance", compensates=f"{story.name}-d3", version="2")
    story.reverse()


def taken_back(story: Reversal) -> None:
    """The posting was taken back."""
    story.build()
    story.post(20.5, run="finance", compensates=f"{story.name}-d3", version="2")
    story.reverse()


def taken_back_elsewhere(story: Reversal) -> None:
    """By an entry of its own, as in ledgers."""
    story.build()
    story.post(21, run="x", entity=f"ledger:{story.name}-2", compensates=f"{story.name}-d3")
    story.reverse()


def reversed_too(story: Reversal) -> None:
    """Another outcome says that the posting was reversed."""
    story.build()
    story.reverse()
    story.reverse(21, target="d3")


def written_anew(story: Reversal) -> None:
    """The posting was replaced since, by whomever."""
    story.build()
    story.post(4 + story.rng.randrange(20), run="close", version="2")
    story.reverse()


def another_version(story: Reversal) -> None:
    """The posting was made from the version before."""
    story.write(1, "billing")
    story.read(2, "erp", version="1")
    story.post(3)
    story.reverse()


def nobody_read(story: Reversal) -> None:
    """Nothing was built upon it."""
    story.write(1, "billing")
    story.post(3)
    story.reverse()


def only_read(story: Reversal) -> None:
    """It was looked at."""
    story.write(1, "billing")
    story.read(2, "erp")
    story.reverse()


def wrote_before(story: Reversal) -> None:
    """The run had written before it read."""
    story.write(1, "billing")
    story.post(2)
    story.read(3, "erp")
    story.reverse()


def failed(story: Reversal) -> None:
    """The posting was not made."""
    story.write(1, "billing")
    story.read(2, "erp")
    story.post(3, status="Error")
    story.reverse()


def no_reversal(story: Reversal) -> None:
    """Only a complaint."""
    story.build()
    story.reverse(type="complaint")


def another_tenant(story: Reversal) -> None:
    """Somebody else's ledger."""
    story.write(1, "billing")
    story.read(2, "erp", tenant="other")
    story.post(3, tenant="other")
    story.reverse()


def still_time(story: Reversal) -> None:
    """It was reversed just now."""
    story.build()
    story.reverse(received=NOW - timedelta(minutes=10))


STANDING: tuple[Maker, ...] = (
    posting_stays, by_value, one_of_two, with_its_own_write, built_upon_again,
)  # fmt: skip
UNDONE: tuple[Maker, ...] = (
    taken_back, taken_back_elsewhere, reversed_too, written_anew, another_version, nobody_read,
    only_read, wrote_before, failed, no_reversal, another_tenant, still_time, third_read_another,
    third_taken_back, came_round,
)  # fmt: skip


def reversals(seed: int) -> list[tuple[bool, Reversal]]:
    """30 to find and 75 others, with whether it is one to find."""
    rng = random.Random(seed)
    made = []
    for kinds, count in ((STANDING, 6), (UNDONE, 5)):
        for make in kinds:
            for number in range(count):
                made.append((kinds is STANDING, Reversal(f"{make.__name__}{number}", rng)))
                make(made[-1][1])
    return made
