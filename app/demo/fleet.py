"""A healthy fleet of three agents at work, emitting the OpenTelemetry GenAI conventions."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Tracer
from opentelemetry.util.types import AttributeValue

MODEL = "gpt-4o-mini"


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent of the demo: the tools it calls, in order, in each run."""

    name: str
    task: str
    tools: tuple[str, ...]
    action: str


AGENTS = (
    Agent("billing", "correct an invoice", ("read_invoice", "read_contract"), "update_invoice"),
    Agent("cash-flow", "plan a payment", ("read_balance", "read_due_dates"), "schedule_payment"),
    Agent("carrier", "choose a carrier", ("list_carriers", "read_rates"), "book_shipment"),
)


def exporter(transport: str, grpc_port: int, http_port: int) -> SpanExporter:
    """A stock OTLP exporter for `transport` (grpc or http) to this machine."""
    if transport == "grpc":
        return GrpcExporter(endpoint=f"http://127.0.0.1:{grpc_port}", insecure=True)
    return HttpExporter(endpoint=f"http://127.0.0.1:{http_port}/v1/traces")


def send(
    grpc_port: int, http_port: int, runs: int, progress: Callable[[], None], seed: int = 1
) -> int:
    """Let every agent work `runs` times; returns the spans that were handed to the exporters.

    progress: called after each run; what it raises ends the work.
    """
    rng = random.Random(seed)
    sent = 0
    for number, agent in enumerate(AGENTS):
        provider = TracerProvider(
            resource=Resource.create(
                {"service.name": f"{agent.name}-agent", "service.version": "1.0"}
            ),
            shutdown_on_exit=False,
        )
        transport = ("grpc", "http")[number % 2]
        provider.add_span_processor(BatchSpanProcessor(exporter(transport, grpc_port, http_port)))
        tracer = provider.get_tracer("wakeline.demo")
        try:
            for run in range(runs):
                sent += _work(tracer, agent, f"{agent.name}-{run}", rng)
                progress()
        finally:
            provider.shutdown()
    return sent


def _work(tracer: Tracer, agent: Agent, conversation: str, rng: random.Random) -> int:
    """One run: think, read, think, act. Returns the number of spans."""
    common = {"gen_ai.agent.name": agent.name, "gen_ai.conversation.id": conversation}
    root = {**common, "gen_ai.operation.name": "invoke_agent"}
    with tracer.start_as_current_span(f"invoke_agent {agent.name}", attributes=root):
        for tool in (*agent.tools, agent.action):
            _chat(tracer, common, rng)
            _tool(tracer, common, tool, conversation, rng)
    return 1 + 2 * (len(agent.tools) + 1)


def _chat(tracer: Tracer, common: dict[str, str], rng: random.Random) -> None:
    attributes: dict[str, AttributeValue] = {
        **common,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": MODEL,
        "gen_ai.response.finish_reasons": ["tool_calls"],
        "gen_ai.usage.input_tokens": rng.randint(400, 1800),
        "gen_ai.usage.output_tokens": rng.randint(20, 160),
    }
    with tracer.start_as_current_span(f"chat {MODEL}", kind=SpanKind.CLIENT, attributes=attributes):
        pass


def _tool(
    tracer: Tracer, common: dict[str, str], tool: str, conversation: str, rng: random.Random
) -> None:
    attributes = {
        **common,
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.arguments": f'{{"case": "{conversation}"}}',
        "gen_ai.tool.call.result": f'{{"amount": {rng.randint(100, 9000)}}}',
    }
    with tracer.start_as_current_span(f"execute_tool {tool}", attributes=attributes):
        pass
