"""Which providers `init` takes, in one process, with OpenTelemetry's globals as they begin."""

from collections.abc import Iterator

import pytest
from opentelemetry import _logs, trace
from opentelemetry._logs import _internal as log_globals
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

import wakeline
from tests.wakeline.sink import Sink
from wakeline import providers
from wakeline.exporters import Destination, log_exporter, span_exporter


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process in which nobody has set a provider."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(log_globals, "_LOGGER_PROVIDER", None)
    monkeypatch.setattr(log_globals, "_LOGGER_PROVIDER_SET_ONCE", Once())
    yield
    wakeline.shutdown()


@pytest.mark.usefixtures("untouched")
def test_ours_are_installed_once_and_used_no_more_after_the_end() -> None:
    with Sink() as sink:
        for service in ("one", "two"):
            wakeline.init(service, endpoint=sink.url)
            with wakeline.agent("a"):
                wakeline.read("x:1", "f")
            assert wakeline.flush()
            if service == "one":
                installed = trace.get_tracer_provider()
        wakeline.shutdown()
        assert trace.get_tracer_provider() is installed
        assert [resource["service.name"] for resource, _ in sink.spans()] == ["one", "two"]
        assert [resource["service.name"] for resource, _ in sink.events()] == ["one", "two"]


@pytest.mark.usefixtures("untouched")
def test_a_provider_that_is_there_is_stamped_once_and_gets_an_exporter_for_an_endpoint() -> None:
    theirs = TracerProvider(shutdown_on_exit=False)
    trace.set_tracer_provider(theirs)
    with Sink() as sink:
        wakeline.init("a")
        wakeline.init("a", endpoint=sink.url)
        with wakeline.agent("a"):
            theirs.get_tracer("other").start_span("chat").end()
        wakeline.shutdown()
        assert {span.name for _, span in sink.spans()} == {"chat", "invoke_agent a"}
    processors = theirs._active_span_processor._span_processors
    assert sum(isinstance(one, providers.Stamping) for one in processors) == 1


@pytest.mark.usefixtures("untouched")
def test_in_a_provider_that_keeps_128_attributes_ours_are_among_them() -> None:
    spans = InMemorySpanExporter()
    theirs = TracerProvider(shutdown_on_exit=False)
    theirs.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(theirs)
    _logs.set_logger_provider(_logs.NoOpLoggerProvider())
    wakeline.init("a")
    with (
        wakeline.case("case-1"),
        wakeline.agent("billing"),
        wakeline.tool("get", arguments={"id": 7}) as step,
    ):
        step.result("ok")
        step.span.set_attributes({f"user.{number}": number for number in range(500)})
    (tool, _) = spans.get_finished_spans()
    assert tool.attributes
    assert len(tool.attributes) == 128
    assert {
        "wakeline.case.id": "case-1",
        "gen_ai.agent.name": "billing",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.arguments": '{"id": 7}',
        "gen_ai.tool.call.result": '"ok"',
    }.items() <= tool.attributes.items()


@pytest.mark.usefixtures("untouched")
def test_a_provider_of_another_make_is_used_as_it_is() -> None:
    trace.set_tracer_provider(trace.NoOpTracerProvider())
    _logs.set_logger_provider(_logs.NoOpLoggerProvider())
    wakeline.init("a")
    with wakeline.agent("a") as step:
        assert wakeline.read("x:1", "f")
    assert step.trace_id == "0" * 32
    assert wakeline.flush()


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf", "http/json"])
def test_exporters_are_made_for_every_protocol(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
    to = Destination("https://collector.example:4317", {"authorization": "Bearer x"})
    wanted = "grpc" if protocol == "grpc" else "http"
    for exporter in (span_exporter(to), log_exporter(to)):
        assert f".proto.{wanted}." in type(exporter).__module__
        exporter.shutdown()
