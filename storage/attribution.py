"""The steps of one trace as attribution looks at them: who, when, and the marks of texts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.attribution import RunStep
from storage.store import Store

STEPS_MAX = 2_000
FIGURES_MAX = 512


class TraceSteps:
    """Those of the store. Calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, tenant: str, trace_id: str) -> tuple[str, list[RunStep]]:
        """Whose the trace is, and its earliest steps, STEPS_MAX and one where there are more;
        `tenant` empty for any. No steps where there is no such trace."""
        rows = self._store.rows(
            "attribution_steps",
            tenant=tenant,
            trace_id=trace_id,
            figures_max=FIGURES_MAX,
            rows_max=STEPS_MAX + 1,
        )
        return (rows[0]["tenant"] if rows else tenant), [_step(row) for row in rows]


def _step(row: Mapping[str, Any]) -> RunStep:
    at: datetime = row["ts"]
    return RunStep(
        span_id=row["span_id"],
        parent_span_id=row["parent_span_id"],
        at=at.replace(tzinfo=UTC),
        agent=row["agent"],
        operation=row["operation"],
        failed=bool(row["failed"]),
        number=None if row["number"] < 0 else row["number"],
        words=row["words"],
        figures=frozenset(row["figures"]),
        heard=frozenset(row["heard"]),
        hands_over=bool(row["hands_over"]),
        hit_limit=bool(row["hit_limit"]),
        changes=bool(row["changes"]),
    )
