"""Those of the OpenTelemetry SDK: ours where none is installed, else the ones that are there."""

import secrets
from os import environ
from typing import Protocol
from weakref import WeakSet

from opentelemetry import _logs as logs
from opentelemetry import trace
from opentelemetry._logs import _internal as log_providers
from opentelemetry.context import Context
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator

from wakeline import conventions as names
from wakeline import surroundings
from wakeline.exporters import Destination, log_exporter, span_exporter

QUEUE_MAX = 32_768  # spans, and events, that wait; OpenTelemetry's 2,048 is one busy second
SPAN_ATTRIBUTES_MAX = 1_024  # OpenTelemetry's 128 would forget the first ones


class Closable(Protocol):
    """What was started and must be ended."""

    def force_flush(self, timeout_millis: int = ...) -> bool:
        """Send what waits."""
        ...

    def shutdown(self) -> None:
        """Send what waits, and stop."""
        ...


class Stamping(SpanProcessor):
    """Puts case, intent and agent on the spans of other instrumentations as well."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        scope = span.instrumentation_scope
        if scope and scope.name == names.SCOPE:
            return  # has them
        present = span.attributes or {}
        for name, value in surroundings.stamps(parent_context).items():
            if name not in present:
                span.set_attribute(name, value)


class UnseededIds(IdGenerator):
    """Ids from the operating system: agents that seed `random` must not repeat their traces."""

    def generate_trace_id(self) -> int:
        return secrets.randbits(128) or 1

    def generate_span_id(self) -> int:
        return secrets.randbits(64) or 1

    def is_trace_id_random(self) -> bool:
        return True


_stamped: WeakSet[TracerProvider] = WeakSet()
_closed: WeakSet[object] = WeakSet()


def tracing(resource: Resource, to: Destination) -> tuple[trace.TracerProvider, Closable | None]:
    """The provider of spans, and what of it is ours to close.

    One that is there gets a second exporter only if an endpoint was named.
    """
    found = trace.get_tracer_provider()
    if isinstance(found, trace.ProxyTracerProvider) or found in _closed:
        ours = own_tracer_provider(resource)
        if _exported("TRACES"):
            ours.add_span_processor(_batches(to))
        if found not in _closed:
            trace.set_tracer_provider(ours)
        return ours, ours
    if not isinstance(found, TracerProvider):
        return found, None
    if found not in _stamped:
        _stamped.add(found)
        found.add_span_processor(Stamping())
    if to.endpoint is None:
        return found, None
    processor = _batches(to)
    found.add_span_processor(processor)
    return found, processor


def logging(resource: Resource, to: Destination) -> tuple[logs.LoggerProvider, Closable | None]:
    """The provider of events, and what of it is ours to close.

    One that is there is left alone if an endpoint was named, for its other records are not ours.
    """
    found = logs.get_logger_provider()
    unset = isinstance(found, log_providers.ProxyLoggerProvider)
    if not unset and found not in _closed and to.endpoint is None:
        return found, None
    ours = LoggerProvider(resource)
    if _exported("LOGS"):
        queue_max = _unless("OTEL_BLRP_MAX_QUEUE_SIZE", QUEUE_MAX)
        ours.add_log_record_processor(
            BatchLogRecordProcessor(log_exporter(to), max_queue_size=queue_max)
        )
    if unset:
        logs.set_logger_provider(ours)
    return ours, ours


def own_tracer_provider(resource: Resource, *, close_at_exit: bool = True) -> TracerProvider:
    """One without an exporter, that keeps what analysis needs."""
    limit = _unless("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", SPAN_ATTRIBUTES_MAX)
    if "OTEL_ATTRIBUTE_COUNT_LIMIT" in environ:
        limit = None
    provider = TracerProvider(
        resource=resource,
        shutdown_on_exit=close_at_exit,
        id_generator=UnseededIds(),
        span_limits=SpanLimits(max_span_attributes=limit),
    )
    provider.add_span_processor(Stamping())
    return provider


def close(owned: list[Closable]) -> None:
    """Send what waits and end them; a provider of ours that is installed stays, but is no more."""
    for one in owned:
        one.shutdown()
        _closed.add(one)


def _batches(to: Destination) -> BatchSpanProcessor:
    queue_max = _unless("OTEL_BSP_MAX_QUEUE_SIZE", QUEUE_MAX)
    return BatchSpanProcessor(span_exporter(to), max_queue_size=queue_max)


def _unless(variable: str, default: int) -> int | None:
    """`default`, or None where the environment decides."""
    return None if variable in environ else default


def _exported(signal: str) -> bool:
    return environ.get(f"OTEL_{signal}_EXPORTER", "otlp").strip().lower() != "none"
