"""Agents for coverage: one records all that signatures need, the others next to nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.app import stored
from tests.app.commands import invoke
from tests.contracts.segments import RECEIVED_UNIX_NANO

ODD_KEY = "acme.secret\x1b[31m.0.name"
ODD_AGENT = "new\x1b[31m agent"
COMMON = {
    "gen_ai.agent.name": "thorough",
    "gen_ai.agent.version": "1.4",
    "gen_ai.conversation.id": "c-1",
    "wakeline.case.id": "ticket-1",
    "wakeline.work_item.id": "w-1",
    "wakeline.intent.id": "i-1",
}
TOOL = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "adjust",
    "gen_ai.tool.call.arguments": json.dumps({"invoice_id": 5}),
    "gen_ai.tool.call.result": json.dumps({"ok": True}),
    "error.type": "timeout",
}
CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": "10",
    "gen_ai.usage.output_tokens": "5",
    "gen_ai.usage.cost.amount": "0.01",
    "gen_ai.response.finish_reasons": '["stop"]',
    "gen_ai.input.messages": "[]",
    "gen_ai.output.messages": "[]",
    "gen_ai.tool.definitions": "[]",
}
ACCESS = {
    "wakeline.entity.ref": "invoice:5",
    "wakeline.data.field": "amount",
    "wakeline.data.version": "7",
    "wakeline.data.as_of": str(RECEIVED_UNIX_NANO),
    "wakeline.data.value_num": "19.9",
    "wakeline.data.idempotency_key": "k",
}
EVENTS: Mapping[str, Mapping[str, str]] = {
    "wakeline.data.read": ACCESS,
    "wakeline.data.write": ACCESS,
    "wakeline.decision": {
        "wakeline.decision.id": "d-1",
        "wakeline.decision.action": "adjust",
        "wakeline.decision.confidence": "0.9",
        "wakeline.decision.inputs": '["read:1"]',
        "wakeline.policy.version": "3",
    },
    "wakeline.effect": {
        "wakeline.effect.kind": "adjust",
        "wakeline.effect.metric": "cash",
        "wakeline.effect.delta": "-5",
        "wakeline.entity.ref": "invoice:5",
        "wakeline.decision.id": "d-1",
    },
    "wakeline.intent": {"wakeline.intent.kind": "fix", "wakeline.intent.target": '["invoice:5"]'},
    "wakeline.handoff": {"wakeline.handoff.to": "credit"},
    "wakeline.outcome": {
        "wakeline.outcome.type": "reversal",
        "wakeline.outcome.target": '["invoice:5"]',
    },
}


def stored_in(data: Path) -> Path:
    """The data folder, with three agents: thorough, silent, and one of a few steps."""
    sent = stored.messages(
        data / "agents.pb",
        thorough(),
        silent(35, **{ODD_KEY: "1"}),
        silent(3, name=ODD_AGENT),
    )
    assert invoke("replay", sent, "--data", data).code == 0
    return data


def thorough(calls: int = 20) -> ExportTraceServiceRequest:
    """Each call is one of a tool, with all events, and one of a model."""
    request = _request("my.framework")
    for number in range(calls):
        tool = _span(request, 1, number, COMMON | TOOL)
        tool.status.code = Status.STATUS_CODE_ERROR
        for offset, (name, attributes) in enumerate(EVENTS.items()):
            event = tool.events.add(name=name, time_unix_nano=tool.start_time_unix_nano + offset)
            _put(event, attributes)
        _span(request, 2, number, COMMON | CHAT)
    return request


def silent(steps: int, name: str = "silent", **attributes: str) -> ExportTraceServiceRequest:
    """Steps that say that they are steps; `attributes` beside."""
    request = _request("odd\x1b[31m scope")
    plain = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
    for number in range(steps):
        _span(request, 3, number, {**plain, **attributes})
    return request


def _request(scope: str) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "billing"
    resource.scope_spans.add().scope.name = scope
    return request


def _span(
    request: ExportTraceServiceRequest, kind: int, number: int, attributes: Mapping[str, str]
) -> Span:
    name = attributes["gen_ai.agent.name"]
    span: Span = request.resource_spans[0].scope_spans[0].spans.add(
        trace_id=(number + 1).to_bytes(16), span_id=_id(name, kind, number).to_bytes(8),
        name="step", start_time_unix_nano=RECEIVED_UNIX_NANO + number,
        end_time_unix_nano=RECEIVED_UNIX_NANO + number + 1,
    )  # fmt: skip
    _put(span, attributes)
    return span


def _id(name: str, kind: int, number: int) -> int:
    """Differs between the names that tests use."""
    return sum(name.encode()) * 10_000 + 1000 * kind + number


def _put(holder: Any, attributes: Mapping[str, str]) -> None:
    for key, text in attributes.items():
        holder.attributes.add(key=key).value.string_value = text
