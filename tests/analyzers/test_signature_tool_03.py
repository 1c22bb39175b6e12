"""TOOL-03: arguments and results against the JSON Schemas that were offered."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analyzers import tool_schemas
from analyzers.catalog.tool_schemas import SchemaMismatch
from analyzers.tool_schemas import schemas
from domain.findings import Draft, Window
from storage import contents
from storage.store import Store
from tests.analyzers.signatures import spans, tool_03

SCHEMA = {"properties": {"n": {"type": "integer"}, "on": {"type": "boolean"}}, "required": ["n"]}


def test_calls_that_break_their_schema_are_found_and_nothing_else(store: Store) -> None:
    def find(window: Window) -> list[Draft]:
        contents.derive_contents(store, window.since, window.until)
        analyzer = SchemaMismatch(spans.rule("tool_03"))
        assert analyzer.signatures == (spans.rule("tool_03"),)
        return list(analyzer.drafts(spans.Source(store), window))

    found = spans.check(store, tool_03.SUITE, find)
    assert "'invoice_id' is a required property" in {draft.facts["problem"] for draft in found}
    assert {draft.facts["what"] for draft in found} == {
        "with arguments that its definition does not allow",
        "and got a result that its definition does not allow",
        "with a value that an earlier definition of it allowed",
    }
    drifted = [draft for draft in found if "earlier" in str(draft.facts["what"])]
    assert {tuple(one.role for one in draft.evidence) for draft in drifted} == {
        ("cause", "cause", "violation")
    }


def problem(arguments: str, schema: Mapping[str, Any]) -> str:
    """What is wrong with these arguments, in words."""
    error = tool_schemas.problem(tool_schemas.arguments(arguments, schema), schema)
    return tool_schemas.worded(error) if error else ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('{"n": 1}', ""),
        ('{"n": "12", "on": "True"}', ""),
        ('{"n": "x"}', "n: 'x' is not of type 'integer'"),
        ("{}", "'n' is a required property"),
        ("[1]", ""),
        ("{", ""),
    ],
)
def test_what_is_wrong_is_said_in_words(arguments: str, said: str) -> None:
    assert problem(arguments, SCHEMA) == said


def test_a_schema_that_leads_nowhere_or_round_and_round_claims_nothing() -> None:
    assert problem("{}", {"$ref": "#"}) == ""
    assert problem('{"a": 1}', {"properties": {"a": {"$ref": "#/$defs/gone"}}}) == ""


def test_regular_expressions_of_a_schema_are_never_run() -> None:
    slow = {"properties": {"a": {"type": "string", "pattern": "(x+x+)+y"}}}
    assert problem(json.dumps({"a": "x" * 64}), slow) == ""


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "f", "parameters": SCHEMA},
        {"name": "a.F", "input_schema": SCHEMA},
        {"type": "function", "function": {"name": "f", "parameters": SCHEMA}},
        {"name": "mcp__a__f", "inputSchema": {"json": SCHEMA}},
    ],
)
def test_definitions_are_read_as_every_framework_writes_them(definition: object) -> None:
    assert schemas(json.dumps([definition])) == {"f": SCHEMA}
    assert schemas(json.dumps([json.dumps(definition)])) == {"f": SCHEMA}
    assert schemas(f"{json.dumps(definition)}\n{json.dumps({'name': 'g'})}") == {"f": SCHEMA}


@pytest.mark.parametrize(
    "schema",
    [
        None,
        "text",
        {"type": "object"},
        {"properties": {}, "required": ["gone"]},
        {"properties": {"a": {"type": "no such type"}}},
        {"properties": {"a": {"$ref": "http://localhost/schema"}}},
    ],
)
def test_what_is_no_sound_schema_is_left_out(schema: object) -> None:
    assert schemas(json.dumps([{"name": "f", "parameters": schema}])) == {}


def test_what_is_no_definition_is_left_out() -> None:
    assert schemas('[1, {"name": 2}, {"function": "f"}, {"name": "f"}]') == {}
    assert schemas("neither JSON\nnor lines of it") == {}


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        (("day",), "mon", True),
        (("day",), "tue", False),
        (("days", 3), "mon", True),
        (("other",), "mon", False),
        (("day", "deeper"), "mon", False),
        (("n",), "mon", False),
    ],
)
def test_what_a_schema_allows_is_looked_up_by_its_path(
    path: tuple[str | int, ...], value: str, allowed: bool
) -> None:
    day = {"enum": ["mon"]}
    schema = {"properties": {"day": day, "days": {"items": day}, "n": {"type": "integer"}}}
    assert tool_schemas.allows(schema, path, value) is allowed


@pytest.mark.parametrize(
    ("text", "object_in_it"),
    [
        ('{"n": 1}', {"n": 1}),
        ('{"result": {"n": 1}}', {"n": 1}),
        ('{"result": "{\\"n\\": 1}"}', {"n": 1}),
        ('{"structuredContent": {"n": 1}, "content": []}', {"n": 1}),
        ('{"n": {"n": 1}}', {"n": 1}),
        ('{"n": 1, "_meta": 2}', {"n": 1}),
        ('{"n": 1, "error": 2}', None),
        ('{"n": 1, "isError": true}', None),
        ('{"other": 1, "more": 2}', None),
        ("{}", None),
        ("[1]", None),
        ("text", None),
    ],
)
def test_a_result_is_taken_out_of_what_is_around_it(text: str, object_in_it: object) -> None:
    assert tool_schemas.result(text, SCHEMA) == object_in_it


def test_a_value_that_was_allowed_in_another_run_is_said_to_have_been(store: Store) -> None:
    ids = _two_runs(store, ("late", "wrong"), ("wrong", "double"))
    contents.derive_contents(store, spans.WINDOW.since, spans.WINDOW.until)
    (draft,) = SchemaMismatch(spans.rule("tool_03")).drafts(spans.Source(store), spans.WINDOW)
    assert draft.facts["what"] == "with a value that an earlier definition of it allowed"
    assert [one.trace_id for one in draft.evidence] == [ids[0], ids[1], ids[1]]


def test_a_value_that_no_definition_allowed_breaks_the_last_one(store: Store) -> None:
    _two_runs(store, ("wrong", "odd"), ("wrong", "double"))
    contents.derive_contents(store, spans.WINDOW.since, spans.WINDOW.until)
    (draft,) = SchemaMismatch(spans.rule("tool_03")).drafts(spans.Source(store), spans.WINDOW)
    assert draft.facts["what"] == "with arguments that its definition does not allow"


def _two_runs(store: Store, first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Two runs that are offered a tool with these values; the second sends "late"."""
    told = [
        spans.chat(at, "I do.", "Sort.", **{"gen_ai.tool.definitions": json.dumps([one])})
        for at, one in enumerate(map(_sort, (first, second)))
    ]
    late = spans.call(2, "sort", {"why": "late"})
    runs = ((spans.root(), told[0]), (spans.root(), told[1], late))
    return spans.send(store, [spans.Case("sort", run) for run in runs])


def _sort(values: Sequence[str]) -> Mapping[str, Any]:
    known = {"why": {"enum": list(values)}}
    return {"name": "sort", "parameters": {"type": "object", "properties": known}}
