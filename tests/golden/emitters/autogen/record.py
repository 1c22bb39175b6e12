# mypy: ignore-errors
"""Records AutoGen's own telemetry: `python -m` this module, from the root.

A swarm: the billing agent reads an invoice and hands over to the credit agent, whose tool fails
once, and which first hands over to a human; the human's word is a second run. Tokens and arguments
are in no span: AutoGen logs them, so Python's logging is exported as well.
"""

import asyncio
import logging
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
    [("transfer_to_credit_agent", {})],
    [("transfer_to_clerk", {})],
    [CREDIT],
    [CREDIT],
    "Credited 20.5 to INV-7. DONE",
)
attempts = []


async def get_invoice(invoice_id: str) -> dict:
    """Read an invoice."""
    return {"amount": 120.5, "etag": "v3"}


async def issue_credit(invoice_id: str, amount: float, if_match: str) -> dict:
    """Credit an amount to an invoice."""
    attempts.append(invoice_id)
    if len(attempts) == 1:
        raise TimeoutError("ledger did not answer in 5 s")
    return {"credit_id": "CR-1", "etag": "v4"}


def team(url):
    from autogen_agentchat.agents import AssistantAgent
    from autogen_agentchat.conditions import HandoffTermination, TextMentionTermination
    from autogen_agentchat.teams import Swarm
    from autogen_ext.models.openai import OpenAIChatCompletionClient

    model = OpenAIChatCompletionClient(
        model="gpt-5-mini", base_url=f"{url}/v1", api_key="none", parallel_tool_calls=False
    )
    billing = AssistantAgent(
        "billing_agent",
        model,
        tools=[get_invoice],
        handoffs=["credit_agent"],
        description="Corrects bills.",
        max_tool_iterations=5,
    )
    credit = AssistantAgent(
        "credit_agent",
        model,
        tools=[issue_credit],
        handoffs=["clerk"],
        description="Issues credits.",
        max_tool_iterations=5,
    )
    done = HandoffTermination("clerk") | TextMentionTermination("DONE")
    return Swarm([billing, credit], termination_condition=done, name="billing_team")


async def work(url):
    from autogen_agentchat.messages import HandoffMessage

    agents = team(url)
    asked = await agents.run(task="INV-7 is too high. Correct it.")
    assert asked.messages[-1].target == "clerk"
    word = HandoffMessage(source="clerk", target="credit_agent", content="Approved.")
    answer = (await agents.run(task=word)).messages[-1].content
    assert answer.endswith("DONE"), answer


def export_logs():
    """Events are log records whose message is JSON; those that repeat spans stay out."""
    from autogen_core import EVENT_LOGGER_NAME
    from autogen_core.logging import LLMCallEvent, ToolCallEvent
    from opentelemetry.sdk._logs import LoggingHandler

    logger = logging.getLogger(EVENT_LOGGER_NAME)
    logger.setLevel(logging.INFO)
    handler = LoggingHandler()
    handler.addFilter(lambda record: isinstance(record.msg, (LLMCallEvent, ToolCallEvent)))
    logger.addHandler(handler)


def main():
    with Receiver(FOLDER, SCRIPT) as url:
        flush = start_telemetry(url)
        export_logs()
        asyncio.run(work(url))
        flush()
    write_versions(
        FOLDER,
        "autogen-agentchat",
        "autogen-core",
        "autogen-ext",
        "openai",
        "tiktoken",
        "aiofiles",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main()
