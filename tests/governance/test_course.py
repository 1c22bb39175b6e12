"""Does the course of tuning follow from what happened, and from nothing else?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.autonomy import HardHarm, PageChannel
from domain.proposals import Version
from domain.thresholds import ESCALATE_ALL, Limits, Oversight, Stage, Threshold
from domain.tuning import Decided, Label, TuningWeek
from governance import course
from governance.course import (
    Course,
    Event,
    HarmDone,
    LimitsSet,
    PageJudged,
    PageRaised,
    WeekLearned,
)
from governance.tuner import Direction, Key, Rules

KEY = Key("clerk", "refund")
RULES = Rules(alpha=0.05)
START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
CASES = tuple(Decided(f"d{n}", 0.5 + n / 200, 10.0) for n in range(100))
NOTHING = Threshold("refund")
ON_THE_LOOP = replace(NOTHING, oversight=Oversight.ON_THE_LOOP)


def week(number: int, harms: int = 0, at: float = 0.99, rubric: str = "") -> WeekLearned:
    """A hundred labels of one confidence, signed off two days after the week."""
    begins = START + 7 * number * DAY
    labels = tuple(Label(at, n < harms, 1.0, amount=10.0) for n in range(100))
    ended = (begins + 7 * DAY).date()
    return WeekLearned(begins + 9 * DAY, begins, TuningWeek(ended, labels, CASES), rubric)


def moved(at: datetime, *thresholds: Threshold) -> list[LimitsSet]:
    """From nothing through each threshold, a minute after the other."""
    before = (NOTHING, *thresholds)
    return [
        LimitsSet(at + timedelta(minutes=place), old, new)
        for place, (old, new) in enumerate(zip(before, thresholds, strict=False))
    ]


def begun(tolerated: float | None = None) -> Course:
    return course.begun(KEY, RULES, tolerated, START - 365 * DAY)


def canary(limits: Limits = Limits(0.9)) -> list[LimitsSet]:  # noqa: B008 - frozen
    held = replace(ON_THE_LOOP, limits=limits)
    return moved(START, held, replace(held, stage=Stage.CANARY))


def test_events_are_taken_in_order_of_time_however_they_come() -> None:
    events: list[Event] = [*canary(), *map(week, range(1, 5))]
    there = course.followed(begun(), events)
    assert course.followed(begun(), reversed(events)) == there
    assert there.weeks == 4
    assert there.tuning.evidence.labels[0] == 400


def test_labels_of_another_stage_or_rubric_are_not_in_the_evidence() -> None:
    found = course.followed(begun(), [week(0), *canary(), week(1)])
    assert found.tuning.evidence.weeks == 1  # the week in which the stage changed counts for none
    found = course.followed(found, [week(2, rubric="2")])
    assert (found.tuning.evidence.weeks, found.tuning.key.rubric) == (1, "2")


def test_a_certificate_is_of_the_very_limits_and_the_very_stage() -> None:
    found = course.followed(begun(), [*canary(), week(1), week(2)])
    assert found.certificate is not None
    assert found.certificate.threshold == 0.9
    assert found.basis is not None
    assert (found.basis.labels, found.basis.evidence_from) == (200, "2026-01-05")
    assert found.obstacles(week(2).at) == ()
    odd = course.followed(begun(), [*canary(Limits(0.91)), week(1)])
    assert (odd.certificate, odd.basis) == (None, None)
    odd = course.followed(odd, [week(2)])
    assert odd.certificate is not None
    assert odd.certificate.threshold == 0.91
    assert course.stricter(odd, replace(ON_THE_LOOP, limits=Limits(0.91))) is None


def test_a_page_falls_back_to_limits_of_before_and_once_a_channel() -> None:
    page = PageRaised(START + 30 * DAY, "p1", PageChannel.TOOL_MIX, START + 28 * DAY)
    found = course.followed(begun(), [*canary(), week(1), week(2), page])
    assert (found.autonomy.stage, found.tuning.limits) == (Stage.SHADOW, Limits(0.9))
    again = replace(page, page="p2", at=page.at + DAY)
    assert course.followed(found, [again]).tuning == found.tuning
    other = replace(again, channel=PageChannel.ERROR, since=START - DAY)
    lower = course.followed(found, [other])
    assert lower.tuning.limits == ESCALATE_ALL
    held = replace(ON_THE_LOOP, limits=Limits(0.9), stage=Stage.CANARY)
    strict = course.stricter(lower, held)
    assert strict is not None
    assert (strict.limits, strict.stage) == (ESCALATE_ALL, Stage.SHADOW)


def test_a_benign_page_gives_the_evidence_back_and_asks_for_the_old_limits() -> None:
    page = PageRaised(START + 30 * DAY, "p1", PageChannel.TOOL_MIX, START - DAY)
    events: list[Event] = [*canary(), week(1), week(2), page]
    found = course.followed(begun(), events)
    assert found.tuning.evidence.weeks == 0
    judged = PageJudged(page.at + DAY, "p1", benign=True)
    benign = course.followed(found, [judged])
    assert benign.tuning.evidence.weeks == 2
    assert benign.wanted is not None
    assert (benign.wanted.direction, benign.wanted.after) == (Direction.LOOSEN, Limits(0.9))
    real = course.followed(found, [replace(judged, benign=False)])
    assert (real.wanted, real.tuning.evidence.weeks, real.pages) == (None, 0, ())
    assert course.followed(real, [judged]) == real  # it was judged before


def test_a_page_stays_open_while_another_is() -> None:
    page = PageRaised(START + 30 * DAY, "p1", PageChannel.TOOL_MIX, START)
    other = replace(page, page="p2", channel=PageChannel.ERROR)
    judged = PageJudged(page.at + DAY, "p1", benign=True)
    found = course.followed(begun(), [*canary(), page, other, judged])
    assert found.pages == (("p2", PageChannel.ERROR),)
    assert found.tuning.set_aside is not None
    early = course.followed(begun(), [replace(page, at=START), judged, week(1)])
    assert early.pages == ()


def test_what_a_person_tightens_begins_evidence_again() -> None:
    held = replace(ON_THE_LOOP, limits=Limits(0.9), stage=Stage.CANARY)
    later = LimitsSet(START + 30 * DAY, held, replace(held, limits=Limits(0.95)))
    found = course.followed(begun(), [*canary(), week(1), week(2), later])
    assert (found.tuning.limits, found.tuning.evidence.weeks) == (Limits(0.95), 0)
    assert found.evidence_from == later.at


def test_much_harm_or_much_that_is_undone_reverts() -> None:
    found = course.followed(begun(), [*canary(), week(1, harms=60)])
    assert found.tuning.limits == ESCALATE_ALL
    assert found.why.startswith("60 of 100 labels since these limits are harm")
    quiet = course.followed(begun(), canary())
    assert course.undone(quiet, [(1, 100), (0, 0)], START + DAY) is quiet
    loud = course.undone(quiet, [(1, 100), (40, 100)], START + DAY)
    assert loud.tuning.limits == ESCALATE_ALL
    assert loud.why == (
        "41 of 200 decisions under these limits were undone: more than 5.00% can explain"
    )


@pytest.mark.parametrize("harm", HardHarm)
def test_hard_harm_leads_back_to_shadow(harm: HardHarm) -> None:
    done = HarmDone(START + DAY, harm)
    found = course.followed(begun(), [*canary(), done])
    assert (found.autonomy.stage, found.why) == (Stage.SHADOW, f"back to shadow: {harm}")
    named = course.followed(begun(), [*canary(), replace(done, finding="f1")])
    assert named.why == f"back to shadow: {harm}, finding f1"
    nothing = course.followed(begun(), [done])
    assert (nothing.autonomy.stage, nothing.why) == (Stage.SHADOW, "")


def test_a_term_ends_with_thresholds_at_which_harm_changed() -> None:
    rules = replace(RULES, term_weeks=4)
    first = course.begun(KEY, rules, None, START - DAY)
    mixed = [week(n, harms=50, at=0.6) if n % 2 else week(n, at=0.9) for n in range(5)]
    found = course.followed(first, mixed)
    assert found.tuning.evidence.weeks == 1
    assert found.tuning.evidence.grid == (0.9, 0.6, 0.5)
    assert found.tuning.key.calibration == "2026-02-02"
    by_hand = [replace(one, week=replace(one.week, labels=())) for one in map(week, range(5))]
    assert len(course.followed(first, by_hand).tuning.evidence.grid) == 25


def test_dollars_are_tuned_after_the_threshold_with_half_of_delta() -> None:
    held = replace(ON_THE_LOOP, limits=Limits(0.9, 50.0))
    found = course.followed(begun(tolerated=100.0), moved(START, held))
    assert (found.tuning.rules.delta, found.tuning.key.amount_max) == (0.05, 50.0)
    higher = replace(held, limits=Limits(0.9, 75.0))
    found = course.followed(found, [LimitsSet(START + 30 * DAY, held, higher), week(6)])
    assert found.dollars is not None
    assert found.dollars.raised_on == (START + 30 * DAY).date()
    assert found.tuning.key.amount_max == 75.0


def test_only_what_changes_an_actions_own_threshold_is_an_event() -> None:
    one = replace(NOTHING, limits=Limits(0.8))
    other = Threshold("pay", Limits(0.5))
    versions = [
        Version(number, held, START + number * DAY, "ann", "bob", "agreed")
        for number, held in enumerate([(other,), (one, other), (one,), ()], 1)
    ]
    assert course.changes_of("refund", "", versions) == [
        LimitsSet(START + 2 * DAY, NOTHING, one),
        LimitsSet(START + 4 * DAY, one, NOTHING),
    ]


def test_stricter_limits_than_wanted_stay_as_they_are() -> None:
    found = course.followed(begun(), canary(Limits(0.8, 500.0)))
    held = replace(ON_THE_LOOP, limits=Limits(0.9, 100.0), stage=Stage.CANARY)
    assert course.stricter(found, held) is None
    crossed = course.stricter(found, replace(held, limits=Limits(0.7, 100.0)))
    assert crossed is not None
    assert crossed.limits == Limits(0.8, 100.0)
