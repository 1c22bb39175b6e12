"""One walk through the records of a tenant: what causes have led to, level by level."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from analyzers.chains.frontier import QUESTIONS, Frontier, Wanted
from domain.chain_records import ChainSource, Datum, Records
from domain.chains import Budget
from domain.errors import TooLarge
from storage import chains as stored
from storage.built_chains import Asked

CROWDED_TOLD_MAX = 3
# The step at which a walk asks for what its outcome is about.
ABOUT_AT = 2


class Walk:
    """From the subject back, then forward.

    Whenever it comes to traces that it does not know yet, it looks ahead: a guess of where it will
    go on is asked for at once. What it does not need of that changes nothing.
    """

    def __init__(
        self,
        source: ChainSource,
        tenant: str,
        budget: Budget,
        threads: ThreadPoolExecutor,
        known: Records | None = None,
    ) -> None:
        """threads: on which the questions of one level are asked at once; known: of the outcome
        that it begins at, if it begins at one."""
        self.asked = Asked()
        self.cut = ""
        self.levels = 0
        self._threads = threads
        self._source = source
        self._tenant = tenant
        self._budget = budget
        self._begun = time.monotonic()
        self._full: set[Datum] = set()
        self._is_forward = False
        self._steps = 0
        self._known: dict[str, set[Any]] = {question: set() for question in QUESTIONS}
        self._begins_at = known or Records()
        self._known["outcome_ids"] |= {one.outcome_id for one in self._begins_at.outcomes}

    @property
    def duration_ms(self) -> float:
        """Since it began."""
        return (time.monotonic() - self._begun) * 1000

    @property
    def shortened(self) -> str:
        """Why the chain is not whole; empty when it is."""
        crowded = self._full & self.asked.data
        if self.cut or not crowded:
            return self.cut
        names = ", ".join(sorted(map(str, crowded))[:CROWDED_TOLD_MAX])
        return (
            f"of the reads and writes of {names} only the newest {stored.EACH_MAX:,} were looked at"
        )

    def go(self, frontier: Frontier) -> None:
        """Until nothing more is wanted, or the budget is spent: `cut` then says which part of it.

        Raises Unavailable.
        """
        self._follow(frontier, frontier.backward)
        self._is_forward = True
        self._follow(frontier, frontier.forward)

    def _follow(self, frontier: Frontier, next_wanted: Callable[[], Wanted]) -> None:
        while not self.cut and (wanted := next_wanted()):
            # Whatever time there is, the first answer says what the chain is about.
            self.cut = self._spent(frontier) if self._steps else ""
            if self.cut:
                return
            self._steps += 1
            self.levels += self._is_new(wanted)
            self._note(wanted)
            try:
                frontier.take(self._answers(frontier, wanted))
            except TooLarge as error:
                self.cut = str(error)

    def _is_new(self, wanted: Wanted) -> bool:
        """Whether the store has to be asked for any of it."""
        return any(getattr(wanted, name) - self._known[name] for name in QUESTIONS)

    def _spent(self, frontier: Frontier) -> str:
        budget = self._budget
        if self.levels >= budget.levels_max:
            return f"it goes on after {budget.levels_max} levels"
        if frontier.span_count >= budget.spans_max:
            return f"it has more than {budget.spans_max:,} spans"
        if self.duration_ms >= budget.seconds_max * 1000:
            return f"it was not whole after {budget.seconds_max:g} s"
        return ""

    def _note(self, wanted: Wanted) -> None:
        """What comes later of this changes the chain; what is only looked at ahead does not."""
        traces = wanted.trace_ids | wanted.links_into | wanted.links_out_of
        self.asked = Asked(
            self.asked.trace_ids | traces,
            self.asked.data | wanted.data,
            self.asked.targets | wanted.targets,
        )

    def _answers(self, frontier: Frontier, wanted: Wanted) -> Records:
        found, self._begins_at = self._begins_at, Records()
        traces = set(wanted.trace_ids)
        if wanted.trace_ids or self._steps == ABOUT_AT:
            # What the outcome is about is where it goes on.
            named = self._ask(Wanted(wanted.since, wanted.until, data_ids=wanted.data_ids))
            traces |= {access.ref.trace_id for access in named.accesses}
            found.add(named)
        if unknown := traces - self._known["trace_ids"]:
            found.add(self._ahead(frontier, unknown, wanted))
        found.add(self._ask(wanted))
        return found

    def _ahead(self, frontier: Frontier, trace_ids: Collection[str], wanted: Wanted) -> Records:
        """What the walk may ask for from these traces on; nothing where that is too much."""
        whole = self._whole(frozenset(trace_ids), wanted)
        found = Records()
        try:
            asked = self._begin(whole)
            # What they did says where it goes on: the rest comes while that is asked for.
            acts = asked.acts.result() if asked.acts else Records()
            further = frontier.ahead(acts)
            if self._is_forward:
                further = replace(further, policy_ids=frozenset())
            begun = self._begin(further)
            found.add(self._end(asked))
            found.add(self._end(begun))
        except TooLarge:
            pass  # then level by level
        return found

    def _whole(self, trace_ids: frozenset[str], wanted: Wanted) -> Wanted:
        """All there is of these traces, and on the way back of those that led to them."""
        if self._is_forward:
            out_of = wanted.links_out_of | trace_ids
            return replace(wanted, trace_ids=trace_ids, links_out_of=out_of, said_of=trace_ids)
        traces = self._source.reach(self._tenant, trace_ids)
        return replace(
            wanted, trace_ids=traces, links_into=traces, links_out_of=traces, said_of=traces
        )

    def _ask(self, wanted: Wanted) -> Records:
        """What of it is not known yet: a few queries, whatever its size."""
        return self._end(self._begin(wanted))

    def _begin(self, wanted: Wanted) -> "_Asked":
        source = self._source
        period = (wanted.since, wanted.until)
        new = {name: getattr(wanted, name) - self._known[name] for name in QUESTIONS}
        into, out_of = new["links_into"], new["links_out_of"]
        both = into if into == out_of else frozenset()
        acts = self._submit(source.acts_of, new["trace_ids"])
        answers = [
            acts,
            self._submit(source.of_data, new["data"], *period),
            self._submit(source.named, new["data_ids"]),
            self._submit(source.spans_of, new["trace_ids"]),
            self._submit(source.links_around, both),
            self._submit(partial(source.links, forward=False), into - both),
            self._submit(partial(source.links, forward=True), out_of - both),
            self._submit(source.decisions_under, new["policy_ids"]),
            self._submit(source.outcomes_of, new["targets"]),
            self._submit(source.said_of, new["said_of"]),
            *(self._submit(source.outcome, one) for one in sorted(new["outcome_ids"])),
        ]
        return _Asked(new, acts, [answer for answer in answers if answer])

    def _submit(
        self, look_up: Callable[..., Records], wanted: Any, *options: Any
    ) -> Future[Records] | None:
        if not wanted:
            return None
        return self._threads.submit(look_up, self._tenant, wanted, *options)

    def _end(self, asked: "_Asked") -> Records:
        wait(asked.answers)
        found = Records()
        for answer in asked.answers:
            found.add(answer.result())
        for name in QUESTIONS:
            self._known[name] |= asked.new[name]
        if len(found.accesses) < stored.EACH_MAX:
            return found
        counts = Counter((one.datum, one.is_write) for one in set(found.accesses))
        self._full |= {datum for (datum, _), count in counts.items() if count >= stored.EACH_MAX}
        return found


class _Asked(NamedTuple):
    """Questions that are under way: what is new in them, and their answers."""

    new: dict[str, frozenset[Any]]
    acts: Future[Records] | None
    answers: list[Future[Records]]
