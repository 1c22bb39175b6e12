"""Arguments of tool calls held against the JSON Schema that the model was offered."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import SchemaError, ValidationError
from referencing.exceptions import Unresolvable

from domain import predicates
from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature

CLAIMED = ("required", "type", "enum", "additionalProperties")
SCHEMA_KEYS = ("parameters", "input_schema", "inputSchema", "parameters_json_schema")
COLUMNS = {"agent": "agent_name", "tool": "tool", "calls": "call_count"}
TEXTS = ("arguments", "definitions")
NAME_SPACE = re.compile(r"^.*(?:__|[./:])")
LITERALS = {"integer": r"-?[0-9]+", "number": r"-?[0-9.]+", "boolean": r"(?i:true|false)"}
ELSEWHERE = re.compile(r'"\$(?:dynamicRef|ref)": "[^#]|patternProperties')
# Regular expressions of a schema are not run: whoever sends spans could make them take for ever.
CHECKER = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, dict.fromkeys(("pattern", "propertyNames"))
)
PROBLEM_CHARS_MAX = 160
KEPT = 1_024


@dataclass(frozen=True, slots=True)
class SchemaMismatch:
    """Claims that a call breaks the schema that was offered last before it: an argument is missing,
    of another type, none of the allowed values, or unknown.

    Silent where the definition was not recorded or is no sound schema, where the arguments were
    cut, and where a number or truth value stands in quotes, which frameworks convert.

    >>> problem('{"day": "noon"}', {"properties": {"day": {"enum": ["mon", "tue"]}}})
    "day: 'noon' is not one of ['mon', 'tue']"
    """

    signature: Signature

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """TOOL-03 alone."""
        return (self.signature,)

    def drafts(self, source: FindingSource, window: Window) -> Iterator[Draft]:
        """One for each distinct call that breaks its schema. Raises Unavailable."""
        columns = COLUMNS | {name: name for name in TEXTS}
        facts = {name: predicates.parse(column) for name, column in columns.items()}
        asked = replace(self.signature, relation="offered_calls", facts=facts)
        for draft in source.candidates(asked, window):
            arguments, definitions = (str(draft.facts[name]) for name in TEXTS)
            schema = schemas(definitions).get(bare(str(draft.facts["tool"])))
            if schema is not None and (said := problem(arguments, schema)):
                kept = {name: draft.facts[name] for name in COLUMNS}
                yield replace(draft, facts=kept | {"problem": said})


def bare(name: str) -> str:
    """A tool's name without its name space."""
    return NAME_SPACE.sub("", name).lower()


@lru_cache(KEPT)
def schemas(definitions: str) -> Mapping[str, Any]:
    """The sound schemas of the arguments, by bare name of the tool."""
    found: dict[str, Any] = {}
    for one in _documents(definitions):
        function = one.get("function", one)
        if isinstance(function, dict) and isinstance(name := function.get("name"), str):
            schema = next((function[key] for key in SCHEMA_KEYS if key in function), None)
            if isinstance(schema, dict):
                schema = schema.get("json", schema)
            if _sound(schema):
                found[bare(name)] = schema
    return found


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """The definitions in `text`: a JSON array, or one object a line, or texts of such objects."""
    for part in (text, *text.splitlines()):
        try:
            said = json.loads(part)
        except ValueError:
            continue
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, str):
                yield from _documents(one)
            elif isinstance(one, dict):
                yield one
        if part is text:
            return


def _sound(schema: Any) -> bool:
    """Whether it is a schema whose properties are ones and that requires only those it has."""
    if not isinstance(schema, dict) or not isinstance(known := schema.get("properties"), dict):
        return False
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return False
    # A reference elsewhere is not followed: whoever sends spans would choose where we go.
    return set(schema.get("required", ())) <= set(known) and not ELSEWHERE.search(
        json.dumps(schema)
    )


def problem(arguments: str, schema: Mapping[str, Any]) -> str:
    """What is wrong with `arguments`, in words; empty when nothing is."""
    try:
        said = json.loads(arguments)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    try:
        found = sorted(map(_worded, filter(_claimed, CHECKER(schema).iter_errors(said))))
    except (RecursionError, Unresolvable):
        return ""
    return found[0][:PROBLEM_CHARS_MAX] if found else ""


def _claimed(error: ValidationError) -> bool:
    if error.validator not in CLAIMED or error.instance is None:
        return False
    pattern = LITERALS.get(str(error.validator_value)) if error.validator == "type" else ""
    return not (pattern and re.fullmatch(pattern, str(error.instance)))


def _worded(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path))
    return f"{where}: {error.message}" if where else error.message
