"""Was the record of what people and rules changed itself changed?

Each record holds the hash of the one before it, so whoever alters, removes, adds or moves one has
to write all later ones anew. That the last ones were cut off shows only against a head kept
elsewhere: threshold documents carry it, signed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from domain.audit_trail import AuditRecord, Change, JsonValue
from domain.errors import InvalidInput
from governance.canonical import canonical, plain

WHY_CHARACTERS_MAX = 4000


def recorded(change: Change, previous: AuditRecord | None) -> AuditRecord:
    """The change as the next record after `previous`; the first of a tenant follows None."""
    if not change.who or not change.action:
        raise InvalidInput("who and action: an audit record needs both")
    if len(change.why) > WHY_CHARACTERS_MAX:
        raise InvalidInput(f"why: at most {WHY_CHARACTERS_MAX} characters")
    if previous is not None and previous.change.tenant != change.tenant:
        raise InvalidInput("tenant: a chain belongs to one tenant")
    sequence = previous.sequence + 1 if previous else 1
    before = previous.sha256 if previous else ""
    return AuditRecord(sequence, change, before, digest(sequence, change, before))


def digest(sequence: int, change: Change, previous: str) -> str:
    """SHA-256 of the canonical JSON of all that a record says, and of the hash before it."""
    said: JsonValue = {"sequence": sequence, "previous": previous, "change": plain(change)}
    return hashlib.sha256(canonical(said)).hexdigest()


def check(record: AuditRecord) -> None:
    """Raises InvalidInput unless the record says what its hash says."""
    if record.sha256 != digest(record.sequence, record.change, record.previous):
        raise InvalidInput(f"record {record.sequence} of '{record.change.tenant}' was altered")


@dataclass(frozen=True, slots=True)
class Verified:
    """How far a chain holds: `records` were read; `broken` says at which row it does not, and
    why.
    """

    records: int
    head: str
    broken_at: int | None = None
    broken: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.broken_at is None


def verify(records: Iterable[AuditRecord], head: str = "") -> Verified:
    """Read a tenant's chain from its first record on; `head` is a hash that has to be in it.

    `broken_at` is the sequence at which the first break shows.
    """
    read, last, met = 0, "", not head
    for record in records:
        read += 1
        reason = _break(record, read, last)
        if reason:
            return Verified(read, last, read, reason)
        last = record.sha256
        met = met or last == head
    if not met:
        return Verified(
            read, last, read + 1, "records are missing at the end: a known head is not there"
        )
    return Verified(read, last)


def _break(record: AuditRecord, expected: int, last: str) -> str:
    if record.sequence != expected:
        return f"record {expected} is missing, or records were moved: {record.sequence} is here"
    if record.previous != last:
        return f"record {expected} does not follow the one before it"
    if record.sha256 != digest(record.sequence, record.change, record.previous):
        return f"record {expected} was altered"
    return ""
