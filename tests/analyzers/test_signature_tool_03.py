"""TOOL-03: arguments against the JSON Schema that was offered."""

import json

import pytest

from analyzers.catalog.tool_schemas import SchemaMismatch, problem, schemas
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
