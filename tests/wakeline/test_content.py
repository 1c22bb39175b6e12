"""What is kept of arguments and results is bounded, valid and comparable, whatever they are."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeline.content import Content

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Colour(Enum):
    RED = "red"


@dataclass
class Account:
    id: str
    rate: Decimal


class Model:
    def model_dump(self) -> dict[str, object]:
        return {"id": 7}


class Opaque:
    def __repr__(self) -> str:
        return "Opaque" * 100


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("never")


def endless() -> list[object]:
    circle: list[object] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Account("a", Decimal("19.90")), {"id": "a", "rate": 19.9}),
        (Model(), {"id": 7}),
        (Colour.RED, "red"),
        ({3, 1, 2}, [1, 2, 3]),
        (b"abc", "<3 bytes>"),
        (datetime(2026, 6, 1, tzinfo=UTC), "2026-06-01T00:00:00+00:00"),
        (Opaque(), ("Opaque" * 100)[:200] + "…"),
        (Hostile(), "<Hostile>"),
        (endless(), "<list>"),
        ({("odd", "key"): 1}, "<dict>"),
        ((1, "zwö", None), [1, "zwö", None]),
    ],
)
def test_objects_of_the_agent_become_json(value: object, kept: object) -> None:
    text, size_bytes = Content().text(value)
    assert json.loads(text) == kept
    assert size_bytes == 0


@given(JSON, st.integers(min_value=4, max_value=200), st.sampled_from(["full", "hash"]))
def test_content_never_exceeds_its_bound_and_is_valid_unless_cut(
    value: Any, bytes_max: int, mode: Any
) -> None:
    text, size_bytes = Content(mode, bytes_max).text(value)
    assert len(text.encode()) <= bytes_max
    whole, _ = Content(mode, 10**9).text(value)
    if size_bytes:
        assert size_bytes == len(whole.encode("utf-8", "replace")) > bytes_max
        assert text.endswith("…")
    else:
        assert text == whole


@given(JSON)
def test_hashes_keep_the_shape_and_nothing_of_the_values(value: Any) -> None:
    def shape(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: shape(item) for key, item in node.items()}
        if isinstance(node, list):
            return [shape(item) for item in node]
        return node if node is None or isinstance(node, bool) else "leaf"

    hashed = json.loads(Content("hash", 10**9).text(value)[0])
    assert shape(hashed) == shape(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (19.9, Decimal("19.90")),
        (20, 20.0),
        (Decimal("2E+1"), 20),
        (0.0, -0.0),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
    ],
)
def test_equal_values_have_equal_hashes(one: object, other: object) -> None:
    assert Content().value_hash(one) == Content().value_hash(other)


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (1, "1"), (19.9, 199), ("", None), (float("nan"), 0)]
)
def test_different_values_have_different_hashes(one: object, other: object) -> None:
    assert Content().value_hash(one) != Content().value_hash(other)


def test_a_key_changes_every_hash() -> None:
    assert Content(hash_key=b"k").value_hash(1) != Content().value_hash(1)
    assert len(Content().value_hash(1)) == 16
