# mypy: ignore-errors
"""Records the spans that Anthropic's own client sends by itself once a tracer provider is set.

Run from the root of the repository: `python -m tests.golden.emitters.anthropic_sdk.record`.
"""

import json
import os
from pathlib import Path

from anthropic import Anthropic, beta_tool

from tests.golden.emitters.anthropic_openllmetry.scenario import MODEL, reply
from tests.golden.emitters.openai_genai.scenario import INSTRUCTIONS, QUESTION, Ledger
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent
ledger = Ledger()


@beta_tool
def get_invoice(invoice_id: str) -> str:
    """Reads one invoice."""
    return json.dumps(ledger.get_invoice(invoice_id))


@beta_tool
def correct_invoice(invoice_id: str) -> str:
    """Writes a corrected invoice."""
    return json.dumps(ledger.correct_invoice(invoice_id))


os.environ["ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE"] = "content"
with Receiver(FOLDER, lambda path, request: reply(request)) as url:
    flush = start_telemetry(url)
    client = Anthropic(base_url=f"{url}/vendor", api_key="none")
    runner = client.beta.messages.tool_runner(
        model=MODEL,
        max_tokens=500,
        thread=False,  # the vendor here remembers nothing
        system=INSTRUCTIONS,
        tools=[get_invoice, correct_invoice],
        messages=[{"role": "user", "content": QUESTION}],
    )
    print(runner.until_done().content[0].text)  # noqa: T201
    flush()
write_versions(FOLDER, "anthropic", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
