"""What a judge is asked about, and what it said, in the store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.findings import Evidence, Finding, Origin, Role, Severity
from storage.store import Store

SpanId = tuple[str, str]
LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A finding, and the hash of what it says now."""

    finding: Finding
    content: int


class Judgements:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def unjudged(
        self, since: datetime, between: tuple[float, float], rows_max: int
    ) -> list[Unjudged]:
        """Findings since then, of a confidence in that range, that were not judged as they are."""
        rows = self._store.rows(
            "findings_unjudged",
            since=since,
            confidence_min=between[0],
            confidence_max=between[1],
            rows_max=rows_max,
        )
        return [Unjudged(_finding(row), row["content"]) for row in rows]

    def texts(self, finding: Finding, spans_max: int, characters_max: int) -> dict[SpanId, str]:
        """What the first spans of its evidence say, by (trace id, span id)."""
        wanted = list(dict.fromkeys((one.trace_id, one.span_id) for one in finding.evidence))
        wanted = wanted[:spans_max]
        rows = self._store.rows(
            "span_texts",
            tenant=finding.tenant,
            trace_ids=[trace for trace, _ in wanted],
            span_ids=[span for _, span in wanted],
            characters_max=characters_max,
            # Ids of spans are only unlikely to be equal in two traces.
            rows_max=spans_max * spans_max,
        )
        said = {(row["trace_id"], row["span_id"]): str(row["says"]) for row in rows}
        return {span: said[span] for span in wanted if span in said}

    def keep(self, judged: Unjudged, said: Mapping[str, Any]) -> None:
        """Record what a judge said: judge, question, holds, confidence, moved, quoted, why."""
        row = {
            "tenant": judged.finding.tenant,
            "finding_id": judged.finding.finding_id,
            "content": judged.content,
            "signature": judged.finding.signature,
            "at": datetime.now(UTC),
        }
        self._store.insert("finding_judgements", [row | dict(said)])

    def of(self, tenant: str, finding_id: str) -> list[dict[str, Any]]:
        """What was said of a finding, the newest first."""
        asked = {"tenant": tenant, "finding_id": finding_id, "rows_max": LISTED_MAX}
        return [
            row
            | {
                "at": row["at"].replace(tzinfo=UTC),
                "current": bool(row["current"]),
                "quoted": [_plain(span) for span in row["quoted"]],
            }
            for row in self._store.rows("judgements", **asked)
        ]


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        finding_id=row["finding_id"],
        signature=str(row["signature"]),
        signature_version=row["signature_version"],
        severity=Severity[str(row["severity"]).upper()],
        confidence=row["confidence"],
        tenant=str(row["tenant"]),
        agents=tuple(row["agents"]),
        lane=row["lane"],
        case_id=row["case_id"],
        first_at=row["first_at"].replace(tzinfo=UTC),
        last_at=row["last_at"].replace(tzinfo=UTC),
        evidence=tuple(_evidence(one) for one in row["evidence"]),
        reason=row["reason"],
        facts=json.loads(row["facts"]),
        tags=tuple(row["tags"]),
        mute_key=row["mute_key"],
        origin=Origin(row["origin"]),
        degraded=row["degraded"],
    )


def _evidence(one: Any) -> Evidence:
    trace_id, span_id, role = _plain(one)
    return Evidence(trace_id, span_id, Role(role))


def _plain(named: Any) -> tuple[str, ...]:
    """A tuple with names, which comes as a dict over some connections, as a plain one."""
    return tuple(named.values() if isinstance(named, dict) else named)
