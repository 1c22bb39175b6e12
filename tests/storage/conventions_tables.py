"""The tables of docs/conventions.md, from the alias table, the SDK's names and the recordings."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from storage import aliases
from storage.aliases import Field, Source
from tests.golden.emitters import rows
from wakeline import conventions

NAME = re.compile(r'^[A-Z_]+: Final = "(wakeline\.[\w.]+)"(?:  # (.+))?$')
TOOL = "execute_tool"
MARKS = {True: "yes", False: "no"}


def own_names() -> str:
    """The events and keys of the SDK, with what its module says of each."""
    lines = inspect.getsource(conventions).splitlines()
    found = (match.groups("") for line in lines if (match := NAME.match(line)))
    return _table(("name", "is"), ((f"`{name}`", meaning) for name, meaning in found))


def fields() -> str:
    """Every canonical field with its sources, best first."""
    cells = ((f"`{row.name}`", _sources(row), row.convention) for row in aliases.table().fields)
    return _table(("field", "read from, best first", "convention"), cells)


def operations() -> str:
    """What the operations of other vocabularies are called."""
    words: dict[str, list[str]] = {}
    for word, operation in aliases.table().values["operation"].items():
        words.setdefault(operation, []).append(f"`{word}`")
    cells = (
        (f"`{operation}`" if operation else "no step", ", ".join(found))
        for operation, found in sorted(words.items())
    )
    return _table(("operation", "also called"), cells)


def emitters() -> str:
    """What each recorded emitter says at all."""
    head = ("emitter", *FACTS, "seen with")
    return _table(head, (_emitter(name) for name in rows.EMITTERS))


def notes() -> str:
    """What is peculiar to an emitter, as a list."""
    said = ((name, rows.expected(name).get("notes", [])) for name in rows.EMITTERS)
    return "".join(f"- `{name}`: {' '.join(notes)}\n" for name, notes in said if notes)


def _emitter(name: str) -> tuple[str, ...]:
    expected = rows.expected(name)
    marks = (MARKS[any(map(says, _rows(expected, kind)))] for kind, says in FACTS.values())
    package, version = next(iter(rows.versions(name).items()))
    return f"`{name}`", *marks, f"{package} {version}"


def _rows(expected: dict[str, Any], kind: str) -> list[rows.Row]:
    if kind == TOOL:
        return [step for step in expected["steps"] if step["operation"] == TOOL]
    found: list[rows.Row] = expected.get(kind, [])
    return found


def _says(*columns: str) -> Callable[[rows.Row], bool]:
    return lambda row: any(column in row or column in row.get("tokens", {}) for column in columns)


# What is asked of an emitter: of which rows, and which of their columns say it.
FACTS = {
    "agent": ("steps", _says("agent")),
    "agent on calls": (TOOL, _says("agent")),
    "arguments": (TOOL, _says("arguments")),
    "result": (TOOL, _says("result")),
    "call id": (TOOL, _says("tool_call_id")),
    "conversation": ("steps", _says("conversation_id")),
    "tokens": ("steps", _says("input", "output")),
    "cached": ("steps", _says("cache_read")),
    "reasoning": ("steps", _says("reasoning")),
    "cost": ("steps", _says("cost")),
    "error type": ("steps", _says("error_type")),
    "decisions": ("decisions", _says("action")),
    "hand-offs": ("handoffs", _says("to_agent")),
}


def _sources(row: Field) -> str:
    return ", ".join(map(_source, row.sources))


def _source(source: Source) -> str:
    inside = f" at `{source.path}`" if source.path else ""
    kinds = [word.removeprefix("openinference:") or "no kind" for word in source.when]
    when = f" ({', '.join(kinds)})" if kinds else ""
    return f"`{source.key}`{inside}{when}"


def _table(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    return "".join(_lines([head, ("---",) * len(head), *cells]))


def _lines(table: list[tuple[str, ...]]) -> Iterator[str]:
    for cells in table:
        yield f"| {' | '.join(cells)} |\n"
