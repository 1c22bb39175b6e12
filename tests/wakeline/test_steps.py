"""Spans of agents and tools carry the GenAI conventions, succeed or fail, and keep what matters."""

import json

import pytest

import wakeline
from wakeline.content import Content
from wakeline.testing import capture


def test_an_agent_block_is_an_invoke_agent_span() -> None:
    with (
        capture() as recorded,
        wakeline.agent("billing", version="2", id="a-1", conversation="c-9", work_item="w-4"),
    ):
        pass
    span = recorded.span("invoke_agent billing")
    assert span.attributes == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "billing",
        "gen_ai.agent.version": "2",
        "gen_ai.agent.id": "a-1",
        "gen_ai.conversation.id": "c-9",
        "wakeline.work_item.id": "w-4",
    }
    assert span.parent_id == ""
    assert not span.failed


def test_a_tool_span_is_below_its_agent_and_names_it() -> None:
    with (
        capture() as recorded,
        wakeline.agent("billing", conversation="c-9"),
        wakeline.tool("get_rate", arguments={"id": 7}, call_id="call-1") as step,
    ):
        step.result([19.9])
    agent, tool = recorded.span("invoke_agent billing"), recorded.span("execute_tool get_rate")
    assert (tool.trace_id, tool.parent_id) == (agent.trace_id, agent.span_id)
    assert tool.attributes == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get_rate",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "call-1",
        "gen_ai.tool.call.arguments": '{"id": 7}',
        "gen_ai.tool.call.result": "[19.9]",
        "gen_ai.agent.name": "billing",
        "gen_ai.conversation.id": "c-9",
    }


def test_the_step_names_its_own_span() -> None:
    with capture() as recorded, wakeline.tool("t") as step:
        pass
    span = recorded.span("execute_tool t")
    assert step.ref == f"span:{span.trace_id}-{span.span_id}"
    assert (step.trace_id, step.span_id) == (span.trace_id, span.span_id)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(TimeoutError("late"), "TimeoutError"), (json.JSONDecodeError("x", "y", 0), None)],
)
def test_an_exception_is_recorded_and_goes_on(error: Exception, kind: str | None) -> None:
    with capture() as recorded, pytest.raises(type(error)), wakeline.tool("t"):
        raise error
    span = recorded.span("execute_tool t")
    assert span.failed
    assert span["error.type"] == (kind or "json.decoder.JSONDecodeError")


def test_a_failure_that_raises_nothing_can_be_said() -> None:
    with capture() as recorded, wakeline.tool("t") as step:
        step.fail("timeout")
    assert recorded.span("execute_tool t")["error.type"] == "timeout"


def test_progress_is_on_the_span_around() -> None:
    with capture() as recorded, wakeline.agent("a"):
        wakeline.progress(3, 8)
    span = recorded.span("invoke_agent a")
    assert (span["wakeline.progress.done"], span["wakeline.progress.total"]) == (3, 8)


@pytest.mark.parametrize("limit", [None, "64"])
def test_five_hundred_attributes_of_the_user_push_none_of_ours_out(
    limit: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit:
        monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", limit)
    many = {f"user.{number}": number for number in range(250)}
    more = {f"late.{number}": number for number in range(250)}
    with (
        capture() as recorded,
        wakeline.case("case-1"),
        wakeline.agent("billing", attributes=many) as run,
        wakeline.tool("get", arguments={"id": 7}, attributes=many) as step,
    ):
        run.span.set_attributes(more)
        step.span.set_attributes(more)
        step.result("ok")
    agent, tool = recorded.span("invoke_agent billing"), recorded.span("execute_tool get")
    assert agent["gen_ai.operation.name"] == "invoke_agent"
    for span in (agent, tool):
        assert span["gen_ai.agent.name"] == "billing"
        assert span["wakeline.case.id"] == "case-1"
        assert len(span.attributes) <= (int(limit) if limit else 1024)
    assert tool["gen_ai.operation.name"] == "execute_tool"
    assert tool["gen_ai.tool.name"] == "get"
    assert tool["gen_ai.tool.call.arguments"] == '{"id": 7}'
    assert tool["gen_ai.tool.call.result"] == '"ok"'
    if not limit:
        assert {**many, **more}.items() <= tool.attributes.items()


def test_content_that_is_cut_says_how_long_it_was() -> None:
    long = "x" * 100_000
    with capture(Content(bytes_max=1000)) as recorded, wakeline.tool("t", arguments=long) as step:
        step.result("short")
    span = recorded.span("execute_tool t")
    assert span["gen_ai.tool.call.arguments"] == '"' + "x" * 996 + "…"
    assert span["wakeline.tool.arguments.size_bytes"] == 100_002
    assert "wakeline.tool.result.size_bytes" not in span.attributes


def test_nothing_of_the_content_is_kept_when_it_is_off() -> None:
    @wakeline.tool
    def lookup(name: str) -> str:
        raise ValueError(f"no {name}")

    with capture(Content(mode="off")) as recorded, pytest.raises(ValueError, match="no secret"):
        lookup("secret")
    span = recorded.span("execute_tool lookup")
    assert "secret" not in repr(span)
    assert span["error.type"] == "ValueError"


def test_hash_mode_shows_equal_values_but_not_what_they_are() -> None:
    with capture(Content(mode="hash", hash_key=b"k")) as recorded:
        for account in ("a-77", "a-77", "a-78"):
            with wakeline.tool("get", arguments={"account": account, "fresh": True}):
                pass
    kept = [json.loads(span["gen_ai.tool.call.arguments"]) for span in recorded.spans]
    assert kept[0] == kept[1] != kept[2]
    assert all(set(one) == {"account", "fresh"} and one["fresh"] is True for one in kept)
    assert "a-77" not in repr(recorded.spans)
