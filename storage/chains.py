"""Look-ups that causal chains are built from, each one batched query for a whole frontier."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeVar

from domain.chain_records import (
    Access,
    Anomaly,
    Datum,
    Decision,
    Effect,
    Link,
    Outcome,
    Records,
    SpanRef,
    Step,
)
from domain.errors import TooLarge
from storage.store import Store

T = TypeVar("T")
Row = Mapping[str, Any]

ROWS_MAX = 200_000
# Of a datum, in one look-up: the newest reads, and as many writes.
EACH_MAX = 5_000
THREADS = 4
FACTS = ("steps", "accesses", "decisions", "effects", "outcomes", "findings")
SEVERITY_WEIGHTS = {"info": 0.1, "low": 0.3, "medium": 0.6, "high": 0.95, "critical": 1.0}


class StoredRecords:
    """domain.chain_records.ChainSource of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chain-query")

    def outcome(self, tenant: str, outcome_id: str) -> Records:
        """The outcome, or nothing."""
        rows = self._rows("chain_outcome", tenant, outcome_id=outcome_id)
        return Records(outcomes=_each(_outcome, rows))

    def of_traces(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """All that happened in whole traces, and what was found in them."""
        if not trace_ids:
            return Records()

        asked = {"trace_ids": sorted(trace_ids)}
        rows = {fact: self._ask(f"chain_{fact}", tenant, **asked) for fact in FACTS}
        return Records(
            steps=_each(_step, rows["steps"].result()),
            accesses=_each(_access, rows["accesses"].result()),
            decisions=_each(_decision, rows["decisions"].result()),
            effects=_each(_effect, rows["effects"].result()),
            outcomes=_each(_outcome, rows["outcomes"].result()),
            anomalies=_each(_anomaly, rows["findings"].result()),
        )

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
        return Records(accesses=_each(_access, rows))

    def named(self, tenant: str, data_ids: Collection[str]) -> Records:
        """The reads and writes that have these ids, and what takes them back."""
        if not data_ids:
            return Records()
        rows = self._rows("chain_named", tenant, data_ids=sorted(data_ids))
        return Records(accesses=_each(_access, rows))

    def links(self, tenant: str, trace_ids: Collection[str], *, forward: bool) -> Records:
        """Links and messages out of these traces, or into them."""
        if not trace_ids:
            return Records()
        query = "chain_links_out" if forward else "chain_links_in"
        asked = {"trace_ids": sorted(trace_ids)}
        links = _each(_link, self._rows(query, tenant, **asked))
        return Records(links=links + _messages(self._rows("chain_messages", tenant, **asked)))

    def decisions_under(self, tenant: str, policy_ids: Collection[str]) -> Records:
        """Of each version of these policies the first decision that was made under it."""
        if not policy_ids:
            return Records()
        rows = self._rows("chain_policies", tenant, policy_ids=sorted(policy_ids))
        return Records(decisions=_each(_decision, rows))

    def outcomes_of(self, tenant: str, targets: Iterable[str]) -> Records:
        """Outcomes of which one of these is a target."""
        wanted = sorted(set(targets))
        if not wanted:
            return Records()
        rows = self._rows("chain_outcomes_of", tenant, targets=wanted)
        return Records(outcomes=_each(_outcome, rows))

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


def _each(make: Callable[[Row], T], rows: Iterable[Row]) -> list[T]:
    return [make(row) for row in rows]


def _ref(row: Row) -> SpanRef:
    return SpanRef(row["trace_id"], row["span_id"])


def _at(row: Row) -> datetime:
    moment: datetime = row["ts"]
    return moment.replace(tzinfo=UTC)


def _step(row: Row) -> Step:
    return Step(
        ref=_ref(row),
        parent_span_id=row["parent_span_id"],
        at=_at(row),
        agent=row["agent_name"],
        service=row["service_name"],
        kind=row["kind"] or "span",
        name=row["title"],
        case_id=row["case_id"],
        error=row["error"],
    )


def _access(row: Row) -> Access:
    as_of: datetime = row["as_of"]
    return Access(
        ref=_ref(row),
        at=_at(row),
        datum=Datum(row["entity"], row["field_name"]),
        is_write=bool(row["is_write"]),
        version=row["version"],
        version_prev=row["version_prev"],
        as_of=as_of.replace(tzinfo=UTC) if as_of.year > 1970 else None,
        value_hash=row["value_hash"],
        value=row["value"],
        value_prev=row["value_prev"],
        data_id=row["data_id"],
        agent=row["agent_name"],
        system=row["system"],
        tool=row["tool_name"],
        case_id=row["case_id"],
        reversible=bool(row["reversible"]),
        compensates=row["compensates"],
        compensated_by=row["compensating_tool"],
        decision_id=row["decision_id"],
        origin=row["said_by"],
    )


def _decision(row: Row) -> Decision:
    return Decision(
        ref=_ref(row),
        at=_at(row),
        decision_id=row["decision_id"],
        action=row["action_name"],
        agent=row["agent_name"],
        inputs=tuple(row["inputs"]),
        amount=row["amount_value"],
        policy_id=row["policy"],
        policy_version=row["version"],
        case_id=row["case_id"],
    )


def _effect(row: Row) -> Effect:
    return Effect(
        ref=_ref(row),
        at=_at(row),
        entity=row["entity"],
        kind=row["kind_name"],
        metric=row["metric_name"],
        delta=row["delta_value"],
        unit=row["unit_name"],
        agent=row["agent_name"],
        case_id=row["case_id"],
        decision_id=row["decision_id"],
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(
        outcome_id=row["outcome_id"],
        ref=_ref(row),
        at=_at(row),
        type=row["type_name"],
        polarity=row["polarity"],
        target=tuple(row["target"]),
        amount=row["amount_value"],
        agent=row["agent_name"],
        case_id=row["case_id"],
    )


def _link(row: Row) -> Link:
    kind = row["kind_name"]
    return Link(
        cause=SpanRef(row["cause_trace_id"], row["cause_span_id"]),
        effect=SpanRef(row["effect_trace_id"], row["effect_span_id"]),
        kind=kind if kind in ("message", "handoff") else "link",
    )


def _messages(rows: Iterable[Row]) -> list[Link]:
    """From who sent a message to those who took it; rows by message and time.

    Where nobody says that they sent it, it was who had it first.
    """
    links = []
    for _, ends in groupby(rows, key=lambda row: str(row["message_id"])):
        first, *later = sorted(ends, key=lambda row: row["operation_name"] != "send")
        links += [Link(_ref(first), _ref(row), "message") for row in later]
    return links


def _anomaly(row: Row) -> Anomaly:
    return Anomaly(
        ref=_ref(row),
        finding_id=row["finding_id"],
        signature=row["signature"],
        role=row["role"],
        weight=SEVERITY_WEIGHTS[row["level"]] * row["confidence"],
        reason=row["reason"],
    )
