"""Arguments and results of tool calls held against the JSON Schemas that the model was offered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jsonschema.exceptions import ValidationError

from analyzers import tool_schemas
from domain import predicates
from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature

COLUMNS = {"agent": "agent_name", "tool": "tool", "calls": "call_count"}
DEFINITIONS = "definitions"
DRIFTED = "with a value that an earlier definition of it allowed"


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a call: the relation that tells its text, in the column of that name; under which
    keys its schema stands; what the sentence says where it is broken."""

    relation: str
    text: str
    keys: tuple[str, ...]
    read: Callable[[str, Mapping[str, Any]], Any]
    what: str


PARTS = (
    Part(
        "offered_calls",
        "arguments",
        tool_schemas.OF_ARGUMENTS,
        tool_schemas.arguments,
        "with arguments that its definition does not allow",
    ),
    Part(
        "declared_results",
        "result",
        tool_schemas.OF_RESULTS,
        tool_schemas.result,
        "and got a result that its definition does not allow",
    ),
)
Earlier = Callable[[str, str, str], tuple[Draft, ...]]


@dataclass(frozen=True, slots=True)
class SchemaMismatch:
    """Claims that the arguments of a call, or what it answered, break the schema that was offered
    last before it: something is missing, of another type, none of the allowed values, or unknown.
    Says so where an earlier definition allowed the value.

    Silent where the definition was not recorded, says nothing of results or is no sound schema,
    where texts were cut, where an answer tells of an error, and where a number or truth value
    stands in quotes, which frameworks convert.

    >>> schema = {"properties": {"day": {"enum": ["mon", "tue"]}}}
    >>> tool_schemas.worded(tool_schemas.problem({"day": "noon"}, schema))
    "day: 'noon' is not one of ['mon', 'tue']"
    """

    signature: Signature

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """TOOL-03 alone."""
        return (self.signature,)

    def drafts(self, source: FindingSource, window: Window) -> Iterator[Draft]:
        """One for each distinct call or result that breaks its schema. Raises Unavailable."""

        @cache
        def earlier(tenant: str, tool: str, lane: str) -> tuple[Draft, ...]:
            own = {"of": tenant, "tool": tool, "at_lane": lane}
            asked = replace(
                _asked(self.signature, "earlier_definitions", DEFINITIONS), parameters=own
            )
            return tuple(source.candidates(asked, window))

        for part in PARTS:
            columns = (*COLUMNS.values(), part.text, DEFINITIONS)
            for draft in source.candidates(_asked(self.signature, part.relation, *columns), window):
                yield from _judged(draft, part, earlier)


def _asked(signature: Signature, relation: str, *columns: str) -> Signature:
    facts = {column: predicates.parse(column) for column in columns}
    return replace(signature, relation=relation, facts=facts)


def _judged(draft: Draft, part: Part, earlier: Earlier) -> Iterator[Draft]:
    tool = tool_schemas.bare(str(draft.facts["tool"]))
    schema = tool_schemas.schemas(str(draft.facts[DEFINITIONS]), part.keys).get(tool)
    if schema is None:
        return
    error = tool_schemas.problem(part.read(str(draft.facts[part.text]), schema), schema)
    if error is None:
        return
    said = {name: draft.facts[column] for name, column in COLUMNS.items()}
    said |= {"what": part.what, "problem": tool_schemas.worded(error)}
    for one in earlier(draft.tenant, tool, draft.lane) if error.validator == "enum" else ():
        if one.first_at < draft.first_at and _allowed(one, part, tool, error):
            evidence = (one.evidence[0], *draft.evidence)
            yield replace(draft, facts=said | {"what": DRIFTED}, evidence=evidence)
            return
    yield replace(draft, facts=said)


def _allowed(offer: Draft, part: Part, tool: str, error: ValidationError) -> bool:
    schema = tool_schemas.schemas(str(offer.facts[DEFINITIONS]), part.keys).get(tool, {})
    return tool_schemas.allows(schema, list(error.absolute_path), error.instance)
