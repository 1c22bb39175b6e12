"""An optional second opinion on findings of middling confidence; off unless one is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.findings import Draft

ASKED_FROM, ASKED_TO = 0.35, 0.7
MOVES_MAX = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says.

    holds:       whether the finding is right.
    confidence:  0 to 1, how sure the judge is.
    quoted:      (trace id, span id) of what it goes by.
    """

    holds: bool
    confidence: float
    quoted: tuple[tuple[str, str], ...]


class Judge(Protocol):
    """Answers one question about one draft; evidence: what each span says, by its ids."""

    def __call__(
        self, draft: Draft, evidence: Mapping[tuple[str, str], str], question: str
    ) -> Verdict:
        """The verdict; it must quote spans of the evidence to count."""


def is_asked(confidence: float) -> bool:
    """Whether a finding of this confidence of its rule is worth a question."""
    return ASKED_FROM <= confidence <= ASKED_TO


def move(confidence: float, verdict: Verdict, evidence: Mapping[tuple[str, str], str]) -> float:
    """By how much the verdict moves the confidence of the rule, at most MOVES_MAX either way.

    Nothing where the judge is not to be asked, is sure of an impossible share, quotes nothing, or
    quotes what is no evidence. To be stored apart from the confidence of the rule.
    """
    cites = bool(verdict.quoted) and all(span in evidence for span in verdict.quoted)
    if not (is_asked(confidence) and cites and 0 <= verdict.confidence <= 1):
        return 0.0
    return MOVES_MAX * verdict.confidence * (1 if verdict.holds else -1)
