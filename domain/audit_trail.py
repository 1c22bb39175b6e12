"""One change in governance, in a chain in which every record holds the hash of the one before."""

from dataclasses import dataclass
from datetime import datetime

# Values that JSON knows; times and amounts are written out by whoever records them.
JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed what, when, from what to what, and why.

    action:  what was done, such as `thresholds.approved`; `kill.` and a word for switches.
    subject: to what: the name of an agent, or the id of a switch.
    state:   what it left, in a form from which the state is read back.
    """

    tenant: str
    at: datetime
    who: str
    action: str
    subject: str
    before: JsonValue
    after: JsonValue
    why: str
    state: JsonValue = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A change at its place in its tenant's chain; `previous` is empty for the first, else hex."""

    sequence: int
    change: Change
    previous: str
    sha256: str
