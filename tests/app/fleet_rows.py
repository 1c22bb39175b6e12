"""A fleet of two agents as rows: one at work now, one that fell silent half an hour ago."""

from datetime import UTC, datetime, timedelta

from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO

TENANT = "acme"
NOW = datetime.fromtimestamp(RECEIVED_UNIX_NANO / 1e9, UTC)
BUSY, QUIET = "billing", "archive\x1b[31m"


def rows(store: Store) -> None:
    """Two agents: one at work now, one that fell silent half an hour ago."""

    def step(agent: str, minutes: float, **more: object) -> dict[str, object]:
        at = NOW - timedelta(minutes=minutes)
        ids = {"span_id": f"{agent}{minutes}", "trace_id": agent, "tenant": TENANT}
        return {"ts": at, "received": at, "retention_days": 30, "agent": agent, "revision": 1,
                "operation": "chat",
                "duration_ns": 1, "status": "Ok", "cost": 0.5, **ids, **more}  # fmt: skip

    run = {"operation": "invoke_agent", "duration_ns": 2_500_000_000, "cost": None}
    store.insert("steps", [
        *(step(BUSY, minutes) for minutes in range(1, 9)),
        step(BUSY, 0.5, status="Error", cost=None), step(BUSY, 9, **run), step(QUIET, 30),
    ])  # fmt: skip
    decided = {"tenant": TENANT, "ts": NOW - timedelta(minutes=2), "received": NOW, "agent": BUSY,
               "retention_days": 30, "revision": 1, "trace_id": BUSY}  # fmt: skip
    store.insert("decisions", [
        decided | {"decision_id": str(number), "outcome": outcome}
        for number, outcome in enumerate(("allow", "escalate", "block", "escalate"))
    ])  # fmt: skip
    store.insert("findings", [{
        "tenant": TENANT, "finding_id": "f1", "signature": "LOOP-01", "severity": "high",
        "agents": [BUSY, QUIET], "first_at": decided["ts"], "last_at": decided["ts"], "revision": 1,
        "evidence": [], "facts": "{}",
    }])  # fmt: skip
