"""Look-ups that causal chains are built from, each one batched query for a whole frontier."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError
from typing import Any

from domain.asked import FAR
from domain.chain_records import Datum, Records
from domain.errors import TooLarge
from storage import chain_rows
from storage.chain_rows import records
from storage.store import Store

ROWS_MAX = 200_000
# Of a datum, in one look-up: the newest reads, and as many writes.
EACH_MAX = 5_000
THREADS = 4
# How far it is looked ahead: levels, traces, and as many more for each trace of a walk that has
# grown; and how many writes of a datum are taken for the one that was read.
REACH_LEVELS, REACH_TRACES, REACH_TIMES, REACH_MOST, REACH_WRITES = 16, 500, 6, 4_000, 3
ALL_HERE_SECONDS_MAX = 5.0
# No trace, datum or write is called so.
NOTHING = ("-",)
ACTS, SPANS = ("accesses", "decisions"), ("steps", "effects")


class StoredRecords:
    """domain.chain_records.ChainSource of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chain-query")

    def warm(self) -> None:
        """What the first look-ups would wait for: connections, and indexes that are not loaded."""
        on_each(self._threads, THREADS, lambda: self._store.rows("tool_hubs"))
        for look_up in (self.acts_of, self.spans_of, self.said_of, self.links_around, self.named):
            look_up("", NOTHING)
        self.reach("", NOTHING)

    def outcome(self, tenant: str, outcome_id: str) -> Records:
        """The outcome, or nothing."""
        return records(outcomes=self._rows("chain_outcome", tenant, outcome_id=outcome_id))

    def reach(self, tenant: str, trace_ids: Collection[str]) -> frozenset[str]:
        """These traces, those that wrote what they read, and so on: some REACH_TRACES of them, and
        REACH_TIMES as many as are asked about, but no more than REACH_MOST."""
        traces_max = min(REACH_TRACES + REACH_TIMES * len(trace_ids), REACH_MOST)
        reached, level, until = set(trace_ids), set(trace_ids), FAR
        for _ in range(REACH_LEVELS):
            asked = {"trace_ids": sorted(level), "until": until, "each_max": REACH_WRITES}
            rows = self._store.rows("chain_reach", tenant=tenant, rows_max=traces_max, **asked)
            level = {row["trace_id"] for row in rows} - reached
            reached |= level
            if not level or len(reached) > traces_max + len(trace_ids):
                break
            until = rows[0]["ts"]
        return frozenset(reached)

    def of_traces(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """All that happened in whole traces."""
        return self._facts(tenant, trace_ids, ACTS + SPANS)

    def acts_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """What was read, written and decided in whole traces."""
        return self._facts(tenant, trace_ids, ACTS)

    def spans_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """The steps of whole traces, and what they did to the business."""
        return self._facts(tenant, trace_ids, SPANS)

    def _facts(self, tenant: str, trace_ids: Collection[str], facts: Iterable[str]) -> Records:
        if not trace_ids:
            return Records()
        asked = {"trace_ids": sorted(trace_ids)}
        rows = {fact: self._ask(f"chain_{fact}", tenant, **asked) for fact in facts}
        return records(**{fact: answer.result() for fact, answer in rows.items()})

    def said_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """What became of these traces, and what was found in them."""
        if not trace_ids:
            return Records()
        asked = {"trace_ids": sorted(trace_ids)}
        outcomes = self._ask("chain_outcomes", tenant, **asked)
        findings = self._rows("chain_findings", tenant, **asked)
        found = records(outcomes=outcomes.result())
        found.anomalies.extend(chain_rows.anomalies(findings, set(trace_ids)))
        chain_rows.note(found, findings)
        return found

    def of_data(
        self, tenant: str, data: Collection[Datum], since: datetime, until: datetime
    ) -> Records:
        """Accesses in [since, until), of a datum without a field those to every field; of each the
        newest EACH_MAX reads and writes."""
        if not data:
            return Records()
        wanted = sorted(data)
        rows = self._rows(
            "chain_data",
            tenant,
            entities=[datum.entity for datum in wanted],
            fields=[datum.field for datum in wanted],
            whole=[datum.entity for datum in wanted if not datum.field],
            since=since,
            until=until,
            each_max=EACH_MAX,
        )
        return records(accesses=rows)

    def named(self, tenant: str, data_ids: Collection[str]) -> Records:
        """The reads and writes that have these ids, and what takes them back."""
        if not data_ids:
            return Records()
        rows = self._rows("chain_named", tenant, data_ids=sorted(data_ids))
        return records(accesses=rows)

    def links(self, tenant: str, trace_ids: Collection[str], *, forward: bool) -> Records:
        """Links and messages out of these traces, or into them."""
        return self._links(tenant, trace_ids, ["chain_links_out" if forward else "chain_links_in"])

    def links_around(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """Links and messages out of these traces and into them."""
        return self._links(tenant, trace_ids, ["chain_links_out", "chain_links_in"])

    def _links(self, tenant: str, trace_ids: Collection[str], queries: Iterable[str]) -> Records:
        if not trace_ids:
            return Records()
        asked = {"trace_ids": sorted(trace_ids)}
        answers = [self._ask(query, tenant, **asked) for query in queries]
        messages = self._rows("chain_messages", tenant, **asked)
        found = records(links=[row for answer in answers for row in answer.result()])
        found.links.extend(chain_rows.messages(messages))
        chain_rows.note(found, messages)
        return found

    def decisions_under(self, tenant: str, policy_ids: Collection[str]) -> Records:
        """Of each version of these policies the first decision that was made under it."""
        if not policy_ids:
            return Records()
        rows = self._rows("chain_policies", tenant, policy_ids=sorted(policy_ids))
        return records(decisions=rows)

    def outcomes_of(self, tenant: str, targets: Iterable[str]) -> Records:
        """Outcomes of which one of these is a target."""
        wanted = sorted(set(targets))
        if not wanted:
            return Records()
        rows = self._rows("chain_outcomes_of", tenant, targets=wanted)
        return records(outcomes=rows)

    def _rows(self, query: str, tenant: str, **asked: Any) -> list[dict[str, Any]]:
        """Raises TooLarge when there are more than ROWS_MAX."""
        return self._ask(query, tenant, **asked).result()

    def _ask(self, query: str, tenant: str, **asked: Any) -> Future[list[dict[str, Any]]]:
        """On a thread, for the questions of one level do not wait for each other."""
        return self._threads.submit(self._answer, query, tenant, asked)

    def _answer(self, query: str, tenant: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        rows = self._store.rows(query, tenant=tenant, rows_max=ROWS_MAX + 1, **asked)
        if len(rows) > ROWS_MAX:
            raise TooLarge(
                f"a step of the chain has more than {ROWS_MAX:,} rows ({query});"
                " ask about a span nearer to the cause"
            )
        return rows


def on_each(threads: ThreadPoolExecutor, count: int, work: Callable[[], object]) -> None:
    """Do `work` once on each of a pool's `count` threads, for each has a connection of its own.

    Where they are long busy, or end, some thread may do it twice in place of another.
    """
    all_here = Barrier(count, timeout=ALL_HERE_SECONDS_MAX)

    def once() -> None:
        with suppress(BrokenBarrierError):
            all_here.wait()
        work()

    for done in [threads.submit(once) for _ in range(count)]:
        done.result()
