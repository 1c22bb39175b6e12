# mypy: ignore-errors
"""Records OpenLLMetry's instrumentation of the MCP SDK's first major version, client and server.

Run from the root of the repository: `python -m tests.golden.emitters.mcp_openllmetry.record`.
"""

import asyncio
import os
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.fastmcp import FastMCP
from opentelemetry import trace
from opentelemetry.instrumentation.mcp import McpInstrumentor

from tests.golden.emitters.openai_genai.scenario import AGENT, Ledger
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent
INVOICE = {"invoice_id": "INV-7"}
server, ledger = FastMCP("billing"), Ledger()


@server.tool()
def get_invoice(invoice_id: str) -> dict:
    """Reads one invoice."""
    return ledger.get_invoice(invoice_id)


@server.tool()
def correct_invoice(invoice_id: str) -> dict:
    """Writes a corrected invoice."""
    return ledger.correct_invoice(invoice_id)


@server.resource("policy://late-fees")
def late_fees() -> str:
    """What is done about late fees."""
    return "Late fees are waived once."


async def run(url):
    command = ["-m", "tests.golden.emitters.mcp_openllmetry.record", url]
    parameters = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        await session.list_tools()
        await session.read_resource("policy://late-fees")
        for tool in ("get_invoice", "correct_invoice", "correct_invoice"):
            await session.call_tool(tool, INVOICE)


def record():
    with Receiver(FOLDER) as url:
        flush = start_telemetry(url)
        McpInstrumentor().instrument()
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": AGENT}
        tracer = trace.get_tracer("billing")
        with tracer.start_as_current_span(AGENT, attributes=attributes):
            asyncio.run(run(url))
        flush()
    write_versions(
        FOLDER,
        "mcp",
        "opentelemetry-instrumentation-mcp",
        "opentelemetry-semantic-conventions-ai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


def serve(url):
    flush = start_telemetry(url)
    McpInstrumentor().instrument()
    server.run()
    flush()


if __name__ == "__main__":
    serve(sys.argv[1]) if len(sys.argv) > 1 else record()
