"""Where what is recorded goes: our own providers, those of others, or nowhere.

Each case is a process of its own, for OpenTelemetry's providers can be set once in a process.
"""

from collections.abc import Iterator
from textwrap import indent

import pytest

from tests.wakeline.sink import Sink, run

WORK = """
with wakeline.case("case-1"), wakeline.agent("billing"):
    wakeline.read("account:77", "rate", version=7)
"""
OTHERS = """
from opentelemetry import _logs, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans, records = InMemorySpanExporter(), InMemoryLogRecordExporter()
tracers, loggers = TracerProvider(), LoggerProvider()
tracers.add_span_processor(SimpleSpanProcessor(spans))
loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
trace.set_tracer_provider(tracers)
_logs.set_logger_provider(loggers)
"""
COUNT = "print(len(spans.get_finished_spans()), len(records.get_finished_logs()))"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def test_spans_and_events_reach_the_endpoint_when_the_process_ends(sink: Sink) -> None:
    run(
        f"""
import wakeline
wakeline.init("billing-agent", version="1.4", environment="test", endpoint="{sink.url}/",
    headers={{"authorization": "Bearer wk_x"}}, resource={{"team": "b"}})
{WORK}"""
    )
    ((resource, span),) = sink.spans()
    ((_, event),) = sink.events()
    assert resource["service.name"] == "billing-agent"
    assert resource["service.version"] == "1.4"
    assert resource["deployment.environment.name"] == "test"
    assert resource["team"] == "b"
    assert span.name == "invoke_agent billing"
    assert event.event_name == "wakeline.data.read"
    assert (event.trace_id, event.span_id) == (span.trace_id, span.span_id)
    attributes = {item.key: item.value.string_value for item in event.attributes}
    assert attributes["wakeline.data.version"] == "7"
    assert attributes["wakeline.case.id"] == "case-1"
    assert {headers["authorization"] for _, headers, _ in sink.requests} == {"Bearer wk_x"}


def test_the_environment_names_the_endpoint_and_the_headers(sink: Sink) -> None:
    run(
        f"import wakeline; wakeline.init('a')\n{WORK}\nassert wakeline.flush()",
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.url,
        OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer wk_y",
        OTEL_RESOURCE_ATTRIBUTES="service.namespace=shop",
    )
    ((resource, _),) = sink.spans()
    assert len(sink.events()) == 1
    assert resource["service.namespace"] == "shop"
    assert {headers["authorization"] for _, headers, _ in sink.requests} == {"Bearer wk_y"}


def test_other_instrumentations_join_our_providers(sink: Sink) -> None:
    run(
        f"""
import wakeline
from opentelemetry import trace
wakeline.init("a", endpoint="{sink.url}")
with wakeline.case("case-1"), wakeline.agent("billing"):
    trace.get_tracer("openai").start_span("chat").end()
"""
    )
    by_name = {span.name: span for _, span in sink.spans()}
    assert by_name["chat"].parent_span_id == by_name["invoke_agent billing"].span_id
    stamps = {item.key: item.value.string_value for item in by_name["chat"].attributes}
    assert stamps == {"wakeline.case.id": "case-1", "gen_ai.agent.name": "billing"}


def test_providers_that_are_installed_are_used_as_they_are() -> None:
    out = run(
        f"{OTHERS}\nimport wakeline; wakeline.init('a')\n{WORK}\n{COUNT}\nwakeline.shutdown()"
    )
    assert out == "1 1\n"


def test_an_endpoint_is_served_beside_providers_that_are_installed(sink: Sink) -> None:
    out = run(
        f"{OTHERS}\nimport wakeline\nwakeline.init('a', endpoint='{sink.url}')\n{WORK}\n"
        f"wakeline.shutdown()\n{COUNT}"
    )
    assert out == "1 0\n"  # events go to the endpoint alone: other log records are not ours to send
    assert (len(sink.spans()), len(sink.events())) == (1, 1)


def test_a_second_init_sends_as_another_service(sink: Sink) -> None:
    run(
        f"""
import wakeline
for service in ("one", "two", "three"):
    wakeline.init(service, endpoint="{sink.url}")
{indent(WORK, "    ")}
wakeline.shutdown()
with wakeline.agent("after"):
    pass
"""
    )
    services = [resource["service.name"] for resource, _ in sink.spans()]
    assert sorted(services) == ["one", "three", "two"]
    assert sorted(resource["service.name"] for resource, _ in sink.events()) == sorted(services)


def test_a_seeded_agent_has_new_trace_ids_in_every_run(sink: Sink) -> None:
    for _ in range(2):
        run(
            f"import random, wakeline; wakeline.init('a', endpoint='{sink.url}')\n"
            f"random.seed(1)\n{WORK}"
        )
    spans = [span for _, span in sink.spans()]
    assert len({span.trace_id for span in spans}) == len({span.span_id for span in spans}) == 2


def test_twenty_thousand_steps_at_once_all_arrive(sink: Sink) -> None:
    run(
        f"""
import wakeline
wakeline.init("a", endpoint="{sink.url}")
for number in range(10_000):
    with wakeline.agent("a"):
        wakeline.read("x:1", "f", version=number)
"""
    )
    assert (len(sink.spans()), len(sink.events())) == (10_000, 10_000)


@pytest.mark.parametrize(
    ("argument", "environment"),
    [
        ("enabled=False", {}),
        ("", {"WAKELINE_SDK_DISABLED": "true"}),
        ("", {"OTEL_SDK_DISABLED": "true"}),
    ],
)
def test_off_nothing_is_sent_and_the_opentelemetry_sdk_is_not_even_loaded(
    argument: str, environment: dict[str, str], sink: Sink
) -> None:
    out = run(
        f"""
import sys, wakeline
wakeline.init("a", endpoint="{sink.url}", {argument})
{WORK}
print("opentelemetry.sdk" in sys.modules, wakeline.flush())
""",
        **environment,
    )
    assert out == "False True\n"
    assert sink.requests == []


@pytest.mark.parametrize(
    ("variable", "kept"), [("OTEL_TRACES_EXPORTER", (0, 1)), ("OTEL_LOGS_EXPORTER", (1, 0))]
)
def test_a_signal_that_the_environment_switches_off_is_not_sent(
    variable: str, kept: tuple[int, int], sink: Sink
) -> None:
    script = f"import wakeline; wakeline.init('a', endpoint='{sink.url}')\n{WORK}"
    run(script, **{variable: "none"})
    assert (len(sink.spans()), len(sink.events())) == kept


def test_grpc_is_used_when_the_environment_says_so() -> None:
    out = run(
        """
from wakeline.exporters import Destination, log_exporter, span_exporter
to = Destination("http://127.0.0.1:4317", {"authorization": "Bearer x"})
for exporter in (span_exporter(to), log_exporter(to)):
    print(type(exporter).__module__.split(".")[-2], exporter._endpoint, exporter._insecure)
    exporter.shutdown()
""",
        OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
    )
    assert [line.split()[1:] for line in out.splitlines()] == [["127.0.0.1:4317", "True"]] * 2
