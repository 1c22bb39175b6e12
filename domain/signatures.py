"""Failure signatures: what a rule file says, read and checked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from domain import predicates
from domain.errors import InvalidInput
from domain.findings import Severity
from domain.predicates import Expression

NAME = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[A-Z]{2,8}-[0-9]{2}|mined-[0-9a-f]{16}")
TAXONOMIES = ("mast", "trail", "owasp", "microsoft")
LANES = ("trace", "field", "entity", "case", "conversation", "agent", "tool", "lane", "handoff")
KEYS = frozenset({
    "id", "version", "name", "severity", "prior", "tags", "lane", "relation", "parameters", "when",
    "raise_when", "wait_s", "touched_by", "facts", "mute_key", "reason", "shadow",
})  # fmt: skip
# What makes an analyzer look at a lane again, wholly: rows of a table, some of them only, of any of
# facts, effects whose case or trace received an approval, or (evidence) nothing but that all spans
# of the evidence come again, or (mended) that all `things` of the finding were written anew.
TOUCHES = frozenset({
    "steps", "errors", "contents", "accesses", "writes", "numbers", "effects", "decisions",
    "intents", "facts", "handoffs", "approvals", "evidence", "mended",
})  # fmt: skip
TOUCHED_BY: Mapping[str, tuple[str, ...]] = {
    "trace": ("steps", "facts"), "field": ("accesses",), "entity": ("accesses", "effects"),
    "case": ("steps", "facts"), "conversation": ("steps", "facts"), "agent": ("steps", "facts"),
    "tool": ("steps",), "lane": ("evidence",), "handoff": ("handoffs",),
}  # fmt: skip
Parameter = float | int | str


@dataclass(frozen=True, slots=True)
class Signature:
    """One rule of the catalogue.

    relation:    where its rows come from; empty where an analyzer looks by itself.
    parameters:  what relation and predicates may name; an operator may set them.
    when:        all must hold.
    raise_when:  where all hold it is one level more severe; none: never.
    wait_s:      how long after receipt a row is looked at again, for what has to follow it.
    touched_by:  whose rows (TOUCHES) make it look at a lane again, so that what it does not find
                 any more is taken back; as is usual for its kind of lane where nothing is said.
    facts:       what the sentence names, as expressions over the relation's columns.
    """

    id: str
    version: int
    name: str
    severity: Severity
    prior: float
    reason: str
    lane: str = "trace"
    relation: str = ""
    tags: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    when: tuple[Expression, ...] = ()
    raise_when: tuple[Expression, ...] = ()
    wait_s: int = 0
    touched_by: tuple[str, ...] = ()
    facts: Mapping[str, Expression] = field(default_factory=dict)
    mute_key: tuple[str, ...] = ()
    shadow: bool = False


def load(folder: Path) -> tuple[Signature, ...]:
    """All rule files of a folder by id. Raises InvalidInput naming file and key."""
    return tuple(parse(path.read_text(), path.name) for path in sorted(folder.glob("*.yaml")))


def parse(text: str, name: str) -> Signature:
    """The rule in `text`; `name` is what errors call the file. Raises InvalidInput."""
    try:
        said = yaml.safe_load(text)
        if not isinstance(said, dict):
            raise InvalidInput("a rule is a mapping")
        return _signature(said)
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{name}: {error!r}") from error
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from error


def _signature(said: Mapping[str, Any]) -> Signature:
    if unknown := sorted(set(said) - KEYS):
        raise InvalidInput(f"unknown key '{unknown[0]}'; known: {', '.join(sorted(KEYS))}")
    if not ID.fullmatch(said["id"]):
        raise InvalidInput(f"id: '{said['id']}' is not like GOV-01")
    if not 0 < said["prior"] <= 1:
        raise InvalidInput("prior: more than 0, at most 1")
    lane = said.get("lane", "trace")
    if lane not in LANES:
        raise InvalidInput(f"lane: '{lane}' is none of {', '.join(LANES)}")
    return Signature(
        id=said["id"],
        version=int(said["version"]),
        name=said["name"],
        severity=Severity[said["severity"].upper()],
        prior=float(said["prior"]),
        reason=said["reason"],
        lane=lane,
        relation=said.get("relation", ""),
        tags=tuple(_tags(said.get("tags", {}))),
        parameters=dict(said.get("parameters", {})),
        when=tuple(map(predicates.parse, said.get("when", ()))),
        raise_when=tuple(map(predicates.parse, said.get("raise_when", ()))),
        wait_s=int(said.get("wait_s", 0)),
        touched_by=_touches(said.get("touched_by", TOUCHED_BY[lane])),
        facts=_facts(said.get("facts", ())),
        mute_key=tuple(said.get("mute_key", ("agent",))),
        shadow=bool(said.get("shadow", False)),
    )


def _touches(said: Iterable[str]) -> tuple[str, ...]:
    names = tuple(said)
    if unknown := sorted(set(names) - TOUCHES):
        known = ", ".join(sorted(TOUCHES))
        raise InvalidInput(f"touched_by: '{unknown[0]}' is none of {known}")
    return names


def _tags(said: Mapping[str, list[str]]) -> Iterator[str]:
    for taxonomy, names in said.items():
        if taxonomy not in TAXONOMIES:
            raise InvalidInput(f"tags: '{taxonomy}' is none of {', '.join(TAXONOMIES)}")
        yield from (f"{taxonomy}:{name}" for name in names)


def _facts(said: Any) -> dict[str, Expression]:
    """Of a list of columns, some with an expression: [agent, {gap_s: newer_ts - ts}]."""
    pairs: dict[str, str] = {}
    for one in said:
        pairs |= one if isinstance(one, dict) else {one: one}
    for name in pairs:
        if not NAME.fullmatch(name):
            raise InvalidInput(f"facts: '{name}' is no lower-case name")
    return {name: predicates.parse(text) for name, text in pairs.items()}
