"""Causal chains of a store: walked level by level, kept, and built again when something came."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers.chains.frontier import Frontier, Wanted
from domain.asked import EVER
from domain.chain_records import ChainSource, Datum, Records
from domain.chains import Budget, Chain
from domain.errors import NotFound, TooLarge
from domain.tools import NEVER
from storage import chains as stored
from storage.built_chains import Asked, BuiltChains, Subject
from storage.chains import StoredRecords
from storage.store import Store

# Senders' clocks may be ahead of ours.
CLOCKS_AHEAD = timedelta(days=1)
# They only wait for the store, each for one kind of question.
THREADS = 8
CROWDED_TOLD_MAX = 3
HOW_TO_NAME = "name an outcome, a finding, or a span as TRACE/SPAN"


class Walk:
    """One walk through the records of a tenant: from the subject back, then forward."""

    def __init__(
        self, source: ChainSource, tenant: str, budget: Budget, threads: ThreadPoolExecutor
    ) -> None:
        """threads: on which the questions of one level are asked at once."""
        self._threads = threads
        self.asked = Asked()
        self.cut = ""
        self.crowded: set[Datum] = set()
        self.levels = 0
        self._source = source
        self._tenant = tenant
        self._budget = budget
        self._begun = time.monotonic()

    @property
    def duration_ms(self) -> float:
        """Since it began."""
        return (time.monotonic() - self._begun) * 1000

    @property
    def shortened(self) -> str:
        """Why the chain is not whole; empty when it is."""
        if self.cut or not self.crowded:
            return self.cut
        names = ", ".join(sorted(map(str, self.crowded))[:CROWDED_TOLD_MAX])
        return (
            f"of the reads and writes of {names} only the newest {stored.EACH_MAX:,} were looked at"
        )

    def go(self, frontier: Frontier) -> None:
        """Until nothing more is wanted, or the budget is spent: `cut` then says which part of it.

        Raises Unavailable.
        """
        for next_wanted in (frontier.backward, frontier.forward):
            self._follow(frontier, next_wanted)

    def _follow(self, frontier: Frontier, next_wanted: Callable[[], Wanted]) -> None:
        while not self.cut and (wanted := next_wanted()):
            # Whatever time there is, the first answer says what the chain is about.
            self.cut = self._spent(frontier) if self.levels else ""
            if self.cut:
                return
            self.levels += 1
            try:
                frontier.take(self._answers(wanted))
            except TooLarge as error:
                self.cut = str(error)

    def _spent(self, frontier: Frontier) -> str:
        budget = self._budget
        if self.levels >= budget.levels_max:
            return f"it goes on after {budget.levels_max} levels"
        if frontier.span_count >= budget.spans_max:
            return f"it has more than {budget.spans_max:,} spans"
        if self.duration_ms >= budget.seconds_max * 1000:
            return f"it was not whole after {budget.seconds_max:g} s"
        return ""

    def _answers(self, wanted: Wanted) -> Records:
        """Of one level: a few queries, whatever its size."""
        traces = wanted.trace_ids | wanted.links_into | wanted.links_out_of
        self.asked = Asked(
            self.asked.trace_ids | traces,
            self.asked.data | wanted.data,
            self.asked.targets | wanted.targets,
        )
        source, tenant = self._source, self._tenant
        answers = [
            self._threads.submit(source.of_traces, tenant, wanted.trace_ids),
            self._threads.submit(source.of_data, tenant, wanted.data, wanted.since, wanted.until),
            self._threads.submit(source.named, tenant, wanted.data_ids),
            self._threads.submit(source.links, tenant, wanted.links_into, forward=False),
            self._threads.submit(source.links, tenant, wanted.links_out_of, forward=True),
            self._threads.submit(source.decisions_under, tenant, wanted.policy_ids),
            self._threads.submit(source.outcomes_of, tenant, wanted.targets),
        ]
        answers += [
            self._threads.submit(source.outcome, tenant, outcome_id)
            for outcome_id in sorted(wanted.outcome_ids)
        ]
        wait(answers)
        found = Records()
        for answer in answers:
            found.add(answer.result())
        counts = Counter((one.datum, one.is_write) for one in answers[1].result().accesses)
        self.crowded |= {datum for (datum, _), count in counts.items() if count >= stored.EACH_MAX}
        return found


class Chains:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store, budget: Budget | None = None) -> None:
        self._store = store
        self._source = StoredRecords(store)
        self._built = BuiltChains(store)
        self._budget = budget or Budget()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chain")

    def chain(self, tenant: str, name: str, *, fresh: bool = False) -> Chain:
        """What led to the outcome, span or finding called `name`, and what else it reached.

        tenant: empty for any; fresh: build it, also when nothing has come since it was built.
        Raises NotFound.
        """
        subject = self._built.subject(tenant, name)
        if subject is None:
            raise NotFound(f"nothing is called '{name}': {HOW_TO_NAME}")
        known = None if fresh else self._built.known(subject)
        if known and known.is_still(self._built.state(subject.tenant, known.asked)):
            return known.chain
        return self._walked(subject)

    def listed(self, tenant: str, chains_max: int) -> list[dict[str, Any]]:
        """Chains of bad outcomes in one line each, those that know the newest rows first."""
        return self._built.listed(tenant, chains_max)

    def _walked(self, subject: Subject) -> Chain:
        begun_ns = time.time_ns()
        budget, hub_types = self._budget, self._hub_types()
        frontier = Frontier(
            subject.node_id, EVER, datetime.now(UTC) + CLOCKS_AHEAD, budget, hub_types
        )
        walk = Walk(self._source, subject.tenant, budget, self._threads)
        walk.go(frontier)
        # What was stored meanwhile may have been missed: it is not known to the chain.
        counted = self._threads.submit(self._built.state, subject.tenant, walk.asked, begun_ns)
        chain = frontier.chain(subject.tenant)
        state = counted.result()
        chain = replace(
            chain,
            cut=walk.shortened,
            levels=walk.levels,
            watermark=state.watermark,
            duration_ms=round(walk.duration_ms, 1),
        )
        self._built.keep(subject, chain, walk.asked, state)
        return chain

    def _hub_types(self) -> frozenset[str]:
        """Entity types that connect nothing, by tools.yaml."""
        hubs = self._store.rows("tool_settings")[0]["hubs"]
        return frozenset(kind for kind, most in hubs.items() if most == NEVER)
