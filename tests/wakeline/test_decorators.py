"""As decorators, blocks take functions of every kind and leave their types and behaviour alone."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, assert_type

import pytest
from opentelemetry import trace

import wakeline
from wakeline.testing import capture


@wakeline.tool
def double(number: int, *, by: int = 2) -> int:
    """Twice."""
    return number * by


@wakeline.tool("fetch")
async def fetch(name: str) -> str:
    await asyncio.sleep(0)
    return name.upper()


@wakeline.agent("counter")
def count(to: int) -> Iterator[int]:
    for number in range(to):
        wakeline.read("counter:1", "value", value=number)
        yield number


@wakeline.agent("streamer")
async def stream(to: int) -> AsyncIterator[int]:
    for number in range(to):
        with wakeline.case(f"case-{number}"):
            await fetch(str(number))
            yield number
            wakeline.read("stream:1", "value", value=number)


class Service:
    @wakeline.tool
    def look_up(self, key: str) -> str:
        return key


def test_functions_keep_their_types_names_and_results() -> None:
    with capture():
        assert assert_type(double(3, by=3), int) == 9
        assert assert_type(asyncio.run(fetch("x")), str) == "X"
    assert (double.__name__, double.__doc__) == ("double", "Twice.")


def test_a_tool_function_records_its_arguments_by_name_and_its_result() -> None:
    with capture() as recorded:
        double(3)
        Service().look_up("k")
    first, second = recorded.spans
    assert first["gen_ai.tool.name"] == "double"
    assert first["gen_ai.tool.call.arguments"] == '{"number": 3}'
    assert first["gen_ai.tool.call.result"] == "6"
    assert second["gen_ai.tool.call.arguments"] == '{"key": "k"}'


def test_async_functions_that_run_at_once_do_not_mix() -> None:
    @wakeline.agent
    async def work(name: str) -> str:
        with wakeline.case(name):
            return await fetch(name)

    async def both() -> list[str]:
        return list(await asyncio.gather(work("a"), work("b")))

    with capture() as recorded:
        assert asyncio.run(both()) == ["A", "B"]
    agents = {span.span_id: span.trace_id for span in recorded.spans if "agent" in span.name}
    tools = [span for span in recorded.spans if span.name == "execute_tool fetch"]
    assert {tool["wakeline.case.id"] for tool in tools} == {"a", "b"}
    assert {tool.parent_id for tool in tools} == set(agents)
    assert all(agents[tool.parent_id] == tool.trace_id for tool in tools)


def test_one_decorator_may_be_entered_again_while_it_is_open() -> None:
    @wakeline.agent("recursive")
    def descend(depth: int) -> int:
        return descend(depth - 1) + 1 if depth else 0

    with capture() as recorded:
        assert descend(3) == 3
    by_id = {span.span_id: span for span in recorded.spans}
    depths = [0 if not span.parent_id else 1 for span in recorded.spans]
    assert (len(by_id), sum(depths)) == (4, 3)


def test_a_generator_is_one_span_that_its_consumer_is_not_in() -> None:
    with capture() as recorded:
        for _ in count(2):
            assert not trace.get_current_span().get_span_context().is_valid
    span = recorded.span("invoke_agent counter")
    assert {event.span_id for event in recorded.events} == {span.span_id}
    assert len(recorded.events) == 2


def test_an_async_generator_keeps_its_inner_context_between_items() -> None:
    async def consume() -> list[int]:
        items = []
        async for item in stream(2):
            assert wakeline.inject({}) == {}
            items.append(item)
        return items

    with capture() as recorded:
        assert asyncio.run(consume()) == [0, 1]
    assert [event["wakeline.case.id"] for event in recorded.events] == ["case-0", "case-1"]
    assert len({span.trace_id for span in recorded.spans}) == 1


def test_a_generator_that_is_left_early_ends_well() -> None:
    with capture() as recorded:
        numbers = count(100)
        assert next(numbers) == 0
        numbers.close()  # type: ignore[attr-defined]
    assert not recorded.span("invoke_agent counter").failed


def test_a_stream_that_is_left_early_ends_well() -> None:
    async def first() -> int:
        numbers = stream(100)
        item = await anext(numbers)
        await numbers.aclose()  # type: ignore[attr-defined]
        return item

    with capture() as recorded:
        assert asyncio.run(first()) == 0
    assert not recorded.span("invoke_agent streamer").failed


def test_what_is_sent_and_thrown_into_a_generator_arrives_and_its_end_is_returned() -> None:
    @wakeline.agent("talker")
    def talk() -> Generator[object, object, str]:
        try:
            heard = yield "hello"
            yield heard
        except KeyError:
            yield "caught"
        return "end"

    with capture() as recorded:
        talker = talk()
        assert next(talker) == "hello"
        assert talker.send("you") == "you"
        assert talker.throw(KeyError("x")) == "caught"
        with pytest.raises(StopIteration) as stop:
            next(talker)
    assert stop.value.value == "end"
    assert not recorded.span("invoke_agent talker").failed


def test_what_is_thrown_into_a_stream_arrives_and_its_failure_is_recorded() -> None:
    async def consume() -> None:
        numbers = stream(3)
        await anext(numbers)
        await numbers.athrow(KeyError("x"))  # type: ignore[attr-defined]

    with capture() as recorded, pytest.raises(KeyError):
        asyncio.run(consume())
    assert recorded.span("invoke_agent streamer")["error.type"] == "KeyError"


def test_a_generator_that_fails_is_a_failed_span() -> None:
    @wakeline.tool
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    with capture() as recorded, pytest.raises(ValueError, match="no"):
        list(broken())
    assert recorded.span("execute_tool broken")["error.type"] == "ValueError"


def test_an_async_block_and_a_failing_coroutine_are_recorded() -> None:
    @wakeline.tool
    async def broken() -> None:
        raise TimeoutError

    async def work() -> None:
        async with wakeline.agent("a"):
            await broken()

    with capture() as recorded, pytest.raises(TimeoutError):
        asyncio.run(work())
    tool, agent = recorded.spans
    assert tool.parent_id == agent.span_id
    assert tool["error.type"] == agent["error.type"] == "TimeoutError"


def test_off_functions_are_called_as_they_are() -> None:
    async def consume() -> list[int]:
        return [item async for item in stream(2)]

    assert double(3) == 6
    assert list(count(2)) == [0, 1]
    assert asyncio.run(fetch("x")) == "X"
    assert asyncio.run(consume()) == [0, 1]


def test_a_call_that_does_not_fit_fails_as_without_the_decorator() -> None:
    wrong: Any = double
    with capture() as recorded, pytest.raises(TypeError, match="double"):
        wrong(1, 2, other=3)
    assert recorded.spans[0]["gen_ai.tool.call.arguments"] == '{"0": 1, "1": 2, "other": 3}'
    assert recorded.spans[0]["error.type"] == "TypeError"


def test_a_builtin_without_a_signature_can_be_a_tool() -> None:
    with capture() as recorded:
        assert wakeline.tool(dict)([("a", 1)]) == {"a": 1}
    assert recorded.spans[0]["gen_ai.tool.name"] == "dict"
