# mypy: ignore-errors
"""Records what Strands Agents emits by itself: tools, policy, approval, memory, a swarm.

The same case runs twice, because the names depend on OTEL_SEMCONV_STABILITY_OPT_IN: first the old
ones (the default), then the latest. Run from the root of the repository:
`python -m tests.golden.emitters.strands.record`.
"""

import os
from pathlib import Path

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from strands import Agent, tool
from strands.interventions import Deny, InterventionHandler, Proceed
from strands.memory import MemoryEntry, MemoryManager, MemoryStore
from strands.multiagent import Swarm
from strands.telemetry import tracer
from strands.vended_interventions.hitl import HumanInTheLoop

from tests.golden.emitters.receiver import Receiver, write_versions
from tests.golden.emitters.strands.scripted import Scripted

FOLDER = Path(__file__).parent
LATEST = "gen_ai_latest_experimental,gen_ai_tool_definitions"
BILLING = [
    [("get_invoice", {"invoice_id": "INV-7"})],
    [("check_credit", {"customer": "C-1"})],  # fails once
    [("check_credit", {"customer": "C-1"})],
    [("pay_out", {"amount": 500})],  # the policy denies it
    [
        ("correct_invoice", {"invoice_id": "INV-7", "amount": 100.5}),  # approved
        ("correct_invoice", {"invoice_id": "INV-8", "amount": 0.0}),  # rejected
    ],
    "INV-7 is corrected, INV-8 is not.",
]
TRIAGE = [
    [("handoff_to_agent", {"agent_name": "billing-agent", "message": "check INV-9"})],
    "Sent.",
]


class NoPayouts(InterventionHandler):
    """Payouts are not for agents."""

    name = "policy:no-payouts"

    def before_tool_call(self, event, **_):
        paid = event.tool_use["name"] == "pay_out"
        return Deny(reason="payouts need a clerk") if paid else Proceed()


class Notes(MemoryStore):
    """One thing that is remembered."""

    name, description, max_search_results, writable, extraction = "notes", None, 3, False, None

    async def search(self, query, options=None):
        return [MemoryEntry(content="Customer C-1 was credited last week.")]


def billing_tools():
    failures = iter([ConnectionError("credit service is warming up")])

    @tool
    def get_invoice(invoice_id: str) -> dict:
        """The invoice and the version that was read."""
        return {"amount": 120.5, "etag": "v3"}

    @tool
    def check_credit(customer: str) -> str:
        """The credit of a customer; the first call fails."""
        for failure in failures:
            raise failure
        return "900.0"

    @tool
    def correct_invoice(invoice_id: str, amount: float) -> str:
        """Writes the amount."""
        return "corrected"

    @tool
    def pay_out(amount: float) -> str:
        """Pays money."""
        return "paid"

    return [get_invoice, check_credit, correct_invoice, pay_out]


def run():
    approval = HumanInTheLoop(allowed_tools=["*", "!correct_invoice"])
    common = {"callback_handler": None, "trace_attributes": {"session.id": "case-7"}}
    billing = Agent(
        Scripted(BILLING),
        name="billing-agent",
        agent_id="billing-1",
        description="Corrects invoices.",
        system_prompt="Correct the invoice.",
        tools=billing_tools(),
        interventions=[NoPayouts(), approval],
        memory_manager=MemoryManager([Notes()]),
        **common,
    )
    asked = billing("INV-7 is 20 too high.")
    verdicts = zip(asked.interrupts, ("y", "n"), strict=True)
    answers = [{"interruptId": asked.id, "response": said} for asked, said in verdicts]
    billing([{"interruptResponse": answer} for answer in answers])

    triage = Agent(Scripted(TRIAGE), name="triage-agent", **common)
    checks = Agent(Scripted(["INV-9 is right."]), name="billing-agent", **common)
    Swarm([triage, checks], id="invoice-check")("Is INV-9 right?")


def main():
    with Receiver(FOLDER) as url:
        provider = TracerProvider(resource=Resource.create({"service.name": "billing"}))
        exporter = OTLPSpanExporter(f"{url}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        for names in ("", LATEST):
            os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = names
            tracer._tracer_instance = None  # it reads the environment once
            run()
        provider.shutdown()
    write_versions(FOLDER, "strands-agents", "opentelemetry-exporter-otlp-proto-http")


if __name__ == "__main__":
    main()
