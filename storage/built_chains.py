"""Chains that were built: kept in the store, so that whoever asks again need not build them."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain import chain_graph, chain_json
from domain.asked import EVER
from domain.chain_records import Datum, Records
from domain.chains import Chain
from storage.chain_rows import records
from storage.store import Store

SUBJECT_OF_OUTCOME = "outcome/"
# A finding is asked about at the end of what it shows.
ROLES = ("outcome", "effect", "violation", "cause")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chain is asked about: a node of a tenant's, and how long its rows are kept.

    records: what is known of it already.
    """

    tenant: str
    node_id: str
    outcome_type: str = ""
    case_id: str = ""
    retention_days: int = 0
    records: Records = field(default_factory=Records, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """All that was asked for to build a chain: what comes later of it changes the chain."""

    trace_ids: frozenset[str] = frozenset()
    data: frozenset[Datum] = frozenset()
    targets: frozenset[str] = frozenset()

    def parameters(self) -> dict[str, list[str]]:
        """As a query takes them."""
        data = sorted(self.data)
        return {
            "trace_ids": sorted(self.trace_ids),
            "entities": [datum.entity for datum in data],
            "fields": [datum.field for datum in data],
            "targets": sorted(self.targets),
        }


@dataclass(frozen=True, slots=True)
class State:
    """Of the rows that were asked for, when a chain was built.

    stored_until_ns: what was stored after it is not in the chain.
    outcomes: how many there were. They are counted, for they do not say when they were stored.
    """

    stored_until_ns: int
    outcomes: int


@dataclass(frozen=True, slots=True)
class Built:
    """A chain from the store."""

    chain: Chain
    asked: Asked
    state: State


class BuiltChains:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def subject(self, tenant: str, name: str) -> Subject | None:
        """What is called so: an outcome, a finding, TRACE/SPAN or a span; tenant empty: any."""
        asked = {"tenant": tenant, "name": name.removeprefix(SUBJECT_OF_OUTCOME)}
        for row in self._store.rows("chain_subject", **asked):
            return _subject_of_outcome(row)
        for row in self._store.rows("chain_finding", **asked):
            return self._span(row["tenant"], *_last_shown(row["spans"]))
        trace_id, slash, span_id = name.rpartition("/")
        if slash:
            return self._span(tenant, trace_id, span_id)
        for row in self._store.rows("chain_span", tenant=tenant, span_id=name):
            return _subject_of_span(row, row["trace_id"], name)
        return None

    def known(self, subject: Subject) -> Built | None:
        """The chain as it was built last; None where it never was."""
        asked = {"tenant": subject.tenant, "subject": subject.node_id}
        for row in self._store.rows("chain_known", **asked):
            data = map(Datum, row["entities"], row["fields"])
            return Built(
                chain_json.read(json.loads(row["chain"])),
                Asked(frozenset(row["trace_ids"]), frozenset(data), frozenset(row["targets"])),
                State(row["rows_revision"], row["rows_known"]),
            )
        return None

    def outcomes(self, tenant: str, asked: Asked) -> int:
        """How many there are of what is asked for."""
        keys = {"trace_ids": sorted(asked.trace_ids), "targets": sorted(asked.targets)}
        (row,) = self._store.rows("chain_outcomes_known", tenant=tenant, **keys)
        count: int = row["outcomes_known"]
        return count

    def is_outdated(self, tenant: str, asked: Asked, state: State) -> bool:
        """Whether anything of what was asked for was stored since."""
        if self.outcomes(tenant, asked) != state.outcomes:
            return True
        whole = [datum.entity for datum in asked.data if not datum.field]
        (row,) = self._store.rows(
            "chain_newer",
            tenant=tenant,
            stored_after=state.stored_until_ns,
            whole=whole,
            **asked.parameters(),
        )
        return bool(row["rows_newer"])

    def keep(self, subject: Subject, chain: Chain, asked: Asked, state: State) -> None:
        """In the place of an earlier form of it."""
        stamp = {
            "tenant": subject.tenant,
            "subject": subject.node_id,
            "built": datetime.now(UTC),
            "retention_days": subject.retention_days,
            "revision": time.time_ns(),
        }
        nodes, edges = chain_graph.nodes(chain), chain_graph.edges(chain)
        for table, rows in (("chain_nodes", nodes), ("chain_edges", edges)):
            if rows:
                self._store.insert(table, [{**stamp, **row} for row in rows])
        # Last, so that what `chains` has is whole.
        self._store.insert("chains", [stamp | _row(subject, chain, asked, state)])

    def listed(self, tenant: str, chains_max: int) -> list[dict[str, Any]]:
        """Chains of bad outcomes, those that know the newest rows first; tenant empty: any."""
        rows = self._store.rows("chain_list", tenant=tenant, rows_max=chains_max)
        return [
            row | {name: row[name].replace(tzinfo=UTC) for name in ("built", "watermark")}
            for row in rows
        ]

    def unbuilt(self, since: datetime, rows_max: int) -> Iterable[tuple[str, str]]:
        """(tenant, outcome id) of bad outcomes received since then that have no chain, the newest
        first."""
        rows = self._store.rows("chain_unbuilt", received_since=since, rows_max=rows_max)
        return [(row["tenant"], row["outcome_id"]) for row in rows]

    def outdated(
        self, stored_since_ns: int, stored_until_ns: int, since: datetime, rows_max: int
    ) -> Iterable[tuple[str, str]]:
        """(tenant, subject) of chains built since then that rows touch which were stored in
        [stored_since_ns, stored_until_ns)."""
        rows = self._store.rows(
            "chain_outdated",
            stored_since=stored_since_ns,
            stored_until=stored_until_ns,
            received_since=since,
            built_since=since,
            rows_max=rows_max,
        )
        return [(row["tenant"], row["subject"]) for row in rows]

    def _span(self, tenant: str, trace_id: str, span_id: str) -> Subject | None:
        for row in self._store.rows("chain_trace", tenant=tenant, trace_id=trace_id):
            return _subject_of_span(row, trace_id, span_id)
        return None


def _subject_of_outcome(row: Mapping[str, Any]) -> Subject:
    return Subject(
        row["tenant"],
        SUBJECT_OF_OUTCOME + row["outcome_id"],
        row["type"],
        row["case_id"],
        row["retention_days"],
        records(outcomes=[row]),
    )


def _subject_of_span(row: Mapping[str, Any], trace_id: str, span_id: str) -> Subject:
    return Subject(row["tenant"], f"{trace_id}/{span_id}", retention_days=row["retention_days"])


def _last_shown(spans: list[tuple[str, str, str]]) -> tuple[str, str]:
    ranked = sorted(spans, key=lambda one: ROLES.index(one[2]) if one[2] in ROLES else len(ROLES))
    return ranked[0][0], ranked[0][1]


def _row(subject: Subject, chain: Chain, asked: Asked, state: State) -> dict[str, Any]:
    first = chain.causes[0] if chain.causes else None
    return {
        "watermark": chain.watermark or EVER,
        "cut": chain.cut,
        "levels": chain.levels,
        "nodes": len(chain.nodes),
        "outcome_type": subject.outcome_type,
        "case_id": subject.case_id,
        "agents": sorted({node.agent for node in chain.nodes} - {""}),
        "systems": sorted({node.system for node in chain.nodes} - {""}),
        "top_cause": first.node_id if first else "",
        "score": first.score if first else 0.0,
        "sentence": first.reason if first else "",
        "money_at_risk": dict(chain.blast_radius.money_at_risk),
        "live_writes": len(chain.blast_radius.live_writes),
        "plan": chain_json.text(chain.reversal_plan),
        "chain": chain_json.text(chain),
        **asked.parameters(),
        "rows_known": state.outcomes,
        "rows_revision": state.stored_until_ns,
        "duration_ms": chain.duration_ms,
    }
