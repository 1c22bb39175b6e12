"""The alias table as SQL: one pass over the attributes of a span turns names into canonical fields.

Each key has one number: `field * SOURCES_MAX + rank`, rank 0 the best source. The engine looks
every key of a span up once (`$alias_numbers`) and sorts what is known by number; a field is then
its first text (`$field_<name>`). That is all for most spans. A source that counts only for some
spans, or is a part of a JSON text, or serves several fields is a quirk: its number is QUIRKS_FROM
or more, and spans that have one take a slower view, where `$quirk_rules` say what each field with
such a source really is. Rules are one constant and not an expression each, for the engine plans
anew at each insert.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "aliases.toml"
SOURCES_MAX = 64
FIELDS_MAX = 250
QUIRKS_FROM = FIELDS_MAX * SOURCES_MAX
# From this field on, what a span says is a fact of its own.
FIRST_FACT = "message_id"
# In the order of the array that views/06_quirks.sql makes of them.
PSEUDO_KEYS = ("@name", "@agent.name", "@tool.message", "@choice.message")


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a field may stand; `when` empty = always."""

    key: str
    when: tuple[str, ...] = ()
    path: str = ""
    unwrap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field and its sources, best first."""

    name: str
    convention: str
    sources: tuple[Source, ...]
    values: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The whole file."""

    fields: tuple[Field, ...]
    unwraps: Mapping[str, tuple[str, str]]
    values: Mapping[str, Mapping[str, str]]
    names: Mapping[str, Sequence[str]]
    understood: tuple[Mapping[str, Any], ...]

    def keys(self) -> set[str]:
        """Every attribute name that is a source of some field."""
        found = {source.key for field in self.fields for source in field.sources}
        return found - set(PSEUDO_KEYS)


@cache
def table() -> Table:
    """The alias table of this version."""
    raw = tomllib.loads(FILE.read_text())
    return Table(
        tuple(_field(row) for row in raw["field"]),
        {row["name"]: (row["marker"], row["path"]) for row in raw["unwrap"]},
        raw["values"],
        raw["names"],
        tuple(raw.get("understood", ())),
    )


def _field(row: Mapping[str, Any]) -> Field:
    sources = tuple(_source(source) for source in row["sources"])
    return Field(row["name"], row["convention"], sources, row.get("values", ""))


def _source(row: str | Mapping[str, Any]) -> Source:
    if isinstance(row, str):
        return Source(row)
    return Source(
        row["key"], tuple(row.get("when", ())), row.get("path", ""), tuple(row.get("unwrap", ()))
    )


@cache
def numbers() -> dict[str, int]:
    """The number of each key."""
    quirks = _quirks()
    found = {
        source.key: number * SOURCES_MAX + rank
        for number, field in enumerate(table().fields, start=1)
        for rank, source in enumerate(field.sources)
        if source.key not in quirks
    }
    return found | {key: QUIRKS_FROM + order for order, key in enumerate(sorted(quirks))}


@cache
def _quirks() -> frozenset[str]:
    """Keys that make a span quirky: conditional, inside JSON, of several fields, or listed."""
    sources = [source for field in table().fields for source in field.sources]
    uses = Counter(source.key for source in sources)
    wrapped = {s.key for s in sources if s.unwrap} - set(table().names["seldom_wrapped"])
    special = {s.key for s in sources if s.when or s.path or uses[s.key] > 1} | wrapped
    return frozenset(special | set(table().names["quirks"])) - set(PSEUDO_KEYS)


def macros() -> dict[str, str]:
    """SQL texts by macro name; the file's values are literals in them."""
    own = numbers()
    found = {
        "alias_numbers": f"transform(key, {_texts(own)}, "
        f"CAST({list(own.values())}, 'Array(UInt16)'), toUInt16(0))",
        "sources_max": str(SOURCES_MAX),
        "first_quirk": str(QUIRKS_FROM),
    }
    for name, words in table().names.items():
        found[f"names_{name}"] = _texts(words)
    for name, mapping in table().values.items():
        found[f"map_{name}"] = f"{_texts(mapping)}, {_texts(mapping.values())}"
    for number, field in enumerate(table().fields, start=1):
        found[f"number_{field.name}"] = str(number)
        found[f"field_{field.name}"] = _mapped(field, f"texts[indexOf(fields, {number})]")
    found["first_fact"] = found[f"number_{FIRST_FACT}"]
    return found | _quirk_macros()


def _quirk_macros() -> dict[str, str]:
    """`openinference_kind` and `operation` are read first: conditions name them."""
    own = numbers()
    kind, operation = (f for f in table().fields if f.name in ("openinference_kind", "operation"))
    said = [f"texts[indexOf(numbers, {own[source.key]})]" for source in operation.sources]
    rules = [
        _rule(number, source)
        for number, field in enumerate(table().fields, start=1)
        if _has_quirk(field) and field not in (kind, operation)
        for source in field.sources
    ]
    return {
        "quirk_kind": f"texts[indexOf(numbers, {own[kind.sources[0].key]})]",
        "quirk_operation": _mapped(operation, f"arrayFirst(t -> t != '', [{', '.join(said)}])"),
        "quirk_rules": f"[{', '.join(rules)}]",
    }


def _rule(field: int, source: Source) -> str:
    """(field, number of the key, index of the pseudo key, kinds, operations, path, wrappings)."""
    pseudo = PSEUDO_KEYS.index(source.key) + 1 if source.key in PSEUDO_KEYS else 0
    kinds = [word.partition(":")[2] for word in source.when if ":" in word]
    operations = [word for word in source.when if ":" not in word]
    wrappings = [table().unwraps[name] for name in source.unwrap]
    parts = (
        str(field),
        str(0 if pseudo else numbers()[source.key]),
        str(pseudo),
        _texts(kinds),
        _texts(operations),
        _steps(source.path),
        f"[{', '.join(f'({_literal(marker)}, {_steps(path)})' for marker, path in wrappings)}]",
    )
    return f"({', '.join(parts)})"


def _steps(path: str) -> str:
    return _texts(path.split(".") if path else ())


def _has_quirk(field: Field) -> bool:
    special = _quirks() | set(PSEUDO_KEYS)
    return any(source.key in special or source.unwrap for source in field.sources)


def _mapped(field: Field, text: str) -> str:
    if not field.values:
        return text
    mapping = table().values[field.values]
    return f"transform({text}, {_texts(mapping)}, {_texts(mapping.values())})"


def _texts(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_literal, words))}]"


def _literal(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
