"""Is a week drawn once, looked at by the right people, and fixed when it is signed off?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import governing
from app.audit_log import AuditLog
from app.review.reviewing import Reviewing
from domain import weeks
from domain.access import Principal, Scope
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from domain.reviewing import Look, ReviewCase
from governance import review_quality
from governance.config import ReviewConfig
from governance.sampling import Plan
from storage.governance_reviews import Reviews
from storage.review_draws import ReviewDraws
from storage.store import Store
from tests.app.reviewed import AGENT, VERSION, WEEK, Run, runs, store_runs

NEXT = weeks.moved(WEEK, 1)
AFTER = weeks.bounds(NEXT)[1]
CONFIG = ReviewConfig(cases=12, minimum=2)
# By this key one decision of either week is looked at twice, and one of the first week again.
KEY, BLIND = 315, 1
Said = Mapping[str, Any]


@dataclass(frozen=True)
class People:
    """Those of a tenant of their own, in which the same was decided as in all others."""

    tenant: str

    def person(self, name: str, *scopes: Scope) -> Principal:
        return Principal(self.tenant, frozenset({Scope.READ, *scopes}), name)

    @property
    def ann(self) -> Principal:
        return self.person("ann", Scope.REVIEW)

    @property
    def bob(self) -> Principal:
        return self.person("bob", Scope.REVIEW)

    @property
    def eve(self) -> Principal:
        return self.person("eve", Scope.GOVERN)

    @property
    def reader(self) -> Principal:
        return self.person("reader")


TENANTS = [f"tenant-{number}" for number in range(7)]


def reviewing(store: Store, key: int = KEY, config: ReviewConfig = CONFIG) -> Reviewing:
    return Reviewing(
        store,
        governing.unsigned(store),
        config,
        lambda tenant: "UTC",
        lambda tenant: (key, f"k{key}"),
    )


@pytest.fixture(scope="module")
def decided(module_store: Store) -> tuple[Store, Iterator[str]]:
    """Thirty decisions of a week in each of some tenants, and their names."""
    store_runs(module_store, *runs(30), tenants=TENANTS)
    return module_store, iter(TENANTS)


@pytest.fixture
def store(decided: tuple[Store, Iterator[str]]) -> Store:
    return decided[0]


@pytest.fixture
def of(decided: tuple[Store, Iterator[str]]) -> People:
    return People(next(decided[1]))


@pytest.fixture
def held(store: Store, of: People) -> Reviewing:
    """The week, drawn."""
    made = reviewing(store)
    made.draw(of.eve, WEEK)
    return made


def look_at_all(
    held: Reviewing, by: Principal, week: int, said: Callable[[int], Said] = lambda place: FINE
) -> list[str]:
    """Every case that is the person's gets a verdict; their ids."""
    seen: list[str] = []
    while case_id := held.take(by, week)["case_id"]:
        held.judge(by, week, case_id, said(len(seen)))
        seen.append(case_id)
    return seen


def cases(store: Store, of: People, week: int) -> dict[str, ReviewCase]:
    """Of a week, by id."""
    draw = ReviewDraws(store).draw(of.tenant, week)
    assert draw is not None
    return {one.case_id: one for one in ReviewDraws(store).cases(draw)}


FINE: Said = {"verdict": "fine"}
HARM: Said = {"verdict": "harm", "reason": "wrong_amount", "cost": 30.0}


def test_a_week_is_drawn_by_itself_once_and_again_it_gives_the_same_sample(
    store: Store, of: People
) -> None:
    store_runs(store, *runs(20, NEXT), tenants=[of.tenant])
    drawing = reviewing(store)._drawing
    over = weeks.bounds(WEEK)[1]
    assert drawing.look(over + timedelta(hours=1)) == 0  # decisions still come
    assert drawing.look(over + timedelta(hours=3)) >= 1
    assert drawing.look(over + timedelta(hours=3, minutes=10)) == 0
    draw = drawing.known(of.tenant, WEEK)
    assert (draw.frame, draw.drawn_by) == (30, "automatic/review")
    assert {(cell.agent, cell.action, cell.watched) for cell in draw.cells} == {
        (AGENT, "answer", ("new",)), (AGENT, "refund", ("new",)),
    }  # fmt: skip
    held = reviewing(store)
    assert {one.facts.agent_version for one in cases(store, of, WEEK).values()} == {VERSION}
    assert held.draw(of.eve, WEEK)["draw"]["drawn_by"] == "automatic/review"
    # Of weeks that were missed, those in which something was decided.
    assert drawing.look(AFTER + timedelta(days=9)) >= 1
    assert [one["week"] for one in held.weeks(of.tenant, 9)] == [NEXT, WEEK]
    found = held.check(of.tenant, WEEK)
    assert (found["same"], found["late"], found["drawn"]) == (True, 0, draw.drawn)
    store_runs(store, Run(61), tenants=[of.tenant], after=timedelta(days=10))
    assert held.check(of.tenant, WEEK)["late"] == 1
    other = reviewing(store, key=1).check(of.tenant, WEEK)
    assert (other["same"], other["key_same"], other["recorded"]) == (False, False, True)
    with pytest.raises(InvalidInput, match="ends at"):
        held.draw(of.eve, weeks.moved(weeks.week_of(datetime.now(UTC)), 1))
    with pytest.raises(NotFound, match="decided anything"):
        held.draw(of.eve, weeks.moved(WEEK, -30))


def test_each_decision_is_looked_at_once_by_each_of_those_who_should(
    held: Reviewing, store: Store, of: People
) -> None:
    drawn = held.week(of.eve, WEEK)
    seconds = drawn["looks"]["second"]["cases"]
    assert drawn["looks"]["first"]["cases"] == drawn["drawn"] > seconds > 0
    known = cases(store, of, WEEK)
    twice = {one.facts.decision_id for one in known.values() if one.look is Look.SECOND}
    mine = next(name for name, one in known.items() if one.facts.decision_id not in twice)
    assert held.take(of.ann, WEEK, mine)["case_id"] == mine
    assert held.take(of.ann, WEEK)["case_id"] == mine  # until she has said something
    assert held.take(of.bob, WEEK)["case_id"] != mine
    with pytest.raises(Conflict, match="somebody else looks at it"):
        held.take(of.bob, WEEK, mine)
    with pytest.raises(Conflict, match="somebody else looks at it"):
        held.judge(of.bob, WEEK, mine, FINE)
    held.give_back(of.ann, WEEK, mine)
    assert held.take(of.bob, WEEK, mine)["case_id"] == mine
    held.give_back(of.ann, WEEK, mine)  # which is not hers any more
    with pytest.raises(Conflict):
        held.take(of.ann, WEEK, mine)
    seen = look_at_all(held, of.bob, WEEK)
    assert len({known[name].facts.decision_id for name in seen}) == len(seen) == drawn["drawn"]
    with pytest.raises(Conflict, match="has judged it"):
        held.judge(of.ann, WEEK, mine, HARM)
    assert len(look_at_all(held, of.ann, WEEK)) == seconds
    told = held.week(of.eve, WEEK)
    assert (told["open"], told["fine"]) == (0, drawn["drawn"])
    assert told["looks"]["second"]["judged"] == seconds
    held.judge(of.bob, WEEK, mine, HARM)  # who looked may think better of it
    assert held.case(of.bob, WEEK, mine)["own"]["verdict"] == "harm"
    with pytest.raises(PermissionDenied, match="review"):
        held.take(of.reader, WEEK)


def test_a_case_shows_all_that_it_rests_on_and_nothing_of_why_it_was_drawn(
    held: Reviewing, store: Store, of: People
) -> None:
    name = next(name for name, one in cases(store, of, WEEK).items() if one.facts.amount)
    case = held.case(of.ann, WEEK, name)
    (read,) = case["inputs"]
    assert (read["named"], read["version"], read["system"]) == (True, "7", "crm")
    assert round(read["age_s"]) == 20 * 3600 + 2
    assert (case["more"]["policy_id"], case["more"]["verdict"]) == ("refunds", "within")
    assert [one["what"].partition(":")[0] for one in case["did"]] == ["writes account"]
    assert (case["threshold_version"], case["limits"]) == ("1", None)  # nobody has set any
    assert bool(case["became"]) == case["decision_id"].endswith("4")
    assert (case["around"][0]["here"], case["chain"]["problem"]) == (True, "")
    assert not {"pi", "u", "look", "why"} & case.keys()
    with pytest.raises(PermissionDenied):
        held.case(of.reader, WEEK, name)
    with pytest.raises(NotFound):
        held.case(of.ann, WEEK, "no-such")


def test_what_two_say_differently_is_settled_by_a_third(
    held: Reviewing, store: Store, of: People
) -> None:
    first = look_at_all(held, of.ann, WEEK)
    look_at_all(held, of.bob, WEEK, lambda place: HARM)
    (dispute, *_) = held.week(of.eve, WEEK)["to_settle"]
    name, before = dispute["case_id"], held.week(of.eve, WEEK)["disputed"]
    assert held.week(of.bob, WEEK)["to_settle"] == []
    both = of.person("ann", Scope.GOVERN, Scope.REVIEW)
    with pytest.raises(PermissionDenied, match="third person"):
        held.settle(both, WEEK, name, HARM)
    with pytest.raises(InvalidInput, match="fine or harm"):
        held.settle(of.eve, WEEK, name, {"verdict": "skipped", "reason": "not_my_field"})
    known = cases(store, of, WEEK)
    disputed = {one["decision_id"] for one in held.week(of.eve, WEEK)["to_settle"]}
    agreed = next(one for one in first if known[one].facts.decision_id not in disputed)
    with pytest.raises(InvalidInput, match="not in dispute"):
        held.settle(of.eve, WEEK, agreed, HARM)
    held.settle(of.eve, WEEK, name, HARM)
    after = held.week(of.eve, WEEK)
    assert (after["disputed"], after["harms"]) == (before - 1, 1)


def test_known_cases_and_earlier_ones_are_mixed_into_later_weeks_unmarked(
    held: Reviewing, store: Store, of: People
) -> None:
    look_at_all(held, of.ann, WEEK)
    plan, first = Plan(KEY, NEXT, 12.0), cases(store, of, WEEK)
    # None of those that are looked at again anyway.
    seen = sorted(
        (one.facts.decision_id, name)
        for name, one in first.items()
        if one.look is Look.FIRST
        and not review_quality.wants_blind_review(plan, one.facts.decision_id)
    )
    store_runs(store, *runs(30, NEXT), tenants=[of.tenant])
    for (_, case_id), verdict in zip(seen, ("harm", "harm", ""), strict=False):
        held.know(of.eve, WEEK, case_id, {"verdict": verdict, "why": "the books"})
    with pytest.raises(InvalidInput, match="verdict"):
        held.know(of.eve, WEEK, seen[0][1], {"verdict": "skipped", "why": "?"})
    held.draw(of.eve, NEXT)
    looks = held.week(of.eve, NEXT)["looks"]
    assert (looks["gold"]["cases"], looks["blind"]["cases"]) == (1, BLIND)
    later = look_at_all(held, of.ann, NEXT, lambda place: HARM)
    assert len(later) == looks["first"]["cases"] + 1 + BLIND
    assert len(look_at_all(held, of.bob, NEXT)) == looks["second"]["cases"] + 1
    figures = held.report(of.eve, NEXT)["figures"]
    assert (figures["sensitivity"]["harm_seen"], figures["sensitivity"]["harm_found"]) == (2, 1)
    assert figures["again"] == {"seen": BLIND, "same": 0}
    # Neither is a label.
    drawn = [one for one in cases(store, of, NEXT).values() if one.look is Look.FIRST]
    assert len(Reviews(store).labels(of.tenant, NEXT)) == len(drawn)
    # The week before is pooled with it, for nothing drifted.
    assert {cell["pooled"]["weeks"] for cell in figures["cells"]} == {2}


def test_a_case_that_a_person_asked_for_is_in_no_estimate(
    held: Reviewing, store: Store, of: People
) -> None:
    drawn = {one.facts.decision_id for one in cases(store, of, WEEK).values()}
    wanted = next(run.decision for run in runs(30) if run.decision not in drawn)
    before = held.report(of.eve, WEEK)["figures"]["all"]
    made = held.add(of.ann, WEEK, wanted, "a customer called")
    held.judge(of.ann, WEEK, made["case_id"], HARM)
    figures = held.report(of.eve, WEEK)["figures"]
    assert figures["all"] == before
    assert [one["why"] for one in figures["by_hand"]] == ["a customer called"]
    for name, why, problem in (
        (wanted, "again", Conflict), (min(drawn), "drawn", Conflict), ("no-such", "?", NotFound),
        (wanted, " ", InvalidInput),
    ):  # fmt: skip
        with pytest.raises(problem):
            held.add(of.ann, WEEK, name, why)
    assert wanted not in {one.decision_id for one in Reviews(store).labels(of.tenant, WEEK)}


def test_a_report_is_signed_once_as_it_was_read_and_changes_no_more(
    held: Reviewing, store: Store, of: People
) -> None:
    name = held.take(of.ann, WEEK)["case_id"]
    read = held.report(of.eve, WEEK)["sha256"]
    held.judge(of.ann, WEEK, name, HARM)
    signed = {"name": "Eve Adams", "statement": "read", "sha256": read}
    with pytest.raises(PermissionDenied):
        held.sign(of.ann, WEEK, signed)
    with pytest.raises(PermissionDenied, match="signed off"):
        held.markdown(of.ann, WEEK)
    assert held.report(of.ann, WEEK)["figures"]["harmful"] == []
    with pytest.raises(Conflict, match="has changed since"):
        held.sign(of.eve, WEEK, signed)
    with pytest.raises(InvalidInput, match="name"):
        held.sign(of.eve, WEEK, signed | {"name": " "})
    signed["sha256"] = held.report(of.eve, WEEK)["sha256"]
    held.sign(of.eve, WEEK, signed)
    found = held.report(of.reader, WEEK)
    assert (found["signed"]["name"], found["signed"]["intact"]) == ("Eve Adams", True)
    assert found["sha256"] == signed["sha256"]
    assert [one["said"][0]["cost"] for one in found["figures"]["harmful"]] == [30.0]
    assert "# Review of week" in held.markdown(of.reader, WEEK)
    for act in (
        lambda: held.judge(of.ann, WEEK, name, FINE), lambda: held.take(of.ann, WEEK),
        lambda: held.add(of.ann, WEEK, "d", "why"), lambda: held.sign(of.eve, WEEK, signed),
    ):  # fmt: skip
        with pytest.raises(Conflict, match="signed off"):
            act()
    assert held.queue(of.ann, WEEK) == []
    assert held.case(of.reader, WEEK, name)["said"][0]["verdict"] == "harm"
    log = AuditLog(store)
    assert log.verified(of.tenant)["holds"]
    actions = [one["action"] for one in log.listed(of.tenant, None, "", 9)]
    assert actions == ["review.signed", "review.drawn"]
    store.command(
        "ALTER TABLE review_reports UPDATE markdown = 'all is well' WHERE 1"
        " SETTINGS mutations_sync = 1"
    )
    assert not held.report(of.reader, WEEK)["signed"]["intact"]
