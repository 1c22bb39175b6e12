"""What each failure signature needs of an agent's telemetry, as `signature_needs.toml` says it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("signature_needs.toml")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that is counted: a share of the count `of`, or itself a count if `of` is None.

    mend:          what to do so that there is more of it; may be empty.
    none_is_fine:  nothing is missed where there is none of `of`.
    keys:          globs of the attributes and events that carry it, where no column does.
    """

    name: str
    label: str
    of: "Attribute | None" = None
    mend: str = ""
    none_is_fine: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What a signature wants of an attribute: at least `share_min` (0 to 1), or any for a count."""

    attribute: Attribute
    share_min: float
    why: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A failure signature: it needs all of `needs`, one of `one_of`; `helps` make it better.

    also:  what has to be declared besides, which no count shows; may be empty.
    """

    id: str
    name: str
    needs: tuple[Need, ...] = ()
    one_of: tuple[Need, ...] = ()
    helps: tuple[Need, ...] = ()
    also: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole file, in its order."""

    attributes: tuple[Attribute, ...]
    signatures: tuple[Signature, ...]

    def keys(self, name: str) -> tuple[str, ...]:
        """Those of the attribute with this name."""
        return next(attribute.keys for attribute in self.attributes if attribute.name == name)


@cache
def catalogue() -> Catalogue:
    """What the signatures of this version need."""
    return parsed(tomllib.loads(FILE.read_text(encoding="utf-8")))


def parsed(raw: Mapping[str, Any]) -> Catalogue:
    """The file as values. Raises KeyError for a name that no attribute before it has."""
    attributes: dict[str, Attribute] = {}
    for row in raw["attribute"]:
        attributes[row["name"]] = Attribute(
            row["name"],
            row["label"],
            attributes[row["of"]] if "of" in row else None,
            row.get("mend", ""),
            row.get("none") == "fine",
            tuple(row.get("keys", ())),
        )
    signatures = tuple(_signature(row, attributes) for row in raw["signature"])
    return Catalogue(tuple(attributes.values()), signatures)


def _signature(row: Mapping[str, Any], attributes: Mapping[str, Attribute]) -> Signature:
    needs, one_of, helps = (
        tuple(
            Need(attributes[need["attribute"]], need.get("share", 0.0), need["why"])
            for need in row.get(kind, ())
        )
        for kind in ("needs", "one_of", "helps")
    )
    return Signature(row["id"], row["name"], needs, one_of, helps, row.get("also", ""))
