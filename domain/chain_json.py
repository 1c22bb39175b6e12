"""Chains as JSON: what the API answers, the command prints and the store keeps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from domain.chains import (
    BlastRadius,
    Cause,
    Chain,
    Edge,
    EdgeKind,
    LineKind,
    LiveWrite,
    Node,
    ReversalLine,
)

JsonObject = dict[str, Any]


def as_object(chain: Chain) -> JsonObject:
    """The chain with the names of its fields; times in ISO 8601."""
    told: JsonObject = json.loads(text(chain))
    return told


def text(told: Chain | Sequence[ReversalLine]) -> str:
    """A chain, or its plan, as one line."""
    return json.dumps(told, default=_plain, ensure_ascii=False)


def read(told: Mapping[str, Any]) -> Chain:
    """The chain that `as_object` told.

    Raises KeyError, TypeError or ValueError for what it did not tell.
    """
    watermark = told["watermark"]
    return Chain(
        **{name: told[name] for name in ("tenant", "subject", "cut", "levels", "duration_ms")},
        nodes=tuple(_node(one) for one in told["nodes"]),
        edges=tuple(Edge(**{**one, "kind": EdgeKind(one["kind"])}) for one in told["edges"]),
        causes=tuple(Cause(**_tuples(one)) for one in told["causes"]),
        blast_radius=_blast_radius(told["blast_radius"]),
        reversal_plan=tuple(
            ReversalLine(**{**one, "kind": LineKind(one["kind"])}) for one in told["reversal_plan"]
        ),
        watermark=None if watermark is None else datetime.fromisoformat(watermark),
    )


def _node(one: Mapping[str, Any]) -> Node:
    return Node(**{**_tuples(one), "at": datetime.fromisoformat(one["at"])})


def _blast_radius(one: Mapping[str, Any]) -> BlastRadius:
    writes = tuple(
        LiveWrite(**{**write, "at": datetime.fromisoformat(write["at"])})
        for write in one["live_writes"]
    )
    return BlastRadius(**{**_tuples(one), "live_writes": writes})


def _tuples(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
        for name, value in one.items()
    }


def _plain(value: object) -> object:
    """What JSON has no word for: one level of it, for there are thousands of nodes."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"{type(value).__name__} is not part of a chain")
