# mypy: ignore-errors
"""One case in the OpenAI Agents SDK, against a local Responses API, for all that instrument it.

A guardrail lets the request pass, triage hands off to billing, which reads the invoice, asks for
a credit that fails once, has one correction approved and one rejected, and answers. A second
request trips the guardrail.
"""

from contextlib import suppress

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    function_tool,
    input_guardrail,
)
from openai import AsyncOpenAI

CORRECTIONS = [
    ("correct_invoice", {"invoice_id": "INV-7", "amount": 100.5, "if_match": "v3"}),
    ("correct_invoice", {"invoice_id": "INV-8", "amount": 0.0, "if_match": "v1"}),
]
TURNS = [
    [("transfer_to_billing_agent", {})],
    [("get_invoice", {"invoice_id": "INV-7"})],
    [("check_credit", {"customer": "C-1"})],  # fails once
    [("check_credit", {"customer": "C-1"})],
    CORRECTIONS,
    "INV-7 is corrected, INV-8 is not.",
]


@function_tool
def get_invoice(invoice_id: str) -> dict:
    """The invoice and the version that was read."""
    return {"amount": 120.5, "etag": "v3"}


def credit_tool():
    failures = iter([ConnectionError("credit service is warming up")])

    @function_tool
    def check_credit(customer: str) -> float:
        """The credit of a customer; the first call fails."""
        for failure in failures:
            raise failure
        return 900.0

    return check_credit


@function_tool(needs_approval=True)
def correct_invoice(invoice_id: str, amount: float, if_match: str) -> str:
    """Writes the amount unless somebody else wrote."""
    return "corrected"


@input_guardrail(name="no_payouts")
async def no_payouts(context, agent, asked):
    """Payouts are not for agents."""
    paid = "pay out" in str(asked)
    return GuardrailFunctionOutput({"risk": 0.9 if paid else 0.1}, tripwire_triggered=paid)


async def correct_an_invoice(url):
    """Runs the case with a model that answers at `url`."""
    client = AsyncOpenAI(base_url=f"{url}/model", api_key="none")
    model = OpenAIResponsesModel("gpt-5", client)
    billing = Agent(
        "billing-agent",
        handoff_description="Corrects invoices.",
        instructions="Correct the invoice.",
        model=model,
        tools=[get_invoice, credit_tool(), correct_invoice],
    )
    triage = Agent("triage-agent", model=model, handoffs=[billing], input_guardrails=[no_payouts])
    config = RunConfig(workflow_name="invoice-correction", group_id="case-7")
    asked = await Runner.run(triage, "INV-7 is 20 too high.", run_config=config)
    state = asked.to_state()
    first, second = asked.interruptions
    state.approve(first)
    state.reject(second, rejection_message="not asked for")
    await Runner.run(triage, state, run_config=config)
    with suppress(InputGuardrailTripwireTriggered):
        await Runner.run(triage, "Please pay out 500.", run_config=config)
