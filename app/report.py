"""The figures of `wakeline status`, /healthz and /v1/status."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest

from collector import segments
from collector.dead_letters import DeadLetters
from collector.pipeline import Pipeline
from domain.errors import Unavailable
from storage.store import Store

SERVICES_MAX = 1000
SERVICE_DAYS = 7
LETTERS_SHOWN_MAX = 20


class Report:
    """Reads the store and, in a process that collects, its pipeline.

    spool: folder of the spool, or None in a process that has none.
    """

    def __init__(self, store: Store, spool: Path | None, pipeline: Pipeline | None = None) -> None:
        self._store = store
        self._spool = spool
        self._pipeline = pipeline

    def health(self) -> Mapping[str, Any]:
        """Spans of the last hour, counted now. Raises Unavailable."""
        row = self._store.rows("health")[0]
        return {"spans_last_hour": row["spans"]}

    def text(self) -> bytes:
        """The process's metrics in Prometheus' text format."""
        return generate_latest(self._pipeline.telemetry.registry) if self._pipeline else b""

    def status(self) -> Mapping[str, Any]:
        """All of it; what the store can not answer is said, not raised."""
        return {
            **self._of_store(),
            **({"queue": self._queue(), "dead_letters": self._letters()} if self._spool else {}),
            **({"ingest": self._ingest(self._pipeline)} if self._pipeline else {}),
        }

    def _of_store(self) -> Mapping[str, Any]:
        try:
            return {
                "store": {"reachable": True, **self.health()},
                "tables": self._store.rows("disk"),
                "services": self._store.rows("last_seen", days=SERVICE_DAYS, limit=SERVICES_MAX),
            }
        except Unavailable as error:
            return {"store": {"reachable": False, "reason": str(error)}}

    def _queue(self) -> Mapping[str, Any]:
        assert self._spool is not None
        if not self._spool.exists():
            return {"bytes": 0, "segments": 0, "oldest_age_s": 0.0}
        waiting = segments.waiting(self._spool)
        sizes = [path.stat().st_size for path in waiting if path.exists()]
        age_s = (time.time_ns() - int(waiting[0].stem)) / 1e9 if waiting else 0.0
        return {
            "bytes": sum(sizes),
            "segments": len(waiting),
            "oldest_age_s": round(age_s, 3),
            "disk_free_bytes": segments.disk_free_bytes(self._spool),
        }

    def _letters(self) -> Mapping[str, Any]:
        assert self._spool is not None
        letters = list(DeadLetters(self._spool / "dead-letters"))
        return {
            "count": len(letters),
            "folder": str(self._spool / "dead-letters"),
            "latest": [asdict(letter) for letter in letters[-LETTERS_SHOWN_MAX:]],
        }

    def _ingest(self, pipeline: Pipeline) -> Mapping[str, Any]:
        return {
            "lag_p50_s": round(pipeline.telemetry.lag_quantile(0.5), 3),
            "lag_p99_s": round(pipeline.telemetry.lag_quantile(0.99), 3),
            "store_error": pipeline.writer.last_error,
        }
