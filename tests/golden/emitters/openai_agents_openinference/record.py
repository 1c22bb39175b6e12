# mypy: ignore-errors
"""Records OpenInference in the OpenAI Agents SDK: with its own names, then with both spellings.

Run from the root of the repository:
`python -m tests.golden.emitters.openai_agents_openinference.record`.
"""

import asyncio
from pathlib import Path

from openinference.instrumentation import TraceConfig, using_attributes
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
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
    "openinference-instrumentation-openai-agents",
    "opentelemetry-exporter-otlp-proto-http",
)
# What only the application knows; the instrumentation puts it on every span.
KNOWN = {
    "session_id": "case-7",
    "user_id": "clerk-1",
    "metadata": {"agent_version": "1.4.0"},
    "tags": ["billing"],
}


def main():
    with Receiver(FOLDER, responses_api(TURNS * 2)) as url:
        provider = TracerProvider(resource=Resource.create({"service.name": "billing"}))
        exporter = OTLPSpanExporter(f"{url}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        for both_spellings in (False, True):
            config = TraceConfig(enable_genai_semconv=both_spellings)
            instrumentor = OpenAIAgentsInstrumentor()
            instrumentor.instrument(tracer_provider=provider, config=config)
            with using_attributes(**KNOWN):
                asyncio.run(correct_an_invoice(url))
            instrumentor.uninstrument()
        provider.shutdown()
    write_versions(FOLDER, *PACKAGES)


if __name__ == "__main__":
    main()
