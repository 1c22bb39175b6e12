"""Does the way through the store lose no loop, and does it look at whole traces?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analyzers import registry
from analyzers.loops import stretches
from domain.findings import Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers import loop_lanes
from tests.analyzers.loop_lanes import Lane
from wakeline import loop_tokens

NOW = datetime.now(UTC).replace(microsecond=0)
WINDOW = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
LOOPS = registry.analyzers()[0]


def rows(trace_id: str, lane: Lane, **said: Any) -> Iterator[dict[str, Any]]:
    """The calls as steps, 10 ms apart."""
    for number, call in enumerate(lane):
        yield {
            "tenant": "acme", "received": NOW, "retention_days": 30,
            "ts": NOW - timedelta(minutes=9) + timedelta(milliseconds=10 * number),
            "trace_id": trace_id, "span_id": f"{trace_id}-{number:04}", "agent": "clerk",
            "operation": "execute_tool", "arguments_state": "json", "revision": 1,
            "tool": "job_status" if call.poll else call.tool,
            "arguments_hash": loop_tokens.number((call.arguments, call.varying)),
            "shape_hash": loop_tokens.number((call.tool, call.arguments)),
            "result_state": "text", "result_size_bytes": len(call.result),
            "result_hash": loop_tokens.number([call.result]),
            "status": "Error" if call.error else "Ok", "error_lane": 0,
        } | said  # fmt: skip


def found(store: Store) -> set[str]:
    return {draft.lane for draft in LOOPS.drafts(StoredFindings(store), WINDOW)}


@pytest.mark.parametrize("seed", [7, 8])
def test_stored_steps_have_the_loops_of_the_calls(store: Store, seed: int) -> None:
    made = [lane for _, _, lane in loop_lanes.lanes(seed, 5)]
    store.insert("steps", [row for n, lane in enumerate(made) for row in rows(str(n), lane)])
    steps = loop_lanes.steps_of(made)
    expected = {f"trace:{int(steps.lane[loop.start])}" for loop in stretches.loops(steps)}
    assert found(store) == expected
    assert len(expected) >= 40


def begun(store: Store, trace_id: str, ago: timedelta, end: datetime = NOW) -> None:
    """As if spans of the trace had been stored that began then, the last of them at `end`."""
    row = {"TraceId": trace_id, "Start": NOW - ago, "End": end, "Tenant": "acme"}
    kept = {"RetentionDays": 30, "ReceivedDate": NOW.date()}
    store.insert("otel_traces_trace_id_ts", [row | kept])


@pytest.mark.parametrize(("known", "ago_h"), [(True, 90), (False, 20)])
def test_a_trace_is_looked_at_from_its_first_step_on(store: Store, known: bool, ago_h: int) -> None:
    """Where its spans are not there, the last day of it is."""
    ago = timedelta(hours=ago_h)
    if known:
        begun(store, "t1", ago)
    once = [loop_lanes.Call("search", "{}", "nothing at all")]
    for number in range(5):
        then = NOW - ago * (4 - number) / 4
        late = then if number < 4 else NOW
        store.insert("steps", list(rows("t1", once, span_id=f"s{number}", ts=then, received=late)))
    (draft,) = LOOPS.drafts(StoredFindings(store), WINDOW)
    assert draft.facts["calls"] == 5


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (NOW + timedelta(minutes=5), NOW + timedelta(minutes=5)),
        (datetime(2150, 1, 1, tzinfo=UTC), datetime(2106, 2, 6, 6, 28, 16, tzinfo=UTC)),
        (NOW + timedelta(days=9), None),
    ],
)
def test_a_trace_is_looked_at_up_to_its_last_step(
    store: Store, last: datetime, end: datetime | None
) -> None:
    """Also where its spans are not there, or end later than their table of times can say."""
    if end:
        begun(store, "t1", timedelta(hours=1), end)
    once = [loop_lanes.Call("search", "{}", "nothing at all")]
    for number in range(5):
        then, early = (last, NOW - timedelta(hours=3)) if number > 2 else (NOW, NOW)
        store.insert("steps", list(rows("t1", once, span_id=f"s{number}", ts=then, received=early)))
    assert len(StoredFindings(store).lanes("tool", WINDOW)) == 5


def test_a_step_of_the_window_counts_before_its_trace_is_known_to_go_on(store: Store) -> None:
    begun(store, "t1", timedelta(hours=1), NOW - timedelta(minutes=30))
    store.insert("steps", list(rows("t1", [loop_lanes.Call("search", "{}", "nothing at all")] * 5)))
    assert found(store) == {"trace:t1"}


def test_a_step_that_says_how_far_it_came_is_held_against_the_last_that_did(store: Store) -> None:
    call = loop_lanes.Call("work", "{}", "always the same")
    steps = list(rows("t1", [call] * 8))
    for number, row in enumerate(steps):
        row["progress_done"] = number // 2 + 1 if number % 2 else 0
    stands = list(rows("t2", [call] * 8))
    for number, row in enumerate(stands):
        row["progress_done"] = number % 2
    store.insert("steps", steps + stands)
    lanes = StoredFindings(store).lanes("tool", WINDOW)
    advanced = {trace: lanes.advanced[lanes.trace_id == trace].tolist() for trace in ("t1", "t2")}
    assert advanced["t1"] == [False, True] * 4
    assert advanced["t2"] == [False, True] + [False] * 6
    assert found(store) == {"trace:t2"}
