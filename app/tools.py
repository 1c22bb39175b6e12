"""tools.yaml and the store: rules in, drafts out."""

from collections.abc import Iterator
from pathlib import Path

from domain.errors import InvalidInput, TooLarge
from domain.marked_yaml import FILE_BYTES_MAX
from domain.tool_drafts import Shape, drafted
from domain.tool_expressions import spelled, spelled_template
from domain.tools import Effect, Tool, ToolConfig, parse, references
from storage.store import Store

TOOLS_MAX = 1000
# A generation without rows would leave the one before it in force.
NO_TOOL = Tool("")


def read(path: Path) -> ToolConfig:
    """The tools.yaml at `path`. Raises InvalidInput for the first thing that is wrong with it."""
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """What is written in the file. Raises TooLarge, or InvalidInput for what is no UTF-8."""
    if path.stat().st_size > FILE_BYTES_MAX:
        raise TooLarge(f"{path} is over {FILE_BYTES_MAX:,} bytes")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error


def store_rules(store: Store, config: ToolConfig, generation: int) -> int:
    """All rules as one insert, so that they take the place of those before at once.

    generation: higher than that of any rules before, such as the time in ns.
    """
    beside = {"volatile_arguments": list(config.volatile_args), "hubs": dict(config.hubs)}
    store.insert("tool_settings", [{"generation": generation, **beside}])
    rows = config.rows() or [NO_TOOL.row()]
    store.insert("tool_rules", [{"generation": generation, **row} for row in rows])
    return len(config.tools)


def suggest(store: Store, since_s: int) -> str:
    """A draft of tools.yaml from the tool spans received in the last `since_s` seconds."""
    found = store.rows("tool_shapes", seconds=since_s, tools=TOOLS_MAX)
    return drafted(
        Shape(row["tool"], row["calls"], row["argument_samples"], row["result_samples"])
        for row in found
    )


def derived(tool: Tool) -> str:
    """What the spans of a tool become, in one line."""
    parts = [tool.kind if tool.kind != "none" else "", *_access(tool), *_effect(tool.effect)]
    if tool.poll:
        parts.append("repeated calls are polling")
    if tool.verify_tool:
        parts.append(f"{tool.verify_tool} has to follow within {tool.verify_within_s} s")
    if not tool.entity and not tool.effect.kind:
        parts.append("no entity and no effect: nothing is stored")
    return ", ".join(filter(None, parts))


def notes(config: ToolConfig) -> Iterator[str]:
    """What is allowed, and may yet be a mistake."""
    for tool, field, other in references(config):
        yield f"{tool}.{field} names {other}, which this file does not describe"


def _access(tool: Tool) -> Iterator[str]:
    values = ("version", "as_of", "value", "prev", "version_prev", "idempotency_key")
    yield from _said(
        ("of", spelled_template(tool.entity)),
        ("field", tool.field),
        ("source", tool.source),
        *((name, spelled(getattr(tool, name))) for name in values),
        ("takes back", spelled_template(tool.compensates)),
        ("taken back by", tool.compensated_by),
    )
    if tool.kind == "write" and not tool.reversible:
        yield "irreversible"


def _effect(effect: Effect) -> Iterator[str]:
    if effect.kind:
        words = (effect.kind, effect.metric, spelled(effect.delta), effect.unit)
        yield " ".join(filter(None, ("effect", *words)))
    yield from _said(
        ("opens", spelled_template(effect.opens)), ("closes", spelled_template(effect.closes))
    )


def _said(*parts: tuple[str, str]) -> Iterator[str]:
    return (f"{label} {text}" for label, text in parts if text)
