"""Everything that a reviewer has to see of a decision, and nothing of what others said of it."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from app import moments
from app.chains import Chains
from domain.chain_records import Access, Records
from domain.chains import Chain
from domain.errors import NotFound, TooLarge
from domain.reviewing import Facts
from governance import loosening
from governance.desk import Desk
from storage.chains import StoredRecords
from storage.governance import GovernanceChanges
from storage.store import Store

Said = Mapping[str, Any]
LISTED_MAX = 100
CAUSES_MAX = 3
POLICY = "policy"


class Context:
    """Of one store. All calls may block and raise Unavailable."""

    def __init__(self, store: Store, chains: Chains) -> None:
        self._store, self._chains = store, chains
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review-chain")
        self._records = StoredRecords(store)
        self._desk = Desk(GovernanceChanges(store))

    def of(self, tenant: str, facts: Facts) -> Said:
        """The decision, its inputs with their ages, what it did, what led to it, what was found,
        what policies said, and the limits that it was taken under."""
        chain = self._thread.submit(self._chain, tenant, facts)
        more = self._decision(tenant, facts)
        records = self._records.of_traces(tenant, [facts.trace_id] if facts.trace_id else [])
        named = self._records.named(tenant, more.get("inputs", ()))
        said = self._records.said_of(tenant, [facts.trace_id] if facts.trace_id else [])
        findings = _findings(said, facts)
        return {
            **decision(facts),
            "more": {name: value for name, value in more.items() if name != "inputs"},
            "inputs": _inputs(facts, records, named, more.get("inputs", ())),
            "did": _did(facts, records),
            "around": _around(facts, records),
            "findings": [one for one in findings if not one["signature"].startswith(POLICY)],
            "policy_findings": [one for one in findings if one["signature"].startswith(POLICY)],
            "became": _became(said, self._records.outcomes_of(tenant, _targets(records))),
            "chain": chain.result(),
            "limits": self._limits(tenant, facts, more.get("threshold_version", "")),
        }

    def _decision(self, tenant: str, facts: Facts) -> dict[str, Any]:
        rows = self._store.rows(
            "review_decision", tenant=tenant, trace_id=facts.trace_id, span_id=facts.span_id,
            decision_id=facts.decision_id,
        )  # fmt: skip
        return {name: value for name, value in rows[0].items() if name != "ts"} if rows else {}

    def _chain(self, tenant: str, facts: Facts) -> Said:
        """The likeliest causes, or why there is no chain."""
        subject = f"{facts.trace_id}/{facts.span_id}"
        try:
            chain = self._chains.chain(tenant, subject)
        except (NotFound, TooLarge) as error:
            gone = isinstance(error, NotFound)
            problem = "Its spans are not stored any more." if gone else str(error)
            return {"subject": "", "problem": problem, "causes": [], "steps": [], "cut": ""}
        return {"subject": subject, "problem": "", "cut": chain.cut, **_causes(chain)}

    def _limits(self, tenant: str, facts: Facts, version: str) -> Said | None:
        """Those of the version that the agent said it acted under; None where it is not known."""
        if not version.isdigit():
            return None
        try:
            held = self._desk.governed(tenant, facts.agent).version(int(version))
        except NotFound:
            return None
        found = loosening.effective(held.thresholds, facts.action, facts.agent_version)
        return {
            "version": held.number,
            "confidence": found.limits.confidence,
            "amount": found.limits.amount,
            "stage": found.stage.name.lower(),
            "oversight": str(found.oversight),
            "allowed": found.limits.allow(facts.confidence, facts.amount),
        }


def decision(facts: Facts) -> dict[str, Any]:
    """What was known of a decision when its week was drawn."""
    return {
        "decision_id": facts.decision_id,
        "agent": facts.agent,
        "action": facts.action,
        "decided_at": moments.iso(facts.decided_at),
        "trace_id": facts.trace_id,
        "span_id": facts.span_id,
        "confidence": facts.confidence,
        "amount": facts.amount,
        "currency": facts.currency,
        "agent_version": facts.agent_version,
        "threshold_version": facts.threshold_version,
        "outcome": facts.outcome,
    }


def _inputs(
    facts: Facts, records: Records, named: Records, data_ids: Iterable[str]
) -> list[dict[str, Any]]:
    """What was read in the run before the decision or is named by it, the oldest data first."""
    wanted = set(data_ids)
    reads = {
        (one.datum, one.ref, one.data_id): one
        for one in [*records.accesses, *named.accesses]
        if not one.is_write and (one.at <= facts.decided_at or _is_named(one, facts, wanted))
    }
    found = [_input(one, facts, wanted) for one in reads.values()]
    return sorted(found, key=lambda one: (not one["named"], -(one["age_s"] or 0.0)))[:LISTED_MAX]


def _is_named(one: Access, facts: Facts, wanted: set[str]) -> bool:
    same = one.ref == (facts.trace_id, facts.span_id)
    return same or one.data_id in wanted or one.decision_id == facts.decision_id


def _input(one: Access, facts: Facts, wanted: set[str]) -> dict[str, Any]:
    """age_s: how old the data was when it was decided; None where nobody said of when it is."""
    age_s = None if one.as_of is None else (facts.decided_at - one.as_of).total_seconds()
    return {
        "what": str(one.datum),
        "version": one.version,
        "value": one.value,
        "system": one.system,
        "tool": one.tool,
        "read_at": moments.iso(one.at),
        "as_of": moments.iso(one.as_of) if one.as_of else None,
        "age_s": age_s,
        "named": _is_named(one, facts, wanted),
    }


def _did(facts: Facts, records: Records) -> list[dict[str, Any]]:
    """Writes and effects of the run from the decision on, in order."""
    found = [
        _act(one.at, one.system, f"writes {one.datum}", one.value, one.version)
        for one in records.accesses
        if one.is_write and one.at >= facts.decided_at
    ] + [
        _act(one.at, one.entity, f"{one.kind} {one.metric}", one.delta, one.unit)
        for one in records.effects
        if one.at >= facts.decided_at
    ]
    return sorted(found, key=lambda one: one["at"])[:LISTED_MAX]


def _act(at: datetime, where: str, what: str, value: float | None, unit: str) -> dict[str, Any]:
    return {"at": moments.iso(at), "where": where, "what": what, "value": value, "unit": unit}


def _around(facts: Facts, records: Records) -> list[dict[str, Any]]:
    """The steps of the run, in order, with how long before or after the decision each began."""
    steps = sorted({one.ref: one for one in records.steps}.values(), key=lambda one: one.at)
    return [
        {
            "agent": one.agent or one.service,
            "kind": one.kind,
            "name": one.name,
            "error": one.error,
            "after_s": (one.at - facts.decided_at).total_seconds(),
            "here": one.ref == (facts.trace_id, facts.span_id),
        }
        for one in steps[:LISTED_MAX]
    ]


def _findings(said: Records, facts: Facts) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in said.anomalies:
        here = one.ref == (facts.trace_id, facts.span_id)
        known = found.setdefault(one.finding_id, {
            "finding_id": one.finding_id, "signature": one.signature, "reason": one.reason,
            "weight": one.weight, "role": one.role, "here": here,
        })  # fmt: skip
        if here:
            known |= {"here": True, "role": one.role}
    return sorted(found.values(), key=lambda one: (not one["here"], -one["weight"]))[:LISTED_MAX]


def _targets(records: Records) -> set[str]:
    writes = {one.data_id for one in records.accesses if one.is_write and one.data_id}
    spans = {f"{one.ref.trace_id}/{one.ref.span_id}" for one in records.decisions}
    return writes | spans


def _became(*said: Records) -> list[dict[str, Any]]:
    """What became of what the run did, the bad first."""
    outcomes = {one.outcome_id: one for records in said for one in records.outcomes}
    ordered = sorted(outcomes.values(), key=lambda one: (one.polarity, one.at))
    return [
        {
            "outcome_id": one.outcome_id,
            "type": one.type,
            "polarity": one.polarity,
            "amount": one.amount,
            "at": moments.iso(one.at),
        }
        for one in ordered[:LISTED_MAX]
    ]


def _causes(chain: Chain) -> dict[str, Any]:
    """The likeliest causes before the decision, and the steps from the first of them to it."""
    nodes = {node.node_id: node for node in chain.nodes}
    before = [one for one in chain.causes if one.node_id != chain.subject][:CAUSES_MAX]
    causes = [{"score": one.score, "reason": one.reason} for one in before]
    path: Sequence[str] = before[0].path if before else ()
    steps = [
        {
            "at": moments.iso(nodes[name].at),
            "agent": nodes[name].agent,
            "system": nodes[name].system,
            "title": nodes[name].title,
        }
        for name in path[:LISTED_MAX]
        if name in nodes
    ]
    return {"causes": causes, "steps": steps}
