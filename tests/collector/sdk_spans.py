"""Finished spans as the SDK hands them to an exporter."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def finished_spans() -> Sequence[ReadableSpan]:
    """One, with a value of each kind that the SDK knows."""
    provider = TracerProvider(shutdown_on_exit=False)
    memory = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    with provider.get_tracer("test").start_as_current_span("step") as span:
        span.set_attributes({"text": "a", "number": 1, "half": 0.5, "yes": True, "list": [1, 2]})
        span.add_event("happened", {"why": "because"})
    return memory.get_finished_spans()
