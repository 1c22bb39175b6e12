"""What a threshold document says of one case: proceed, escalate or stop.

The same rules as the service's own (docs/governance.md, "The document"): whatever is not known
escalates, and stops outlive the document.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Answer = Literal["proceed", "escalate", "stop"]
SHARES = (0.0, 0.1, 0.5, 1.0)  # of allowed cases that proceed, by stage
STAGES = ("shadow", "canary", "half", "full")
ALONE = "on_the_loop"
PLACES = 1 << 53


@dataclass(frozen=True, slots=True)
class Document:
    """As it was signed; thresholds and stops as the JSON has them."""

    tenant: str
    agent: str
    version: int
    revision: int
    issued_at: datetime
    expires_at: datetime
    thresholds: tuple[Mapping[str, Any], ...]
    stops: tuple[Mapping[str, Any], ...]

    @property
    def age(self) -> tuple[int, int, datetime]:
        """Grows from each document of an agent to the next."""
        return self.version, self.revision, self.issued_at


@dataclass(frozen=True, slots=True)
class Case:
    """What is about to be decided.

    name:       of the case: the same for all its steps, so that they get one answer.
    confidence: 0 to 1; amount in dollars; capability: the tool that would be used.
    """

    action: str
    name: str
    confidence: float | None = None
    amount: float | None = None
    agent_version: str = ""
    capability: str = ""


def read(body: bytes) -> Document:
    """Raises ValueError where the bytes are no document."""
    try:
        said = json.loads(body)
        document = Document(
            tenant=said["tenant"],
            agent=said["agent"],
            version=int(said["version"]),
            revision=int(said["revision"]),
            issued_at=datetime.fromisoformat(said["issued_at"]),
            expires_at=datetime.fromisoformat(said["expires_at"]),
            thresholds=tuple(said["thresholds"]),
            stops=tuple(said["stops"]),
        )
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"this is no threshold document: {error!r}") from error
    if document.issued_at.tzinfo is None or document.expires_at.tzinfo is None:
        raise ValueError("this is no threshold document: its times have no zone")
    return document


def decide(document: Document, case: Case, at: datetime) -> tuple[Answer, str]:
    """The answer, and why."""
    for stop in document.stops:
        if _stops(stop, document.agent, case):
            return "stop", f"stopped by {stop['switch_id']}: {stop['reason']}"
    doubt = _doubt(document, case, at)
    return ("escalate", doubt) if doubt else ("proceed", "within the limits")


def threshold(document: Document, action: str, agent_version: str) -> Mapping[str, Any] | None:
    """What holds for a version of the agent: its own threshold, else that of any version."""
    found = {one["agent_version"]: one for one in document.thresholds if one["action"] == action}
    return found.get(agent_version) or found.get("")


def within(share: float, salt: str, name: str) -> bool:
    """Whether a case is in a share, 0 to 1: by the first 53 bits of SHA-256 of `SALT/CASE`."""
    first = hashlib.sha256(f"{salt}/{name}".encode()).digest()[:7]
    return (int.from_bytes(first, "big") >> 3) / PLACES < share


def _stops(stop: Mapping[str, Any], agent: str, case: Case) -> bool:
    asked = stop["agent"] in ("", agent) and stop["capability"] in ("", case.capability)
    return asked and not stop["drill"] and not within(stop["share"], stop["switch_id"], case.name)


def _doubt(document: Document, case: Case, at: datetime) -> str:
    """Why a person has to look; empty when nothing speaks for it."""
    if at >= document.expires_at:
        return f"the document expired at {document.expires_at.isoformat()}"
    held = threshold(document, case.action, case.agent_version)
    if held is None or held["oversight"] != ALONE:
        return f"a person takes part in every {case.action}"
    if not _allow(held["limits"], case):
        return f"outside the limits: {_told(held['limits'])}"
    if not within(SHARES[held["stage"]], held["canary_salt"], case.name):
        return f"not among the {SHARES[held['stage']]:.0%} of the stage {STAGES[held['stage']]}"
    return ""


def _allow(limits: Mapping[str, Any], case: Case) -> bool:
    confidence, amount = limits["confidence"], limits["amount"]
    if confidence is None or case.confidence is None or not case.confidence >= confidence:
        return False
    return amount is None or (case.amount is not None and case.amount <= amount)


def _told(limits: Mapping[str, Any]) -> str:
    if limits["confidence"] is None:
        return "all escalates"
    amount = limits["amount"]
    most = "any amount" if amount is None else f"{amount:g} dollars at most"
    return f"confidence of {limits['confidence']:g} or more, {most}"
