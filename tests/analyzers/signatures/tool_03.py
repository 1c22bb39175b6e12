"""Runs in which arguments break the schema offered, and runs in which they only seem to."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "invoice_id": {"type": "string"},
        "amount": {"type": "number"},
        "reason": {"enum": ["late", "wrong", "double"]},
    },
    "required": ["invoice_id"],
    "additionalProperties": False,
}


def _run(arguments: Any, schema: Any = SCHEMA, tool: str = "correct", **more: Any) -> list[Span]:
    one = {"type": "function", "name": "correct", "parameters": schema}
    offered = {"gen_ai.tool.definitions": json.dumps([one])}
    return [root(), chat(1, "I do.", "Correct it.", **offered), call(2, tool, arguments, **more)]


def missing(rng: Random) -> Sequence[Span]:
    return _run({"amount": rng.randint(1, 99)})


def other_type(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": "INV-1", "amount": f"about {rng.randint(1, 99)}"})


def not_allowed(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": "INV-1", "reason": f"mood {rng.randint(1, 99)}"})


def unknown(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": "INV-1", "force": rng.random() < 0.5})


def sound(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": "INV-1", "amount": rng.random(), "reason": "late"})


def in_quotes(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": "INV-1", "amount": str(rng.randint(1, 99))})


def null(rng: Random) -> Sequence[Span]:
    return _run({"invoice_id": f"INV-{rng.randint(1, 9)}", "amount": None})


def stale_schema(rng: Random) -> Sequence[Span]:
    spans = _run({"invoice_id": "INV-1", "amount": rng.randint(1, 99), "new_field": 1})
    wider = dict(SCHEMA) | {"additionalProperties": True}
    renewed = {"gen_ai.tool.definitions": json.dumps([{"name": "correct", "parameters": wider}])}
    return [*spans[:2], chat(1.5, "Again.", "Go on.", **renewed), spans[2]]


def broken_schema(rng: Random) -> Sequence[Span]:
    schema = {"properties": {"a": {"type": "string"}}, "required": [f"'a{rng.randint(1, 9)}'"]}
    return _run({"b": 1}, schema)


def cut_definition(rng: Random) -> Sequence[Span]:
    text = json.dumps([{"name": "correct", "parameters": SCHEMA}])[: rng.randint(80, 150)]
    offered = {"gen_ai.tool.definitions": text}
    return [root(), chat(1, "I do.", "x", **offered), call(2, "correct", {"x": 1})]


def cut_arguments(rng: Random) -> Sequence[Span]:
    spans = _run({})
    cut = {"gen_ai.tool.call.arguments": '{"amount": ' + "9" * rng.randint(2, 9)}
    return [*spans[:2], call(2, "correct", None, **cut)]


def other_tool(rng: Random) -> Sequence[Span]:
    return _run({"x": rng.randint(1, 9)}, tool="lookup")


def nothing_offered(rng: Random) -> Sequence[Span]:
    return [root(), chat(1, "a", "b"), call(2, "correct", {"x": rng.randint(1, 9)})]


SUITE = Suite(
    positives={one.__name__: one for one in (missing, other_type, not_allowed, unknown)},
    traps={
        one.__name__: one
        for one in (
            sound,
            in_quotes,
            null,
            stale_schema,
            broken_schema,
            cut_definition,
            cut_arguments,
            other_tool,
            nothing_offered,
        )
    },
    each=(6, 6),
)
