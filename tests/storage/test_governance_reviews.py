"""Is a week drawn once, who has a case, and is what people said read back as it counts?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import weeks
from domain.audit_trail import Change
from domain.envelope import Signal
from domain.errors import TooLarge
from domain.reviewing import (
    Claim,
    Draw,
    DrawnCell,
    Facts,
    Judged,
    Look,
    ReviewCase,
    Verdict,
)
from domain.tuning import Decided
from governance import audit, review_record
from storage import review_draws
from storage.governance import GovernanceChanges
from storage.governance_reviews import Reviews
from storage.review_draws import ReviewDraws, new_id
from storage.review_work import Known, Report, ReviewWork
from storage.store import Store
from tests.contracts.segments import TENANT, logs, record, token

WEEK = weeks.week_of(datetime.now(UTC))
WHEN = MONDAY, SUNDAY = weeks.bounds(WEEK)
CELL = ("clerk", "refund")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LATER = SUNDAY + timedelta(days=30)


def decided(
    store: Store,
    *names: str,
    at: datetime = MONDAY,
    action: str = "refund",
    agent: str = "clerk",
    amount: float = 20.0,
) -> None:
    """The agent took decisions with these ids; "" for one without an id."""
    request = logs(*names)
    for number, event in enumerate(request.resource_logs[0].scope_logs[0].log_records):
        event.event_name = "wakeline.decision"
        event.time_unix_nano = int(at.timestamp()) * 10**9 + number
        event.trace_id, event.span_id = b"\2" * 16, (number + 1).to_bytes(8)
        for key, text in (("gen_ai.agent.name", agent), ("wakeline.decision.action", action)):
            event.attributes.add(key=key).value.string_value = text
        if names[number]:
            event.attributes.add(key="wakeline.decision.id").value.string_value = names[number]
            event.attributes.add(key="wakeline.decision.amount").value.double_value = amount
        event.attributes.add(key="wakeline.decision.confidence").value.double_value = 0.9
    store.insert_segment(Signal.LOGS, record(request), token())


def draw(attempt: str, drawn: int = 3, week: int = WEEK) -> Draw:
    cell = DrawnCell(*CELL, 4, 20.0, 2.5, drawn, 0.3, ("new",), 500.0)
    begins, ends = weeks.bounds(week)
    return Draw(
        TENANT, week, "UTC", begins, ends, LATER, "key", 100.0, 0.6, 10.0, "", 4, "f" * 64, drawn,
        "5" * 64, (cell,), "automatic/review", NOW, attempt,
    )  # fmt: skip


def case(name: str, look: Look = Look.FIRST, decision: str = "", week: int = WEEK) -> ReviewCase:
    facts = Facts(decision or name, *CELL, MONDAY, "02" * 16, "01", 0.9, 20.0, "USD", "v1", "7")
    pi = 0.5 if look is Look.FIRST else None
    return ReviewCase(name, week, look, facts, week, 0.1, pi, 0.3)


def said(name: str, who: str, verdict: Verdict, minutes: int = 0, **more: object) -> Judged:
    at = NOW + timedelta(minutes=minutes)
    return replace(Judged(name, who, verdict, at, rubric="1"), **more)  # type: ignore[arg-type]


def test_the_frame_has_every_decision_of_an_agent_once_as_far_as_it_was_known(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(store, "d-1", "d-2", "")
    decided(store, "d-1")
    decided(store, "early", at=MONDAY - timedelta(seconds=1), action="answer")
    decided(store, "late", at=SUNDAY)
    decided(store, "person", agent="human:ann")
    draws = ReviewDraws(store)
    frame = draws.frame(TENANT, WHEN, LATER)
    nameless = f"{'02' * 16}/{3:016x}"
    assert [(one.decision_id, one.amount) for one in frame] == [
        (nameless, None), ("d-1", 20.0), ("d-2", 20.0),
    ]  # fmt: skip
    assert (frame[1].cell, frame[1].confidence, frame[1].decided_at) == (CELL, 0.9, MONDAY)
    assert draws.frame(TENANT, WHEN, LATER, ("clerk", "answer")) == []
    assert draws.frame(TENANT, WHEN, MONDAY - timedelta(days=3650), CELL) == []
    assert draws.frame("beta", WHEN, LATER, CELL) == []
    assert draws.tenants(MONDAY, SUNDAY) == [TENANT]
    before = MONDAY - timedelta(days=7)
    assert draws.known_cells(TENANT, before, MONDAY) == {("clerk", "answer")}
    monkeypatch.setattr(review_draws, "FRAME_MAX", 2)
    with pytest.raises(TooLarge, match="more than 2 decisions"):
        draws.frame(TENANT, WHEN, LATER)


def test_of_two_draws_of_a_week_the_first_counts_with_its_cases_alone(store: Store) -> None:
    draws, first, second = ReviewDraws(store), draw(new_id()), draw(new_id(), drawn=1)
    assert draws.draw(TENANT, WEEK) is None
    assert draws.keep(first, [case("a"), case("a2", Look.SECOND, "a")], {"a": 3.0}) == first
    assert draws.keep(second, [case("b")], {}) == first
    assert draws.draws("", 5) == [first]
    assert draws.boosts(first) == {"a": 3.0}
    assert draws.boosts(second) == {}
    draws.add(TENANT, case("h", Look.HAND), NOW)
    assert draws.cases(first) == [case("a"), case("a2", Look.SECOND, "a"), case("h", Look.HAND)]
    assert draws.cases(first, case_id="a") == [case("a")]
    assert draws.cases(first, ("clerk", "answer")) == []
    empty = draw(new_id(), drawn=0, week=weeks.moved(WEEK, -1))
    assert draws.keep(empty, [], {}) == empty
    assert draws.found_in(TENANT, MONDAY, SUNDAY) == set()
    assert draws.versions(TENANT, ["02" * 16, ""], MONDAY, SUNDAY) == {}


def test_of_all_who_take_a_case_one_has_it(store: Store) -> None:
    work, until = ReviewWork(store), NOW + timedelta(minutes=30)
    ann, bob = (Claim("a", 1, who, NOW, until) for who in ("ann", "bob"))
    assert work.claim(TENANT, WEEK, ann)
    assert not work.claim(TENANT, WEEK, bob)
    assert work.claims(TENANT, WEEK) == {"a": ann}
    assert work.claim(TENANT, WEEK, replace(bob, number=2))
    assert work.claims(TENANT, WEEK, "a") == {"a": replace(bob, number=2)}
    assert work.claims(TENANT, WEEK, "b") == {}


def test_labels_are_what_counts_of_what_people_said_until_the_week_is_signed_off(
    store: Store,
) -> None:
    decided(store, "a", "b", "c", "d")
    draws, work, reviews = ReviewDraws(store), ReviewWork(store), Reviews(store)
    second = case("a2", Look.SECOND, "a")
    draws.keep(draw(new_id()), [case("a"), second, case("b"), case("c"), case("g", Look.GOLD)], {})
    for one in (
        said("a", "ann", Verdict.FINE), said("a", "ann", Verdict.HARM, 1, cost=30.0),
        said("a2", "bob", Verdict.FINE), said("b", "ann", Verdict.FINE),
        said("g", "ann", Verdict.HARM),
    ):  # fmt: skip
        work.judge(TENANT, WEEK, one)
    labels = {one.decision_id: one for one in reviews.labels(TENANT, WEEK)}
    # Two differ about a, nobody looked at c, and gold cases are no labels.
    assert {name: one.harmful for name, one in labels.items()} == {"a": None, "b": False, "c": None}
    assert (labels["b"].uniform, labels["b"].rubric, labels["c"].rubric) == (True, "1", "")
    assert [one.open for one in reviews.weeks(TENANT, 5)] == [1]
    work.judge(TENANT, WEEK, said("a", "eve", Verdict.HARM, 2, settles=True, cost=9.0))
    (label,) = [one for one in reviews.labels(TENANT, WEEK, *CELL) if one.decision_id == "a"]
    assert (label.harmful, label.cost, label.agent_version) == (True, 9.0, "v1")
    hashes = {"sha256": "1" * 64}
    change = review_record.signed(TENANT, WEEK, "eve", NOW + timedelta(hours=1), hashes, NAMED)
    GovernanceChanges(store).append([audit.recorded(change, None)])
    work.judge(TENANT, WEEK, said("c", "bob", Verdict.HARM, 90))
    assert [one.harmful for one in reviews.labels(TENANT, WEEK)] == [True, False, None]
    (week,) = reviews.weeks(TENANT, 5)
    assert (week.open, week.signed_at, week.frame, week.drawn) == (1, change.at, 4, 3)
    assert (week.cells[0].pi_min, week.cells[0].wanted) == (0.3, 2.5)
    assert reviews.tenants() == [TENANT]
    assert reviews.decided(TENANT, WEEK, *CELL) == [
        Decided("a", 0.9, 20.0, True), Decided("b", 0.9, 20.0, False),
        Decided("c", 0.9, 20.0, None), Decided("d", 0.9, 20.0, None),
    ]  # fmt: skip
    assert reviews.lately(TENANT, *CELL, MONDAY) == []
    lately = reviews.lately(TENANT, *CELL, MONDAY + timedelta(days=6))
    assert lately == reviews.decided(TENANT, WEEK, *CELL)
    assert reviews.lately(TENANT, *CELL, SUNDAY + timedelta(days=20)) == []
    none = weeks.moved(WEEK, -9)
    assert (reviews.labels(TENANT, none), reviews.decided(TENANT, none, *CELL)) == ([], [])


NAMED = {"name": "Eve", "statement": "read"}


def test_known_verdicts_and_reports_are_read_back(store: Store) -> None:
    work = ReviewWork(store)
    known = Known("a", WEEK, "c-1", Verdict.HARM, "double refund", "eve", NOW)
    work.know(TENANT, known)
    assert work.known(TENANT) == [known]
    work.know(TENANT, replace(known, at=NOW + timedelta(minutes=1)), taken_out=True)
    assert work.known(TENANT) == []
    report = Report("{}", "# Review", "<p>Review</p>")
    work.keep_report(TENANT, WEEK, "1" * 64, report)
    assert work.report(TENANT, WEEK, "1" * 64) == report
    assert work.report(TENANT, WEEK, "2" * 64) is None
    assert work.signed(TENANT) == {}


def test_what_is_done_in_reviews_is_no_limit_of_an_agent(store: Store) -> None:
    changes = GovernanceChanges(store)
    change = Change(TENANT, NOW, "eve", review_record.DRAWN, "clerk", None, {"frame": 1}, "over")
    assert changes.append([audit.recorded(change, None)])
    assert changes.latest(NOW - timedelta(days=3650))[0] == []
    assert changes.of(TENANT, "clerk", kill=False) == []
