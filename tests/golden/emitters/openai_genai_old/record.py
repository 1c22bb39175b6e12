# mypy: ignore-errors
"""Records the OpenAI instrumentation of OpenTelemetry in its first generation.

Its names are those of the conventions up to 1.36: `gen_ai.system`, and messages as log records.

Run from the root of the repository: `python -m tests.golden.emitters.openai_genai_old.record`.
"""

import json
import os
from pathlib import Path

from openai import OpenAI
from opentelemetry import _events, trace
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk._events import EventLoggerProvider

from tests.golden.emitters.openai_genai.scenario import MODEL, TOOLS, Ledger, answer, converse
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent


def run_tool(call):
    return getattr(ledger, call.function.name)(**json.loads(call.function.arguments))


def complete(messages):
    request = {"model": MODEL, "messages": messages, "tools": TOOLS, "temperature": 0.2}
    return client.chat.completions.create(**request).choices[0].message


os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"
with Receiver(FOLDER, answer) as url:
    flush = start_telemetry(url)
    _events.set_event_logger_provider(EventLoggerProvider())  # events were not yet log records
    OpenAIInstrumentor().instrument()
    client, ledger = OpenAI(base_url=f"{url}/vendor", api_key="none"), Ledger()
    # This generation knows calls of the model only: the span around them is the application's.
    with trace.get_tracer("billing").start_as_current_span("correct invoice"):
        converse(complete, run_tool)
    flush()
write_versions(
    FOLDER,
    "openai",
    "opentelemetry-instrumentation-openai-v2",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
)
