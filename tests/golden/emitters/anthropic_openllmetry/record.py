# mypy: ignore-errors
"""Records OpenLLMetry's instrumentation of the Anthropic client inside Traceloop's decorators.

Run from the root of the repository: `python -m tests.golden.emitters.anthropic_openllmetry.record`.
"""

import json
import os
from pathlib import Path

from anthropic import Anthropic
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, conversation, tool
from traceloop.sdk.instruments import Instruments
from traceloop.sdk.tracing.tracing import TracerWrapper

from tests.golden.emitters.anthropic_openllmetry.scenario import MODEL, TOOLS, reply
from tests.golden.emitters.openai_genai.scenario import AGENT, INSTRUCTIONS, QUESTION, Ledger
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
ledger = Ledger()


@tool(name="get_invoice")
def get_invoice(invoice_id):
    return ledger.get_invoice(invoice_id)


@tool(name="correct_invoice")
def correct_invoice(invoice_id):
    return ledger.correct_invoice(invoice_id)


def result(call):
    """The tool's result as the API takes it back; a failure is told to the model."""
    block = {"type": "tool_result", "tool_use_id": call.id}
    tools = {"get_invoice": get_invoice, "correct_invoice": correct_invoice}
    try:
        return block | {"content": json.dumps(tools[call.name](**call.input))}
    except TimeoutError as error:
        return block | {"content": str(error), "is_error": True}


@conversation("conversation-1")
@agent(name=AGENT, version=3)
def bill(question):
    messages = [{"role": "user", "content": question}]
    request = {"model": MODEL, "max_tokens": 500, "system": INSTRUCTIONS, "tools": TOOLS}
    while True:
        message = client.messages.create(messages=messages, **request)
        if message.stop_reason != "tool_use":
            return message.content[0].text
        messages.append({"role": "assistant", "content": message.model_dump()["content"]})
        messages.append({"role": "user", "content": [result(call) for call in message.content]})


os.environ["TRACELOOP_METRICS_ENABLED"] = "false"
with Receiver(FOLDER, lambda path, request: reply(request)) as url:
    Traceloop.init(
        app_name="billing",
        api_endpoint=url,
        telemetry_enabled=False,  # about the use of the SDK, to its vendor
        resource_attributes={"service.version": "1.4.0"},
        instruments={Instruments.ANTHROPIC},
    )
    client = Anthropic(base_url=f"{url}/vendor", api_key="none")
    bill(QUESTION)
    TracerWrapper().flush()
write_versions(
    FOLDER,
    "anthropic",
    "traceloop-sdk",
    "opentelemetry-instrumentation-anthropic",
    "opentelemetry-semantic-conventions-ai",
    "opentelemetry-sdk",
    "httpx",  # traceloop-sdk needs it and does not say so
)
