# mypy: ignore-errors
"""What do CrewAI's agents do in the recording?

A flow: the billing agent reads an invoice under a guardrail that sends its first answer back, a
human approves at the console, and the credit agent asks a tool that fails once. A second flow does
not wait for the human: it pauses, and goes on later as another trace.
"""

from tests.golden.emitters.receiver import OpenAIScript

CREDIT = ("issue_credit", {"invoice_id": "INV-7", "amount": 20.5, "if_match": "v3"})
SCRIPT = OpenAIScript(
    [("get_invoice", {"invoice_id": "INV-7"})],
    "INV-7 is too high.",  # names no amount: the guardrail refuses it
    "INV-7 is 20.5 too high.",
    '{"outcome": "approved"}',  # the human's words, sorted into one of the outcomes
    [CREDIT],
    [CREDIT],
    "Credited 20.5 to INV-7.",
    '{"outcome": "rejected"}',
)


def tools():
    from crewai.tools import tool

    attempts = []

    @tool("get_invoice")
    def get_invoice(invoice_id: str) -> dict:
        """Read an invoice."""
        return {"amount": 120.5, "etag": "v3"}

    @tool("issue_credit")
    def issue_credit(invoice_id: str, amount: float, if_match: str) -> dict:
        """Credit an amount to an invoice."""
        attempts.append(invoice_id)
        if len(attempts) == 1:
            raise TimeoutError("ledger did not answer in 5 s")
        return {"credit_id": "CR-1", "etag": "v4"}

    return get_invoice, issue_credit


def names_amount(output):
    """A guardrail: whether it holds, and the answer or what is wrong with it."""
    holds = "20.5" in output.raw
    return holds, output.raw if holds else "Name the amount."


def crew(llm, role, description, tool, guardrail=None):
    from crewai import Agent, Crew, Task

    agent = Agent(role=role, goal="Correct bills.", backstory="A clerk.", tools=[tool], llm=llm)
    task = Task(
        name=description,
        description=description,
        expected_output="one sentence",
        agent=agent,
        guardrail=guardrail,
    )
    return Crew(agents=[agent], tasks=[task], name=f"{role}-crew")


def billing_flow(llm):
    from crewai.flow import Flow, human_feedback, listen, start

    get_invoice, issue_credit = tools()

    class BillingFlow(Flow):
        @start()
        @human_feedback("Approve the credit?", emit=["approved", "rejected"], llm=llm)
        def check(self):
            found = crew(llm, "billing-agent", "Check INV-7.", get_invoice, names_amount)
            return found.kickoff().raw

        @listen("approved")
        def credit(self):
            return crew(llm, "credit-agent", "Credit INV-7.", issue_credit).kickoff().raw

    return BillingFlow()


def refund_flow(llm):
    from crewai.flow import Flow, HumanFeedbackPending, human_feedback, listen, start

    class Later:
        def request_feedback(self, context, flow):
            raise HumanFeedbackPending(context=context, callback_info={"channel": "billing"})

    class RefundFlow(Flow):
        @start()
        @human_feedback("Refund?", emit=["approved", "rejected"], llm=llm, provider=Later())
        def propose(self):
            return "Refund 120.5 for INV-7."

        @listen("rejected")
        def keep(self):
            return "Not refunded."

    return RefundFlow
