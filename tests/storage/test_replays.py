"""Are last week's decisions replayed as the limits say, and is what was undone counted once?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.thresholds import ESCALATE_ALL, Limits
from domain.tuning import Decided
from governance.canonical import plain
from governance.replay import replay
from storage.replays import Asked, Replays
from storage.store import Store

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = Asked("acme", "clerk", "refund", MONDAY, MONDAY + timedelta(days=7))
CASES = (
    ("d1", 0.95, "10"), ("d2", 0.85, "900"), ("d3", 0.75, "20"), ("d4", 0.75, "40"),
    ("d5", None, "5"), ("d6", 0.99, None),
)  # fmt: skip


def decided(number: int, name: str, confidence: float | None, amount: str | None,
            **more: Any) -> dict[str, Any]:  # fmt: skip
    at = MONDAY + timedelta(hours=number)
    return {
        "tenant": "acme", "received": at, "retention_days": 400, "ts": at, "agent": "clerk",
        "action": "refund", "trace_id": f"{number:032x}", "span_id": f"{number:016x}",
        "decision_id": name, "confidence": confidence, "outcome": "allow",
        "amount": None if amount is None else Decimal(amount), "revision": 1, **more,
    }  # fmt: skip


def step(number: int, version: str) -> dict[str, Any]:
    at = MONDAY + timedelta(hours=number)
    return {
        "tenant": "acme", "received": at, "retention_days": 400, "ts": at, "agent": "clerk",
        "agent_version": version, "trace_id": f"{number:032x}", "span_id": f"{number:016x}",
        "revision": 1,
    }  # fmt: skip


@pytest.fixture(scope="module")
def replays(module_store: Store) -> Replays:
    rows = [decided(number, *case) for number, case in enumerate(CASES)]
    other = decided(20, "d20", 0.9, "1", agent="other")
    late = decided(24 * 8, "", 0.9, "1")
    people = decided(21, "d21", 0.9, "1", outcome="escalate")
    module_store.insert("decisions", [*rows, other, late, people])
    again = decided(3, "d4", 0.75, "40", revision=2)
    module_store.insert("decisions", [again | {"received": MONDAY + timedelta(days=20)}])
    module_store.insert("steps", [step(0, "2.0"), step(1, "1.0")])
    module_store.insert("data_access", [{
        "tenant": "acme", "received": MONDAY, "retention_days": 400, "ts": MONDAY,
        "trace_id": "f" * 32, "span_id": "f" * 16, "agent": "clerk", "access": "write",
        "entity": "order:7", "entity_type": "order", "data_id": "w-1", "decision_id": "d2",
        "revision": 1,
    }])  # fmt: skip
    targets = {"o1": ["d1", "d3"], "o2": ["order:7"], "o3": ["w-1"], "o4": ["d4"],
               "o5": [f"span:{24 * 8:032x}-{24 * 8:016x}"]}  # fmt: skip
    module_store.insert("outcomes", [{
        "tenant": "acme", "received": MONDAY, "retention_days": 400, "ts": MONDAY,
        "outcome_id": name, "type": "complaint" if name == "o4" else "reversal", "polarity": -1,
        "target": target, "revision": 1,
    } for name, target in targets.items()])  # fmt: skip
    return Replays(module_store)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Limits(0.8, 500.0), Limits(0.7, 500.0)),
        (Limits(0.7, None), Limits(0.9, 100.0)),
        (ESCALATE_ALL, Limits(0.5, None)),
        (Limits(0.5, None), ESCALATE_ALL),
    ],
    ids=["looser", "stricter", "from nothing", "to nothing"],
)
def test_the_store_replays_as_the_plain_reading_does(
    replays: Replays, before: Limits, after: Limits
) -> None:
    seen = {"d3": True, "d1": False}
    week = [
        Decided(name, confidence, amount and float(amount), seen.get(name))  # type: ignore[arg-type]
        for name, confidence, amount in (*CASES, ("d21", 0.9, "1"))
    ]
    said = plain(replay(week, before, after))
    assert plain(replays.replayed(WEEK, before, after, seen)) == said


def test_only_decisions_of_the_version_are_replayed(replays: Replays) -> None:
    newer = Asked("acme", "clerk", "refund", WEEK.since, WEEK.until, "2.0")
    found = replays.replayed(newer, ESCALATE_ALL, Limits(0.5), {})
    assert (found["decisions"], found["newly_alone"], found["examples"]) == (1, 1, ("d1",))


def test_what_was_undone_is_counted_in_the_week_of_its_decision(replays: Replays) -> None:
    assert replays.reversals(WEEK) == [(3, 6), (1, 1)]
    newer = Asked("acme", "clerk", "refund", WEEK.since, WEEK.until, "2.0")
    assert replays.reversals(newer) == [(1, 1)]


def test_nothing_was_decided_and_nothing_undone(replays: Replays) -> None:
    nobody = Asked("acme", "nobody", "refund", WEEK.since, WEEK.until)
    found = replays.replayed(nobody, ESCALATE_ALL, Limits(0.5), {})
    assert (found["decisions"], found["autonomy_after"], found["examples"]) == (0, 0.0, ())
    assert replays.reversals(nobody) == []
