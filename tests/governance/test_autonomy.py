"""Is more autonomy earned stage by stage, and less of it immediate?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.autonomy import Autonomy, HardHarm, PageChannel, StageEvidence
from domain.errors import Conflict
from domain.thresholds import Oversight, Stage
from governance import autonomy

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)
READY = BEGAN + timedelta(days=14)
CANARY = Autonomy("clerk", "refund", Stage.CANARY, BEGAN, Oversight.ON_THE_LOOP)
PROVEN = StageEvidence(Stage.CANARY, certified=True)


def test_stages_let_more_and_more_proceed() -> None:
    assert [stage.share for stage in Stage] == [0.0, 0.1, 0.5, 1.0]


def test_a_certificate_for_this_stage_and_two_weeks_earn_the_next() -> None:
    higher = autonomy.promoted(CANARY, PROVEN, READY)
    assert (higher.stage, higher.since) == (Stage.HALF, READY)


UNCERTIFIED = replace(PROVEN, certified=False)
PAGED = replace(CANARY, pages=frozenset({PageChannel.INTENT}))
LAST = replace(CANARY, stage=Stage.FULL)
LOOPED = replace(CANARY, oversight=Oversight.IN_THE_LOOP)
EARLY = READY - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "evidence", "at", "why"),
    [
        (CANARY, UNCERTIFIED, READY, "no certificate for labels of the stage canary"),
        (CANARY, replace(PROVEN, stage=Stage.SHADOW), READY, "no certificate"),
        (CANARY, PROVEN, EARLY, "until 2026-11-15 12:00"),
        (PAGED, PROVEN, READY, "a page about intent"),
        (LAST, replace(PROVEN, stage=Stage.FULL), READY, "last stage"),
        (LOOPED, PROVEN, READY, "takes part in every case"),
    ],
    ids=["uncertified", "another-stage", "too-soon", "page", "last", "oversight"],
)
def test_what_is_missing_is_said(
    state: Autonomy, evidence: StageEvidence, at: datetime, why: str
) -> None:
    assert len(autonomy.obstacles(state, evidence, at)) == 1
    with pytest.raises(Conflict, match=f"clerk, refund: .*{why}"):
        autonomy.promoted(state, evidence, at)


def test_a_page_takes_one_stage_and_its_repetition_none() -> None:
    half = replace(CANARY, stage=Stage.HALF)
    once = autonomy.paged(half, PageChannel.ERROR, READY)
    assert (once.stage, once.since, once.pages) == (
        Stage.CANARY,
        READY,
        frozenset({PageChannel.ERROR}),
    )
    assert autonomy.paged(once, PageChannel.ERROR, READY) is once
    twice = autonomy.paged(once, PageChannel.OUTCOME, READY)
    assert twice.stage is Stage.SHADOW
    assert autonomy.paged(twice, PageChannel.INTENT, READY).stage is Stage.SHADOW


def test_a_closed_page_gives_nothing_back_but_the_way_up() -> None:
    fallen = autonomy.paged(CANARY, PageChannel.ERROR, READY)
    closed = autonomy.closed(fallen, PageChannel.ERROR)
    assert (closed.stage, closed.pages) == (Stage.SHADOW, frozenset())
    shadow = StageEvidence(Stage.SHADOW, certified=True)
    again = autonomy.promoted(closed, shadow, READY + timedelta(days=14))
    assert again.stage is Stage.CANARY


def test_hard_harm_ends_all_autonomy() -> None:
    state, why = autonomy.harmed(replace(CANARY, stage=Stage.FULL), HardHarm.HARM, READY)
    assert (state.stage, state.since, why) == (Stage.SHADOW, READY, "back to shadow: hard_harm")


def test_a_person_in_the_loop_leaves_no_stage_without_one() -> None:
    stricter = autonomy.overseen(CANARY, Oversight.IN_THE_LOOP, READY)
    assert (stricter.stage, stricter.since) == (Stage.SHADOW, READY)
    freer = autonomy.overseen(stricter, Oversight.ON_THE_LOOP, READY + timedelta(1))
    assert (freer.stage, freer.since) == (Stage.SHADOW, READY)


@given(
    st.lists(
        st.one_of(st.sampled_from(PageChannel), st.sampled_from(HardHarm), st.integers(0, 30)),
        max_size=30,
    )
)
def test_stages_rise_by_one_and_only_after_their_dwell(events: list[object]) -> None:
    state, at = replace(CANARY, stage=Stage.SHADOW), BEGAN
    for event in events:
        before = state
        if isinstance(event, PageChannel):
            state = autonomy.paged(state, event, at)
            assert state.stage <= before.stage
            state = autonomy.closed(state, event)
        elif isinstance(event, HardHarm):
            state = autonomy.harmed(state, event, at)[0]
            assert state.stage is Stage.SHADOW
        elif isinstance(event, int):
            at += timedelta(days=event)
            if not autonomy.obstacles(state, StageEvidence(state.stage, True), at):
                state = autonomy.promoted(state, StageEvidence(state.stage, True), at)
                assert state.stage == before.stage + 1
                assert at - before.since >= autonomy.DWELL
