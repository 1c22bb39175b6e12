"""What every agent of the demo does: it is asked, calls a model, looks a value up, changes one."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Unpack

import wakeline
from wakeline import conventions as names
from wakeline.content import number
from wakeline.facts import ReadFacts, WriteFacts

MODEL = "gpt-4o-mini"
TOOL_MS = 120
MODEL_MS = 900


@dataclass(frozen=True, slots=True)
class Value:
    """A field of an entity (`type:id`) in one version, and the system that owns it."""

    entity: str
    field: str
    version: int
    value: object
    source: str


def asked(text: str) -> dict[str, str]:
    """The attributes of an agent's span that say what it was asked."""
    messages = [{"role": "user", "parts": [{"type": "text", "content": text}]}]
    return {"gen_ai.input.messages": json.dumps(messages)}


def think(agent: str, input_tokens: int, output_tokens: int) -> None:
    """The span of a model call, as an instrumentation of the model's client records it.

    The SDK leaves such spans to those, and the demo calls no model.
    """
    usage: dict[str, str | int | tuple[str, ...]] = {
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": MODEL,
        "gen_ai.response.finish_reasons": ("tool_calls",),
        "gen_ai.usage.input_tokens": input_tokens,
        "gen_ai.usage.output_tokens": output_tokens,
    }
    took = timedelta(milliseconds=MODEL_MS)
    with wakeline.agent(agent, attributes=usage, took=took) as call:
        call.set(names.OPERATION, "chat")
        call.span.update_name(f"chat {MODEL}")


def look_up(tool: str, found: Value, **more: Unpack[ReadFacts]) -> str:
    """Call `tool`, which gives the value; returns the id of the read. From its owner by default."""
    facts: ReadFacts = {
        "version": found.version,
        "value": found.value,
        "source": found.source,
        "source_kind": "primary",
        **more,
    }
    took = timedelta(milliseconds=TOOL_MS)
    with wakeline.tool(tool, arguments=_named(found.entity), took=took) as call:
        call.result({found.field: found.value, "version": found.version})
        return wakeline.read(found.entity, found.field, **facts)


def change(tool: str, new: Value, old: Value | None = None, **more: Unpack[WriteFacts]) -> str:
    """Call `tool`, which writes the value over `old`; returns the id of the write."""
    facts: WriteFacts = {
        "version": new.version,
        "value": new.value,
        "source": new.source,
        "source_kind": "primary",
        "reversible": True,
        "idempotency_key": f"{new.entity}/{new.field}/{new.version}",
        **more,
    }
    if old is not None:
        facts["version_prev"] = old.version
        if (before := number(old.value)) is not None:
            facts["value_num_prev"] = before
    took = timedelta(milliseconds=TOOL_MS)
    arguments = {**_named(new.entity), new.field: new.value}
    with wakeline.tool(tool, arguments=arguments, took=took) as call:
        call.result({"version": new.version})
        return wakeline.write(new.entity, new.field, **facts)


def _named(entity: str) -> dict[str, str]:
    """The argument that names an entity: `invoice:501` is `{"invoice_id": "501"}`."""
    kind, _, name = entity.partition(":")
    return {f"{kind}_id": name}
