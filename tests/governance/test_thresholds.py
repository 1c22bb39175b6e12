"""Is loosening impossible without a second person, and tightening always possible?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.access import Principal, Scope
from domain.audit_trail import AuditRecord, Change
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied, WakelineError
from domain.proposals import Automaton, ProposalState
from domain.thresholds import (
    ESCALATE_ALL,
    Answer,
    Limits,
    Oversight,
    Stage,
    Threshold,
    ThresholdDocument,
)
from governance import audit, loosening, thresholds
from governance.documents import Question, decide
from governance.thresholds import Governed, Order

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ANN = Principal("acme", frozenset({Scope.GOVERN}), "ann")
BOB = Principal("acme", frozenset({Scope.GOVERN, Scope.READ}), "bob")
EVE = Principal("acme", frozenset({Scope.REVIEW, Scope.READ}), "eve")
TUNER = Automaton("tuner")
EMPTY = Governed("acme", "clerk")
OPEN = Threshold("refund", Limits(0.8, 500.0), Stage.HALF, Oversight.ON_THE_LOOP, canary_salt="s")
LOOSER = replace(OPEN, limits=Limits(0.7, 500.0))
STRICTER = replace(OPEN, limits=Limits(0.9, 100.0))


def order(by: thresholds.By = ANN, at: datetime = NOON, why: str = "asked for") -> Order:
    return Order(by, at, why)


def in_force(*held: Threshold) -> Governed:
    state, _ = thresholds.propose(EMPTY, order(TUNER), "p0", held or (OPEN,))
    return thresholds.approve(state, order(BOB), "p0")[0]


def test_the_tuner_proposes_and_a_person_approves() -> None:
    state, made = thresholds.propose(EMPTY, order(TUNER), "p1", [OPEN], {"labels": 300})
    assert (state.number, state.thresholds) == (0, ())
    assert (made.who, made.action, made.subject) == ("automatic/tuner", "proposal.made", "clerk")
    state, done = thresholds.approve(state, order(ANN, why="evidence is good"), "p1")
    assert state.thresholds == (OPEN,)
    version = state.versions[0]
    assert (version.number, version.by, version.approved_by) == (1, "automatic/tuner", "ann")
    assert (done.action, done.who, done.why) == ("thresholds.approved", "ann", "evidence is good")
    settled = state.proposal("p1")
    assert (settled.state, settled.decided_by) == (ProposalState.APPROVED, "ann")
    assert settled.shown == {"labels": 300}


def test_nobody_approves_a_proposal_of_their_own() -> None:
    state, _ = thresholds.propose(EMPTY, order(ANN), "p1", [OPEN])
    with pytest.raises(PermissionDenied, match="second person"):
        thresholds.approve(state, order(ANN), "p1")
    assert thresholds.approve(state, order(BOB), "p1")[0].number == 1


NAMELESS = replace(ANN, key_id="")
STRANGER = replace(ANN, tenant="beta")


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (EVE, PermissionDenied),
        (TUNER, PermissionDenied),
        (NAMELESS, PermissionDenied),
        (STRANGER, NotFound),
    ],
    ids=["no-scope", "automatic", "nameless", "another-tenant"],
)
@pytest.mark.parametrize(
    "command",
    [
        lambda state, by: thresholds.approve(state, by, "p1"),
        lambda state, by: thresholds.decline(state, by, "p1"),
        lambda state, by: thresholds.roll_back(state, by, 1, "p2"),
        lambda state, by: thresholds.thaw(state, by),
    ],
    ids=["approve", "decline", "roll_back", "thaw"],
)
def test_only_a_person_with_the_scope_and_a_name_decides(
    command: Callable[[Governed, Order], object], by: thresholds.By, error: type[Exception]
) -> None:
    state, _ = thresholds.propose(in_force(), order(TUNER), "p1", [LOOSER])
    with pytest.raises(error):
        command(state, order(by))


def test_tightening_is_done_at_once_by_people_and_rules_even_while_frozen() -> None:
    for state in (in_force(), thresholds.freeze(in_force(), order())[0]):
        for by in (ANN, TUNER):
            after, done = thresholds.tighten(state, order(by), [STRICTER])
            assert after.thresholds == (STRICTER,)
            assert done.action == "thresholds.tightened"
            assert after.versions[-1].approved_by == ""


def test_loosening_can_not_pass_for_tightening() -> None:
    with pytest.raises(InvalidInput, match="allows more of refund; propose"):
        thresholds.tighten(in_force(), order(), [LOOSER])


def test_while_frozen_nothing_is_proposed_or_approved() -> None:
    state, _ = thresholds.propose(in_force(), order(TUNER), "p1", [LOOSER])
    frozen, done = thresholds.freeze(state, order(TUNER))
    assert (frozen.frozen_by, done.action) == ("automatic/tuner", "thresholds.frozen")
    with pytest.raises(Conflict, match="frozen by automatic/tuner"):
        thresholds.approve(frozen, order(), "p1")
    with pytest.raises(Conflict, match="frozen"):
        thresholds.propose(frozen, order(), "p2", [LOOSER])
    with pytest.raises(Conflict, match="frozen already"):
        thresholds.freeze(frozen, order())
    thawed, _ = thresholds.thaw(frozen, order())
    assert thresholds.approve(thawed, order(), "p1")[0].thresholds == (LOOSER,)
    with pytest.raises(Conflict, match="not frozen"):
        thresholds.thaw(thawed, order())


def test_a_proposal_is_decided_once() -> None:
    state, _ = thresholds.propose(EMPTY, order(TUNER), "p1", [OPEN])
    approved, _ = thresholds.approve(state, order(), "p1")
    with pytest.raises(Conflict, match="was approved by ann"):
        thresholds.approve(approved, order(BOB), "p1")
    rejected, done = thresholds.decline(state, order(why="too early"), "p1")
    assert rejected.proposal("p1").state is ProposalState.REJECTED
    assert done.action == "proposal.rejected"
    with pytest.raises(Conflict, match="was rejected"):
        thresholds.approve(rejected, order(), "p1")


def test_a_person_withdraws_their_own() -> None:
    state, _ = thresholds.propose(EMPTY, order(ANN), "p1", [OPEN])
    state, _ = thresholds.decline(state, order(ANN), "p1")
    assert state.proposal("p1").state is ProposalState.WITHDRAWN


def test_a_proposal_expires_after_two_weeks() -> None:
    state, _ = thresholds.propose(EMPTY, order(TUNER), "p1", [OPEN])
    with pytest.raises(Conflict, match="expired"):
        thresholds.approve(state, order(at=NOON + timedelta(days=14)), "p1")


def test_a_proposal_that_was_overtaken_has_to_be_made_anew() -> None:
    state, _ = thresholds.propose(in_force(), order(TUNER), "p1", [LOOSER])
    tightened, _ = thresholds.tighten(state, order(), [STRICTER])
    with pytest.raises(Conflict, match="limits of refund changed since version 1"):
        thresholds.approve(tightened, order(), "p1")
    other, _ = thresholds.tighten(state, order(), [Threshold("credit")])
    assert thresholds.approve(other, order(), "p1")[0].number == 3  # another action is no matter


def test_fifty_approvals_of_one_proposal_give_one_version() -> None:
    state, _ = thresholds.propose(EMPTY, order(TUNER), "p1", [OPEN])
    won = 0
    for number in range(50):
        someone = replace(ANN, key_id=f"person-{number}")
        try:
            state, _ = thresholds.approve(state, order(someone), "p1")
            won += 1
        except Conflict:
            continue
    assert (won, state.number) == (1, 1)


def test_rolling_back_to_stricter_limits_needs_one_call() -> None:
    state, _ = thresholds.propose(in_force(STRICTER), order(TUNER), "p1", [LOOSER])
    state, _ = thresholds.approve(state, order(), "p1")
    back, done = thresholds.roll_back(state, order(), 1, "p2")
    assert (back.number, back.thresholds) == (3, (STRICTER,))
    assert [one.action for one in done] == ["thresholds.rolled_back"]


def test_rolling_back_to_looser_limits_waits_for_a_second_person() -> None:
    credit = replace(OPEN, action="credit")
    state, _ = thresholds.propose(in_force(), order(TUNER), "p1", [credit])
    state, _ = thresholds.approve(state, order(), "p1")
    state, _ = thresholds.tighten(state, order(), [STRICTER])
    back, done = thresholds.roll_back(state, order(ANN), 1, "p2")
    assert back.thresholds == (STRICTER,)  # credit is gone, refund as strict as it was
    assert [one.action for one in done] == ["thresholds.rolled_back", "proposal.made"]
    with pytest.raises(PermissionDenied):
        thresholds.approve(back, order(ANN), "p2")
    assert thresholds.approve(back, order(BOB), "p2")[0].thresholds == (OPEN,)
    frozen, _ = thresholds.freeze(state, order())
    back, done = thresholds.roll_back(frozen, order(), 1, "p3")
    assert (back.thresholds, len(done)) == ((STRICTER,), 1)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="'p9'"):
        thresholds.approve(EMPTY, order(), "p9")
    with pytest.raises(NotFound, match="no version 4; the newest is 1"):
        thresholds.roll_back(in_force(), order(), 4, "p1")


@pytest.mark.parametrize(
    ("held", "field"),
    [
        ([], "1 to 1000"),
        ([OPEN, LOOSER], "once"),
        ([replace(OPEN, action="")], "action"),
        ([replace(OPEN, limits=Limits(1.5))], "confidence of refund"),
        ([replace(OPEN, limits=Limits(float("nan")))], "confidence of refund"),
        ([replace(OPEN, limits=Limits(0.5, -1.0))], "amount of refund"),
        ([replace(OPEN, limits=Limits(0.5, float("inf")))], "amount of refund"),
    ],
    ids=["none", "twice", "action", "confidence", "nan", "negative", "endless"],
)
def test_limits_that_are_none_are_refused(held: list[Threshold], field: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        thresholds.propose(EMPTY, order(), "p1", held)


def test_an_order_says_why_and_a_proposal_has_an_id_of_its_own() -> None:
    for why in (" ", "x" * 2000):
        with pytest.raises(InvalidInput, match="why"):
            thresholds.propose(EMPTY, order(why=why), "p1", [OPEN])
    state, _ = thresholds.propose(EMPTY, order(), "p1", [OPEN])
    with pytest.raises(Conflict, match="already"):
        thresholds.propose(state, order(), "p1", [OPEN])


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (OPEN, LOOSER, True),
        (OPEN, STRICTER, False),
        (OPEN, replace(OPEN, limits=Limits(0.9, 501.0)), True),
        (OPEN, replace(OPEN, limits=Limits(0.9, None)), True),
        (OPEN, replace(OPEN, stage=Stage.FULL), True),
        (OPEN, replace(OPEN, stage=Stage.CANARY), False),
        (OPEN, replace(OPEN, canary_salt="other"), True),
        (replace(OPEN, stage=Stage.FULL), replace(OPEN, canary_salt="other"), False),
        (OPEN, replace(LOOSER, stage=Stage.SHADOW), False),
        (OPEN, replace(LOOSER, oversight=Oversight.IN_THE_LOOP), False),
        (replace(OPEN, oversight=Oversight.IN_THE_LOOP), STRICTER, True),
        (OPEN, replace(OPEN, limits=ESCALATE_ALL), False),
        (replace(OPEN, limits=ESCALATE_ALL), STRICTER, True),
    ],
)
def test_loosening_is_whatever_lets_more_proceed(
    before: Threshold, after: Threshold, more: bool
) -> None:
    assert loosening.loosens(before, after) is more


def test_taking_away_the_limits_of_one_version_may_expose_looser_ones() -> None:
    own = replace(STRICTER, agent_version="2")
    assert loosening.loosened_actions([OPEN, own], [OPEN]) == ["refund"]
    assert loosening.loosened_actions([OPEN], [OPEN, own]) == []
    assert loosening.loosened_actions([OPEN], []) == []


def test_a_difference_names_each_field() -> None:
    found = loosening.changes([OPEN], [STRICTER, Threshold("credit")])
    told = [(one.action, one.field, one.before, one.after) for one in found]
    assert ("refund", "confidence", 0.8, 0.9) in told
    assert ("refund", "amount", 500.0, 100.0) in told
    assert ("credit", "stage", None, 0) in told
    assert not any(one.field == "stage" and one.action == "refund" for one in found)


LIMITS = st.builds(
    Limits,
    st.sampled_from([None, 0.5, 0.7, 0.9]),
    st.sampled_from([None, 0.0, 100.0, 900.0]),
)
THRESHOLDS = st.lists(
    st.builds(
        Threshold,
        action=st.sampled_from(["refund", "credit"]),
        limits=LIMITS,
        stage=st.sampled_from(Stage),
        oversight=st.sampled_from(Oversight),
        agent_version=st.sampled_from(["", "2"]),
        canary_salt=st.sampled_from(["a", "b"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=loosening.key_of,
)
WHO = st.sampled_from([ANN, BOB, EVE, TUNER, NAMELESS, STRANGER])
QUESTIONS = [
    Question(action, f"case-{case}", confidence, amount, version)
    for action in ("refund", "credit")
    for case in range(6)
    for confidence in (0.6, 0.95)
    for amount in (50.0, 500.0)
    for version in ("", "2", "3")
]


def proceeding(held: tuple[Threshold, ...]) -> set[Question]:
    document = ThresholdDocument("acme", "clerk", 1, NOON, NOON + timedelta(1), held)
    return {one for one in QUESTIONS if decide(document, one, NOON).answer is Answer.PROCEED}


class Governance(RuleBasedStateMachine):
    """Anybody tries anything in any order; what agents are told is compared at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.at, self.made = EMPTY, NOON, 0
        self.records: list[AuditRecord] = []

    def attempt(self, command: Callable[[], tuple[Governed, Change | tuple[Change, ...]]]) -> bool:
        self.at += timedelta(hours=1)
        try:
            self.state, done = command()
        except WakelineError:
            return False
        for change in done if isinstance(done, tuple) else (done,):
            last = self.records[-1] if self.records else None
            self.records.append(audit.recorded(change, last))
        return True

    @rule(by=WHO, held=THRESHOLDS)
    def propose(self, by: thresholds.By, held: list[Threshold]) -> None:
        self.made += 1
        before = proceeding(self.state.thresholds)
        self.attempt(
            lambda: thresholds.propose(self.state, order(by, self.at), f"p{self.made}", held)
        )
        assert proceeding(self.state.thresholds) == before

    @rule(by=WHO, held=THRESHOLDS)
    def tighten(self, by: thresholds.By, held: list[Threshold]) -> None:
        before = proceeding(self.state.thresholds)
        self.attempt(lambda: thresholds.tighten(self.state, order(by, self.at), held))
        assert proceeding(self.state.thresholds) <= before

    @rule(by=WHO, number=st.integers(1, 20))
    def approve(self, by: thresholds.By, number: int) -> None:
        frozen = bool(self.state.frozen_by)
        if self.attempt(lambda: thresholds.approve(self.state, order(by, self.at), f"p{number}")):
            version = self.state.versions[-1]
            assert by in (ANN, BOB)
            assert version.approved_by not in ("", version.by)
            assert not frozen

    @rule(by=WHO, number=st.integers(1, 20))
    def roll_back(self, by: thresholds.By, number: int) -> None:
        self.made += 1
        before = proceeding(self.state.thresholds)
        self.attempt(
            lambda: thresholds.roll_back(self.state, order(by, self.at), number, f"p{self.made}")
        )
        assert proceeding(self.state.thresholds) <= before

    @rule(by=WHO)
    def freeze_or_thaw(self, by: thresholds.By) -> None:
        command = thresholds.thaw if self.state.frozen_by else thresholds.freeze
        self.attempt(lambda: command(self.state, order(by, self.at)))

    @rule(by=st.sampled_from([ANN, BOB, TUNER]))
    def stop_everything(self, by: thresholds.By) -> None:
        held = [replace(one, limits=ESCALATE_ALL) for one in self.state.thresholds]
        if held:
            assert self.attempt(lambda: thresholds.tighten(self.state, order(by, self.at), held))
            assert proceeding(self.state.thresholds) == set()

    @invariant()
    def history_is_linear_and_recorded(self) -> None:
        assert [one.number for one in self.state.versions] == list(
            range(1, len(self.state.versions) + 1)
        )
        assert audit.verify(self.records).holds

    @invariant()
    def more_was_never_allowed_by_one_alone(self) -> None:
        before: tuple[Threshold, ...] = ()
        for version in self.state.versions:
            if not version.approved_by:
                assert loosening.loosened_actions(before, version.thresholds) == []
            before = version.thresholds


TestGovernance = Governance.TestCase
TestGovernance.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
