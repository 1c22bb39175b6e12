# mypy: ignore-errors
"""Records what OpenLLMetry's instrumentation of the OpenAI Agents SDK emits.

Run from the root of the repository:
`python -m tests.golden.emitters.openai_agents_openllmetry.record`.
"""

import asyncio
from pathlib import Path

from agents import set_trace_processors
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor
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
    "opentelemetry-instrumentation-openai-agents",
    "opentelemetry-exporter-otlp-proto-http",
)


def main():
    with Receiver(FOLDER, responses_api(TURNS)) as url:
        provider = TracerProvider(resource=Resource.create({"service.name": "billing"}))
        exporter = OTLPSpanExporter(f"{url}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        set_trace_processors([])  # the SDK's own exporter goes to its vendor
        OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
        asyncio.run(correct_an_invoice(url))
        provider.shutdown()
    write_versions(FOLDER, *PACKAGES)


if __name__ == "__main__":
    main()
