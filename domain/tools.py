"""tools.yaml: which tool spans are reads, writes and effects, of what, and by how much?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from domain import durations, marked_yaml, yaml_shapes
from domain import tool_expressions as expressions
from domain.errors import InvalidInput
from domain.marked_yaml import Document
from domain.tool_expressions import ABSENT, Expression, Template

SCHEMA = Path(__file__).with_name("tools.schema.json")
NEVER = 0
CHANGES = ("prev", "version_prev", "idempotency_key")
WRITE_ONLY = (*CHANGES, "reversible", "compensates", "compensated_by", "verify")
OF_AN_ENTITY = ("field", "source", "source_kind", "version", "as_of", "value", *CHANGES)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tool does to the world; an empty `kind` means nothing.

    delta:          in `unit` of `metric`; positive is more of it.
    opens, closes:  names of the obligation that it starts or ends.
    """

    kind: str = ""
    metric: str = ""
    unit: str = ""
    delta: Expression = ABSENT
    opens: Template = ()
    closes: Template = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """What the spans of one tool stand for.

    kind:              'read', 'write' or 'none'.
    poll:              whether calling it again and again is how it is used.
    entity:            of what it reads or writes, as type:id; empty when nothing is derived.
    field:             which field of the entity; empty for all of it.
    verify_tool:       what has to be called within `verify_within_s` seconds to see the outcome.
    origin:            'mapped' by a person, or 'inferred' from names and samples.
    """

    name: str
    kind: str = "none"
    poll: bool = False
    entity: Template = ()
    field: str = ""
    source: str = ""
    source_kind: str = ""
    version: Expression = ABSENT
    as_of: Expression = ABSENT
    value: Expression = ABSENT
    prev: Expression = ABSENT
    version_prev: Expression = ABSENT
    idempotency_key: Expression = ABSENT
    reversible: bool = True
    effect: Effect = Effect()
    compensates: Template = ()
    compensated_by: str = ""
    verify_tool: str = ""
    verify_within_s: int = 0
    origin: str = "mapped"

    def row(self) -> dict[str, Any]:
        """As a row of the table `tool_rules`."""
        effect = {
            "effect_kind": self.effect.kind,
            "effect_metric": self.effect.metric,
            "effect_unit": self.effect.unit,
            "effect_delta": self.effect.delta,
            "opens": self.effect.opens,
            "closes": self.effect.closes,
        }
        own = {name: getattr(self, name) for name in self.__slots__}
        own = {"tool": own.pop("name")} | own | effect
        del own["effect"]
        return {column: _cell(value) for column, value in own.items()}


@dataclass(frozen=True, slots=True)
class ToolConfig:
    """All of one tools.yaml.

    volatile_args:  arguments that differ between calls that mean the same.
    hubs:           most entities that an entity type may connect inside one case; NEVER = none.
    """

    tools: tuple[Tool, ...] = ()
    volatile_args: tuple[str, ...] = ()
    hubs: Mapping[str, int] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """One row of the table `tool_rules` for each tool."""
        return [tool.row() for tool in self.tools]


def parse(text: str, name: str) -> ToolConfig:
    """The tools.yaml in `text`; `name` is what errors call the file.

    Raises InvalidInput for the first thing that is wrong, with line, column, path and the mend.
    """
    document = marked_yaml.parse(text, name)
    yaml_shapes.check(document, SCHEMA)
    found = document.value
    return ToolConfig(
        tools=tuple(_tool(document, tool) for tool in found["tools"]),
        volatile_args=tuple(found.get("volatile_args", ())),
        hubs={
            kind: NEVER if most == "never" else most for kind, most in found.get("hubs", {}).items()
        },
    )


class _Fields:
    """The fields of one mapping; what can not be read is told with its place."""

    def __init__(self, document: Document, *path: str) -> None:
        self._document = document
        self._path = path
        self.values: dict[str, Any] = document.value
        for key in path:
            self.values = self.values.get(key, {})

    def read(self, name: str, convert: Callable[[str], T], absent: T) -> T:
        if name not in self.values:
            return absent
        try:
            return convert(str(self.values[name]))
        except InvalidInput as error:
            raise self.error(name, str(error)) from error

    def error(self, name: str, message: str) -> InvalidInput:
        return self._document.error((*self._path, name), message)


def _tool(document: Document, name: str) -> Tool:
    fields = _Fields(document, "tools", name)
    _check_sense(fields)
    verify = _Fields(document, "tools", name, "verify")
    get, read = fields.values.get, fields.read
    return Tool(
        name,
        kind=get("kind", "none"),
        poll=get("poll", False),
        entity=read("entity", expressions.entity, ()),
        field=get("field", ""),
        source=get("source", ""),
        source_kind=get("source_kind", ""),
        version=read("version", expressions.value, ABSENT),
        as_of=read("as_of", expressions.value, ABSENT),
        value=read("value", expressions.signed, ABSENT),
        prev=read("prev", expressions.signed, ABSENT),
        version_prev=read("version_prev", expressions.value, ABSENT),
        idempotency_key=read("idempotency_key", expressions.value, ABSENT),
        reversible=get("reversible", True),
        effect=_effect(_Fields(document, "tools", name, "effect")),
        compensates=read("compensates", expressions.template, ()),
        compensated_by=get("compensated_by", ""),
        verify_tool=verify.values.get("tool", ""),
        verify_within_s=verify.read("within", durations.seconds, 0),
        origin=get("origin", "mapped"),
    )


def _effect(fields: _Fields) -> Effect:
    get = fields.values.get
    return Effect(
        kind=get("kind", ""),
        metric=get("metric", ""),
        unit=get("unit", ""),
        delta=fields.read("delta", expressions.number, ABSENT),
        opens=fields.read("opens", expressions.template, ()),
        closes=fields.read("closes", expressions.template, ()),
    )


def _check_sense(fields: _Fields) -> None:
    """What the schema can not say in words that help."""
    values = fields.values
    for name in values:
        if name in WRITE_ONLY and values.get("kind") != "write":
            raise fields.error(name, "only a tool of kind: write has it")
        if name in OF_AN_ENTITY and "entity" not in values:
            raise fields.error(name, "needs an entity beside it: of what is it?")


def _cell(value: Any) -> Any:
    if isinstance(value, Expression):
        return value.row()
    if isinstance(value, tuple):
        return [part.row() for part in value]
    return value


def references(config: ToolConfig) -> Iterator[tuple[str, str, str]]:
    """Tools that an entry names and the file does not describe: tool, field, the named tool."""
    known = {tool.name for tool in config.tools}
    for tool in config.tools:
        for name, other in (("compensated_by", tool.compensated_by), ("verify", tool.verify_tool)):
            if other and other not in known:
                yield tool.name, name, other
