"""Where spans and events go; without a recorder, every call of the SDK does nothing."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry._logs import Logger, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, Tracer

from wakeline.content import Content

# What OpenTelemetry takes as the value of an attribute, as far as we use it.
Value = str | bool | int | float | tuple[str, ...]
Attributes = Mapping[str, Value]

log = logging.getLogger("wakeline")


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes spans and events through OpenTelemetry."""

    tracer: Tracer
    logger: Logger
    content: Content

    def span(self, name: str, attributes: Attributes, at_ns: int, links: list[Link]) -> Span:
        """A started span below the current one; at_ns: ns since 1970 UTC."""
        return self.tracer.start_span(name, attributes=attributes, start_time=at_ns, links=links)

    def event(self, name: str, attributes: Attributes, at_ns: int, context: Context) -> None:
        """A log record on the span of `context`; without one it gets a span of its own.

        Events are log records, for a span keeps 128 span events at most and forgets the first.
        """
        if not trace.get_current_span(context).get_span_context().is_valid:
            span = self.tracer.start_span(name, context, attributes=attributes, start_time=at_ns)
            span.end(at_ns)
            context = trace.set_span_in_context(span, context)
        self.logger.emit(
            timestamp=at_ns,
            context=context,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            attributes=attributes,
            event_name=name,
        )


class _Active:
    recorder: Recorder | None = None


def active() -> Recorder | None:
    """The recorder of this process; None when the SDK is off."""
    return _Active.recorder


def activate(recorder: Recorder | None) -> Recorder | None:
    """Record with `recorder` from now on; returns the one before."""
    before, _Active.recorder = _Active.recorder, recorder
    return before


def new_id(kind: str) -> str:
    """A reference that nobody else has: `kind:` and 24 hex digits.

    From the operating system, so that a seeded or forked process does not repeat ids.
    """
    return f"{kind}:{os.urandom(12).hex()}"
