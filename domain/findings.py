"""What analyzers conclude: drafts with their evidence, and findings as people see them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

Fact = str | int | float | bool | list[str] | None
ID_BYTES = 8


class Severity(IntEnum):
    """How bad it is if it is true."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    def raised(self) -> "Severity":
        """One level up; critical stays."""
        return Severity(min(self + 1, Severity.CRITICAL))

    def lowered(self) -> "Severity":
        """One level down; info stays."""
        return Severity(max(self - 1, Severity.INFO))


class Role(StrEnum):
    """What an evidence span shows."""

    CAUSE = "cause"
    VIOLATION = "violation"
    EFFECT = "effect"
    EXPECTED_BUT_MISSING = "expected_but_missing"
    OUTCOME = "outcome"


class State(StrEnum):
    """Where a finding is in its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    RESOLVED = "resolved"
    REGRESSED = "regressed"


class Origin(StrEnum):
    """How we know what the evidence says: by events, by tools.yaml, or by names alone."""

    EXPLICIT = "explicit"
    FRAMEWORK = "framework"
    MAPPED = "mapped"
    INFERRED = "inferred"


# Explicit 1.0, mapped 0.9, inferred 0.6; what a framework says is its own word.
QUALITY: Mapping[str, float] = {
    Origin.EXPLICIT: 1.0,
    Origin.FRAMEWORK: 1.0,
    Origin.MAPPED: 0.9,
    Origin.INFERRED: 0.6,
}


@dataclass(frozen=True, slots=True)
class Window:
    """What was received in [since, until), the part `shard` of `shards` by lane."""

    since: datetime
    until: datetime
    shard: int = 0
    shards: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that shows something; ids in hex."""

    trace_id: str
    span_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Draft:
    """What one rule says of one lane, before it is worded and weighed.

    lane:    what it was found in: trace:…, field:…, case:…, conversation:…, lane:… and the like.
    anchor:  what stays the same of it when it is looked at again, such as the first span of a loop.
    weight:  0 to 1, by which this draft is less sure than its signature usually is.
    raised:  whether it is one level more severe than usual.
    """

    signature: str
    tenant: str
    lane: str
    anchor: str
    agents: tuple[str, ...]
    case_id: str
    first_at: datetime
    last_at: datetime
    evidence: tuple[Evidence, ...]
    facts: Mapping[str, Fact]
    origin: Origin = Origin.EXPLICIT
    weight: float = 1.0
    raised: bool = False
    degraded: bool = False

    @property
    def finding_id(self) -> str:
        """16 hex digits, equal whenever the same thing is found again."""
        named = "\0".join((self.tenant, self.signature, self.lane, self.anchor))
        return hashlib.blake2b(named.encode(), digest_size=ID_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Finding:
    """What people and programs are told; `shadow`: recorded, not told."""

    finding_id: str
    signature: str
    signature_version: int
    severity: Severity
    confidence: float
    tenant: str
    agents: tuple[str, ...]
    lane: str
    case_id: str
    first_at: datetime
    last_at: datetime
    evidence: tuple[Evidence, ...]
    reason: str
    facts: Mapping[str, Fact]
    tags: tuple[str, ...]
    mute_key: str
    origin: Origin
    degraded: bool = False
    shadow: bool = False
    retracted: bool = False
