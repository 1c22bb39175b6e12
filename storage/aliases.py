"""The alias table as SQL: one pass over the attributes of a span turns names into canonical fields.

Each run of sources with the same condition is a slot; each source in it has the number
`slot * SOURCES_MAX + rank`. The engine looks every key of a span up once (`$alias_numbers`), keeps
what is known in the order of the numbers, and a field is then the first text of its slots. A macro
`$field_<name>` stands for that expression wherever `slots` and `texts` are columns.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "aliases.toml"
SOURCES_MAX = 64
PSEUDO_COLUMNS = {
    "@name": "name",
    "@exception.type": "exception_type",
    "@tool.message": "tool_message",
    "@choice.message": "choice_message",
}
FIRST_FACT = "message_id"


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a field may stand; `when` empty = always."""

    key: str
    when: tuple[str, ...] = ()
    path: str = ""
    unwrap: tuple[str, ...] = ()

    @property
    def treatment(self) -> tuple[tuple[str, ...], str, tuple[str, ...], str]:
        """Neighbours that are treated alike share a slot."""
        return self.when, self.path, self.unwrap, PSEUDO_COLUMNS.get(self.key, "")


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
    understood: tuple[Mapping[str, str], ...]

    def keys(self) -> set[str]:
        """Every attribute name that is a source of some field."""
        return {source.key for field in self.fields for source in field.sources} - set(
            PSEUDO_COLUMNS
        )


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


@dataclass(frozen=True, slots=True)
class _Slot:
    number: int
    field: Field
    sources: tuple[Source, ...]


@cache
def _slots() -> tuple[_Slot, ...]:
    runs = [
        (field, tuple(run))
        for field in table().fields
        for _, run in groupby(field.sources, key=lambda source: source.treatment)
    ]
    return tuple(_Slot(number, *run) for number, run in enumerate(runs, start=1))


def macros() -> dict[str, str]:
    """SQL texts by macro name; the file's values are literals in them."""
    numbered = dict(_numbered())
    found = {
        "alias_numbers": f"transform(key, {_texts(numbered)}, "
        f"CAST({list(numbered.values())}, 'Array(UInt16)'), toUInt16(0))",
        "sources_max": str(SOURCES_MAX),
    }
    for name, words in table().names.items():
        found[f"names_{name}"] = _texts(words)
    for name, mapping in table().values.items():
        found[f"map_{name}"] = f"{_texts(mapping)}, {_texts(mapping.values())}"
    for field in table().fields:
        found[f"field_{field.name}"] = _expression(field)
        slots = [slot.number for slot in _slots() if slot.field is field]
        found[f"slot_{field.name}"] = str(slots[0])
    facts = [slot.number for slot in _slots() if slot.field.name == FIRST_FACT]
    return found | {"first_fact_slot": str(facts[0])}


def _numbered() -> Iterator[tuple[str, int]]:
    """A key that serves several fields has a number for each; the engine takes the first, so each
    further one is looked up under the number of the first: see `_text`."""
    seen: set[str] = set()
    for slot in _slots():
        for rank, source in enumerate(slot.sources):
            if source.key not in PSEUDO_COLUMNS and source.key not in seen:
                seen.add(source.key)
                yield source.key, slot.number * SOURCES_MAX + rank


def _expression(field: Field) -> str:
    branches = [_branch(slot) for slot in _slots() if slot.field is field]
    chosen = _first(branches)
    if not field.values:
        return chosen
    mapping = table().values[field.values]
    return f"transform({chosen}, {_texts(mapping)}, {_texts(mapping.values())})"


def _first(texts: Sequence[str]) -> str:
    """The first that is not empty; a lambda names each text once, for plans cost by their size."""
    if len(texts) == 1:
        return texts[0]
    return f"arrayFirst(t -> t != '', [{', '.join(texts)}])"


def _branch(slot: _Slot) -> str:
    first = slot.sources[0]
    text = _text(slot)
    if first.path:
        text = f"arrayMap(t -> if(t = '', '', {_at_path(first.path)}), [{text}])[1]"
    for name in first.unwrap:
        marker, path = table().unwraps[name]
        found = f"if(position(t, {_literal(marker)}) > 0, {_at_path(path)}, t)"
        text = f"arrayMap(t -> {found}, [{text}])[1]"
    if first.when:
        text = f"if({_condition(first.when)}, {text}, '')"
    return text


def _text(slot: _Slot) -> str:
    if slot.sources[0].key in PSEUDO_COLUMNS:
        return PSEUDO_COLUMNS[slot.sources[0].key]
    own = dict(_numbered())
    numbers = [own[source.key] for source in slot.sources]
    parts = []
    if any(number // SOURCES_MAX == slot.number for number in numbers):
        parts.append(f"texts[indexOf(slots, {slot.number})]")
    # Keys that an earlier field has too stand under that field's number.
    parts += [
        f"texts[indexOf(numbers, {number})]"
        for number in numbers
        if number // SOURCES_MAX != slot.number
    ]
    return _first(parts)


def _condition(when: Sequence[str]) -> str:
    kinds = [word.partition(":")[2] for word in when if ":" in word]
    operations = [word for word in when if ":" not in word]
    tests = [f"openinference_kind IN {_tuple(kinds)}"] if kinds else []
    tests += [f"operation IN {_tuple(operations)}"] if operations else []
    return " OR ".join(tests)


def _at_path(path: str) -> str:
    """The value of `t` at a dotted path, strings without their quotes, the rest as JSON text."""
    steps = ", ".join(
        str(int(step) + 1) if step.isdigit() else _literal(step) for step in path.split(".")
    )
    return f"coalesce(nullIf(JSONExtractString(t, {steps}), ''), JSONExtractRaw(t, {steps}))"


def _texts(words: Any) -> str:
    return f"[{', '.join(map(_literal, words))}]"


def _tuple(words: Sequence[str]) -> str:
    return f"({', '.join(map(_literal, words))})"


def _literal(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
