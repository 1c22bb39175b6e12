# mypy: ignore-errors
"""Records OpenInference's instrumentation of the OpenAI client, with a decision and a guardrail.

Calls of the model and of the Decisions API are seen by the instrumentor; agent, tools, retrieval
and guardrail are marked with the decorators of OpenInference's tracer.

Run from the root of the repository: `python -m tests.golden.emitters.openai_openinference.record`.
"""

import json
from pathlib import Path

from openai import OpenAI
from openinference.instrumentation import OITracer, TraceConfig, using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor
from openinference.semconv.trace import SpanAttributes
from opentelemetry import trace

from tests.golden.emitters.openai_genai.scenario import (
    AGENT,
    MODEL,
    QUESTION,
    TOOLS,
    Ledger,
    answer,
    converse,
)
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

PACKAGES = (
    "openai",
    "openinference-instrumentation-openai",
    "openinference-instrumentation",
    "openinference-semantic-conventions",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
)
QUESTIONS = [
    {"type": "predicate", "name": "is_duplicate", "question": "Is INV-7 a duplicate?"},
    {
        "type": "choice",
        "name": "route",
        "question": "What is to be done?",
        "choices": [{"value": "correct"}, {"value": "escalate"}],
    },
    {
        "type": "score",
        "name": "risk",
        "question": "How risky is the correction?",
        "levels": [{"value": 1, "label": "low"}, {"value": 5, "label": "high"}],
    },
]


def marked(client, tracer):
    """The agent, whose parts have OpenInference's span kinds."""
    ledger = Ledger()
    tools = {
        name: tracer.tool(getattr(ledger, name), name=name)
        for name in ("get_invoice", "correct_invoice")
    }

    def run_tool(call):
        return tools[call.function.name](**json.loads(call.function.arguments))

    def complete(messages):
        request = {"model": MODEL, "messages": messages, "tools": TOOLS, "temperature": 0.2}
        return client.chat.completions.create(**request).choices[0].message

    @tracer.guardrail(name="amount-limit")
    def limit(invoice_id):
        return {"passed": True, "reason": "below 500"}

    @tracer.retriever(name="policies")
    def retrieve(query):
        span = trace.get_current_span()
        span.set_attribute("retrieval.documents.0.document.id", "policy-12")
        span.set_attribute("retrieval.documents.0.document.score", 0.83)
        span.set_attribute("retrieval.documents.0.document.content", "Late fees are waived once.")
        return ["policy-12"]

    @tracer.agent(name=AGENT)
    def run(question):
        trace.get_current_span().set_attribute(SpanAttributes.AGENT_NAME, AGENT)
        client.embeddings.create(model="text-embedding-3-small", input="late fees")
        retrieve("late fees")
        client.decisions.create(model="gpt-6-luna", input=question, questions=QUESTIONS)
        limit("INV-7")
        return converse(complete, run_tool)

    return run


def record(folder):
    with Receiver(folder, answer) as url:
        flush = start_telemetry(url)
        OpenAIInstrumentor().instrument()
        client = OpenAI(base_url=f"{url}/vendor", api_key="none")
        run = marked(client, OITracer(trace.get_tracer("billing"), TraceConfig()))
        context = {"session_id": "conversation-1", "user_id": "user-3", "tags": ["nightly"]}
        with using_attributes(metadata={"case": "INV-7"}, **context):
            run(QUESTION)
        flush()
    write_versions(folder, *PACKAGES)


if __name__ == "__main__":
    record(Path(__file__).parent)
