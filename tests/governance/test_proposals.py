"""Does the loop close: labels, advice, a person, a document, an agent, a page, a tighter agent?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.access import Principal, Scope
from domain.autonomy import Autonomy, PageChannel, StageEvidence
from domain.proposals import ProposalState
from domain.thresholds import (
    ESCALATE_ALL,
    Answer,
    Limits,
    Oversight,
    Stage,
    ThresholdDocument,
)
from domain.tuning import Decided, Label, TuningWeek
from governance import autonomy, documents, proposals, signing, thresholds, tuner
from governance.documents import Question, decide
from governance.thresholds import Governed, Order
from governance.tuner import Advice, Direction, Key

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANN = Principal("acme", frozenset({Scope.GOVERN}), "ann")
KEY = Key("carrier", "book")
WEEK = timedelta(weeks=1)
PRIVATE = bytes(32)


def week(at: datetime) -> TuningWeek:
    labels = tuple(Label(0.5 + n / 400, False, 1.0, amount=10.0) for n in range(200))
    decided = tuple(Decided(f"d{n}", one.confidence, 10.0) for n, one in enumerate(labels))
    return TuningWeek(at.date(), labels, decided)


def approved(state: Governed, proposal_id: str, at: datetime) -> Governed:
    return thresholds.approve(state, Order(ANN, at, "the evidence is enough"), proposal_id)[0]


def told(state: Governed, at: datetime, confidence: float = 0.95) -> list[Answer]:
    """What 200 cases are answered, by a signed document that the agent opens."""
    document = ThresholdDocument(
        state.tenant, state.agent, state.number, at, at + documents.LIFE, state.thresholds
    )
    signed = documents.sealed(document, PRIVATE, "k")
    keys = {"k": signing.public_key(PRIVATE)}
    pulled = documents.opened(signed, keys, ("acme", "carrier"))
    cases = [Question("book", f"case-{n}", confidence, 10.0) for n in range(200)]
    return [decide(pulled, one, at).answer for one in cases]


def test_from_labels_to_an_agent_that_acts_and_back() -> None:
    governed, at = Governed("acme", "carrier"), NOON
    stage = Autonomy("carrier", "book", Stage.SHADOW, at, Oversight.ON_THE_LOOP)
    tuning = tuner.begun(KEY)
    assert told(governed, at).count(Answer.PROCEED) == 0

    advice = None
    while advice is None:  # people decide all, so labels come fast
        at += WEEK
        tuning, advice = tuner.weekly(tuning, week(at))
    assert at - NOON == 2 * WEEK
    # Limits alone change nothing while people decide all, so no second person is asked yet.
    governed, _ = proposals.advised(governed, KEY, advice, at, "p1")
    tuning = tuner.loosened(tuning, advice.after, at.date())
    assert told(governed, at).count(Answer.PROCEED) == 0

    stage = autonomy.promoted(stage, StageEvidence(Stage.SHADOW, certified=True), at)
    governed, asked = proposals.staged(governed, stage, at, "certified in shadow", "p2")
    assert asked.action == "proposal.made"
    assert told(governed, at).count(Answer.PROCEED) == 0
    governed = approved(governed, "p2", at)
    canary = told(governed, at)
    assert 8 < canary.count(Answer.PROCEED) < 35
    assert told(governed, at, confidence=0.4).count(Answer.PROCEED) == 0
    tuning = tuner.rekeyed(tuning, replace(KEY, stage=Stage.CANARY))

    changed = at + timedelta(days=1)
    stage = autonomy.paged(stage, PageChannel.TOOL_MIX, changed)
    governed, done = proposals.staged(governed, stage, changed, "drift: tool_mix", "p3")
    assert done.action == "thresholds.tightened"
    tuning, fallen = tuner.drifted(tuning, "tool_mix", changed.date(), changed.date())
    assert fallen is None  # limits of the shadow stage hold from before; the stage fell
    assert told(governed, changed).count(Answer.PROCEED) == 0


def test_tighter_advice_is_carried_out_at_once() -> None:
    governed = Governed("acme", "carrier")
    stage = Autonomy("carrier", "book", Stage.FULL, NOON, Oversight.ON_THE_LOOP)
    governed, _ = proposals.staged(governed, stage, NOON, "full", "p1")
    loose = Advice(Direction.LOOSEN, ESCALATE_ALL, Limits(0.7), NOON.date(), "certified")
    governed, made = proposals.advised(governed, KEY, loose, NOON, "p2")
    assert made.action == "proposal.made"
    governed = approved(governed, "p2", NOON)
    assert told(governed, NOON).count(Answer.PROCEED) == 200
    tight = Advice(Direction.TIGHTEN, Limits(0.7), ESCALATE_ALL, NOON.date(), "drift: error")
    governed, done = proposals.advised(governed, KEY, tight, NOON, "p3")
    assert (done.action, done.who, done.why) == (
        "thresholds.tightened", "automatic/tuner", "drift: error",
    )  # fmt: skip
    assert told(governed, NOON).count(Answer.PROCEED) == 0
    assert [one.state for one in governed.proposals] == [ProposalState.APPROVED]


def test_a_person_sees_evidence_autonomy_bound_and_replay() -> None:
    tuning, _ = tuner.weekly(tuner.begun(KEY), week(NOON))
    _, advice = tuner.weekly(tuning, week(NOON + WEEK))
    assert advice is not None
    shown = proposals.shown(advice)
    assert isinstance(shown, dict)
    assert (shown["harm_bound"], shown["harm_seen"]) == (0.02, 0.0)
    assert shown["autonomy_expected"] == 1.0
    assert isinstance(shown["replay"], dict)
    assert shown["replay"]["newly_alone"] == 200
    bare = Advice(Direction.TIGHTEN, Limits(0.7), ESCALATE_ALL, NOON.date(), "drift: error")
    shown = proposals.shown(bare)
    assert isinstance(shown, dict)
    assert shown["harm_seen"] is shown["harm_bound"] is shown["autonomy_expected"] is None
