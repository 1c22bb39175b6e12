"""The judge moves middling confidence by a bounded step, and only with spans that exist."""

import pytest

from analyzers.judge import Verdict, is_asked, move, objection, question
from tests.storage.test_findings import FINDING

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
    assert objection(0.5, Verdict(False, 0.4, QUOTED), EVIDENCE) == ""


@pytest.mark.parametrize(
    ("confidence", "verdict", "why"),
    [
        (0.9, Verdict(True, 1.0, QUOTED), "the rule is not between 0.35 and 0.7 sure"),
        (0.5, Verdict(True, 1.0, ()), "it quotes no span"),
        (0.5, Verdict(True, 1.0, (*QUOTED, ("t", "2"))), "it quotes a span that is no evidence"),
        (0.5, Verdict(True, 7.0, QUOTED), "its confidence is not between 0 and 1"),
        (0.5, Verdict(True, float("nan"), QUOTED), "its confidence is not between 0 and 1"),
    ],
)
def test_a_verdict_without_grounds_moves_nothing(
    confidence: float, verdict: Verdict, why: str
) -> None:
    assert move(confidence, verdict, EVIDENCE) == 0
    assert objection(confidence, verdict, EVIDENCE) == why


def test_the_question_holds_what_the_finding_says() -> None:
    assert FINDING.reason in question(FINDING)
    assert FINDING.signature in question(FINDING)
