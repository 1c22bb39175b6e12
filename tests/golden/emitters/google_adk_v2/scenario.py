# mypy: ignore-errors
"""One case in Google's ADK with a scripted model: hand-off, failure, policy, confirmation."""

import asyncio
import logging
from contextlib import suppress

from google.adk.agents import LlmAgent
from google.adk.runners import InMemoryRunner
from google.adk.tools import FunctionTool
from google.genai import types
from opentelemetry import _logs, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.golden.emitters.google_adk_v2.scripted import Scripted
from tests.golden.emitters.receiver import Receiver, write_versions

CONFIRMATION = "adk_request_confirmation"
# What the model says, turn by turn: the tools that it calls, or a text.
TURNS = [
    [("transfer_to_agent", {"agent_name": "billing_agent"})],
    [
        ("get_invoice", {"invoice_id": "INV-7"}),
        ("check_credit", {"customer": "C-1"}),  # fails once
        ("pay_out", {"amount": 500}),  # the policy blocks it
    ],
    [
        ("check_credit", {"customer": "C-1"}),
        ("correct_invoice", {"invoice_id": "INV-7", "amount": 100.5}),  # confirmed
        ("correct_invoice", {"invoice_id": "INV-8", "amount": 0.0}),  # rejected
    ],
    "INV-7 is corrected, INV-8 is not.",
    [("post_to_ledger", {"invoice_id": "INV-7"})],  # fails for good
]
FAILURES = iter([ConnectionError("credit service is warming up")])


def get_invoice(invoice_id: str) -> dict:
    """The invoice and the version that was read."""
    return {"amount": 120.5, "etag": "v3"}


def check_credit(customer: str) -> float:
    """The credit of a customer; the first call fails."""
    for failure in FAILURES:
        raise failure
    return 900.0


def correct_invoice(invoice_id: str, amount: float) -> str:
    """Writes the amount."""
    return "corrected"


def pay_out(amount: float) -> str:
    """Pays money."""
    return "paid"


def post_to_ledger(invoice_id: str) -> str:
    """Fails for good."""
    raise ConnectionError("ledger is down")


def no_payouts(tool, args, tool_context):
    """Payouts are not for agents."""
    return {"blocked": "payouts need a clerk"} if tool.name == "pay_out" else None


def reported(tool, args, tool_context, error):
    """The model is told of an outage that may pass."""
    return {"error": str(error)} if tool.name == "check_credit" else None


async def run():
    model = Scripted(model="gemini-3-pro", turns=enumerate(TURNS))
    corrects = FunctionTool(correct_invoice, require_confirmation=True)
    billing = LlmAgent(
        name="billing_agent",
        description="Corrects invoices.",
        model=model,
        instruction="Correct the invoice.",
        tools=[get_invoice, check_credit, corrects, pay_out, post_to_ledger],
        before_tool_callback=no_payouts,
        on_tool_error_callback=reported,
    )
    triage = LlmAgent(name="triage_agent", model=model, sub_agents=[billing])
    runner = InMemoryRunner(triage, app_name="billing")
    await runner.session_service.create_session(
        app_name="billing", user_id="clerk-1", session_id="case-7"
    )

    async def say(*parts):
        message = types.Content(role="user", parts=list(parts))
        events = runner.run_async(user_id="clerk-1", session_id="case-7", new_message=message)
        found = [call async for event in events for call in event.get_function_calls()]
        return [call for call in found if call.name == CONFIRMATION]

    asked = await say(types.Part(text="INV-7 is 20 too high."))
    verdicts = zip(asked, (True, False), strict=True)
    await say(*(confirmed(call, verdict) for call, verdict in verdicts))
    with suppress(ConnectionError):
        await say(types.Part(text="Post it."))


def confirmed(call, verdict):
    response = types.FunctionResponse(
        id=call.id, name=CONFIRMATION, response={"confirmed": verdict}
    )
    return types.Part(function_response=response)


def record(folder):
    """Runs the case once; the process can do it once, since ADK's settings are global."""
    logging.getLogger("google_adk").setLevel(logging.CRITICAL)  # the failures are meant
    with Receiver(folder) as url:
        resource = Resource.create({"service.name": "billing"})
        traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
        traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
        logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{url}/v1/logs")))
        trace.set_tracer_provider(traces)
        _logs.set_logger_provider(logs)
        asyncio.run(run())
        traces.shutdown()
        logs.shutdown()
    write_versions(folder, "google-adk", "google-genai", "opentelemetry-exporter-otlp-proto-http")
