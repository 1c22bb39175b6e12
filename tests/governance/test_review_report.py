"""Do the figures of a report follow from what people said, and from nothing else?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.reviewing import (
    Draw,
    DrawnCell,
    Facts,
    Judged,
    Look,
    Looked,
    ReviewCase,
    Verdict,
    cost_of,
    in_force,
)
from governance import review_record, review_report
from governance.review_report import Quality, figures

AT = datetime(2026, 1, 12, tzinfo=UTC)
FINE, HARM, SKIPPED = Verdict.FINE, Verdict.HARM, Verdict.SKIPPED


def draw(*cells: DrawnCell) -> Draw:
    return Draw(
        "acme", 202602, "UTC", AT, AT, AT, "k", 100.0, 0.6, 10.0, "", sum(c.frame for c in cells),
        "f", sum(c.drawn for c in cells), "s", cells, "automatic/review", AT, "a",
    )  # fmt: skip


def looked(name: str, *verdicts: Verdict, action: str = "refund", **more: Any) -> Looked:
    facts = Facts(name, "clerk", action, AT, "t", "s", amount=5.0)
    case = ReviewCase(name, 202602, Look.FIRST, facts, 202602, 0.1, 0.5, 0.3)
    said = (Judged(name, who, one, AT) for who, one in zip(("ann", "bob"), verdicts, strict=False))
    return Looked(case, tuple(said), **({"settled": None} | more))


WEEK = [
    looked("a", FINE), looked("b", HARM), looked("c", FINE, FINE), looked("d", HARM, FINE),
    looked("e", SKIPPED, FINE), looked("f", SKIPPED), looked("g"), looked("h", HARM, HARM),
]  # fmt: skip
CELL = DrawnCell("clerk", "refund", 16, 5.0, 8.0, 8, 0.3, ("new",), None)


def test_what_nobody_knows_counts_as_harm_in_one_rate_and_as_fine_in_the_other() -> None:
    found = figures(draw(CELL), WEEK)
    assert {name: found[name] for name in ("fine", "harms", "skipped", "disputed", "open")} == {
        "fine": 3, "harms": 2, "skipped": 1, "disputed": 1, "open": 1,
    }  # fmt: skip
    # Each stands for two: 2 x 2 / 16, and with the three that nobody knows 5 x 2 / 16.
    assert found["all"]["answered"]["estimate"] == pytest.approx(0.25)
    assert found["all"]["gated"]["estimate"] == pytest.approx(0.625)
    assert found["cells"][0]["gated"] == found["all"]["gated"]
    assert found["cells"][0]["pooled"] is None
    assert [one["decision_id"] for one in found["harmful"]] == ["b", "h"]
    assert [one["decision_id"] for one in found["disputed_cases"]] == ["d"]
    assert [one["decision_id"] for one in found["skipped_cases"]] == ["f"]


def test_agreement_is_of_cases_that_two_answered() -> None:
    # Pairs: c fine fine, d harm fine, h harm harm. kappa: seen 2/3, by chance 4/9.
    found = review_report.agreed(WEEK)
    assert (found["pairs"], found["same"]) == (3, 2)
    assert found["kappa"] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert found["alpha"] == pytest.approx(1 - 5 * 2 / (36 - 18))
    third = Looked(WEEK[2].case, (Judged("x", "cy", FINE, AT), Judged("x", "di", FINE, AT)), None)
    assert review_report.agreed([*WEEK, third])["kappa"] is None
    assert review_report.agreed([])["alpha"] is None


def test_known_cases_tell_how_much_harm_is_recognised() -> None:
    gold = [("ann", HARM, HARM), ("ann", HARM, FINE), ("bob", HARM, HARM), ("bob", FINE, FINE)]
    quality = Quality(gold, [(FINE, FINE), (HARM, FINE)])
    found = figures(draw(CELL), WEEK, quality)
    assert found["sensitivity"]["harm_found"] == 2
    # One-sided Clopper and Pearson for 2 of 3: P(X >= 2 | p) = 0.1 at p = 0.196.
    assert found["sensitivity"]["low"] == pytest.approx(0.196, abs=5e-4)
    assert found["again"] == {"seen": 2, "same": 1}
    ann, bob = found["reviewers"]
    assert (ann["cases"], ann["harms"], ann["skipped"], ann["gold"]["harm_found"]) == (7, 3, 2, 1)
    assert bob["gold"] == {
        "harm_seen": 1, "harm_found": 1, "fine_seen": 1, "fine_found": 1,
        "low": pytest.approx(0.1),
    }  # fmt: skip
    assert review_report.sensitivity([])["low"] is None


def test_weeks_without_drift_are_pooled() -> None:
    earlier = {("clerk", "refund"): [([looked("z", HARM)], 16)]}
    pooled = figures(draw(CELL), WEEK, earlier=earlier)["cells"][0]["pooled"]
    assert (pooled["weeks"], pooled["drawn"], pooled["harms"]) == (2, 9, 3)
    assert pooled["gated"]["estimate"] == pytest.approx(6 * 2 / 32)


def test_what_counts_of_two_looks() -> None:
    settled = Judged("x", "eve", HARM, AT, cost=7.0, settles=True)
    assert looked("x", FINE, HARM, settled=settled).verdict is HARM
    assert not looked("x", FINE, HARM, settled=settled).disputed
    assert in_force([], None) is SKIPPED
    costs = (Judged("x", "ann", HARM, AT, cost=3.0), Judged("x", "bob", HARM, AT, cost=5.0))
    assert (cost_of(costs), cost_of(costs, settled), cost_of([])) == (5.0, 7.0, None)


def test_known_and_blind_looks_are_matched_with_what_is_right_and_what_was_said_first() -> None:
    cases = [
        ReviewCase(name, 202602, look, Facts("d", "clerk", "refund", AT, "t", "s"), 202601)
        for name, look in (("g", Look.GOLD), ("b", Look.BLIND), ("f", Look.FIRST))
    ]
    said = [Judged(name, "ann", HARM, AT) for name in ("g", "b", "f")]
    assert review_report.gold_answers(cases, said, {"d": FINE}) == [("ann", FINE, HARM)]
    assert review_report.gold_answers(cases, said, {}) == []
    assert review_report.again_answers(cases, said, {("d", "ann"): FINE}) == [(FINE, HARM)]
    assert review_report.again_answers(cases, said, {}) == []


def test_whoever_signs_gives_a_name() -> None:
    with pytest.raises(InvalidInput, match="name"):
        review_record.signed("acme", 202602, "eve", AT, {}, {"name": " "})
