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


RESULTS: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "amount": {"type": "number"},
        "state": {"enum": ["open", "paid"]},
        "lines": {"type": "array", "items": {"type": "object", "required": ["sku"]}},
    },
    "required": ["id", "state"],
}
INVOICE: Mapping[str, Any] = {"id": "INV-1", "amount": 7, "state": "open", "lines": [{"sku": "a"}]}
OF_RESULTS = ("outputSchema", "output_schema", "return_schema", "response_json_schema")


def _answered(rng: Random, result: Any, schema: Any = RESULTS, **more: Any) -> list[Span]:
    tool = {"name": "correct", "parameters": SCHEMA, rng.choice(OF_RESULTS): schema}
    offered = {"gen_ai.tool.definitions": json.dumps([tool])}
    correct = call(2, "correct", {"invoice_id": f"INV-{rng.randint(1, 99)}"}, result, **more)
    return [root(), chat(1, "I do.", "Correct it.", **offered), correct]


def _broken(rng: Random) -> Mapping[str, Any]:
    """An answer that is not as declared."""
    left_out = rng.choice(("id", "state"))
    return rng.choice(
        (
            {key: value for key, value in INVOICE.items() if key != left_out},
            {**INVOICE, "amount": f"about {rng.randint(1, 99)}"},
            {**INVOICE, "state": f"mood {rng.randint(1, 99)}"},
            {**INVOICE, "lines": [{"sku": "a"}, {"count": 3}]},
        )
    )


def result_broken(rng: Random) -> Sequence[Span]:
    return _answered(rng, _broken(rng))


def result_broken_in_mcp(rng: Random) -> Sequence[Span]:
    text = [{"type": "text", "text": "It is done."}]
    said = {"content": text, "structuredContent": _broken(rng), "isError": False}
    return _answered(rng, said)


def result_broken_in_wrapping(rng: Random) -> Sequence[Span]:
    broken = _broken(rng)
    return _answered(rng, {"result": rng.choice((broken, json.dumps(broken)))})


def enum_drifted(rng: Random) -> Sequence[Span]:
    """A value that the definition offered before allowed."""
    tool = f"sort_{rng.random()}".replace(".", "_")
    calls = [
        chat(at, "I do.", "Sort.", **{"gen_ai.tool.definitions": json.dumps([_sort(tool, values)])})
        for at, values in ((1, ["late", "wrong"]), (3, ["wrong", "double"]))
    ]
    return [root(), *calls, call(4, tool, {"reasons": [{"why": "late"}]})]


def _sort(tool: str, values: Sequence[str]) -> Mapping[str, Any]:
    one = {"type": "object", "properties": {"why": {"enum": values}}}
    known = {"reasons": {"type": "array", "items": one}}
    return {"name": tool, "parameters": {"type": "object", "properties": known}}


def result_sound(rng: Random) -> Sequence[Span]:
    said = rng.choice(({"content": [], "structuredContent": INVOICE}, {"result": INVOICE}, INVOICE))
    return _answered(rng, {**said, "_meta": {"took": rng.random()}} if said is INVOICE else said)


def result_with_more(rng: Random) -> Sequence[Span]:
    """More than is declared, where that is not forbidden."""
    return _answered(rng, {**INVOICE, "trace": rng.random(), "amount": "7.5"})


def result_says_error(rng: Random) -> Sequence[Span]:
    said = rng.choice(
        ({"error": "not found"}, {"state": "open", "error": "gone"}, {"detail": [1], "id": "a"})
    )
    return _answered(rng, said)


def mcp_says_error(rng: Random) -> Sequence[Span]:
    said = {"content": [], "structuredContent": {"state": "none"}, "isError": True}
    return _answered(rng, said | {"n": rng.random()})


def result_failed(rng: Random) -> Sequence[Span]:
    return _answered(rng, {"state": rng.random()}, failed=True)


def result_in_text(rng: Random) -> Sequence[Span]:
    """For people: nothing that a schema could be held against."""
    text = [{"type": "text", "text": f"Invoice {rng.random()} is open."}]
    said = rng.choice((f"It is {rng.random()}.", {"content": text}, {"content": text, "n": 1}))
    return _answered(rng, said)


def result_cut(rng: Random) -> Sequence[Span]:
    return _answered(rng, json.dumps(INVOICE)[: rng.randint(5, 20)])


def result_unnamed(rng: Random) -> Sequence[Span]:
    """No definition says what this one answers."""
    spans = _run({"invoice_id": "INV-1"})
    return [*spans[:2], call(2, "correct", {"invoice_id": "INV-1"}, {"x": rng.random()})]


def result_of_newer(rng: Random) -> Sequence[Span]:
    """The definition offered last allows it."""
    wider = {**RESULTS, "required": ["id"]}
    renewed = {"name": "correct", "parameters": SCHEMA, "outputSchema": wider}
    spans = _answered(rng, {"id": "INV-1"})
    again = chat(1.5, "Again.", "Go on.", **{"gen_ai.tool.definitions": json.dumps([renewed])})
    return [*spans[:2], again, spans[2]]


def hidden(rng: Random) -> Sequence[Span]:
    """What was redacted says nothing of what was there."""
    if rng.random() < 0.5:
        return _run({"invoice_id": "INV-1", "amount": "[redacted]"})
    return _answered(rng, {**INVOICE, "state": "[redacted]"})


SUITE = Suite(
    positives={
        one.__name__: one
        for one in (
            missing,
            other_type,
            not_allowed,
            unknown,
            result_broken,
            result_broken_in_mcp,
            result_broken_in_wrapping,
            enum_drifted,
        )
    },
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
            result_sound,
            result_with_more,
            result_says_error,
            mcp_says_error,
            result_failed,
            result_in_text,
            result_cut,
            result_unnamed,
            result_of_newer,
            hidden,
        )
    },
    each=(6, 6),
)
