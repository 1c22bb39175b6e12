"""Should the limit in dollars be raised, now that another week was reviewed?

After the threshold, and under the threshold in force: with another one the losses are others, and
evidence begins again. Whoever tunes both gives half of delta to each.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.thresholds import Limits
from domain.tuning import TuningWeek
from governance.dollar_limits import DELTA, DollarEvidence
from governance.replay import replay
from governance.tuner import Advice, Direction, Tuning


@dataclass(frozen=True, slots=True)
class DollarTuning:
    """Where it stands; tolerated: dollars that a case may lose on average."""

    tolerated: float
    evidence: DollarEvidence | None = None
    raised_on: date | None = None
    delta: float = DELTA


def weekly(
    state: DollarTuning, tuning: Tuning, week: TuningWeek
) -> tuple[DollarTuning, Advice | None]:
    """After one more closed week; `tuning` says which limits are in force, and since when."""
    limits, page_open = tuning.limits, tuning.set_aside is not None
    if limits.confidence is None or limits.amount is None or page_open:
        return replace(state, evidence=None), None
    evidence = state.evidence
    if evidence is None or evidence.confidence != limits.confidence:
        evidence = DollarEvidence.begun(limits.confidence, state.tolerated)
    evidence = evidence.added(week.labels, week.pi_min)
    if evidence.weeks > tuning.rules.term_weeks:
        evidence = DollarEvidence.begun(limits.confidence, state.tolerated)
    state = replace(state, evidence=evidence)
    higher = evidence.next_limit(limits.amount, state.delta)
    changed = [day for day in (state.raised_on, tuning.loosened_on) if day is not None]
    resting = any(week.ended - day < timedelta(days=tuning.rules.dwell_days) for day in changed)
    if higher is None or resting or evidence.weeks < tuning.rules.weeks_min:
        return state, None
    after = Limits(limits.confidence, higher)
    reason = f"less than {state.tolerated:g} dollars a case are lost up to {higher:g} dollars"
    replayed = replay(week.decided, limits, after)
    return state, Advice(Direction.LOOSEN, limits, after, week.ended, reason, replayed=replayed)


def raised(state: DollarTuning, on: date) -> DollarTuning:
    """When a person has approved it; evidence goes on, for each limit has its own."""
    return replace(state, raised_on=on)
