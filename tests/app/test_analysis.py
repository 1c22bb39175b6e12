"""Does a store that is analyzed hold the same findings in whatever passes, and are they listed?"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig
from analyzers.runner import Pass
from app import analysis
from app.analysis import Analysis, Ticking
from domain.asked import Asked
from domain.errors import Unavailable
from storage.findings import FindingRows
from storage.store import Store
from tests.app.commands import invoke
from tests.app.looked_for import only
from tests.storage.test_findings import step

NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(hours=4)
CONFIG = AnalyzersConfig()


def calls(count: int, trace_id: str, received: datetime, first: int = 0) -> list[dict[str, Any]]:
    """The same call again and again, and the spans that say so."""
    return [
        step(
            trace_id=trace_id,
            span_id=f"{trace_id}{n}",
            ts=BEGAN + timedelta(seconds=n),
            received=received,
        )
        for n in range(first, first + count)
    ]


def in_a_row(count: int) -> list[dict[str, Any]]:
    """So many traces with a loop each, one received each second."""
    received = [NOW - timedelta(hours=1, seconds=n) for n in range(count)]
    return [row for n, at in enumerate(received) for row in calls(3, f"t{n}", at)]


def put(store: Store, rows: list[dict[str, Any]]) -> None:
    store.insert("steps", rows)
    spans = [
        {"Tenant": row["tenant"], "Received": row["received"], "Timestamp": row["ts"],
         "TraceId": row["trace_id"], "SpanId": row["span_id"], "RetentionDays": 30}
        for row in rows
    ]  # fmt: skip
    store.insert("otel_traces", spans)


def listed(store: Store) -> list[tuple[Any, ...]]:
    names = ("finding_id", "signature", "reason", "confidence", "first_at", "last_at")
    rows = FindingRows(store).listed(Asked(), 100)
    return sorted(tuple(row[name] for name in names) for row in rows)


@pytest.fixture
def loops(store: Store) -> Store:
    """A store of which one loop alone is asked."""
    only(store, "LOOP-01")
    return store


def test_passes_in_parts_find_what_one_pass_finds(
    loops: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "ROWS_OF_A_WINDOW", 4)
    hour = timedelta(hours=1)
    put(loops, [
        *calls(3, "t1", NOW - 3 * hour), *calls(4, "t2", NOW - 2 * hour),
        *calls(3, "t1", NOW - hour, first=3),
    ])  # fmt: skip
    told: list[tuple[int, int]] = []
    done = Analysis(loops, CONFIG).to_the_end(lambda part, parts: told.append((part, parts)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    found = listed(loops)
    assert [row[1] for row in found] == ["LOOP-01"] * 2
    assert any("6 times in a row" in row[2] for row in found)
    assert done.found["LOOP-01"] == 3
    monkeypatch.setattr(analysis, "ROWS_OF_A_WINDOW", 1000)
    assert Analysis(loops, CONFIG).to_the_end().written == 0
    assert listed(loops) == found


@pytest.mark.parametrize("shards", [2, 5])
def test_processes_that_share_the_lanes_find_together_what_one_finds(
    loops: Store, shards: int
) -> None:
    put(loops, in_a_row(12))
    parts = [
        Analysis(loops, AnalyzersConfig(shard=shard, shards=shards)).to_the_end()
        for shard in range(shards)
    ]
    together = listed(loops)
    assert len(together) == 12
    assert [sum(part.found.values()) > 0 for part in parts].count(True) > 1
    assert Analysis(loops, CONFIG).to_the_end().written == 0
    assert listed(loops) == together


@pytest.mark.parametrize("calls_before", [0, 1, 2, 3])
def test_a_pass_that_was_cut_off_anywhere_is_made_up_for_by_the_next(
    loops: Store, monkeypatch: pytest.MonkeyPatch, calls_before: int
) -> None:
    put(loops, in_a_row(5))
    insert, left = loops.insert, [calls_before]

    def failing(table: str, rows: list[dict[str, Any]]) -> None:
        if not left[0]:
            raise Unavailable("cut off")
        left[0] -= 1
        insert(table, rows[:2] if table == "findings" else rows)
        if table == "findings":
            left[0] = 0
            raise Unavailable("cut off in the middle")

    monkeypatch.setattr(loops, "insert", failing)
    with contextlib.suppress(Unavailable):
        Analysis(loops, CONFIG).tick()
    monkeypatch.undo()
    Analysis(loops, CONFIG).tick()
    again = listed(loops)
    assert len(again) == 5
    assert Analysis(loops, CONFIG).to_the_end().written == 0
    assert listed(loops) == again


def test_a_tick_goes_on_where_the_last_one_stopped_and_looks_back_now_and_then(
    loops: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(loops, calls(3, "t1", NOW - timedelta(minutes=30)))
    ticking = Analysis(loops, CONFIG)
    assert ticking.tick().written == 1
    assert Analysis(loops, CONFIG).tick().found == {}
    # What a store that was down took late.
    put(loops, calls(2, "t1", NOW - timedelta(minutes=30), first=3))
    assert ticking.tick().written == 0
    monkeypatch.setattr(analysis, "LATE_EVERY", timedelta(0))
    assert ticking.tick().written == 1


def test_a_minute_in_which_much_came_is_taken_by_seconds(
    loops: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "ROWS_OF_A_WINDOW", 3)
    minute = (NOW - timedelta(hours=1)).replace(second=0)
    early, late = (minute + timedelta(seconds=at) for at in (5, 40))
    put(loops, calls(3, "t1", early) + calls(3, "t1", late, first=3))
    parts: list[int] = []
    Analysis(loops, CONFIG).to_the_end(lambda part, of: parts.append(of))
    assert parts == [2, 2, 2]
    (found,) = listed(loops)
    assert "6 times" in found[2]


def test_what_is_not_stored_yet_is_waited_for(loops: Store) -> None:
    put(loops, calls(3, "t1", datetime.now(UTC) - timedelta(minutes=5)))
    waiting_s = [3600.0]
    ticking = Analysis(loops, CONFIG, lambda: waiting_s[0])
    assert ticking.tick().written == 0
    waiting_s[0] = 0
    assert ticking.tick().written == 1


def test_an_empty_store_is_analyzed_too(store: Store) -> None:
    assert Analysis(store, CONFIG).to_the_end().found == {}
    assert Analysis(store, CONFIG).tick().found == {}


def test_ticks_go_on_after_a_store_that_was_down(
    loops: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(loops, calls(3, "t1", NOW))
    failures = iter([True, True, False])
    real = Analysis.tick

    def sometimes(self: Analysis) -> Any:
        if next(failures, False):
            raise Unavailable("the store is down")
        found = real(self)
        ticking.stop()
        return found

    monkeypatch.setattr(Analysis, "tick", sometimes)
    ready = iter([False])
    config = AnalyzersConfig(tick_seconds=0.01)
    ticking = Ticking(loops, config, lambda: next(ready, True))
    with caplog.at_level(logging.WARNING):
        asyncio.run(ticking.run())
    assert [record.message for record in caplog.records] == ["analysis waits: the store is down"]
    assert len(listed(loops)) == 1


def test_passes_give_way_while_storing_is_behind_but_not_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def behind_s() -> float:
        asked.append(10.0)
        return asked[-1]

    def once(self: Analysis) -> Pass:
        ticking.stop()
        return Pass()

    monkeypatch.setattr(Analysis, "tick", once)
    config = AnalyzersConfig(tick_seconds=0.001)
    ticking = Ticking(store, config, lambda: True, behind_s=behind_s)
    asyncio.run(ticking.run())
    assert len(asked) == analysis.LEFT_OUT_MAX + 1


def test_findings_are_made_and_listed_from_the_shell(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        put(store, calls(5, "t1", NOW))
    where = ("--data", data)
    done = invoke("analyze", "--once", "--format", "json", *where, terminal=True).json
    assert done == {"found": {"LOOP-01": 1}, "written": 1, "retracted": 0, "chains": 0}
    assert "LOOP-01\t1" in invoke("analyze", "--once", *where).out
    found = invoke("findings", "--format", "json", *where).json
    assert (found["signature"], found["severity"]) == ("LOOP-01", "high")
    assert found["trace_ids"] == ["t1"]
    assert found["evidence"][0] == {"trace_id": "t1", "span_id": "t10", "role": "cause"}
    text = invoke("findings", "--since", "1d", "--severity", "high", *where).out
    assert "called search 5 times in a row" in text
    for none in (("--since", "2200-01-01"), ("--agent", "x"), ("--severity", "critical")):
        assert "nothing found" in invoke("findings", *none, *where).err


def test_what_is_asked_wrongly_is_named(data: Path) -> None:
    where = ("--data", data)
    refused = invoke("findings", "--state", "opne", *where).refused()
    assert refused.startswith("--state: 'opne' is none of open, acknowledged")
    refused = invoke("findings", "--severity", "bad", *where).refused()
    assert refused.startswith("--severity: 'bad' is none of info, low")
    refused = invoke("findings", "--since", "2999-01-01", *where).refused()
    assert refused == "--since: '2999-01-01' is not between 1970 and 2200"
    assert "needs a ClickHouse server" in invoke("analyze", *where).refused()
