# mypy: ignore-errors
"""Records the spans that the MCP SDK sends by itself, of a client and a server in one process.

Run from the root of the repository: `python -m tests.golden.emitters.mcp.record`.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from mcp import MCPError
from mcp.client import Client
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ElicitResult
from opentelemetry import trace
from pydantic import BaseModel

from tests.golden.emitters.openai_genai.scenario import AGENT, Ledger
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent
INVOICE = {"invoice_id": "INV-7"}
server, ledger = MCPServer("billing", version="1.0.0"), Ledger()


class Approval(BaseModel):
    approved: bool


@server.tool()
def get_invoice(invoice_id: str) -> dict:
    """Reads one invoice."""
    return ledger.get_invoice(invoice_id)


@server.tool()
def correct_invoice(invoice_id: str) -> dict:
    """Writes a corrected invoice."""
    return ledger.correct_invoice(invoice_id)


@server.tool()
async def credit_customer(amount: float, context: Context) -> str:
    """Asks a human before it pays."""
    answer = await context.elicit("Credit the customer?", Approval)
    return "credited" if answer.action == "accept" and answer.data.approved else "refused"


@server.resource("policy://late-fees")
def late_fees() -> str:
    """What is done about late fees."""
    return "Late fees are waived once."


@server.prompt()
def correction(invoice_id: str) -> str:
    """How to correct an invoice."""
    return f"Correct {invoice_id}."


async def approve(context, request):
    return ElicitResult(action="accept", content={"approved": True})


async def run():
    # The older handshake is the one in which a client sends spans, too.
    async with Client(server, mode="legacy", elicitation_callback=approve) as client:
        await client.list_tools()
        await client.get_prompt("correction", INVOICE)
        await client.read_resource("policy://late-fees")
        for tool in ("get_invoice", "correct_invoice", "correct_invoice"):
            await client.call_tool(tool, INVOICE)
        await client.call_tool("credit_customer", {"amount": 20.0})
        with suppress(MCPError):
            await client.read_resource("policy://unknown")


with Receiver(FOLDER) as url:
    flush = start_telemetry(url)
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": AGENT}
    with trace.get_tracer("billing").start_as_current_span(AGENT, attributes=agent):
        asyncio.run(run())
    flush()
write_versions(FOLDER, "mcp", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
