# mypy: ignore-errors
"""Records OpenTelemetry's GenAI instrumentation of the OpenAI client, newest generation.

The instrumentation itself sees only calls of the model; agent, tool, workflow and retrieval spans
come from the handler that it offers to applications (`opentelemetry-util-genai`).

Run from the root of the repository: `python -m tests.golden.emitters.openai_genai.record`.
"""

import json
import os
from pathlib import Path

from openai import APIConnectionError, OpenAI
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.util.genai.handler import get_telemetry_handler
from opentelemetry.util.genai.types import RetrievalDocument

from tests.golden.emitters.openai_genai.scenario import (
    AGENT,
    INSTRUCTIONS,
    MODEL,
    TOOLS,
    Ledger,
    answer,
    converse,
)
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent


def run_tool(call):
    with handler.tool(call.function.name, tool_type="function", agent_name=AGENT) as span:
        span.tool_call_id = call.id
        span.arguments = json.loads(call.function.arguments)
        span.tool_result = getattr(ledger, call.function.name)(**span.arguments)
        return span.tool_result


def complete(messages):
    request = {"model": MODEL, "messages": messages, "tools": TOOLS, "temperature": 0.2}
    return client.chat.completions.create(**request).choices[0].message


def retrieve():
    client.embeddings.create(model="text-embedding-3-small", input="late fees")
    with handler.retrieval(data_source_id="policies", provider="openai") as span:
        span.top_k, span.query_text = 2, "late fees"
        span.documents = [RetrievalDocument(id="policy-12", score=0.83)]


def hand_over():
    """A remote agent, the only kind whose id and version this generation records."""
    with handler.invoke_remote_agent("openai", agent_name="refund-agent") as remote:
        remote.agent_id, remote.agent_version = "agent-9", "2.0.0"
        remote.agent_description = "Pays back."


def fail():
    """A vendor that cannot be reached."""
    gone = OpenAI(base_url="http://127.0.0.1:9", api_key="none", max_retries=0)
    try:
        gone.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    except APIConnectionError:
        print("the unreachable vendor failed as it should")  # noqa: T201


os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_AND_EVENT"
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
with Receiver(FOLDER, answer) as url:
    flush = start_telemetry(url)
    OpenAIInstrumentor().instrument()
    client, ledger = OpenAI(base_url=f"{url}/vendor", api_key="none"), Ledger()
    handler = get_telemetry_handler()
    with (
        handler.workflow("correct-invoices"),
        handler.invoke_local_agent(
            agent_name=AGENT, request_model=MODEL, conversation_id="conversation-1"
        ) as agent,
    ):
        agent.agent_description = INSTRUCTIONS
        retrieve()
        converse(complete, run_tool)
        hand_over()
        fail()
    flush()
write_versions(
    FOLDER,
    "openai",
    "opentelemetry-instrumentation-genai-openai",
    "opentelemetry-util-genai",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
)
