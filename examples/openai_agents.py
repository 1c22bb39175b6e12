"""An agent of the OpenAI Agents SDK that hands work over a queue; its model is a script.

python -m examples.openai_agents     needs `pip install wakeline[examples]`
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage, function_tool
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)

import wakeline

QUEUE: list[dict[str, Any]] = []


def _call(number: int, name: str, **arguments: object) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        type="function_call", call_id=f"call-{number}", name=name, arguments=json.dumps(arguments)
    )


def _says(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(
        id="m-1", type="message", role="assistant", status="completed", content=[content]
    )


class Scripted(Model):
    """Answers with what it was given, in order."""

    def __init__(self, *answers: ResponseFunctionToolCall | ResponseOutputMessage) -> None:
        self._answers = list(answers)

    async def get_response(self, *_: Any, **__: Any) -> ModelResponse:
        """The next answer."""
        return ModelResponse(output=[self._answers.pop(0)], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[TResponseStreamEvent]:
        """Not needed here."""
        raise NotImplementedError


@function_tool
@wakeline.tool
async def get_balance(account: str) -> float:
    """The balance of an account, in EUR."""
    wakeline.read(f"account:{account}", "balance", value=1200.0, version=5, source="ledger")
    return 1200.0


@function_tool
@wakeline.tool
async def delay_payment(invoice: str, days: int) -> str:
    """Delay a payment, and tell the vendor desk."""
    made = wakeline.decision("delay", confidence=0.81, policy_id="cash-flow", policy_version=2)
    wakeline.write(f"invoice:{invoice}", "due_in_days", value=days, source="erp", decision=made)
    wakeline.effect("delay", "obligation", days, unit="d", opens=f"pay:{invoice}", decision=made)
    QUEUE.append({"invoice": invoice, **wakeline.inject({}, handoff=wakeline.handoff("desk"))})
    return "delayed"


@wakeline.agent("cash-flow")
async def plan(invoice: str) -> str:
    """The agent span is around the run; the decorated tools are below it."""
    agent = Agent(
        name="cash-flow",
        tools=[get_balance, delay_payment],
        model=Scripted(
            _call(1, "get_balance", account="main"),
            _call(2, "delay_payment", invoice=invoice, days=14),
            _says("Delayed by 14 days."),
        ),
    )
    config = RunConfig(tracing_disabled=True)  # its own tracing would send to its vendor
    return str((await Runner.run(agent, "Plan the payment", run_config=config)).final_output)


async def desk() -> None:
    """Takes the message up in a trace of its own that links to the sender's."""
    message = QUEUE.pop()
    async with wakeline.extracted(message, link=True), wakeline.agent("desk"):
        wakeline.decision("inform_vendor", confidence=0.97)


async def run() -> str:
    """One case, two agents."""
    with wakeline.case("invoice-501"):
        answer = await plan("501")
    await desk()
    return answer


def main() -> None:
    """Record, and send what waits."""
    wakeline.init("finance-agents")
    asyncio.run(run())
    wakeline.shutdown()


if __name__ == "__main__":
    main()
