"""Are severity and confidence those of signature, evidence and verdicts?"""

from dataclasses import replace

import pytest

from analyzers import weighing
from analyzers.weighing import Verdicts
from domain import signatures
from domain.findings import Origin, Severity
from tests.domain.test_findings import DRAFT
from tests.domain.test_signatures import TEXT

SIGNATURE = replace(signatures.parse(TEXT, "x"), id="DATA-01")


@pytest.mark.parametrize(
    ("origin", "raised", "severity"),
    [
        (Origin.EXPLICIT, False, Severity.HIGH),
        (Origin.EXPLICIT, True, Severity.CRITICAL),
        (Origin.INFERRED, False, Severity.MEDIUM),
        (Origin.INFERRED, True, Severity.HIGH),
    ],
)
def test_severity_goes_up_when_raised_and_down_when_inferred(
    origin: Origin, raised: bool, severity: Severity
) -> None:
    assert weighing.severity(replace(DRAFT, origin=origin, raised=raised), SIGNATURE) is severity


def test_confidence_is_that_of_the_evidence() -> None:
    sure = [
        weighing.confidence(replace(DRAFT, origin=origin), SIGNATURE, {})
        for origin in (Origin.EXPLICIT, Origin.MAPPED, Origin.INFERRED)
    ]
    assert sure == pytest.approx([0.8, 0.72, 0.48])
    assert weighing.confidence(replace(DRAFT, weight=0.5), SIGNATURE, {}) == pytest.approx(0.4)


def test_verdicts_of_the_same_tenant_and_signature_move_it() -> None:
    said = {("acme", "DATA-01"): Verdicts(2, 10), ("other", "DATA-01"): Verdicts(100, 0)}
    assert weighing.confidence(DRAFT, SIGNATURE, said) == pytest.approx((8 * 0.8 + 2) / 20)
