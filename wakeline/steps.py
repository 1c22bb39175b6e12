"""The spans of an agent: `agent` for a run, `tool` for a call of a tool."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypedDict, TypeVar, Unpack, overload

from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode

from wakeline import clock, surroundings
from wakeline import conventions as names
from wakeline.blocks import Block
from wakeline.content import clean
from wakeline.recorder import Recorder, Value

P = ParamSpec("P")
R = TypeVar("R")

MESSAGE_MAX = 1000  # characters kept of what an exception says


class StepOptions(TypedDict, total=False):
    """Of every span.

    at:          when it started, for histories; what is recorded inside happens from then on.
    took:        how long it took, for histories; else it is measured.
    work_item:   the piece of work it belongs to.
    attributes:  more of your own.
    """

    at: datetime
    took: timedelta
    work_item: str
    attributes: Mapping[str, Any]


class AgentOptions(StepOptions, total=False):
    """Of runs of an agent. id: of this agent; conversation: id, also on the spans below."""

    version: str
    id: str
    conversation: str


class ToolOptions(StepOptions, total=False):
    """Of calls of a tool.

    arguments:  what it was called with; a decorated function's are taken by themselves.
    call_id:    the model's id for the call; kind: function, extension or datastore.
    """

    arguments: object
    call_id: str
    kind: str


class Step:
    """A span being recorded. ref: names it as the target of an outcome; empty when off."""

    def __init__(self, span: Span, recorder: Recorder | None, ours: dict[str, Value]) -> None:
        self.span = span
        self._recorder = recorder
        self._ours = ours

    @property
    def trace_id(self) -> str:
        """32 lower-case hex digits; zeros when off."""
        return trace.format_trace_id(self.span.get_span_context().trace_id)

    @property
    def span_id(self) -> str:
        """16 lower-case hex digits; zeros when off."""
        return trace.format_span_id(self.span.get_span_context().span_id)

    @property
    def ref(self) -> str:
        """`span:<trace id>-<span id>`."""
        return f"span:{self.trace_id}-{self.span_id}" if self._recorder else ""

    def set(self, name: str, value: Value) -> None:
        """Add an attribute; it is kept whatever else the span is given."""
        value = clean(value) if isinstance(value, str) else value
        self._ours[name] = value
        self.span.set_attribute(name, value)

    def arguments(self, value: object) -> None:
        """What the tool was called with."""
        self._content(names.TOOL_ARGUMENTS, names.ARGUMENTS_SIZE_BYTES, value)

    def result(self, value: object) -> None:
        """What the tool gave."""
        self._content(names.TOOL_RESULT, names.RESULT_SIZE_BYTES, value)

    def fail(self, error: BaseException | str) -> None:
        """It failed: an exception, or a word of low cardinality such as `timeout`."""
        self.set(names.ERROR_TYPE, error if isinstance(error, str) else _type_name(error))
        full = self._recorder is not None and self._recorder.content.mode == "full"
        self.span.set_status(Status(StatusCode.ERROR, clean(error)[:MESSAGE_MAX] if full else None))

    def finish(self, end_ns: int) -> None:
        """End the span. What a full span forgot first is said again, so that it arrives."""
        if getattr(self.span, "dropped_attributes", 0):
            self.span.set_attributes(self._ours)
        self.span.end(end_ns)

    def _content(self, name: str, size_name: str, value: object) -> None:
        recorder = self._recorder
        if recorder is None or recorder.content.mode == "off" or not self.span.is_recording():
            return
        text, size_bytes = recorder.content.text(value)
        self.set(name, text)
        if size_bytes:
            self.set(size_name, size_bytes)


_OFF = Step(INVALID_SPAN, None, {})


class StepBlock(Block[Step]):
    """Records a span with `own` attributes; those `below` are also on what is recorded inside."""

    def __init__(
        self,
        name: str,
        own: dict[str, Value],
        below: dict[str, str],
        options: StepOptions,
        arguments: object = None,
    ) -> None:
        self._name = name
        self._own = own
        self._below = below
        self._options = options
        self._arguments = arguments
        self._start_ns = 0

    def begin(self, recorder: Recorder) -> tuple[Step, Context]:
        context = get_current()
        if at := self._options.get("at"):
            context = clock.started(at, context)
        self._start_ns = clock.nanoseconds(at) if at else clock.now_ns()
        around = surroundings.current(context)
        ours = {**surroundings.stamps(context), **self._own}
        if around.handoff:
            ours[names.HANDOFF_ID] = around.handoff
        span = recorder.span(
            self._name,
            {**self._options.get("attributes", {}), **ours},
            self._start_ns,
            [around.link] if around.link else [],
        )
        step = Step(span, recorder, ours)
        if self._arguments is not None:
            step.arguments(self._arguments)
        if self._below or around.handoff or around.link:
            inside = replace(around, agent={**around.agent, **self._below}, handoff="", link=None)
            context = surroundings.within(inside, context)
        return step, trace.set_span_in_context(span, context)

    def end(self, error: BaseException | None) -> None:
        if error is not None:
            self.handle.fail(error)
        running = clock.current()
        if took := self._options.get("took"):
            end_ns = self._start_ns + clock.duration_ns(took)
            if running:
                running.move_to(end_ns)
        else:
            end_ns = clock.now_ns()
        self.handle.finish(end_ns)

    def off(self) -> Step:
        return _OFF


class ToolBlock(StepBlock):
    """A call of a tool; as a decorator it records the arguments and the result."""

    def called(self, arguments: Mapping[str, object]) -> None:
        if self._arguments is None:
            self._arguments = arguments

    def returned(self, result: object) -> None:
        self.handle.result(result)


@overload
def agent(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def agent(name: str, /, **options: Unpack[AgentOptions]) -> StepBlock: ...
def agent(name: Any, /, **options: Unpack[AgentOptions]) -> Any:
    """A run of the agent `name`: `with`, decorator with arguments, or bare decorator."""
    if callable(name):
        return agent(_function_name(name))(name)
    conversation = options.get("conversation")
    below = {names.AGENT_NAME: clean(name)}
    if conversation is not None:
        below[names.CONVERSATION_ID] = clean(conversation)
    own = {
        names.OPERATION: names.INVOKE_AGENT,
        **below,
        **_given(options, _AGENT),
    }
    return StepBlock(f"{names.INVOKE_AGENT} {name}", own, below, options)


@overload
def tool(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def tool(name: str, /, **options: Unpack[ToolOptions]) -> ToolBlock: ...
def tool(name: Any, /, **options: Unpack[ToolOptions]) -> Any:
    """A call of the tool `name`: `with`, decorator with arguments, or bare decorator."""
    if callable(name):
        return tool(_function_name(name))(name)
    own = {
        names.OPERATION: names.EXECUTE_TOOL,
        names.TOOL_NAME: clean(name),
        names.TOOL_TYPE: "function",
        **_given(options, _TOOL),
    }
    arguments = options.get("arguments")
    return ToolBlock(f"{names.EXECUTE_TOOL} {name}", own, {}, options, arguments)


_STEP = {"work_item": names.WORK_ITEM_ID}
_AGENT = {**_STEP, "version": names.AGENT_VERSION, "id": names.AGENT_ID}
_TOOL = {**_STEP, "call_id": names.TOOL_CALL_ID, "kind": names.TOOL_TYPE}


def _given(options: Mapping[str, object], keys: Mapping[str, str]) -> dict[str, Value]:
    return {name: clean(options[key]) for key, name in keys.items() if options.get(key) is not None}


def _function_name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _type_name(error: BaseException) -> str:
    kind = type(error)
    prefix = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{prefix}{kind.__qualname__}"
