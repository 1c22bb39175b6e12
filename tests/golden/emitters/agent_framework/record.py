# mypy: ignore-errors
"""Records what Microsoft's Agent Framework emits by itself: tools, approval, a workflow of agents.

Run from the root of the repository: `python -m tests.golden.emitters.agent_framework.record`.
"""

import asyncio
from pathlib import Path

from agent_framework import Agent, Message, WorkflowBuilder, tool
from agent_framework.observability import configure_otel_providers
from agent_framework.openai import OpenAIChatClient
from opentelemetry import metrics, trace
from opentelemetry._logs import get_logger_provider

from tests.golden.emitters.openai_agents_genai.responses_api import responses_api
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
PACKAGES = (
    "agent-framework-core",
    "agent-framework-openai",
    "openai",
    "opentelemetry-exporter-otlp-proto-http",
)
CORRECTIONS = [
    ("correct_invoice", {"invoice_id": "INV-7", "amount": 100.5, "if_match": "v3"}),
    ("correct_invoice", {"invoice_id": "INV-8", "amount": 0.0, "if_match": "v1"}),
]
TURNS = [
    [("get_invoice", {"invoice_id": "INV-7"})],
    [("check_credit", {"customer": "C-1"})],  # fails once
    [("check_credit", {"customer": "C-1"})],
    CORRECTIONS,  # waits for approval: the first is approved, the second rejected
    "INV-7 is corrected, INV-8 is not.",
    "For billing.",  # the workflow: triage speaks, then billing
    [("get_invoice", {"invoice_id": "INV-9"})],
    "INV-9 is right.",
]
FAILURES = iter([ConnectionError("credit service is warming up")])


@tool(approval_mode="never_require")
def get_invoice(invoice_id: str) -> dict:
    """The invoice and the version that was read."""
    return {"amount": 120.5, "etag": "v3"}


@tool(approval_mode="never_require")
def check_credit(customer: str) -> float:
    """The credit of a customer; the first call fails."""
    for failure in FAILURES:
        raise failure
    return 900.0


@tool(approval_mode="always_require")
def correct_invoice(invoice_id: str, amount: float, if_match: str) -> str:
    """Writes the amount unless somebody else wrote."""
    return "corrected"


async def run(client):
    billing = Agent(
        client,
        "Correct the invoice.",
        id="billing-1",
        name="billing-agent",
        description="Corrects invoices.",
        tools=[get_invoice, check_credit, correct_invoice],
    )
    session = billing.create_session(session_id="case-7")
    asked = await billing.run("INV-7 is 20 too high.", session=session)
    first, second = asked.user_input_requests
    verdicts = [
        first.to_function_approval_response(True),
        second.to_function_approval_response(False),
    ]
    await billing.run(Message("user", verdicts), session=session)

    triage = Agent(client, "Say who is asked.", id="triage-1", name="triage-agent")
    builder = WorkflowBuilder(name="invoice-check", start_executor=triage, output_from=[billing])
    await builder.add_edge(triage, billing).build().run("Is INV-9 right?")


def main():
    with Receiver(FOLDER, responses_api(TURNS)) as url:
        configure_otel_providers(
            service_name="billing",
            otlp_endpoint=url,
            otlp_protocol="http/protobuf",
            enable_sensitive_data=True,
        )
        asyncio.run(run(OpenAIChatClient("gpt-5", api_key="none", base_url=f"{url}/model")))
        trace.get_tracer_provider().shutdown()
        get_logger_provider().shutdown()
        metrics.get_meter_provider().shutdown()
    write_versions(FOLDER, *PACKAGES)


if __name__ == "__main__":
    main()
