"""What should the limits of an agent's action be, now that another week was reviewed?

A fold: state and week in, state and advice out. Tightening is advice to carry out at once;
loosening is advice to ask a person. While the labels come from one unchanged process, the chance
that a threshold with more harm than alpha is ever advised is at most delta, for each term of 26
weeks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import Conflict, InvalidInput
from domain.thresholds import ESCALATE_ALL, Basis, Limits, Stage
from domain.tuning import Label, TuningWeek
from governance.certificates import DELTA, STARTS, WEEKS_MIN, Certificate, certificates
from governance.evidence import Counted, Evidence, log_e_harm
from governance.loosening import amount_max, limits_within, strictness
from governance.replay import Replay, autonomy, replay

REVERT_STARTS_MAX = 104
EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Rules:
    """How an action is tuned; all of it is set before the first label.

    alpha:        harm that is tolerated among cases that the agent takes alone, a share.
    delta:        chance with which a threshold that harms more may ever be advised, in a term.
    sensitivity:  share of harm that reviewers recognise at least; evidence holds to alpha times it.
    step_max, dwell_days, gain_min: one loosening lowers confidence by so much at most, comes so
    long
                  after the one before, and brings at least this share of decisions.
    revert_weeks: a false revert is expected once in so many weeks.
    term_weeks:   evidence older than that is not used.
    """

    alpha: float = 0.02
    delta: float = DELTA
    starts: Mapping[float, float] = field(default_factory=lambda: STARTS)
    sensitivity: float = 1.0
    weeks_min: int = WEEKS_MIN
    step_max: float = 0.05
    dwell_days: int = 14
    gain_min: float = 0.02
    revert_weeks: int = 52
    term_weeks: int = 26

    def __post_init__(self) -> None:
        for name in ("alpha", "delta"):
            if not 0 < getattr(self, name) < 1:
                raise InvalidInput(f"{name}: between 0 and 1, not {getattr(self, name)}")
        if not 0 < self.sensitivity <= 1:
            raise InvalidInput("sensitivity: above 0 and at most 1; without gold cases say 1")

    @property
    def held_to(self) -> float:
        """The share of harm that reviewers may report at most."""
        return self.alpha * self.sensitivity


@dataclass(frozen=True, slots=True)
class Key:
    """What evidence is about; where any of it changes, evidence begins again.

    amount_max: in dollars; cases of more are not the agent's to take, and their labels say nothing.
    """

    agent: str
    action: str
    amount_max: float | None = None
    agent_version: str = ""
    stage: Stage = Stage.SHADOW
    calibration: str = ""
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Limits that were in force, since when, and at which stage."""

    limits: Limits
    since: date
    stage: Stage


@dataclass(frozen=True, slots=True)
class Tuning:
    """Where the tuner stands with one action of one agent.

    set_aside: evidence from before a drift page that nobody has judged yet.
    before_drift: limits in force when it came.
    seen:      (harms, labels) of each week within the limits in force.
    """

    key: Key
    rules: Rules
    evidence: Evidence
    limits: Limits = ESCALATE_ALL
    set_aside: Evidence | None = None
    before_drift: Limits | None = None
    loosened_on: date | None = None
    history: tuple[Held, ...] = ()
    seen: tuple[tuple[int, int], ...] = ()


class Direction(StrEnum):
    """Whether agents may do less or more; only the first happens without a person."""

    TIGHTEN = "tighten"
    LOOSEN = "loosen"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about the limits, why, on which evidence, and what it would have changed."""

    direction: Direction
    before: Limits
    after: Limits
    on: date
    reason: str
    basis: Basis | None = None
    replayed: Replay | None = None


def begun(
    key: Key, rules: Rules | None = None, begin: Callable[[float], Evidence] = Counted.begun
) -> Tuning:
    """Everything escalates, and nothing is known; `begin` makes evidence against a risk."""
    rules = rules or Rules()
    return Tuning(key, rules, begin(rules.held_to))


# Which of the certified limits are wanted; it may go by anything but the evidence itself.
Choose = Callable[[Sequence[Certificate], TuningWeek], Certificate]


def loosest(certified: Sequence[Certificate], week: TuningWeek) -> Certificate:
    """The one that lets the agent do most."""
    return certified[-1]


def weekly(
    state: Tuning, week: TuningWeek, choose: Choose = loosest
) -> tuple[Tuning, Advice | None]:
    """After one more closed week. choose: among certified limits that one step reaches.

    Raises InvalidInput for labels of which no chance is stored.
    """
    if week.labels and all(label.pi is None for label in week.labels):
        raise InvalidInput(
            "no label has the chance with which it was drawn: nothing can be learned"
        )
    if state.evidence.weeks >= state.rules.term_weeks:
        state = replace(state, evidence=state.evidence.fresh())
    within = _within(state.limits, week.labels)
    state = replace(
        state,
        evidence=state.evidence.added(_tunable(state.key, week.labels), week.pi_min),
        # A week without labels is no week in which a rise could have shown.
        seen=(*state.seen, within)[-REVERT_STARTS_MAX:] if within[1] else state.seen,
    )
    if revert_statistic(state.seen, state.rules.held_to) >= state.rules.revert_weeks:
        return _reverted(state, week)
    if state.set_aside is not None:
        return state, None  # while nobody has judged the drift page
    return state, _loosening(state, week, choose)


def revert_statistic(seen: tuple[tuple[int, int], ...], alpha: float) -> float:
    """Evidence that the risk rose above alpha in some week, summed over the weeks it may have.

    Shiryaev-Roberts over e-values (Shin, Ramdas, Rinaldo 2023): without a rise it reaches A once
    in A weeks at most.
    """
    import numpy as np

    if not seen:
        return 0.0
    since = np.cumsum(np.asarray(seen[::-1]), axis=0)
    return float(np.exp(np.minimum(log_e_harm(since[:, 0], since[:, 1], alpha), 600)).sum())


def loosened(state: Tuning, after: Limits, on: date) -> Tuning:
    """When a person has approved it."""
    held = Held(after, on, state.key.stage)
    return replace(state, limits=after, loosened_on=on, history=(*state.history, held), seen=())


def tightened(state: Tuning, after: Limits) -> Tuning:
    """By a person, at once. Raises InvalidInput where the limits are no stricter."""
    if not limits_within(after, state.limits):
        raise InvalidInput("these limits allow more than those in force; propose them instead")
    return replace(state, limits=after, seen=(), evidence=state.evidence.fresh())


def drifted(state: Tuning, page: str, since: date, on: date) -> tuple[Tuning, Advice | None]:
    """A drift page: fall back on limits that were in force before the change, at a lower stage.

    since: the early end of the time in which it may have changed. Without such limits all
    escalates. Evidence is set aside, not lost; new evidence begins. A second page leaves what is
    set aside.
    """
    earlier = [
        held.limits for held in state.history if held.since < since and held.stage < state.key.stage
    ]
    after = _strictest(earlier, state.limits)
    if state.set_aside is None:
        state = replace(state, set_aside=state.evidence, before_drift=state.limits)
    was = state.limits
    state = replace(state, evidence=state.evidence.fresh(), limits=after, seen=())
    if after == was:
        return state, None
    return state, Advice(Direction.TIGHTEN, was, after, on, f"drift: {page}")


def dismissed(state: Tuning, on: date) -> tuple[Tuning, Advice | None]:
    """The page was benign: evidence goes on where it stood, and the old limits are asked for
    again.
    """
    if state.set_aside is None or state.before_drift is None:
        raise Conflict("no drift page is open for this action")
    wanted = state.before_drift
    state = replace(
        state,
        evidence=state.set_aside.joined(state.evidence),
        set_aside=None,
        before_drift=None,
    )
    if wanted == state.limits:
        return state, None
    return state, Advice(Direction.LOOSEN, state.limits, wanted, on, "the drift page was benign")


def confirmed(state: Tuning) -> Tuning:
    """The change is real: what was learned before it, and limits that rested on that, are past."""
    if state.set_aside is None:
        raise Conflict("no drift page is open for this action")
    return replace(state, set_aside=None, before_drift=None, history=())


def rekeyed(state: Tuning, key: Key) -> Tuning:
    """For another version, stage, calibration or rubric: evidence begins again if any differs."""
    if key == state.key:
        return state
    return replace(state, key=key, evidence=state.evidence.fresh(), set_aside=None, seen=())


def reverted(state: Tuning) -> Tuning:
    """Back to the strictest earlier limits, or to none; evidence begins again."""
    earlier = [held.limits for held in state.history if held.limits != state.limits]
    after = _strictest(earlier, state.limits)
    return replace(state, limits=after, evidence=state.evidence.fresh(), seen=())


def _tunable(key: Key, labels: tuple[Label, ...]) -> list[Label]:
    return [label for label in labels if key.amount_max is None or label.amount <= key.amount_max]


def _within(limits: Limits, labels: tuple[Label, ...]) -> tuple[int, int]:
    even = [
        label.harm
        for label in labels
        if label.uniform and label.pi is not None and limits.allow(label.confidence, label.amount)
    ]
    return sum(even), len(even)


def _reverted(state: Tuning, week: TuningWeek) -> tuple[Tuning, Advice]:
    harms, labels = (sum(column) for column in zip(*state.seen, strict=True))
    reason = (
        f"{harms} of {labels} labels since these limits are harm: more than "
        f"{state.rules.alpha:.2%} can explain"
    )
    before = state.limits
    fallen = reverted(state)
    replayed = replay(week.decided, before, fallen.limits)
    return fallen, Advice(
        Direction.TIGHTEN, before, fallen.limits, week.ended, reason, replayed=replayed
    )


def _loosening(state: Tuning, week: TuningWeek, choose: Choose) -> Advice | None:
    rules, was = state.rules, state.limits
    resting = state.loosened_on is not None and (
        week.ended - state.loosened_on < timedelta(days=rules.dwell_days)
    )
    held = certificates(state.evidence, rules.held_to, rules.delta, rules.starts, rules.weeks_min)
    reachable = _reachable(held, was, rules.step_max)
    if resting or not reachable:
        return None
    chosen = choose(reachable, week)
    after = Limits(chosen.threshold, state.key.amount_max)
    if autonomy(week.decided, after) - autonomy(week.decided, was) < rules.gain_min:
        return None
    return Advice(
        Direction.LOOSEN,
        was,
        after,
        week.ended,
        f"{chosen.harms} of {chosen.labels} labels at {chosen.threshold:.2f} or more are harm",
        Basis(rules.alpha, rules.delta, chosen.labels, chosen.harms, chosen.log_e),
        replay(week.decided, was, after),
    )


def _reachable(
    held: tuple[Certificate, ...], was: Limits, step_max: float
) -> tuple[Certificate, ...]:
    """Those that one step reaches, strict to loose; from "escalate all" any."""
    if was.confidence is None:
        return held
    least = was.confidence - step_max - EPSILON
    return tuple(one for one in held if least <= one.threshold < was.confidence)


def _strictest(earlier: list[Limits], current: Limits) -> Limits:
    """The strictest of the earlier ones that allows no more than now; else escalate all."""
    usable = [limits for limits in earlier if limits_within(limits, current)]
    return max(usable, key=lambda one: (strictness(one), -amount_max(one)), default=ESCALATE_ALL)
