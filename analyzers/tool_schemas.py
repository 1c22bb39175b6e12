"""JSON Schemas that definitions of tools hold, and what breaks them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import SchemaError, ValidationError
from referencing.exceptions import Unresolvable

CLAIMED = ("required", "type", "enum", "additionalProperties")
OF_ARGUMENTS = ("parameters", "input_schema", "inputSchema", "parameters_json_schema")
OF_RESULTS = ("outputSchema", "output_schema", "return_schema", "response_json_schema")
ERRORS = frozenset(("error", "errors", "exception", "detail"))
HIDDEN = "[redacted]"
NAME_SPACE = re.compile(r"^.*(?:__|[./:])")
LITERALS = {"integer": r"-?[0-9]+", "number": r"-?[0-9.]+", "boolean": r"(?i:true|false)"}
ELSEWHERE = re.compile(r'"\$(?:dynamicRef|ref)": "[^#]|patternProperties')
# Regular expressions of a schema are not run: whoever sends spans could make them take for ever.
CHECKER = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, dict.fromkeys(("pattern", "propertyNames"))
)
PROBLEM_CHARS_MAX = 160
KEPT = 1_024


def bare(name: str) -> str:
    """A tool's name without its name space."""
    return NAME_SPACE.sub("", name).lower()


@lru_cache(KEPT)
def schemas(definitions: str, keys: tuple[str, ...] = OF_ARGUMENTS) -> Mapping[str, Any]:
    """The sound schemas that stand under one of `keys`, by bare name of the tool."""
    found: dict[str, Any] = {}
    for one in _documents(definitions):
        function = one.get("function", one)
        if isinstance(function, dict) and isinstance(name := function.get("name"), str):
            schema = next((function[key] for key in keys if key in function), None)
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


def problem(said: Any, schema: Mapping[str, Any]) -> ValidationError | None:
    """What is wrong with the object `said`, the first by its words; None when nothing is."""
    if not isinstance(said, dict):
        return None
    try:
        found = filter(_claimed, CHECKER(schema).iter_errors(said))
        return min(found, key=worded, default=None)
    except (RecursionError, Unresolvable):
        return None


def arguments(text: str, _schema: Mapping[str, Any]) -> Any:
    """The arguments in `text`; None where it is no JSON."""
    return _json(text)


def result(text: str, schema: Mapping[str, Any]) -> Any:
    """The object in `text` that `schema` is about, out of what protocols and frameworks wrap around
    it; None where there is none that shares a key with it, or where it tells of an error."""
    said, known = _json(text), schema["properties"].keys()
    while isinstance(said, dict) and not said.get("isError"):
        inner = _inner(said)
        if said.keys() & known and not (isinstance(inner, dict) and inner.keys() & known):
            told = {key: value for key, value in said.items() if not key.startswith("_")}
            return None if said.keys() & (ERRORS - known) else told
        said = inner
    return None


def _inner(said: Mapping[str, Any]) -> Any:
    """What a protocol says is the result, or the only thing in it."""
    inner = said.get("structuredContent", next(iter(said.values())) if len(said) == 1 else None)
    return _json(inner) if isinstance(inner, str) else inner


def allows(schema: Mapping[str, Any], path: Sequence[str | int], value: Any) -> bool:
    """Whether `schema` names `value` among those that it allows at `path`."""
    part: Any = schema
    for step in path:
        part = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
        if not isinstance(part, dict):
            return False
    return value in part.get("enum", ())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _claimed(error: ValidationError) -> bool:
    if error.validator not in CLAIMED or error.instance is None:
        return False
    if error.instance == HIDDEN:
        return False
    pattern = LITERALS.get(str(error.validator_value)) if error.validator == "type" else ""
    return not (pattern and re.fullmatch(pattern, str(error.instance)))


def worded(error: ValidationError) -> str:
    """What is wrong, in words."""
    where = ".".join(map(str, error.absolute_path))
    return (f"{where}: {error.message}" if where else error.message)[:PROBLEM_CHARS_MAX]
