"""What would other limits have changed for the decisions of last week, and what are they worth?"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.thresholds import Limits
from domain.tuning import Decided

EXAMPLES_MAX = 20


@dataclass(frozen=True, slots=True)
class Replay:
    """Last week under two limits, at full autonomy.

    autonomy_*:     share of decisions that the agent takes alone.
    newly_*:        decisions that would have gone the other way.
    dollars_newly_alone: amounts of those that the agent would have taken alone.
    harms_newly_alone:   of these, known to be harm; `judged` is how many anybody looked at.
    examples:       ids of some that change, those known to be harm first, then by amount.
    """

    decisions: int
    autonomy_before: float
    autonomy_after: float
    newly_alone: int
    newly_escalated: int
    dollars_newly_alone: float
    judged_newly_alone: int
    harms_newly_alone: int
    examples: tuple[str, ...]


def replay(decided: Sequence[Decided], before: Limits, after: Limits) -> Replay:
    """Each decision under both limits.

    >>> week = [Decided("a", 0.85, 10.0), Decided("b", 0.75, 900.0), Decided("c", 0.75, 20.0, True)]
    >>> found = replay(week, Limits(0.8, 500.0), Limits(0.7, 500.0))
    >>> found.newly_alone, found.harms_newly_alone, found.examples
    (1, 1, ('c',))
    """
    judged = [(one, _allow(before, one), _allow(after, one)) for one in decided]
    alone = [one for one, was, now in judged if now and not was]
    escalated = [one for one, was, now in judged if was and not now]
    changed = sorted([*alone, *escalated], key=_telling)
    count = max(1, len(judged))
    return Replay(
        decisions=len(judged),
        autonomy_before=sum(was for _, was, _ in judged) / count,
        autonomy_after=sum(now for _, _, now in judged) / count,
        newly_alone=len(alone),
        newly_escalated=len(escalated),
        dollars_newly_alone=math.fsum(one.amount or 0.0 for one in alone),
        judged_newly_alone=sum(one.harm is not None for one in alone),
        harms_newly_alone=sum(one.harm is True for one in alone),
        examples=tuple(one.decision_id for one in changed[:EXAMPLES_MAX]),
    )


def autonomy(decided: Sequence[Decided], limits: Limits) -> float:
    """Share of decisions within the limits; 0 of none."""
    return sum(_allow(limits, one) for one in decided) / max(1, len(decided))


@dataclass(frozen=True, slots=True)
class Worth:
    """What a decision taken alone is worth.

    saved:       dollars of a person's time that it saves.
    loss:        dollars that it loses on average.
    review_cost: dollars a week that reviewing takes, whatever the limits.
    """

    saved: float
    loss: float = 0.0
    review_cost: float = 0.0


def worth(decided: Sequence[Decided], limits: Limits, of_one: Worth) -> float:
    """Dollars a week under these limits."""
    alone = sum(_allow(limits, one) for one in decided)
    return (of_one.saved - of_one.loss) * alone - of_one.review_cost


def best(
    certified: Iterable[tuple[Limits, Worth]], decided: Sequence[Decided]
) -> tuple[Limits, float] | None:
    """The certified limits that are worth most; of equal ones the first; None of none.

    Any certified pair may be chosen by any rule, so choosing by cost takes nothing from the
    guarantee.
    """
    priced = [(limits, worth(decided, limits, of_one)) for limits, of_one in certified]
    return max(priced, key=lambda pair: pair[1], default=None)


def _allow(limits: Limits, one: Decided) -> bool:
    return limits.allow(one.confidence, one.amount)


def _telling(one: Decided) -> tuple[bool, float, str]:
    return (one.harm is not True, -(one.amount or 0.0), one.decision_id)
