"""Rows of look-ups as the values that causal chains are built from."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from domain.asked import EVER
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

Row = Mapping[str, Any]

SEVERITY_WEIGHTS = {"info": 0.1, "low": 0.3, "medium": 0.6, "high": 0.95, "critical": 1.0}


def records(**found: Sequence[Row]) -> Records:
    """Of rows by the name of their list; those that were stored again count once."""
    made = Records()
    for name, rows in found.items():
        make, *key = FORMS[name]
        getattr(made, name).extend(map(make, _once(rows, key)))
        note(made, rows)
    return made


def note(made: Records, rows: Sequence[Row]) -> None:
    """What the newest of these rows are."""
    if rows:
        made.revision = max(made.revision, max(map(itemgetter("revision"), rows)))
        # Findings are not received.
        made.received = max(made.received, max(utc(row.get("received", EVER)) for row in rows))


def messages(rows: Iterable[Row]) -> list[Link]:
    """From who sent a message to those who took it; rows by message and time.

    Where nobody says that they sent it, it was who had it first.
    """
    links: list[Link] = []
    for _, ends in groupby(rows, key=lambda row: str(row["message_id"])):
        first, *later = sorted(ends, key=lambda row: row["operation"] != "send")
        takers = dict.fromkeys(map(ref, later))
        takers.pop(ref(first), None)
        links += [Link(ref(first), taker, "message") for taker in takers]
    return links


def anomalies(rows: Iterable[Row], trace_ids: Collection[str]) -> Iterator[Anomaly]:
    """What each finding says of spans of these traces."""
    for row in rows:
        for shown in row["evidence"]:
            if shown["trace_id"] in trace_ids:
                yield Anomaly(
                    ref=ref(shown),
                    finding_id=row["finding_id"],
                    signature=row["signature"],
                    role=shown["role"],
                    weight=SEVERITY_WEIGHTS[row["severity"]] * row["confidence"],
                    reason=row["reason"],
                )


def _once(rows: Iterable[Row], key: Sequence[str]) -> Iterable[Row]:
    """The newest of those that have the same key."""
    of = itemgetter(*key)
    return {of(row): row for row in sorted(rows, key=itemgetter("revision"))}.values()


def ref(row: Row) -> SpanRef:
    """The span that the row is of."""
    return SpanRef(row["trace_id"], row["span_id"])


def utc(moment: datetime) -> datetime:
    """What the store says without a zone."""
    return moment.replace(tzinfo=UTC)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _step(row: Row) -> Step:
    return Step(
        ref=ref(row),
        parent_span_id=row["parent_span_id"],
        at=utc(row["ts"]),
        agent=row["agent"],
        service=row["service"],
        kind=row["operation"] or "span",
        name=row["tool"] or row["name"],
        case_id=row["case_id"],
        error=row["error_type"] or "error" if row["status"] == "Error" else "",
    )


def _access(row: Row) -> Access:
    return Access(
        ref=ref(row),
        at=utc(row["ts"]),
        datum=Datum(row["entity"], row["field"]),
        is_write=row["access"] == "write",
        version=row["version"],
        version_prev=row["version_prev"],
        as_of=utc(row["as_of"]) if row["as_of"].year > EVER.year else None,
        value_hash=row["value_hash"],
        value=_number(row["value_num"]),
        value_prev=_number(row["value_num_prev"]),
        data_id=row["data_id"],
        agent=row["agent"],
        system=row["source"] or row["service"],
        tool=row["tool"],
        case_id=row["case_id"],
        reversible=row["reversible"],
        compensates=row["compensates"],
        compensated_by=row["compensated_by"],
        decision_id=row["decision_id"],
        origin=row["origin"],
    )


def _decision(row: Row) -> Decision:
    return Decision(
        ref=ref(row),
        at=utc(row["ts"]),
        decision_id=row["decision_id"],
        action=row["action"],
        agent=row["agent"],
        inputs=tuple(row["inputs"]),
        amount=_number(row["amount"]),
        policy_id=row["policy_id"],
        policy_version=row["policy_version"],
        case_id=row["case_id"],
    )


def _effect(row: Row) -> Effect:
    return Effect(
        ref=ref(row),
        at=utc(row["ts"]),
        entity=row["entity"],
        kind=row["kind"],
        metric=row["metric"],
        delta=_number(row["delta"]),
        unit=row["unit"],
        agent=row["agent"],
        case_id=row["case_id"],
        decision_id=row["decision_id"],
    )


def _outcome(row: Row) -> Outcome:
    return Outcome(
        outcome_id=row["outcome_id"],
        ref=ref(row),
        at=utc(row["ts"]),
        type=row["type"],
        polarity=row["polarity"],
        target=tuple(row["target"]),
        amount=_number(row["amount"]),
        agent=row["agent"],
        case_id=row["case_id"],
    )


def _link(row: Row) -> Link:
    kind = row["kind"]
    return Link(
        cause=SpanRef(row["cause_trace_id"], row["cause_span_id"]),
        effect=SpanRef(row["effect_trace_id"], row["effect_span_id"]),
        kind=kind if kind in ("message", "handoff") else "link",
    )


# Of each list: what makes a value of a row, and the key of its table.
FORMS: Mapping[str, tuple[Any, ...]] = {
    "steps": (_step, "ts", "span_id", "trace_id"),
    "accesses": (_access, "entity", "field", "ts", "trace_id", "span_id", "access", "data_id"),
    "decisions": (_decision, "ts", "trace_id", "span_id", "decision_id", "action"),
    "effects": (_effect, "case_id", "ts", "trace_id", "span_id", "kind", "metric", "entity"),
    "outcomes": (_outcome, "outcome_id"),
    "links": (
        _link, "effect_trace_id", "effect_span_id", "cause_trace_id", "cause_span_id", "kind",
    ),
}  # fmt: skip
