"""Causal chains of a store: walked level by level, kept, and built again when something came."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers.chains.frontier import Frontier
from app.chain_keeping import Keeping
from app.chain_walk import Walk
from app.turns import Turns
from app.undisturbed import undisturbed
from domain.asked import EVER
from domain.chains import Budget, Chain
from domain.errors import NotFound
from domain.tools import NEVER
from storage.built_chains import Built, BuiltChains, State, Subject
from storage.chains import StoredRecords, on_each
from storage.store import Store

# Senders' clocks may be ahead of ours.
CLOCKS_AHEAD = timedelta(days=1)
# An insert that began longer ago has ended.
STORED_WITHIN_NS = 60 * 10**9
# They only wait for the store, each for one kind of question.
THREADS = 8
HOW_TO_NAME = "name an outcome, a finding, or a span as TRACE/SPAN"


class Chains:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(
        self, store: Store, budget: Budget | None = None, *, keeps_later: bool = False
    ) -> None:
        """keeps_later: for a process that stays: a chain is answered first, and kept after it."""
        self._store = store
        self._source = StoredRecords(store)
        self._built = BuiltChains(store)
        self._keeping = Keeping(self._built)
        self._keeps_later = keeps_later
        self._budget = budget or Budget()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chain")
        self._turns = Turns()

    def chain(self, tenant: str, name: str, *, fresh: bool = False) -> Chain:
        """What led to the outcome, span or finding called `name`, and what else it reached.

        tenant: empty for any; fresh: build it, also when nothing has come since it was built.
        Raises NotFound.
        """
        subject = self._built.subject(tenant, name)
        if subject is None:
            raise NotFound(f"nothing is called '{name}': {HOW_TO_NAME}")
        hub_types = self._threads.submit(self._hub_types)
        # Who asks for what is being built waits for it: to build it twice takes both twice as long.
        with self._turns.of((subject.tenant, subject.node_id)):
            known = None if fresh else self._keeping.known(subject)
            if known and not self._built.is_outdated(subject.tenant, known.asked, known.state):
                return known.chain
            with undisturbed():
                return self._walked(subject, hub_types.result())

    def warm(self) -> None:
        """What the first chain would wait for, so that it takes no longer than any other."""
        self._source.warm()
        on_each(self._threads, THREADS, self._hub_types)

    def settle(self) -> None:
        """Wait until all chains that were answered are kept."""
        self._keeping.settle()

    def listed(self, tenant: str, chains_max: int) -> list[dict[str, Any]]:
        """Chains of bad outcomes in one line each, those that know the newest rows first."""
        self.settle()
        return self._built.listed(tenant, chains_max)

    def _walked(self, subject: Subject, hub_types: frozenset[str]) -> Chain:
        begun_ns = time.time_ns()
        budget = self._budget
        frontier = Frontier(
            subject.node_id, EVER, datetime.now(UTC) + CLOCKS_AHEAD, budget, hub_types
        )
        walk = Walk(self._source, subject.tenant, budget, self._threads, subject.records)
        walk.go(frontier)
        counted = self._threads.submit(self._built.outcomes, subject.tenant, walk.asked)
        newest = frontier.records
        chain = replace(
            frontier.chain(subject.tenant),
            cut=walk.shortened,
            levels=walk.levels,
            watermark=newest.received,
            duration_ms=round(walk.duration_ms, 1),
        )
        # What was stored a while before the walk can be read by it.
        stored_until_ns = max(newest.revision, begun_ns - STORED_WITHIN_NS)
        built = Built(chain, walk.asked, State(stored_until_ns, counted.result()))
        self._keeping.keep(subject, built, later=self._keeps_later)
        return chain

    def _hub_types(self) -> frozenset[str]:
        """Entity types that connect nothing, by tools.yaml."""
        return frozenset(
            kind
            for row in self._store.rows("tool_hubs")
            for kind, most in row["hubs"].items()
            if most == NEVER
        )
