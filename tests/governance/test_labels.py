"""Do only drawn cases become labels, and does silence never count as fine?"""

import math
from datetime import date

import pytest

from domain.errors import InvalidInput
from domain.reviewing import Drawn, FrameCase, Verdict
from domain.tuning import Decided, Label
from governance.labels import tuning_week
from governance.sampling import Plan, draw

MONDAY = date(2026, 11, 23)
DECIDED = [
    Decided("fine", 0.9, 10.0),
    Decided("harm", 0.8, 20.0),
    Decided("silent", 0.7, None),
    Decided("unsure", None, 5.0),
    Decided("other", 0.6, 5.0),
]


def drawn(decision_id: str, u: float = 0.1, pi: float = 0.5) -> Drawn:
    return Drawn(decision_id, "clerk", "refund", u, pi, 0.2)


def test_a_drawn_case_is_a_label_and_silence_is_harm() -> None:
    sample = [drawn("fine"), drawn("harm", u=0.3), drawn("silent"), drawn("unsure")]
    verdicts = {"fine": Verdict.FINE, "harm": Verdict.HARM, "other": Verdict.HARM}
    week = tuning_week(MONDAY, sample, verdicts, DECIDED)
    assert week.labels == (
        Label(0.9, False, 0.5, True, 10.0),
        Label(0.8, True, 0.5, False, 20.0),
        Label(0.7, True, 0.5, True, math.inf),
    )
    assert (week.ended, week.pi_min, len(week.decided)) == (MONDAY, 0.2, 5)


def test_a_skipped_case_is_harm() -> None:
    week = tuning_week(MONDAY, [drawn("fine")], {"fine": Verdict.SKIPPED}, DECIDED)
    assert week.labels[0].harm


def test_a_week_in_which_nothing_was_drawn_has_no_labels() -> None:
    assert tuning_week(MONDAY, [], {}, DECIDED).labels == ()


def test_a_case_from_elsewhere_is_refused() -> None:
    with pytest.raises(InvalidInput, match="x was drawn"):
        tuning_week(MONDAY, [drawn("x")], {}, DECIDED)


def test_what_is_drawn_by_the_product_has_the_least_chance_that_it_says() -> None:
    frame = [FrameCase(f"d{n}", "clerk", "refund", 1.0 + n) for n in range(200)]
    sample = list(draw(Plan(3, 202648, 60.0), frame))
    decided = [Decided(one.decision_id, 0.9, 1.0) for one in frame]
    week = tuning_week(MONDAY, sample, {}, decided)
    assert all(label.pi is not None and label.pi >= week.pi_min for label in week.labels)
