"""Is a stream called at rest only when it could have said otherwise?"""

from dataclasses import replace
from math import isnan, nan, sqrt

import pytest

from analyzers.drift.standing import Standing
from domain.drift import Change, State

CALM = Standing(traces=900, evidence=20.0, threshold=35_000.0, rho=0.1)


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (CALM, State.NO_DRIFT),
        (replace(CALM, evidence=35_000.0), State.DRIFT),
        (replace(CALM, paged=True, traces=3), State.DRIFT),
        (replace(CALM, traces=49), State.TOO_FEW),
        (replace(CALM, evidence=nan), State.NOT_MONITORED),
        (replace(CALM, rho=0.6), State.LOW_POWER),
        (replace(CALM, rho=0.6, evidence=1e6), State.DRIFT),
    ],
)
def test_each_state_has_its_reason(standing: Standing, state: State) -> None:
    assert standing.state is state


@pytest.mark.parametrize(
    ("evidence", "score"), [(0.0, 0), (1.0, 0), (sqrt(35_000.0), 0.5), (35_000.0, 1), (1e9, 1)]
)
def test_the_score_reaches_one_where_the_alarm_is(evidence: float, score: float) -> None:
    assert replace(CALM, evidence=evidence).drift_score == pytest.approx(score)


def test_what_is_not_monitored_has_no_score() -> None:
    assert isnan(replace(CALM, evidence=nan).drift_score)


def test_a_change_lies_between_the_first_and_the_last_of_its_windows() -> None:
    change = Change(7, (5, 7, 8), 0.93)
    assert (change.first, change.last) == (5, 8)
