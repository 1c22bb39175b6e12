# mypy: ignore-errors
"""Records OpenInference on smolagents: `python -m` this module, from the root.

The billing agent reads an invoice and gives the rest to the credit agent, which it manages; there
the tool fails once, and the model calls it again.
"""

from pathlib import Path

from tests.golden.emitters.receiver import (
    OpenAIScript,
    Receiver,
    start_telemetry,
    write_versions,
)

FOLDER = Path(__file__).parent
CREDIT = ("issue_credit", {"invoice_id": "INV-7", "amount": 20.5, "if_match": "v3"})
SCRIPT = OpenAIScript(
    [("get_invoice", {"invoice_id": "INV-7"})],
    [("credit_agent", {"task": "Credit 20.5 to INV-7, etag v3.", "additional_args": {}})],
    [CREDIT],
    [CREDIT],
    [("final_answer", {"answer": "Credited: CR-1."})],
    [("final_answer", {"answer": "Credited 20.5 to INV-7."})],
)


def tools():
    from smolagents import tool

    attempts = []

    @tool
    def get_invoice(invoice_id: str) -> dict:
        """Read an invoice.

        Args:
            invoice_id: which one
        """
        return {"amount": 120.5, "etag": "v3"}

    @tool
    def issue_credit(invoice_id: str, amount: float, if_match: str) -> dict:
        """Credit an amount to an invoice.

        Args:
            invoice_id: which one
            amount: how much
            if_match: the etag that was read
        """
        attempts.append(invoice_id)
        if len(attempts) == 1:
            raise TimeoutError("ledger did not answer in 5 s")
        return {"credit_id": "CR-1", "etag": "v4"}

    return get_invoice, issue_credit


def work(url):
    from smolagents import OpenAIModel, ToolCallingAgent

    def plausible(answer, memory, agent):
        return "Credited" in answer

    get_invoice, issue_credit = tools()
    model = OpenAIModel("gpt-5-mini", api_base=f"{url}/v1", api_key="none")
    # Short instructions: the default ones fill the recording.
    credit = ToolCallingAgent([issue_credit], model, name="credit_agent", description="Credits.")
    billing = ToolCallingAgent(
        [get_invoice],
        model,
        name="billing_agent",
        description="Corrects bills.",
        managed_agents=[credit],
        final_answer_checks=[plausible],
    )
    for agent in billing, credit:
        agent.prompt_templates["system_prompt"] = "Correct bills."
    answer = billing.run("INV-7 is too high. Correct it.", max_steps=5)
    assert answer == "Credited 20.5 to INV-7.", answer


def main():
    from openinference.instrumentation.smolagents import SmolagentsInstrumentor

    with Receiver(FOLDER, SCRIPT) as url:
        flush = start_telemetry(url)
        SmolagentsInstrumentor().instrument()
        work(url)
        flush()
    write_versions(
        FOLDER,
        "openinference-instrumentation-smolagents",
        "openinference-instrumentation",
        "smolagents",
        "openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main()
