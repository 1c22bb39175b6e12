"""A plain reading of the alias table, span by span: what the engine's views must agree with."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage import aliases
from storage.aliases import Field, Source

TABLE = aliases.table()
FIELDS = {row.name: row for row in TABLE.fields}
# What an exception of the plainest type says first: `ValueError('…')`.
SAID_TYPE = re.compile(r"([A-Za-z_.]+)\(")


@dataclass(frozen=True)
class Span:
    """What of a span the table reads; texts are empty when absent."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    status: str = "Unset"
    exception_type: str = ""
    exception_message: str = ""

    @property
    def kind(self) -> str:
        """OpenInference's kind."""
        return self.attributes.get("openinference.span.kind", "")

    @property
    def pseudo(self) -> dict[str, str]:
        """What is not an attribute, by the name that the table gives it."""
        return {"@name": self.name, "@agent.name": self.name.removesuffix(".run")}

    @property
    def exception(self) -> str:
        """The type of its exception."""
        said = SAID_TYPE.match(self.exception_message)
        return said[1] if said and self.exception_type == "Exception" else self.exception_type


def step(span: Span) -> dict[str, Any]:
    """The columns of a step that come straight from the table; empty when it is none."""
    operation = operation_of(span)
    if not operation:
        return {}
    model_call = operation in TABLE.names["model_operations"]
    used = {name: count(span, operation, name) for name in ("input_tokens", "output_tokens")}
    error, control_flow = error_of(span)
    return {
        "operation": operation,
        "agent": text(span, operation, "agent"),
        "tool": text(span, operation, "tool") if operation in ("execute_tool", "approve") else "",
        "model": text(span, operation, "response_model") or text(span, operation, "request_model"),
        "conversation_id": text(span, operation, "conversation_id"),
        "error_type": error,
        "control_flow": control_flow,
        "input_tokens": used["input_tokens"] if model_call else 0,
        "output_tokens": used["output_tokens"] if model_call else 0,
        "rolled_up_tokens": 0 if model_call else sum(used.values()),
    }


def operation_of(span: Span) -> str:
    """What the span says, or its name; of spans that repeat another none."""
    if span.name in TABLE.names["repeated"]:
        return ""
    said = text(span, "", "operation")
    tools = (source.key for source in FIELDS["tool"].sources if plain(source))
    if (
        said == "invoke_agent"
        and span.kind == "AGENT"
        and any(span.attributes.get(key) for key in tools)
    ):
        return "execute_tool"
    return said or TABLE.values["span_name"].get(span.name.lower(), "")


def error_of(span: Span) -> tuple[str, str]:
    """(type of error, control flow); an exception on a span that did not fail is no error."""
    explicit = span.attributes.get("error.type", "")
    error = explicit or span.exception
    control_flow = TABLE.values["control_flow"].get(error, "")
    if control_flow:
        return "", control_flow
    return (error if span.status == "Error" else explicit), ""


def plain(source: Source) -> bool:
    """Whether the source always counts, as it stands, and for no other field."""
    users = [row for row in TABLE.fields for other in row.sources if other.key == source.key]
    return source == Source(source.key) and len(users) == 1


def text(span: Span, operation: str, name: str) -> str:
    """The first source that is not empty, mapped."""
    row: Field = FIELDS[name]
    found = (_read(span, operation, source) for source in row.sources)
    first = next(filter(None, found), "")
    return TABLE.values[row.values].get(first, first) if row.values else first


def count(span: Span, operation: str, name: str) -> int:
    """A field that counts: what is no whole number is 0."""
    said = text(span, operation, name)
    return int(said) if re.fullmatch(r"[0-9]{1,18}", said) else 0


def _read(span: Span, operation: str, source: Source) -> str:
    if source.when and not _holds(span, operation, source):
        return ""
    found = span.pseudo.get(source.key) or span.attributes.get(source.key, "")
    if source.path:
        found = _at(found, source.path)
    for name in source.unwrap:
        marker, path = TABLE.unwraps[name]
        if marker in found:
            found = _at(found, path) or found
    return found


def _holds(span: Span, operation: str, source: Source) -> bool:
    return operation in source.when or f"openinference:{span.kind}" in source.when


def _at(said: str, path: str) -> str:
    try:
        found = json.loads(said)
        for part in path.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (ValueError, LookupError, TypeError):
        return ""
    if isinstance(found, str):
        return found
    return "" if found is None else json.dumps(found, separators=(",", ":"))
