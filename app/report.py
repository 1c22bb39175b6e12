"""The figures of `wakeline status` and `doctor`, /healthz, /metrics and /v1."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from app import coverage, moments
from collector import segments
from collector.dead_letters import DeadLetters
from domain.errors import InvalidInput, Unavailable
from storage.store import Store

if TYPE_CHECKING:  # commands report without a pipeline, and start faster without its imports
    from collector.pipeline import Pipeline

SERVICES_MAX = 1000
SERVICE_DAYS = 7
LETTERS_SHOWN_MAX = 20
DEAD_LETTERS = "dead-letters"

Figures = Mapping[str, Any]


class Report:
    """Reads the store and, where there are some, spool and pipeline.

    spool: its folder, or None in a process that has none.
    """

    def __init__(
        self, store: Store, spool: Path | None, pipeline: "Pipeline | None" = None
    ) -> None:
        self._store = store
        self._spool = spool
        self._pipeline = pipeline
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)

    def health(self) -> Figures:
        """Spans of the last hour, counted now. Raises Unavailable."""
        with _complete_schema():
            row = self._store.rows("health")[0]
        return {"spans_last_hour": row["spans"]}

    def coverage(self, days: int, agent: str) -> Figures:
        """What analyzers can see of each agent, see `app.coverage`. Raises Unavailable."""
        with _complete_schema():
            return coverage.told(self._store, days, agent)

    def text(self) -> bytes:
        """The process's metrics in Prometheus' text format."""
        ingest = generate_latest(self._pipeline.telemetry.registry) if self._pipeline else b""
        return ingest + generate_latest(self._registry)

    def status(self) -> Figures:
        """All of it; what the store can not answer is said, not raised."""
        status = {**self._of_store()}
        if self._spool is not None:
            status["queue"] = _queue(self._spool)
            status["dead_letters"] = _dead_letters(self._spool / DEAD_LETTERS)
        if self._pipeline is not None:
            telemetry, writer = self._pipeline.telemetry, self._pipeline.writer
            status["ingest"] = {
                "lag_p50_s": round(telemetry.lag_quantile(0.5), 3),
                "lag_p99_s": round(telemetry.lag_quantile(0.99), 3),
                "store_error": writer.last_error,
            }
        return status

    def _of_store(self) -> Figures:
        try:
            store = {"reachable": True, **self.health()}
            services = self._store.rows("last_seen", days=SERVICE_DAYS, limit=SERVICES_MAX)
            tables = self._store.rows("disk")
        except (InvalidInput, Unavailable) as error:
            return {"store": {"reachable": False, "reason": str(error)}}
        for service in services:
            service["last_received"] = moments.iso(service["last_received"])
        return {"store": store, "tables": tables, "services": services}


@contextlib.contextmanager
def _complete_schema() -> Iterator[None]:
    """Our own queries are not wrong; a table is missing."""
    try:
        yield
    except InvalidInput as error:
        raise Unavailable(f"the schema is not complete, `wakeline migrate`: {error}") from error


def _queue(spool: Path) -> Figures:
    waiting = segments.waiting(spool)
    size_bytes = 0
    for path in waiting:
        with contextlib.suppress(FileNotFoundError):  # stored meanwhile
            size_bytes += path.stat().st_size
    age_s = (time.time_ns() - int(waiting[0].stem)) / 1e9 if waiting else 0.0
    existing = next(folder for folder in (spool, *spool.resolve().parents) if folder.exists())
    return {
        "bytes": size_bytes,
        "segments": len(waiting),
        "oldest_age_s": round(max(age_s, 0.0), 3),
        "disk_free_bytes": segments.disk_free_bytes(existing),
    }


def _dead_letters(folder: Path) -> Figures:
    letters = [asdict(letter) for letter in DeadLetters(folder)] if folder.exists() else []
    return {
        "count": len(letters),
        "folder": str(folder),
        "latest": letters[-LETTERS_SHOWN_MAX:],
    }
