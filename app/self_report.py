"""What a process that takes spans says of itself, in the store, for dashboards and alerts."""

import resource
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from prometheus_client import Counter

from app.periodic import Periodic
from collector import segments
from collector.pipeline import Pipeline
from storage.store import Store

EVERY_S = 15.0
KIBIBYTE = 1024


class SelfReport:
    """One row in `platform` each time it is asked for."""

    def __init__(self, store: Store, pipeline: Pipeline, process: str) -> None:
        """process: `up` or `collect`."""
        self._store = store
        self._pipeline = pipeline
        self._named = {"process": process, "host": socket.gethostname()}

    def write(self) -> None:
        """Store how it is now. Raises Unavailable."""
        self._store.insert("platform", [self.row()])

    def row(self) -> dict[str, Any]:
        """Counters since the start, ages and lags in s, sizes in bytes."""
        spool, telemetry = self._pipeline.spool, self._pipeline.telemetry
        return self._named | {
            "ts": datetime.now(UTC),
            "queue_segments": spool.waiting_segments,
            "queue_bytes": spool.size_bytes - spool.dead_letters.size_bytes,
            "queue_age_s": spool.oldest_age_s,
            "dead_letters": len(spool.dead_letters),
            "disk_free_bytes": segments.disk_free_bytes(spool.folder),
            "lag_p50_s": telemetry.lag_quantile(0.5),
            "lag_p99_s": telemetry.lag_quantile(0.99),
            "accepted_spans": counted(telemetry.accepted["spans"]),
            "refused_spans": counted(telemetry.refused["spans"]),
            "failed_spans": counted(telemetry.failed["spans"]),
            "stored_items": counted(telemetry.sent),
            "cpu_s": time.process_time(),
            "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE,
        }


def counted(counter: Counter) -> int:
    """The sum over all labels."""
    return sum(
        int(sample.value)
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


def periodic(store: Store, pipeline: Pipeline, process: str, ready: Callable[[], bool]) -> Periodic:
    """Four times a minute, as soon as the schema is there."""
    return Periodic("self report", EVERY_S, SelfReport(store, pipeline, process).write, ready)
