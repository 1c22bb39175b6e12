# mypy: ignore-errors
"""Records OpenLLMetry of mid 2025, which numbered messages as `gen_ai.prompt.N.content`.

From the root of the repository: `python -m tests.golden.emitters.openai_openllmetry_old.record`.
"""

import json
import os
from pathlib import Path

from openai import OpenAI
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, tool, workflow
from traceloop.sdk.instruments import Instruments
from traceloop.sdk.tracing.tracing import TracerWrapper

from tests.golden.emitters.openai_genai.scenario import (
    AGENT,
    MODEL,
    QUESTION,
    TOOLS,
    Ledger,
    answer,
    converse,
)
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
ledger = Ledger()


@tool(name="get_invoice")
def get_invoice(invoice_id):
    return ledger.get_invoice(invoice_id)


@tool(name="correct_invoice")
def correct_invoice(invoice_id):
    return ledger.correct_invoice(invoice_id)


def run_tool(call):
    tools = {"get_invoice": get_invoice, "correct_invoice": correct_invoice}
    return tools[call.function.name](**json.loads(call.function.arguments))


def complete(messages):
    request = {"model": MODEL, "messages": messages, "tools": TOOLS, "temperature": 0.2}
    return client.chat.completions.create(**request).choices[0].message


@agent(name=AGENT, version=3)
def bill(question):
    client.embeddings.create(model="text-embedding-3-small", input="late fees")
    return converse(complete, run_tool)


@workflow(name="correct-invoices", version=2)
def correct(question):
    Traceloop.set_association_properties({"session_id": "conversation-1", "case": "INV-7"})
    return bill(question)


os.environ["TRACELOOP_METRICS_ENABLED"] = "false"
with Receiver(FOLDER, answer) as url:
    Traceloop.init(
        app_name="billing",
        api_endpoint=url,
        telemetry_enabled=False,  # about the use of the SDK, to its vendor
        resource_attributes={"service.version": "1.4.0"},
        instruments={Instruments.OPENAI},
    )
    client = OpenAI(base_url=f"{url}/vendor", api_key="none")
    correct(QUESTION)
    TracerWrapper().flush()
write_versions(
    FOLDER,
    "openai",
    "traceloop-sdk",
    "opentelemetry-instrumentation-openai",
    "opentelemetry-semantic-conventions-ai",
    "opentelemetry-sdk",
)
