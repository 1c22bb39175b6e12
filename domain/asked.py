"""Which findings a reader asks for, and where in their list to go on."""

from dataclasses import dataclass
from datetime import UTC, datetime

EVER = datetime(1970, 1, 1, tzinfo=UTC)
FAR = datetime(2262, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are asked for; empty texts, EVER, FAR and 0 ask for all.

    since, until: a finding goes on at some time in [since, until); found_since: of when we found
    it; text: a part of its sentence, whatever the case.
    """

    tenant: str = ""
    signature: str = ""
    agent: str = ""
    trace_id: str = ""
    case_id: str = ""
    finding_id: str = ""
    state: str = ""
    text: str = ""
    since: datetime = EVER
    until: datetime = FAR
    found_since: datetime = EVER
    severity_min: int = 0
    shadow: bool = False
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """After which finding of the list to go on, the latest begun (first_at) first."""

    before: datetime = FAR
    before_id: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Up to which change, in ns since 1970, a listener has heard of findings; ids break ties."""

    changed_ns: int = 0
    finding_id: str = ""
