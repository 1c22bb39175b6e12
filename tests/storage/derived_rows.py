"""What spans become in the derived tables, each time as a tenant of its own."""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.envelope import Signal
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, span_id, token

TENANTS = (f"tenant-{number}" for number in count())


def request(*spans: Mapping[str, Any]) -> ExportTraceServiceRequest:
    """A request with a span for each map of attributes; their ids are their numbers from 1."""
    found = ExportTraceServiceRequest()
    scope_spans = found.resource_spans.add().scope_spans.add()
    for number, attributes in enumerate(spans, start=1):
        span = scope_spans.spans.add(
            trace_id=b"\1" * 16, span_id=span_id(number), start_time_unix_nano=RECEIVED_UNIX_NANO
        )
        add_pairs(span.attributes, attributes.items())
    return found


def send(store: Store, sent: ExportTraceServiceRequest, tenant: str) -> None:
    store.insert_segment(Signal.TRACES, record(sent, tenant), token())


def read(store: Store, tenant: str, table: str = "steps") -> list[dict[str, Any]]:
    """The rows of `tenant`, by the number of the span."""
    answer = store.read_only(
        f"SELECT * FROM {table} FINAL WHERE tenant = '{tenant}' ORDER BY span_id",
        "JSONEachRow",
    )
    return [json.loads(line) for line in answer.splitlines()]


def steps(store: Store, *spans: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that spans with these attributes become."""
    tenant = next(TENANTS)
    send(store, request(*spans), tenant)
    return read(store, tenant)


def call(arguments: str, tool: str = "correct_invoice") -> dict[str, Any]:
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.arguments": arguments,
    }


def chat(model: str, tokens: int, **more: Any) -> dict[str, Any]:
    usage = {"gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": 0}
    return {"gen_ai.operation.name": "chat", "gen_ai.request.model": model} | usage | more
