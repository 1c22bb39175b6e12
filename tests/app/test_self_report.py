"""Does a process that takes spans say of itself what alerts ask for?"""

import asyncio
from pathlib import Path

from app.authenticators import Open
from app.self_report import SelfReport
from collector.config import CollectorConfig
from collector.dead_letters import DeadLetter
from collector.pipeline import Pipeline
from storage.store import Store


def test_a_row_says_what_waits_what_was_taken_and_what_it_costs(
    store: Store, tmp_path: Path
) -> None:
    async def make() -> Pipeline:
        return Pipeline(tmp_path / "spool", CollectorConfig(), store, Open(), lambda _: 30)

    pipeline = asyncio.run(make())
    pipeline.telemetry.accepted["spans"].labels("http").inc(7)
    pipeline.telemetry.accepted["spans"].labels("grpc").inc(2)
    pipeline.telemetry.refused["spans"].labels("http").inc(1)
    pipeline.telemetry.observe_lag(1.5)
    letter = DeadLetter("a.otlp.pb", "too deep", "acme", "traces", 1, 1, 1, replayable=True)
    pipeline.spool.dead_letters.add(letter, b"x")
    SelfReport(store, pipeline, "collect").write()
    (row,) = store.selected("SELECT * FROM v1_platform", "self report")
    assert (row["process"], row["accepted_spans"], row["refused_spans"]) == ("collect", 9, 1)
    assert (row["queue_segments"], row["queue_bytes"], row["dead_letters"]) == (0, 0, 1)
    assert (row["lag_p50_s"], row["lag_p99_s"], row["failed_spans"]) == (1.5, 1.5, 0)
    assert min(row["cpu_s"], row["memory_bytes"], row["disk_free_bytes"]) > 0
