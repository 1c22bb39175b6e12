"""Reads and writes by people and systems, of which no span of an agent tells."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.recorded_events import (
    RecordedEvent,
    Value,
    made_id,
    made_trace,
    nanoseconds,
    present,
)
from wakeline import conventions as names

HASH_BYTES = 8
NUMBER_MAX = 1e12  # a double still tells its ten-thousandths


@dataclass(frozen=True, slots=True)
class Told:
    """One read or write of `field` of `entity`; version: empty where none is told.

    value, value_prev: what JSON gives; None = not told.
    """

    entity: str
    field: str
    is_write: bool
    version: str = ""
    version_prev: str = ""
    value: object = None
    value_prev: object = None
    data_id: str = ""
    reversible: bool | None = None
    compensates: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who touched data, when and where: all accesses of one telling are of one span.

    kind, event_id: what the ids of its span follow from.
    agent:          `human:NAME`, `system:NAME`, or an agent's own name.
    system:         where the data are kept.
    """

    kind: str
    event_id: str
    at: datetime
    agent: str
    system: str
    case_id: str = ""

    def event(self, told: Told, system: str = "") -> RecordedEvent:
        """The event that records the access; `system` where it is another."""
        name = names.WRITE if told.is_write else names.READ
        trace_id, span_id = made_trace(self.kind, self.event_id)
        kind = "write" if told.is_write else "read"
        own_id = made_id(kind, self.kind, self.event_id, told.entity, told.field)
        attributes: dict[str, Value | None] = {
            names.ENTITY_REF: told.entity,
            names.DATA_ID: told.data_id or own_id,
            names.DATA_FIELD: told.field,
            names.DATA_VERSION: told.version,
            names.DATA_VERSION_PREV: told.version_prev,
            names.DATA_SOURCE: system or self.system,
            names.DATA_SOURCE_KIND: "primary",
            names.DATA_VALUE_HASH: value_hash(told.value),
            names.DATA_VALUE_NUM: number(told.value),
            names.DATA_VALUE_NUM_PREV: number(told.value_prev),
            names.DATA_REVERSIBLE: told.reversible,
            names.DATA_COMPENSATES: told.compensates,
            names.AGENT_NAME: self.agent,
            names.CASE_ID: self.case_id,
        }
        at_ns = nanoseconds(self.at)
        return RecordedEvent(name, at_ns, trace_id, span_id, self.system, present(attributes))


def named(actor: str, system: str) -> str:
    """How the doer is called: people are `human:NAME`, and where nobody is told the system did it.

    >>> named("rep", "crm"), named("agent:desk", "crm"), named("", "crm")
    ('human:rep', 'desk', 'system:crm')
    """
    kind, colon, name = actor.partition(":")
    if colon and kind.lower() in {"human", "system"}:
        return f"{kind.lower()}:{name}"
    if colon and kind.lower() == "agent":
        return name
    return f"human:{actor}" if actor else f"system:{system}"


def number(value: object) -> float | None:
    """`value` if it is a number that the tables hold; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < NUMBER_MAX else None


def value_hash(value: object) -> str:
    """16 hex digits as the SDK makes them without a key: equal values, equal hashes.

    Empty for None.
    """
    if value is None:
        return ""
    text = _exact(value) or json.dumps(value, ensure_ascii=False, sort_keys=True)
    data = text.encode("utf-8", "replace")
    return hashlib.blake2b(data, digest_size=HASH_BYTES).hexdigest()


def _exact(value: object) -> str:
    """A number in the one spelling that equal numbers share; else empty."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    exact = Decimal(str(value))
    return format(exact.normalize() + 0, "f") if exact.is_finite() else str(value)
