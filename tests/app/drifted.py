"""A data folder in which one agent changed its tools, read for drift as `wakeline up` does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analyzers.drift_config import DriftConfig
from app.drift import Drift
from domain.drift_reading import DriftRun
from storage.store import Store

DAYS, CHANGED, RUNS = 34, 24, 60
CONFIG = DriftConfig(baseline_days=14)
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
FIRST = TODAY - timedelta(days=DAYS)
CHANGED_AT = FIRST + timedelta(days=CHANGED)


def fill(folder: Path) -> DriftRun:
    """Two steps a run; which tool follows from the run's number, so each time the same."""
    with Store(f"chdb://{folder / 'store'}") as store:
        store.insert("steps", steps())
        return Drift(store, CONFIG).look(settled=True)


def steps(tenant: str = "default", agent: str = "billing") -> list[dict[str, Any]]:
    """Of all days up to yesterday."""
    same = {"tenant": tenant, "agent": agent}
    return [_step(day, run) | same for day in range(DAYS) for run in range(RUNS)]


def _step(day: int, run: int) -> dict[str, Any]:
    # Days differ a little, so that there is something that a change has to exceed.
    usual = 30 + (day * 7) % 9 - 4
    refunds = run < usual + (20 if day >= CHANGED else 0)
    at = FIRST + timedelta(days=day, hours=8, minutes=run)
    number = day * RUNS + run + 1
    return {
        "received": at, "retention_days": 400, "ts": at,
        "agent_version": "2.0" if day >= CHANGED else "1.0", "trace_id": f"{number:032x}",
        "span_id": f"{number:016x}", "operation": "execute_tool",
        "tool": "refund" if refunds else "reply", "status": "Ok", "revision": 1,
        "duration_ns": 10**9 + 10**7 * run,
    }  # fmt: skip
