"""Hand-offs that nobody takes up, and those that somebody does, late, elsewhere or unseen."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.analyzers.signatures.data_01 import NEVER

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(hours=30)
RECEIVED = NOW - timedelta(hours=6)


class Passing:
    """Hand-offs from triage to an agent of this story; `at` in h since its begin."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name = name
        self.rng = rng
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.to_find: list[str] = []

    def handoff(self, at: float, number: int, **said: Any) -> str:
        """Triage hands work item `number` to the agent; its span."""
        span_id = f"{self.name}-h{number}"
        work = f"{self.name}-w{number}"
        own = {"from_agent": "triage", "to_agent": self.name, "agent": "triage", "lane": number}
        ids = {"trace_id": f"{self.name}-t{number}", "span_id": span_id}
        self._add("handoffs", at, own | ids | {"work_item_id": work, "origin": "explicit"} | said)
        return span_id

    def step(self, at: float, number: int, **said: Any) -> None:
        """The agent works on item `number`, in a trace of its own."""
        ids = {"trace_id": f"{self.name}-own{number}", "span_id": f"{self.name}-s{at}"}
        work = {"work_item_id": f"{self.name}-w{number}", "agent": self.name}
        self._add("steps", at, ids | work | said)

    def taken(self, count: int = 5, after: float = 0.1) -> None:
        """So many earlier hand-offs that were taken up `after` h."""
        for number in range(count):
            self.handoff(number, number)
            self.step(number + after + self.rng.random() / 10, number)

    def link(self, at: float, number: int) -> None:
        """A span of somebody links to the hand-off `number`."""
        cause = {"cause_trace_id": f"{self.name}-t{number}", "cause_span_id": f"{self.name}-h"}
        effect = {"effect_trace_id": f"{self.name}-other", "effect_span_id": f"{self.name}-l"}
        self._add("links", at, cause | effect)

    def access(self, at: float, number: int, run: str, kind: str, value: float | None) -> None:
        """Triage, or the agent in its own trace, reads or writes the amount of the order."""
        own = {"entity": f"order:{self.name}", "field": "amount", "access": kind, "as_of": NEVER}
        ids = {"trace_id": f"{self.name}-{run}{number}", "span_id": f"{self.name}-a{at}"}
        own |= {"value_num": value, "status": "Ok", "version": f"{at}", "version_prev": ""}
        agent = "triage" if run == "t" else self.name
        self._add("data_access", at, own | ids | {"agent": agent, "origin": "explicit"})

    def message(self, at: float, number: int, *, taken: float | None = 0.1) -> str:
        """The agent sends message `number`, and a consumer takes it so many h later."""
        span_id = f"{self.name}-m{number}"
        ids = {"message_id": span_id, "trace_id": f"{self.name}-own{number}"}
        self._add("messages", at, ids | {"span_id": span_id, "operation": "send"})
        self.step(at, number, trace_id=ids["trace_id"])
        if taken is not None:
            other = {"trace_id": f"{self.name}-consumer{number}", "span_id": f"{span_id}-c"}
            self._add("messages", at + taken, ids | other | {"operation": "process"})
        return span_id

    def _add(self, table: str, at: float, said: Mapping[str, Any]) -> None:
        shared = {"tenant": "acme", "received": RECEIVED, "retention_days": 30, "revision": 1}
        case = {} if table in ("links", "messages") else {"case_id": ""}
        self.tables[table].append({**shared, "ts": BEGAN + timedelta(hours=at), **case, **said})


Maker = Callable[[Passing], None]


def nobody(passing: Passing) -> None:
    """The item is never seen again."""
    passing.taken()
    passing.to_find.append(passing.handoff(8, 9))


def another_item(passing: Passing) -> None:
    """The agent works on, on other items."""
    passing.taken()
    passing.to_find.append(passing.handoff(8, 9))
    passing.step(8.1, 10)


def too_late(passing: Passing) -> None:
    """It was taken up a working day later."""
    passing.taken()
    passing.to_find.append(passing.handoff(8, 9))
    passing.step(17, 9)


def worked_before(passing: Passing) -> None:
    """The agent had worked on the item before it came back, and not since."""
    passing.taken()
    passing.step(6, 9)
    passing.to_find.append(passing.handoff(8, 9))


def another_agent(passing: Passing) -> None:
    """Somebody else goes on with the item, not who was asked."""
    passing.taken()
    passing.to_find.append(passing.handoff(8, 9))
    passing.step(8.2, 9, agent="triage")


def ignored(passing: Passing) -> None:
    """It was taken up, and another amount written than the one that came with it."""
    passing.taken()
    passing.access(7.5, 9, "t", "write", 400)
    passing.to_find.append(passing.handoff(8, 9))
    passing.step(8.1, 9)
    passing.access(8.2, 9, "own", "write", 350)


def untaken_message(passing: Passing) -> None:
    """Others of its messages were taken, this one was not."""
    for number in range(5):
        passing.message(number, number)
    passing.to_find.append(passing.message(8, 9, taken=None))


def messages_taken(passing: Passing) -> None:
    """All were, one by a clock that is slow."""
    for number in range(6):
        passing.message(number, number, taken=-0.001 if number == 5 else 1)


def unseen_queue(passing: Passing) -> None:
    """Nobody is seen to take any."""
    for number in range(6):
        passing.message(number, number, taken=None)


def message_still_under_way(passing: Passing) -> None:
    """It was sent just now."""
    for number in range(5):
        passing.message(number, number)
    passing.message(29, 9, taken=None)
    passing.tables["messages"][-1]["received"] = NOW - timedelta(hours=1)


def read_first(passing: Passing) -> None:
    """It read the amount, and changed it."""
    passing.taken()
    passing.access(7.5, 9, "t", "write", 400)
    passing.handoff(8, 9)
    passing.step(8.1, 9)
    passing.access(8.15, 9, "own", "read", 400)
    passing.access(8.2, 9, "own", "write", 350)


def agreed(passing: Passing) -> None:
    """It wrote the same amount, and much later another one."""
    passing.taken()
    passing.access(7.5, 9, "t", "write", 400)
    passing.handoff(8, 9)
    passing.step(8.1, 9)
    passing.access(8.2, 9, "own", "write", 401)
    passing.access(20, 9, "own", "write", 300)


def knew_the_version(passing: Passing) -> None:
    """Its write names the version that it replaces."""
    passing.taken()
    passing.access(7.5, 9, "t", "write", 400)
    passing.handoff(8, 9)
    passing.step(8.1, 9)
    passing.access(8.2, 9, "own", "write", 350)
    passing.tables["data_access"][-1]["version_prev"] = "7.5"


def written_after_it_was_handed_over(passing: Passing) -> None:
    """What triage wrote later did not come with it; and a text is no number."""
    passing.taken()
    passing.access(7, 9, "t", "write", None)
    passing.handoff(8, 9)
    passing.step(8.1, 9)
    passing.access(8.15, 9, "t", "write", 400)
    passing.access(8.2, 9, "own", "write", 350)


def at_once(passing: Passing) -> None:
    """Taken up in a trace of its own."""
    passing.taken()
    passing.handoff(8, 9)
    passing.step(8.01, 9)


def in_the_trace(passing: Passing) -> None:
    """Taken up in the same trace, as frameworks do, under another spelling."""
    passing.taken()
    passing.handoff(8, 9, work_item_id="", to_agent=passing.name.upper().replace("_", " "))
    passing.step(8.01, 9, work_item_id="", trace_id=f"{passing.name}-t9")


def by_case(passing: Passing) -> None:
    """Only the case is known."""
    passing.taken()
    passing.handoff(8, 9, work_item_id="", case_id=f"{passing.name}-case")
    passing.step(9, 9, work_item_id="", case_id=f"{passing.name}-case")


def by_link(passing: Passing) -> None:
    """The consumer has another name, and links to what it took."""
    passing.taken()
    passing.handoff(8, 9)
    passing.link(9, 9)


def batch(passing: Passing) -> None:
    """A batch takes all at once, within the time."""
    passing.taken(after=3)
    for number in range(6, 9):
        passing.handoff(8 + number / 10, number)
        passing.step(12 + number / 100, number)


def slow_batch(passing: Passing) -> None:
    """A nightly batch: later than the time, as always."""
    passing.taken(after=9)
    passing.handoff(8, 9)
    passing.step(18, 9)


def sampled(passing: Passing) -> None:
    """One trace in two or three of the consumer is kept."""
    for number in range(9):
        passing.handoff(number, number)
        if number % passing.rng.randrange(2, 4) == 1:
            passing.step(number + 0.1, number)


def queue(passing: Passing) -> None:
    """A queue sends no spans."""
    for number in range(6):
        passing.handoff(number, number)


def human(passing: Passing) -> None:
    """People take their time."""
    for number in range(6):
        passing.handoff(number, number, to_agent=f"human:{passing.name}")
        if number < 5:
            passing.step(number + 0.1, number, agent=f"human:{passing.name}")


def first_of_all(passing: Passing) -> None:
    """Nobody knows yet whether the agent sends spans."""
    passing.taken(count=1)
    passing.handoff(8, 9)


def still_time(passing: Passing) -> None:
    """It came just now."""
    passing.taken()
    passing.handoff(29, 9, received=NOW - timedelta(hours=1))


DROPPED: tuple[Maker, ...] = (
    nobody, another_item, too_late, worked_before, another_agent, ignored, untaken_message,
)  # fmt: skip
TAKEN: tuple[Maker, ...] = (
    at_once, in_the_trace, by_case, by_link, batch, slow_batch, sampled, queue, human,
    first_of_all, still_time, read_first, agreed, knew_the_version,
    written_after_it_was_handed_over, messages_taken, unseen_queue, message_still_under_way,
)  # fmt: skip


def passings(seed: int) -> list[Passing]:
    """35 with a hand-off to find, 90 others."""
    rng = random.Random(seed)
    made = []
    for make in (*DROPPED, *TAKEN):
        for number in range(5):
            made.append(Passing(f"{make.__name__}_{number}", rng))
            make(made[-1])
    return made
