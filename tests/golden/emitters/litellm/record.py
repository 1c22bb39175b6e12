# mypy: ignore-errors
"""Records the spans of LiteLLM's `otel` callback around calls of an OpenAI-compatible vendor.

Run from the root of the repository: `python -m tests.golden.emitters.litellm.record`.
"""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

from opentelemetry import trace

from tests.golden.emitters.openai_genai.scenario import (
    AGENT,
    MODEL,
    TOOLS,
    Ledger,
    answer,
    converse,
)
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions


def run(litellm, api_base):
    """LiteLLM knows model calls only: the agent and its tools are the application's own spans."""
    tracer, ledger, loop = trace.get_tracer("billing"), Ledger(), asyncio.new_event_loop()
    context = {"session_id": "conversation-1", "agent_name": AGENT, "tags": ["nightly"]}
    request = {
        "model": f"openai/{MODEL}",
        "api_base": api_base,
        "api_key": "none",
        "user": "user-3",
        "num_retries": 0,
    }

    async def ask(messages, **changed):
        # It marks the metadata of a call as reported: the next call needs its own.
        call = {**request, "metadata": dict(context), **changed}
        reply = await litellm.acompletion(messages=messages, **call)
        await asyncio.sleep(0.5)  # its callbacks come after the reply
        return reply.choices[0].message

    def complete(messages):
        return loop.run_until_complete(ask(messages, tools=TOOLS))

    def run_tool(call):
        with tracer.start_as_current_span(f"execute_tool {call.function.name}"):
            return getattr(ledger, call.function.name)(**json.loads(call.function.arguments))

    hello = [{"role": "user", "content": "hi"}]
    os.environ["USE_OTEL_LITELLM_REQUEST_SPAN"] = "true"
    with tracer.start_as_current_span(AGENT):
        print(converse(complete, run_tool))  # noqa: T201
        with suppress(litellm.InternalServerError):
            loop.run_until_complete(ask(hello, api_base="http://127.0.0.1:9"))
        loop.run_until_complete(asyncio.sleep(2))
    # Without that switch it writes about the model on whatever span of the application is open.
    del os.environ["USE_OTEL_LITELLM_REQUEST_SPAN"]
    with tracer.start_as_current_span(AGENT):
        complete(hello)
        loop.run_until_complete(asyncio.sleep(2))
    loop.close()


def record(folder):
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "true"  # prices from the package, no network
    with Receiver(folder, answer) as url:
        flush = start_telemetry(url)
        os.environ["OTEL_EXPORTER"] = "otlp_http"
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = os.environ["OTEL_ENDPOINT"] = url
        os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "span_only"
        os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "200"  # ms; its own provider is not ours to flush
        import litellm  # it reads the environment when it is imported

        litellm.callbacks = ["otel"]
        run(litellm, f"{url}/vendor")
        flush()
    write_versions(
        folder,
        "litellm",
        "openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    record(Path(__file__).parent)
