"""Does the tuner propose what is certified, step by step, and tighten at once on a page?"""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analyzers.drift.raised import alarm_text
from analyzers.drift_config import DriftConfig
from app import governing
from app.autonomy_board import AutonomyBoard
from app.tuning import Done, Tuner
from domain.access import Principal, Scope
from domain.drift import Alarm, Change, Stream
from domain.drift_reading import AlarmVerdict, Verdict
from domain.findings import Severity
from domain.proposals import Proposal
from domain.thresholds import ESCALATE_ALL, Limits, Oversight, Stage, Threshold
from governance import thresholds
from governance.desk import Desk, single
from governance.thresholds import Order
from governance.tuning_config import TuningConfig
from storage.drift_streams import DriftStreams
from storage.findings import FindingRows, StoredFindings
from storage.governance import GovernanceChanges
from storage.governance_reviews import Reviews
from storage.store import Store
from tests.app.signed_weeks import ACTION, AGENT, TENANT, Week, usual, write
from tests.app.some_findings import finding

WEEKS = [Week(202602 + number, usual(number)) for number in range(11)]
CONFIG = TuningConfig(alpha=0.05)
ANN, BOB = (
    Principal(TENANT, frozenset({Scope.READ, Scope.GOVERN}), key_id=name) for name in ("ann", "bob")
)


class World:
    """A store with eleven reviewed weeks, in which time is what a test says."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.desk = Desk(GovernanceChanges(store))
        self.tuner = self.another(CONFIG)

    def another(self, config: TuningConfig) -> Tuner:
        return Tuner(
            self.store, Reviews(self.store), governing.unsigned(self.store), config, DriftConfig()
        )

    def look(self, at: datetime) -> list[Done]:
        return self.tuner.look(at)

    def approve(self, proposal_id: str, at: datetime) -> None:
        self.desk.change(TENANT, AGENT, lambda state: single(
            thresholds.approve(state, Order(BOB, at, "agreed"), proposal_id)
        ))  # fmt: skip

    def change(self, at: datetime, **fields: Any) -> None:
        """Ann tightens, or what allows nothing more."""
        self.desk.change(TENANT, AGENT, lambda state: single(thresholds.tighten(
            state, Order(ANN, at, "as agreed"), [replace(state.thresholds[0], **fields)]
        )))  # fmt: skip

    def held(self) -> Threshold:
        return self.desk.governed(TENANT, AGENT).thresholds[0]

    def proposal(self, proposal_id: str) -> Proposal:
        return self.desk.governed(TENANT, AGENT).proposal(proposal_id)

    def page(self, at: datetime, metric: str, changed_from: datetime) -> str:
        """A drift alarm that pages, as the drift lane keeps it."""
        stream = Stream(TENANT, AGENT, metric)
        found = Alarm(stream, 1, 9e9, 1e4, Change(1, (1,), 0.9), {}, paged=True)
        name = f"page-{metric}"
        DriftStreams(self.store).keep_alarms([{
            "tenant": TENANT, "alarm_id": name, "lane": "day", "metric": metric, "agent": AGENT,
            "epoch_start": 0, "number": 1, "window_start": changed_from, "window_end": at,
            "changed_from": changed_from, "changed_until": at, "likeliest": changed_from,
            "paged": True, "shared_cause": "", "raised_at": at, "said": alarm_text(found),
            "inputs": "{}", "inputs_hash": "",
        }])  # fmt: skip
        return name

    def judge(self, at: datetime, page: str, verdict: Verdict) -> None:
        DriftStreams(self.store).judge(TENANT, page, AlarmVerdict(verdict, "campaign", "bob", at))

    def actions(self) -> list[tuple[str, str]]:
        """Who did what to limits, in order."""
        every = GovernanceChanges(self.store).records(TENANT, 0, 1000)
        return [(one.change.who, one.change.action) for one in every if one.change.who != "cleo"]


@pytest.fixture(scope="module")
def world(module_store: Store) -> World:
    write(module_store, WEEKS)
    return World(module_store)


def after(number: int) -> datetime:
    return WEEKS[number].signed_at + timedelta(hours=1)


def test_an_action_goes_up_by_people_and_down_by_itself(world: World) -> None:
    goes_up_by_certificates_time_and_people(world)
    falls_at_a_page_and_rises_by_people(world)
    is_told_on_the_board(world)
    is_left_alone_while_frozen(world)
    falls_to_shadow_where_a_person_confirms_harm(world)


def goes_up_by_certificates_time_and_people(world: World) -> None:
    assert world.look(after(0)) == []
    (done,) = world.look(after(1))
    assert (done.did, done.why) == ("proposed", "0 of 152 labels at 0.70 or more are harm")
    made = world.proposal(done.proposal_id)
    shown: Any = made.shown
    assert made.proposed_by == "automatic/tuner"
    assert (shown["harm_bound"], shown["harm_seen"], shown["bound_wrong"]) == (0.05, 0.0, 0.1)
    assert shown["evidence"]["labels"] == 152
    assert shown["replays"][0]["newly_alone"] == 76
    assert world.look(after(1) + timedelta(hours=2)) == []  # it is asked once
    world.approve(done.proposal_id, after(1) + timedelta(hours=3))
    assert world.held().limits == Limits(0.7, None)
    assert world.look(after(1) + timedelta(hours=4)) == []  # a person is in control
    world.change(after(1) + timedelta(hours=5), oversight=Oversight.ON_THE_LOOP)
    stages = []
    for number in (1, 4, 7):
        (done,) = world.look(after(number) + timedelta(hours=6))
        assert world.proposal(done.proposal_id).proposed_by == "automatic/autonomy"
        world.approve(done.proposal_id, after(number) + timedelta(hours=7))
        stages.append(world.held().stage)
        assert world.look(after(number + 1)) == []  # a stage has to prove itself for two weeks
    assert stages == [Stage.CANARY, Stage.HALF, Stage.FULL]
    assert world.held().basis.labels == 146
    assert world.held().canary_salt == "clerk/refund"


def falls_at_a_page_and_rises_by_people(world: World) -> None:
    at = after(9)
    first = world.page(at, "tools", changed_from=at - timedelta(days=3))
    (done,) = world.look(at + timedelta(minutes=1))
    assert (done.did, done.why) == ("tightened", "drift: page page-tools about tool mix")
    assert (world.held().stage, world.held().limits) == (Stage.HALF, Limits(0.7, None))
    second = world.page(at + timedelta(hours=1), "decisions", changed_from=WEEKS[0].begins)
    (done,) = world.look(at + timedelta(hours=2))
    assert (world.held().stage, world.held().limits) == (Stage.CANARY, ESCALATE_ALL)
    assert world.actions()[-1] == ("automatic/tuner", "thresholds.tightened")
    assert world.look(at + timedelta(hours=3)) == []  # once for each page
    world.judge(at + timedelta(hours=4), first, Verdict.BENIGN)
    assert world.look(at + timedelta(hours=5)) == []  # another page is open
    world.judge(at + timedelta(hours=6), second, Verdict.BENIGN)
    (done,) = world.look(at + timedelta(hours=7))
    assert (done.did, done.why) == ("proposed", "the drift page was benign")
    (wanted,) = world.proposal(done.proposal_id).thresholds
    assert (wanted.limits, wanted.stage) == (Limits(0.7, None), Stage.CANARY)


def is_told_on_the_board(world: World) -> None:
    (row,) = AutonomyBoard(world.tuner).standing(TENANT, "", 10)
    assert (row["agent"], row["action"], row["stage"]) == (AGENT, ACTION, "canary")
    assert row["share"] == 0.1
    assert row["pages"] == []
    assert row["next_stage"] == "half"
    assert row["obstacles"][0].startswith("no certificate for labels of the stage canary")
    assert 0 < row["evidence"]["strength"] <= 1
    assert AutonomyBoard(world.tuner).standing(TENANT, "nobody", 10) == []


def is_left_alone_while_frozen(world: World) -> None:
    proposals = world.desk.governed(TENANT, AGENT).proposals
    at = after(10)
    world.desk.change(TENANT, AGENT, lambda state: single(
        thresholds.freeze(state, Order(ANN, at, "audit"))
    ))  # fmt: skip
    found = world.another(TuningConfig(alpha=0.1)).look(at + timedelta(hours=1))
    assert [(one.did, "frozen" in one.why) for one in found] == [("waits", True)]
    assert world.desk.governed(TENANT, AGENT).proposals == proposals


def falls_to_shadow_where_a_person_confirms_harm(world: World) -> None:
    harm = finding(1, tenant=TENANT, agents=(AGENT,), severity=Severity.CRITICAL)
    StoredFindings(world.store).save([harm])
    assert [one.did for one in world.look(datetime.now(UTC))] == ["waits"]
    FindingRows(world.store).act(asdict(harm), "confirm", "bob")
    (done,) = world.look(datetime.now(UTC))
    assert (done.did, world.held().stage) == ("tightened", Stage.SHADOW)
    assert done.why == f"back to shadow: hard_harm, finding {harm.finding_id}"


def test_what_a_decision_saves_decides_among_certified_limits(world: World) -> None:
    def first(saved: float) -> float | None:
        tuner = world.another(TuningConfig(alpha=0.4, saved_dollars=saved))
        read = tuner._read(TENANT, after(1))
        read.governed[AGENT] = replace(read.governed[AGENT], versions=())
        (cell,) = read.cells()
        course = tuner.course(read, cell, after(1))
        assert course.wanted is not None
        return course.wanted.after.confidence

    assert first(saved=200.0) == 0.6
    assert first(saved=50.0) == 0.7
