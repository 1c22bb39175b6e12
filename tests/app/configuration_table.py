"""Every setting as a line of docs/configuration.md, read from the models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app import printing
from app.settings import PREFIX, Settings

HEAD = ("setting", "environment variable", "default", "unit", "meaning")
UNITS = {
    "bytes": "bytes", "seconds": "s", "ms": "ms", "days": "days", "rows": "rows",
    "connections": "connections", "requests": "requests", "writers": "threads", "port": "port",
}  # fmt: skip


def table(section: str) -> str:
    """The table of one section, in Markdown; the empty section holds what is in none."""
    rows = [HEAD, ("---",) * len(HEAD), *map(_row, *zip(*_settings(section), strict=True))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def sections() -> list[str]:
    """Every section by its path, the top one first."""
    return ["", *_sections(Settings, "")]


def _sections(model: Any, path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if _is_section(field.annotation):
            yield f"{path}{name}"
            section: Any = field.annotation
            yield from _sections(section, f"{path}{name}.")


def _settings(section: str) -> Iterator[tuple[str, FieldInfo]]:
    model: Any = Settings
    for part in filter(None, section.split(".")):
        model = model.model_fields[part].annotation
    for name, field in model.model_fields.items():
        if not _is_section(field.annotation):
            yield (f"{section}.{name}" if section else name), field


def _row(path: str, field: FieldInfo) -> tuple[str, ...]:
    variable = PREFIX + path.upper().replace(".", "__")
    meaning = " ".join(filter(None, (field.description, _choices(field), _range(field))))
    return f"`{path}`", f"`{variable}`", _default(path, field), _unit(path), meaning


def _default(path: str, field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    match value:
        case None | "" | () | {}:
            return "none"
        case bool() | tuple() | dict():
            return f"`{json.dumps(value)}`"
        case Path():
            return f"`{value}`"
    number = f"`{value}`"
    return f"{number} ({printing.size(value)})" if _unit(path) == "bytes" else number


def _unit(path: str) -> str:
    words = path.rpartition(".")[2].split("_")
    return next((unit for word, unit in UNITS.items() if word in words), "")


def _range(field: FieldInfo) -> str:
    said = []
    for bound in field.metadata:
        match bound:
            case Gt(limit):
                said.append(f"over {limit}")
            case Ge(limit) if limit:
                said.append(f"at least {limit}")
            case Le(limit):
                said.append(f"at most {limit}")
    return f"({', '.join(said)})" if said else ""


def _choices(field: FieldInfo) -> str:
    members = getattr(field.annotation, "__members__", {})
    return f"One of {', '.join(f'`{member}`' for member in members.values())}." if members else ""


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
