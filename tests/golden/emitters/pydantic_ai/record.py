# mypy: ignore-errors
"""Records what PydanticAI's own instrumentation emits: decision, tools, retry, approval, hand-off.

Run from the root of the repository: `python -m tests.golden.emitters.pydantic_ai.record`.
"""

from contextlib import suppress
from pathlib import Path
from typing import Literal

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import BaseModel, Field
from pydantic_ai import (
    Agent,
    ApprovalRequired,
    DeferredToolRequests,
    DeferredToolResults,
    ModelRetry,
    ToolDenied,
)
from pydantic_ai.models.decision import UnsureRoute
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.openai_decisions import OpenAIDecisionsModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.golden.emitters.pydantic_ai.vendor import vendor
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
CASE = "case-7"
CORRECTIONS = [
    ("correct_invoice", {"invoice_id": "INV-7", "amount": 100.5, "if_match": "v3"}),
    ("correct_invoice", {"invoice_id": "INV-8", "amount": 0.0, "if_match": "v1"}),
]
# What the model says, turn by turn: the tools that it calls, or a text.
TURNS = [
    [("ask_billing", {"question": "INV-7 is 20 too high"})],
    [("get_invoice", {"invoice_id": "INV-7"})],
    [("check_credit", {"customer": "C-1"})],  # fails once
    [("check_credit", {"customer": "C-1"})],
    CORRECTIONS,  # waits for approval: the first is approved, the second denied
    "INV-7 is corrected, INV-8 is not.",
    "Done.",
    [("post_to_ledger", {"invoice_id": "INV-7"})],  # fails for good
]


class Handling(BaseModel):
    """What to do with a complaint about an invoice."""

    verdict: Literal["correct", "reject", "escalate"] = Field(description="How to handle it.")
    reversible: bool = Field(description="Can the correction be undone?")


class Escalation(BaseModel):
    """Ask a human."""

    urgent: bool = Field(description="Is it urgent?")


def billing_agent(model):
    told = {
        "description": "Corrects invoices.",
        "instructions": "Correct the invoice.",
        "metadata": {"version": "1.4.0"},  # agents have no version of their own
    }
    agent = Agent(
        model, name="billing-agent", output_type=[str, DeferredToolRequests], retries=1, **told
    )

    @agent.tool_plain
    def get_invoice(invoice_id: str) -> dict:
        """The invoice and the version that was read."""
        return {"amount": 120.5, "etag": "v3"}

    @agent.tool
    def check_credit(context, customer: str) -> float:
        """The credit of a customer; the first call fails."""
        if context.retry == 0:
            raise ModelRetry("credit service is warming up, ask again")
        return 900.0

    @agent.tool
    def correct_invoice(context, invoice_id: str, amount: float, if_match: str) -> str:
        """Writes the amount unless somebody else wrote; needs approval."""
        if not context.tool_call_approved:  # `requires_approval=True` would leave no span
            raise ApprovalRequired(metadata={"policy": "corrections over 10"})
        return "corrected"

    @agent.tool_plain
    def post_to_ledger(invoice_id: str) -> str:
        """Fails for good."""
        raise ConnectionError("ledger is down")

    return agent


def run(model, decision_model, older_format):
    triage = Agent(decision_model, name="triage-agent", output_type=Handling)
    triage.run_sync("Invoice INV-7 is 20 too high.", conversation_id=CASE)
    billing = billing_agent(model)
    front = Agent(model, name="front-agent")

    @front.tool_plain
    async def ask_billing(question: str) -> str:
        """Hands over to the billing agent and decides on what it wants approved."""
        asked = await billing.run(question, conversation_id=CASE)
        first, second = (call.tool_call_id for call in asked.output.approvals)
        verdicts = DeferredToolResults(approvals={first: True, second: ToolDenied("not asked for")})
        history = asked.all_messages()
        done = await billing.run(message_history=history, deferred_tool_results=verdicts)
        return done.output

    front.run_sync("Please correct INV-7.", conversation_id=CASE)
    router = Agent(decision_model, name="router-agent", output_type=[Handling, Escalation])
    for threshold in (0.6, 0.9):  # sure enough to go on, then not
        with suppress(UnsureRoute):
            settings = {"decision_route_threshold": threshold}
            router.run_sync("INV-9 is wrong.", conversation_id=CASE, model_settings=settings)
    billing.instrument = older_format
    with suppress(ConnectionError):
        billing.run_sync("Post it.", conversation_id=CASE)


def main():
    with Receiver(FOLDER, vendor(TURNS)) as url:
        provider = TracerProvider(resource=Resource.create({"service.name": "billing"}))
        exporter = OTLPSpanExporter(f"{url}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))
        openai = OpenAIProvider(base_url=f"{url}/model", api_key="none")
        run(
            OpenAIChatModel("gpt-5", provider=openai),
            OpenAIDecisionsModel("gpt-6-luna", provider=openai),
            InstrumentationSettings(tracer_provider=provider, version=2),
        )
        provider.shutdown()
    exporter = "opentelemetry-exporter-otlp-proto-http"
    write_versions(FOLDER, "pydantic-ai-slim", "openai", exporter)


if __name__ == "__main__":
    main()
