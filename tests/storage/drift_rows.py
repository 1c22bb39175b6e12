"""Rows of runs that are stored as derived rows, to be counted in windows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.store import Store

# Rows older than their retention are gone when they are written; these are kept ten years.
START = datetime(2025, 11, 3, tzinfo=UTC)  # a Monday, in winter time
FIRST = 20_395  # its number
RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
KEPT: dict[str, Any] = {"received": RECEIVED, "retention_days": 3650, "revision": 1}


def steps(
    trace: str, at: datetime, tools: Sequence[str], tenant: str = "acme", **more: Any
) -> list[dict[str, Any]]:
    """A model call, then a second apart its tools; `more` holds for each step."""
    base: dict[str, Any] = {
        "tenant": tenant,
        "trace_id": trace,
        "agent": "clerk",
        "agent_version": "v1",
        "status": "Ok",
        "case_id": "",
        "duration_ns": 10**9,
        **KEPT,
    }
    first: dict[str, Any] = {
        "ts": at,
        "span_id": "0",
        "operation": "chat",
        "tool": "",
        "input_tokens": 90,
        "output_tokens": 37,
        "cost": 0.001,
    }
    called: list[dict[str, Any]] = [
        {
            "ts": at + timedelta(seconds=place),
            "span_id": str(place),
            "operation": "execute_tool",
            "tool": tool,
            "input_tokens": 0,
            "output_tokens": 0,
            "cost": None,
        }
        for place, tool in enumerate(tools, start=1)
    ]
    return [base | row | more for row in (first, *called)]


def put(store: Store, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of one table, of equal keys."""
    store.insert(table, rows)


def fact(trace: str, at: datetime, **more: Any) -> dict[str, Any]:
    """A row of a table of facts."""
    base: dict[str, Any] = {
        "tenant": "acme",
        "trace_id": trace,
        "span_id": "9",
        "ts": at,
        "agent": "clerk",
    }
    return base | {"origin": "explicit"} | KEPT | more
