"""Limits as feature flags, for agents that ask by OpenFeature instead of our SDK.

Of each action: `ACTION.answer` (proceed, escalate, stop), `ACTION.confidence`, `ACTION.amount` and
`ACTION.stage`; and `stopped`. An action that nobody named has flags as well: they escalate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.thresholds import Answer, Limits, ThresholdDocument
from governance import documents
from governance.documents import Question
from governance.loosening import effective

STOPPED = "stopped"
ANSWER = "answer"
KINDS = (ANSWER, "confidence", "amount", "stage")
# Values for what no number says: a confidence that none reaches, an amount that none exceeds.
NEVER = 2.0
ANY = 1e18


@dataclass(frozen=True, slots=True)
class Flag:
    """A value; why: for people, empty where the value says it all."""

    key: str
    value: bool | float | str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about what; case: empty where none is named, then `ACTION.answer` is not given."""

    case: str = ""
    agent_version: str = ""
    capability: str = ""
    confidence: float | None = None
    amount: float | None = None


def keys(document: ThresholdDocument) -> Iterator[str]:
    """Of all actions that the document names."""
    yield STOPPED
    for action in sorted({one.action for one in document.thresholds}):
        yield from (f"{action}.{kind}" for kind in KINDS)


def needs_case(key: str) -> bool:
    """Whether the flag has another value from case to case."""
    return key.endswith(f".{ANSWER}")


def flag(document: ThresholdDocument, key: str, asking: Asking, at: datetime) -> Flag | None:
    """The flag of a key; None where no flag is called so."""
    if key == STOPPED:
        told = documents.decide(document, _question(asking, ""), at)
        stopped = told.answer is Answer.STOP
        return Flag(key, stopped, told.reason if stopped else "")
    action, _, kind = key.rpartition(".")
    if not action or kind not in KINDS:
        return None
    if kind == ANSWER:
        told = documents.decide(document, _question(asking, action), at)
        return Flag(key, str(told.answer), told.reason)
    held = effective(document.thresholds, action, asking.agent_version)
    if kind == "stage":
        return Flag(key, held.stage.name.lower())
    return Flag(key, _number(held.limits, kind))


def _number(limits: Limits, kind: str) -> float:
    if limits.confidence is None:
        return NEVER if kind == "confidence" else 0.0
    if kind == "confidence":
        return limits.confidence
    return ANY if limits.amount is None else limits.amount


def _question(asking: Asking, action: str) -> Question:
    return Question(
        action, asking.case, asking.confidence, asking.amount, asking.agent_version,
        asking.capability,
    )  # fmt: skip
