"""Histories can be recorded at the times at which they happened."""

from datetime import UTC, datetime, timedelta, timezone

import wakeline
from wakeline.clock import nanoseconds
from wakeline.testing import capture

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
MONDAY_NS = 1_780_304_400_000_000_000
SECOND_NS = 1_000_000_000


def test_all_that_happens_in_a_dated_block_happens_from_then_on() -> None:
    with capture() as recorded:
        with wakeline.agent("a", at=MONDAY):
            with wakeline.tool("t"):
                wakeline.read("x:1", "f")
            wakeline.decision("go")
        wakeline.decision("now")
    agent, tool = recorded.span("invoke_agent a"), recorded.span("execute_tool t")
    read, decision, now = recorded.events
    assert agent.start_ns == MONDAY_NS
    moments = [
        agent.start_ns, tool.start_ns, read.at_ns, tool.end_ns, decision.at_ns, agent.end_ns,
    ]  # fmt: skip
    assert moments == sorted(moments)
    assert agent.end_ns - agent.start_ns < 60 * SECOND_NS
    assert now.at_ns > MONDAY_NS + 60 * SECOND_NS


def test_tools_that_took_a_time_follow_each_other() -> None:
    with capture() as recorded, wakeline.agent("a", at=MONDAY):
        for name in ("t", "u"):
            with wakeline.tool(name, took=timedelta(seconds=20)):
                pass
    first, second = recorded.span("execute_tool t"), recorded.span("execute_tool u")
    agent = recorded.span("invoke_agent a")
    assert first.end_ns - first.start_ns == second.end_ns - second.start_ns == 20 * SECOND_NS
    assert first.end_ns <= second.start_ns
    assert second.end_ns <= agent.end_ns < MONDAY_NS + 60 * SECOND_NS


def test_a_time_taken_counts_without_a_dated_block_too() -> None:
    with capture() as recorded, wakeline.tool("t", took=timedelta(hours=1)):
        pass
    span = recorded.span("execute_tool t")
    assert span.end_ns - span.start_ns == 3600 * SECOND_NS


def test_a_dated_event_stands_at_its_time_wherever_it_is_recorded() -> None:
    later = MONDAY + timedelta(days=3)
    with capture() as recorded, wakeline.agent("a", at=MONDAY):
        wakeline.outcome("complaint", "x:1", at=later)
    assert recorded.events[0].at_ns == MONDAY_NS + 3 * 86_400 * SECOND_NS


def test_times_without_a_zone_are_utc_and_others_are_converted() -> None:
    plus_two = timezone(timedelta(hours=2))
    assert nanoseconds(datetime(2026, 6, 1, 9, 0)) == MONDAY_NS  # noqa: DTZ001
    assert nanoseconds(datetime(2026, 6, 1, 11, 0, tzinfo=plus_two)) == MONDAY_NS
    assert nanoseconds(MONDAY_NS) == MONDAY_NS
    assert nanoseconds(MONDAY + timedelta(microseconds=1)) == MONDAY_NS + 1000
