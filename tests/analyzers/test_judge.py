"""The judge moves middling confidence by a bounded step, and only with spans that exist."""

import pytest

from analyzers.judge import Verdict, is_asked, move

EVIDENCE = {("t", "1"): "paid 5 EUR"}
QUOTED = (("t", "1"),)


@pytest.mark.parametrize(
    ("confidence", "asked"), [(0.34, False), (0.35, True), (0.7, True), (0.71, False)]
)
def test_only_middling_findings_are_asked_about(confidence: float, asked: bool) -> None:
    assert is_asked(confidence) is asked


def test_a_verdict_moves_confidence_by_a_quarter_at_most() -> None:
    assert move(0.5, Verdict(True, 1.0, QUOTED), EVIDENCE) == 0.25
    assert move(0.5, Verdict(False, 1.0, QUOTED), EVIDENCE) == -0.25
    assert move(0.5, Verdict(False, 0.4, QUOTED), EVIDENCE) == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [
        (0.9, Verdict(True, 1.0, QUOTED)),
        (0.5, Verdict(True, 1.0, ())),
        (0.5, Verdict(True, 1.0, (*QUOTED, ("t", "2")))),
        (0.5, Verdict(True, 7.0, QUOTED)),
        (0.5, Verdict(True, float("nan"), QUOTED)),
    ],
)
def test_a_verdict_without_grounds_moves_nothing(confidence: float, verdict: Verdict) -> None:
    assert move(confidence, verdict, EVIDENCE) == 0
