"""How severe and how sure: from a draft, its signature, and the verdicts of people."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.findings import QUALITY, Draft, Origin, Severity
from domain.signatures import Signature

# Verdicts weigh against a prior that counts as this many (Beta-binomial, mean of the posterior).
PRIOR_VERDICTS = 8


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people said of the findings of one tenant and signature."""

    confirmed: int = 0
    dismissed: int = 0


Calibration = Mapping[tuple[str, str], Verdicts]


def severity(draft: Draft, signature: Signature) -> Severity:
    """That of the signature; a level up when the draft says so, a level down when inferred."""
    level = signature.severity.raised() if draft.raised else signature.severity
    return level.lowered() if draft.origin is Origin.INFERRED else level


def confidence(draft: Draft, signature: Signature, calibration: Calibration) -> float:
    """0 to 1: prior x quality of the evidence x weight, then (8 prior + confirmed) / (8 + n)."""
    prior = signature.prior * QUALITY[draft.origin] * draft.weight
    said = calibration.get((draft.tenant, signature.id), Verdicts())
    total = PRIOR_VERDICTS + said.confirmed + said.dismissed
    return (PRIOR_VERDICTS * prior + said.confirmed) / total
