"""What may be asked of the list of findings, and the cursor that goes on in it."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator

from domain.asked import FAR, Asked, Place
from domain.errors import InvalidInput
from domain.findings import Severity, State

LATELY = timedelta(days=30)
LIMIT_MAX = 500
NAME_MAX = 256
CURSOR_BYTES_MAX = 512
SeverityName = Literal["info", "low", "medium", "high", "critical"]
# A form sends what is left empty as well.
UNSAID = BeforeValidator(lambda said: said or None)
Name = Annotated[str, Query(max_length=NAME_MAX)]


@dataclass(frozen=True, slots=True)
class Filters:
    """Query parameters of the list, the stream and the page; empty ones ask for all.

    since, until: it goes on at some time between; the last 30 days where nothing is said.
    """

    signature: Name = ""
    agent: Name = ""
    case: Name = ""
    trace: Name = ""
    tenant: Name = ""
    text: Annotated[str, Query(max_length=NAME_MAX, description="Part of the sentence.")] = ""
    state: Annotated[State | None, UNSAID, Query()] = None
    severity: Annotated[SeverityName | None, UNSAID, Query(description="At least this.")] = None
    since: Annotated[AwareDatetime | None, UNSAID, Query()] = None
    until: Annotated[AwareDatetime | None, UNSAID, Query()] = None
    shadow: Annotated[bool, Query(description="Also those of signatures in shadow.")] = False

    def asked(self, reach: str) -> Asked:
        """For the store; reach: the only tenant that the caller sees, empty for all."""
        if reach and self.tenant not in ("", reach):
            raise InvalidInput(f"tenant: this key sees '{reach}' alone")
        return Asked(
            tenant=reach or self.tenant,
            signature=self.signature,
            agent=self.agent,
            trace_id=self.trace,
            case_id=self.case,
            text=self.text,
            state=self.state or "",
            since=_held(self.since or datetime.now(UTC) - LATELY, "since"),
            until=_held(self.until or FAR, "until"),
            severity_min=Severity[self.severity.upper()] if self.severity else 0,
            shadow=self.shadow,
            retracted=self.state == State.RESOLVED,
        )


def _held(moment: datetime, name: str) -> datetime:
    """Raises InvalidInput for what the engine can not hold."""
    if not 1970 <= moment.year <= FAR.year:
        raise InvalidInput(f"{name}: {moment.isoformat()} is not between 1970 and {FAR.year}")
    return moment


def cursor(row: dict[str, Any]) -> str:
    """Where to go on after `row`, as an opaque text."""
    said = json.dumps([row["first_at"], row["finding_id"]]).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def place(text: str) -> Place:
    """What `cursor` made; the start of the list for an empty one. Raises InvalidInput."""
    if not text:
        return Place()
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        first_at, finding_id = said
        found = Place(datetime.fromisoformat(first_at), str(finding_id))
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput("cursor: this is none that a page of findings gave") from error
    if found.before.tzinfo is None:
        raise InvalidInput("cursor: this is none that a page of findings gave")
    return replace(found, before=_held(found.before, "cursor"))
