# mypy: ignore-errors
"""Records what Claude Code's command line sends of itself while the Claude Agent SDK drives it.

Its telemetry is logs, metrics (not kept) and, as a beta, spans. The run has a tool that fails once,
a vendor that is overloaded once, a hook, two answers of a human, and a sub-agent.

Run from the root of the repository: `python -m tests.golden.emitters.claude_code.record`.
"""

import asyncio
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import claude_agent_sdk as sdk
from claude_agent_sdk._cli_version import __cli_version__

from tests.golden.emitters.anthropic_openllmetry.scenario import MODEL, reply
from tests.golden.emitters.claude_code.vendor import messages_api
from tests.golden.emitters.openai_genai.scenario import INSTRUCTIONS, QUESTION, Ledger
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent
INVOICE = {"invoice_id": "INV-7"}
REFUND = {"description": "Pay back", "prompt": "Pay back 20.", "subagent_type": "refund-agent"}
CALLS = (
    ("mcp__billing__get_invoice", INVOICE),
    ("mcp__billing__correct_invoice", INVOICE),
    ("mcp__billing__correct_invoice", INVOICE),
    ("Bash", {"command": "touch paid.txt", "description": "Marks as paid"}),
    ("Bash", {"command": "rm ledger.txt", "description": "Removes the ledger"}),
    ("Agent", REFUND),
)
ledger, requests = Ledger(), []


def vendor(request):
    """Overloaded at first; the sub-agent answers at once."""
    requests.append(request)
    asked = json.dumps(request["messages"][0])
    return None if len(requests) == 1 else reply(request, () if "Pay back" in asked else CALLS)


def found(result):
    return {"content": [{"type": "text", "text": json.dumps(result)}]}


@sdk.tool("get_invoice", "Reads one invoice.", {"invoice_id": str})
async def get_invoice(arguments):
    return found(ledger.get_invoice(**arguments))


@sdk.tool("correct_invoice", "Writes a corrected invoice.", {"invoice_id": str})
async def correct_invoice(arguments):
    return found(ledger.correct_invoice(**arguments))


TOOLS = [get_invoice, correct_invoice]


async def ask_human(name, arguments, context):
    """A human who lets nothing be removed."""
    if arguments.get("command", "").startswith("rm"):
        return sdk.PermissionResultDeny(message="The ledger stays.")
    return sdk.PermissionResultAllow()


async def watch(event, tool_use_id, context):
    return {}


def telemetry(url):
    """The environment in which the command line reports everything it can."""
    content = ("USER_PROMPTS", "TOOL_DETAILS", "TOOL_CONTENT", "ASSISTANT_RESPONSES")
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",  # spans
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_RESOURCE_ATTRIBUTES": "service.version=1.4.0,agent.name=billing-agent",
        **{f"OTEL_{kind}_EXPORTER": "otlp" for kind in ("LOGS", "METRICS", "TRACES")},
        **{f"OTEL_LOG_{kind}": "1" for kind in content},
    }


@contextmanager
def nobodys_home():
    """A machine without anybody's configuration, so that nobody's name is recorded."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.clear()
        os.environ.update({"PATH": "/usr/bin:/bin", "HOME": home, "USER": "agent"})
        yield Path(home)


async def run(home, api, environment):
    options = sdk.ClaudeAgentOptions(
        model=MODEL,
        system_prompt=INSTRUCTIONS,
        cwd=home,
        mcp_servers={"billing": sdk.create_sdk_mcp_server("billing", "1.0.0", TOOLS)},
        allowed_tools=["mcp__billing__get_invoice", "mcp__billing__correct_invoice", "Agent"],
        agents={"refund-agent": sdk.AgentDefinition(description="Pays back.", prompt="Pay back.")},
        can_use_tool=ask_human,
        hooks={"PreToolUse": [sdk.HookMatcher(matcher="Bash", hooks=[watch])]},
        setting_sources=[],
        env=environment
        | {
            "ANTHROPIC_BASE_URL": api,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        },
    )
    async with sdk.ClaudeSDKClient(options) as client:
        await client.query(QUESTION)
        async for message in client.receive_response():
            print(type(message).__name__)  # noqa: T201


if __name__ == "__main__":
    with nobodys_home() as home, Receiver(FOLDER) as url, messages_api(vendor) as api:
        asyncio.run(run(home, api, telemetry(url)))
    write_versions(FOLDER, "claude-agent-sdk")
    versions = json.loads((FOLDER / "versions.json").read_text())
    versions["recorded_with"]["claude-code"] = __cli_version__  # it comes inside the package
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
