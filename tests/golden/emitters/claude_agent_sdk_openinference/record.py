# mypy: ignore-errors
"""Records OpenInference's view of the Claude Agent SDK in the run that `claude_code` records.

Run it as `python -m tests.golden.emitters.claude_agent_sdk_openinference.record`.
"""

import asyncio
from pathlib import Path

from openinference.instrumentation.claude_agent_sdk import ClaudeAgentSDKInstrumentor

from tests.golden.emitters.claude_code.record import nobodys_home, run, vendor
from tests.golden.emitters.claude_code.vendor import messages_api
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent

with nobodys_home() as home, Receiver(FOLDER) as url, messages_api(vendor) as api:
    flush = start_telemetry(url)
    ClaudeAgentSDKInstrumentor().instrument()
    asyncio.run(run(home, api, {}))
    flush()
write_versions(
    FOLDER,
    "claude-agent-sdk",
    "openinference-instrumentation-claude-agent-sdk",
    "openinference-instrumentation",
    "openinference-semantic-conventions",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
)
