"""The document that an agent acts by: written, signed, read back, and asked about one case.

Its body is canonical JSON, signed as it is; whoever reads it checks the signature before anything
else. A document that is older than one that was read before is refused, so nobody can play an old
one again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.errors import InvalidInput
from domain.thresholds import (
    Answer,
    Basis,
    Limits,
    Oversight,
    SignedDocument,
    Stage,
    Stop,
    Threshold,
    ThresholdDocument,
)
from governance import signing
from governance.canonical import canonical, plain
from governance.loosening import effective
from governance.stable_hash import within

LIFE = timedelta(hours=24)
BODY_BYTES_MAX = 4 * 1024 * 1024


def sealed(document: ThresholdDocument, private_key: bytes, key_id: str) -> SignedDocument:
    """The document as bytes, with its signature. Raises InvalidInput unless it expires later."""
    if document.expires_at <= document.issued_at:
        raise InvalidInput("expires_at: after issued_at")
    body = canonical(plain(document))
    return SignedDocument(body, key_id, signing.sign(private_key, body))


def opened(
    signed: SignedDocument,
    public_keys: Mapping[str, bytes],
    whose: tuple[str, str],
    known: ThresholdDocument | None = None,
) -> ThresholdDocument:
    """What it says, if one of the keys signed it, for the (tenant, agent) that asks, and it is not
    older than what is known.

    An expired document opens: its stops hold, and it answers all else with escalate.
    """
    key = public_keys.get(signed.key_id)
    if key is None:
        raise InvalidInput(f"the document is signed by an unknown key '{signed.key_id}'")
    if len(signed.body) > BODY_BYTES_MAX or not signing.signed_by(
        key, signed.body, signed.signature
    ):
        raise InvalidInput("the signature is not of this document: it was changed on its way")
    document = read(signed.body)
    if (document.tenant, document.agent) != whose:
        raise InvalidInput(f"the document is for {document.agent} of {document.tenant}")
    if known is not None and _age(document) < _age(known):
        raise InvalidInput(
            f"version {document.version} is older than {known.version}, known before"
        )
    return document


def read(body: bytes) -> ThresholdDocument:
    """A body that was signed by us. Raises InvalidInput where it says what no document says."""
    try:
        said = json.loads(body)
        return ThresholdDocument(
            **{
                **said,
                "issued_at": datetime.fromisoformat(said["issued_at"]),
                "expires_at": datetime.fromisoformat(said["expires_at"]),
                "thresholds": tuple(map(threshold, said["thresholds"])),
                "stops": tuple(Stop(**one) for one in said["stops"]),
            }
        )
    except (TypeError, ValueError, KeyError, RecursionError) as error:
        raise InvalidInput(f"this is no threshold document: {error}") from error


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent is about to decide.

    case:       the same for all steps of one case, so that they get one answer.
    capability: tool that would be used, empty without one.
    """

    action: str
    case: str
    confidence: float | None
    amount: float | None = None
    agent_version: str = ""
    capability: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer, why, and the version of the document that gave it."""

    answer: Answer
    reason: str
    version: int


def decide(document: ThresholdDocument, question: Question, at: datetime) -> Told:
    """Proceed, escalate or stop. Whatever is not known escalates; stops outlive the document."""
    stop = _stop(document, question)
    if stop is not None:
        return Told(Answer.STOP, f"stopped by {stop.switch_id}: {stop.reason}", document.version)
    doubt = _doubt(document, question, at)
    answer = Answer.ESCALATE if doubt else Answer.PROCEED
    return Told(answer, doubt or "within the limits", document.version)


def _stop(document: ThresholdDocument, question: Question) -> Stop | None:
    for stop in document.stops:
        asked = stop.agent in ("", document.agent)
        used = stop.capability in ("", question.capability)
        passes = stop.drill or within(stop.share, stop.switch_id, question.case)
        if asked and used and not passes:
            return stop
    return None


def _doubt(document: ThresholdDocument, question: Question, at: datetime) -> str:
    """Why a person has to look; empty when nothing speaks for it."""
    if at >= document.expires_at:
        return f"the document expired at {document.expires_at.isoformat()}"
    held = effective(document.thresholds, question.action, question.agent_version)
    if held.oversight is not Oversight.ON_THE_LOOP:
        return f"a person takes part in every {question.action}"
    if not held.limits.allow(question.confidence, question.amount):
        return f"outside the limits: {_told(held.limits)}"
    if not within(held.stage.share, held.canary_salt, question.case):
        return f"not among the {held.stage.share:.0%} of the stage {held.stage.name.lower()}"
    return ""


def _told(limits: Limits) -> str:
    if limits.confidence is None:
        return "all escalates"
    amount = "any amount" if limits.amount is None else f"{limits.amount:g} dollars at most"
    return f"confidence of {limits.confidence:g} or more, {amount}"


def threshold(said: Mapping[str, Any]) -> Threshold:
    """One threshold as JSON says it. Raises TypeError, ValueError, KeyError where it does not."""
    return Threshold(
        **{
            **said,
            "limits": Limits(**said["limits"]),
            "stage": Stage(said["stage"]),
            "oversight": Oversight(said["oversight"]),
            "basis": Basis(**said["basis"]),
        }
    )


def _age(document: ThresholdDocument) -> tuple[int, int, datetime]:
    return document.version, document.revision, document.issued_at
