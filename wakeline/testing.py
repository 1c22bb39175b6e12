"""What agents recorded, as plain values, for tests.

>>> import wakeline
>>> from wakeline.testing import capture
>>> with capture() as recorded, wakeline.agent("billing"):
...     rate = wakeline.read("account:77", "plan_rate", version=7)
...     _ = wakeline.decision("credit", inputs=[rate], confidence=0.9)
>>> made = recorded.decision("credit")
>>> made["wakeline.decision.confidence"]
0.9
>>> [read["wakeline.data.version"] for read in recorded.inputs(made)]
['7']
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from opentelemetry import trace
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from wakeline import conventions as names
from wakeline.content import Content
from wakeline.providers import own_tracer_provider
from wakeline.recorder import Recorder, activate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A finished span. Ids are lower-case hex, parent_id is empty for a root; times in ns."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start_ns: int
    end_ns: int
    failed: bool
    links: tuple[str, ...]
    attributes: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]


@dataclass(frozen=True, slots=True)
class Event:
    """An event, such as `wakeline.decision`, and the span that it is bound to; time in ns."""

    name: str
    trace_id: str
    span_id: str
    at_ns: int
    attributes: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]


class Recorded:
    """All that is recorded while `capture` lasts; may be asked inside and after."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._tracers = own_tracer_provider(Resource({}), close_at_exit=False)
        self._tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]

    @property
    def spans(self) -> list[Span]:
        """Finished spans, in the order in which they ended."""
        return [_span(span) for span in self._spans.get_finished_spans()]

    @property
    def events(self) -> list[Event]:
        """In the order in which they were recorded."""
        return [_event(record) for record in self._logs.get_finished_logs()]

    def span(self, name: str) -> Span:
        """The one span of this name. Raises AssertionError if there is none or another."""
        return _only([span for span in self.spans if span.name == name], name, self.spans)

    def named(self, name: str) -> list[Event]:
        """The events of this name, such as wakeline.conventions.WRITE."""
        return [event for event in self.events if event.name == name]

    def decision(self, action: str) -> Event:
        """The one decision for this action. Raises AssertionError if there is none or another."""
        made = self.named(names.DECISION)
        return _only([one for one in made if one[names.DECISION_ACTION] == action], action, made)

    def inputs(self, decision: Event) -> list[Event]:
        """The reads that the decision names. Raises AssertionError if one was not recorded."""
        reads = {read[names.DATA_ID]: read for read in self.named(names.READ)}
        wanted = decision.attributes.get(names.DECISION_INPUTS, ())
        missing = [one for one in wanted if one not in reads]
        assert not missing, f"inputs that are no recorded reads: {missing}"
        return [reads[one] for one in wanted]

    def tracer(self, scope: str) -> trace.Tracer:
        """Of another instrumentation that records beside the SDK."""
        return self._tracers.get_tracer(scope)

    def open(self, content: Content) -> Recorder:
        """A recorder into this."""
        loggers = LoggerProvider(Resource({}), shutdown_on_exit=False)
        loggers.add_log_record_processor(SimpleLogRecordProcessor(self._logs))
        return Recorder(self.tracer(names.SCOPE), loggers.get_logger(names.SCOPE), content)


@contextmanager
def capture(content: Content = Content()) -> Iterator[Recorded]:  # noqa: B008 - frozen
    """Record into memory instead of what `init` set up, in this process, until it ends."""
    recorded = Recorded()
    before = activate(recorded.open(content))
    try:
        yield recorded
    finally:
        activate(before)


def _span(span: ReadableSpan) -> Span:
    assert span.context
    return Span(
        name=span.name,
        trace_id=trace.format_trace_id(span.context.trace_id),
        span_id=trace.format_span_id(span.context.span_id),
        parent_id=trace.format_span_id(span.parent.span_id) if span.parent else "",
        start_ns=span.start_time or 0,
        end_ns=span.end_time or 0,
        failed=not span.status.is_ok,
        links=tuple(trace.format_span_id(link.context.span_id) for link in span.links),
        attributes=dict(span.attributes or {}),
    )


def _event(readable: ReadableLogRecord) -> Event:
    record = readable.log_record
    return Event(
        name=record.event_name or "",
        trace_id=trace.format_trace_id(record.trace_id or 0),
        span_id=trace.format_span_id(record.span_id or 0),
        at_ns=record.timestamp or 0,
        attributes=dict(record.attributes or {}),
    )


def _only(found: list[T], wanted: str, among: list[T]) -> T:
    assert len(found) == 1, f"{len(found)} of {wanted!r} among {among}"
    return found[0]
