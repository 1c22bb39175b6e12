# mypy: ignore-errors
"""Records what OpenTelemetry's own instrumentations of the OpenAI Agents SDK emit.

That of the agents leaves the spans of the model to that of the client, so both are switched on.
Run from the root of the repository: `python -m tests.golden.emitters.openai_agents_genai.record`.
"""

import asyncio
import os
from pathlib import Path

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.genai.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.golden.emitters.openai_agents_genai.responses_api import responses_api
from tests.golden.emitters.openai_agents_genai.scenario import TURNS, correct_an_invoice
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
PACKAGES = (
    "openai-agents",
    "openai",
    "opentelemetry-instrumentation-genai-openai-agents",
    "opentelemetry-instrumentation-genai-openai",
    "opentelemetry-exporter-otlp-proto-http",
)
CAPTURE = {
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_and_event",
    "OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT": "true",
}


def main():
    os.environ |= CAPTURE
    with Receiver(FOLDER, responses_api(TURNS)) as url:
        resource = Resource.create({"service.name": "billing"})
        traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
        traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
        logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{url}/v1/logs")))
        providers = {"tracer_provider": traces, "logger_provider": logs}
        OpenAIInstrumentor().instrument(**providers)
        OpenAIAgentsInstrumentor().instrument(disable_openai_trace_export=True, **providers)
        asyncio.run(correct_an_invoice(url))
        traces.shutdown()
        logs.shutdown()
    write_versions(FOLDER, *PACKAGES)


if __name__ == "__main__":
    main()
