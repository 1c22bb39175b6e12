"""Is the alias table sound, and does it know every key that the recorded emitters send?"""

import json
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

import pytest

from storage import aliases
from tests.golden.emitters import rows
from wakeline import conventions

TABLE = aliases.table()
UNDERSTOOD = [glob for row in TABLE.understood for glob in row["keys"]]
SKIPPED = {"attributes", "resource", "scope", "body", "links"}
SOURCES = [source for field in TABLE.fields for source in field.sources]


def recorded_keys(emitter: str) -> set[str]:
    """The keys of every span, span event and log record."""
    return set(chain.from_iterable(_keys(json.loads(line)) for _, line in rows.requests(emitter)))


def understood(key: str) -> bool:
    return any(fnmatchcase(key, glob) for glob in UNDERSTOOD)


def _keys(node: Any) -> Iterator[str]:
    """Of the attributes at any depth but those of resources and scopes, and not inside values."""
    if isinstance(node, list):
        yield from chain.from_iterable(map(_keys, node))
    elif isinstance(node, dict):
        yield from (pair["key"] for pair in node.get("attributes", ()))
        inner = (value for name, value in node.items() if name not in SKIPPED)
        yield from chain.from_iterable(map(_keys, inner))


@pytest.mark.parametrize("emitter", rows.EMITTERS)
def test_every_key_of_an_emitter_is_a_source_or_understood(emitter: str) -> None:
    unknown = [key for key in recorded_keys(emitter) - TABLE.keys() if not understood(key)]
    assert not unknown, "add them to storage/aliases.toml, as sources or as [[understood]]"


def test_a_key_that_nobody_has_heard_of_is_neither_a_source_nor_understood() -> None:
    new = "brand_new.framework.agent_name"
    assert not {new} & TABLE.keys()
    assert not understood(new)


def test_every_understood_glob_is_needed() -> None:
    recorded = set(chain.from_iterable(map(recorded_keys, rows.EMITTERS))) - TABLE.keys()
    assert not [glob for glob in UNDERSTOOD if not any(fnmatchcase(key, glob) for key in recorded)]


def test_understood_globs_are_of_stars_and_question_marks_for_the_engine_knows_no_others() -> None:
    assert not [glob for glob in UNDERSTOOD if set("[]%") & set(glob)]


def test_every_name_of_the_sdk_is_a_source_or_an_event() -> None:
    texts = (value for name, value in vars(conventions).items() if name.isupper())
    ours = {text for text in texts if isinstance(text, str) and text.startswith("wakeline.")}
    assert ours - TABLE.keys() == set(conventions.EVENTS)
    assert set(conventions.EVENTS) <= set(TABLE.names["events"])


def test_every_understood_row_says_why() -> None:
    assert all(row["reason"] and row.keys() == {"reason", "keys"} for row in TABLE.understood)


def test_field_names_are_unique_and_say_where_they_come_from() -> None:
    assert not [name for name, n in Counter(f.name for f in TABLE.fields).items() if n > 1]
    assert all(field.convention for field in TABLE.fields)


def test_no_field_has_the_same_source_twice() -> None:
    for field in TABLE.fields:
        assert len(set(field.sources)) == len(field.sources), field.name


def test_what_the_table_refers_to_is_in_it() -> None:
    assert {name for source in SOURCES for name in source.unwrap} == TABLE.unwraps.keys()
    used = {field.values for field in TABLE.fields} - {""}
    assert used <= TABLE.values.keys()
    pseudo = {source.key for source in SOURCES if source.key.startswith("@")}
    assert pseudo == set(aliases.PSEUDO_KEYS)


def test_conditions_name_operations_or_kinds_that_exist() -> None:
    operations = set(TABLE.values["operation"].values()) | set(TABLE.values["span_name"].values())
    kinds = {word for word in TABLE.values["operation"] if word.isupper()} | {""}
    for when in chain.from_iterable(source.when for source in SOURCES):
        vocabulary, _, kind = when.partition(":")
        known = kind in kinds if vocabulary == "openinference" else when in operations
        assert known, when
