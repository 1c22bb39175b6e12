"""Weeks of decisions that people looked at, all of them, as the review keeps them in a store."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from domain import weeks
from domain.audit_trail import AuditRecord
from domain.reviewing import DrawnCell
from governance import audit, review_record
from storage.governance import GovernanceChanges
from storage.store import Store

TENANT, AGENT, ACTION = "acme", "clerk", "refund"
HASHES = {"sha256": "0" * 64, "markdown_sha256": "0" * 64, "html_sha256": "0" * 64}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A decision, and whether people call it harm."""

    confidence: float
    harm: bool
    amount: float = 100.0


@dataclass(frozen=True, slots=True)
class Week:
    """A week of ISO number `week`; signed off on the Tuesday after it."""

    week: int
    cases: tuple[Case, ...]
    tenant: str = TENANT
    agent_version: str = ""

    @property
    def begins(self) -> datetime:
        return weeks.bounds(self.week)[0]

    @property
    def signed_at(self) -> datetime:
        return self.begins + 8 * DAY + timedelta(hours=9, minutes=30)


def usual(number: int, harms: Callable[[float], bool] = lambda at: at < 0.7) -> tuple[Case, ...]:
    """A hundred cases of all confidences from 0.6 to 0.99; harm follows from confidence."""
    every = (round(0.6 + (n * 13 + number) % 40 / 100, 2) for n in range(100))
    return tuple(Case(at, harms(at)) for at in every)


def write(store: Store, written: Iterable[Week]) -> None:
    """All of them, in five inserts."""
    every = list(written)
    rows = [_rows(week, number, case) for week in every for number, case in enumerate(week.cases)]
    for table in ("decisions", "review_cases", "review_case_verdicts"):
        store.insert(table, [one[table] for one in rows])
    store.insert("review_draws", list(map(_draw, every)))
    changes = GovernanceChanges(store)
    records: list[AuditRecord] = []
    head = changes.head(every[0].tenant)
    for week in every:
        said = {"name": "Cleo", "statement": "read"}
        change = review_record.signed(
            week.tenant, week.week, "cleo", week.signed_at, HASHES, said
        )  # fmt: skip
        head = audit.recorded(change, head)
        records.append(head)
    assert changes.append(records)


def _rows(week: Week, number: int, case: Case) -> dict[str, dict[str, Any]]:
    at = week.begins + timedelta(hours=number)
    name = f"{week.week}-{number}"
    trace, span = f"{week.week * 1000 + number:032x}", f"{number + 1:016x}"
    place = {"tenant": week.tenant, "trace_id": trace, "span_id": span, "decision_id": name}
    same = {"agent": AGENT, "action": ACTION, "confidence": case.confidence, "amount": case.amount,
            "outcome": "escalate"}  # fmt: skip
    of_week = {"tenant": week.tenant, "week": week.week, "case_id": f"case-{name}"}
    return {
        "decisions": {**place, **same, "received": at, "retention_days": 400, "ts": at,
                      "revision": 1},
        "review_cases": {
            **place, **same, **of_week, "look": "first", "decided_at": at, "currency": "USD",
            "agent_version": week.agent_version, "threshold_version": "", "u": 0.0, "pi": 1.0,
            "pi_uniform": 1.0, "of_week": week.week, "added_by": "", "why": "",
            "attempt": str(week.week), "added_at": week.begins + 7 * DAY,
        },
        "review_case_verdicts": {
            **of_week, "reviewer": "cleo", "verdict": "harm" if case.harm else "fine",
            "reason": "wrong_action" if case.harm else "", "note": "", "cost": None,
            "rubric": "1", "settles": False, "at": week.begins + 7 * DAY,
        },
    }  # fmt: skip


def _draw(week: Week) -> dict[str, Any]:
    count = len(week.cases)
    cell = DrawnCell(AGENT, ACTION, count, 1.0, float(count), count, 1.0)
    ends = week.begins + 7 * DAY
    return {
        "tenant": week.tenant, "week": week.week, "zone": "UTC", "begins": week.begins,
        "ends": ends, "known_until": ends, "key_id": "k", "budget": float(count), "uniform": 0.6,
        "minimum": 10.0, "classifier": "", "frame": count, "frame_sha256": "", "drawn": count,
        "sample_sha256": "", "cells": json.dumps([asdict(cell)]), "drawn_by": "automatic/review",
        "drawn_at": ends, "attempt": str(week.week),
    }  # fmt: skip
