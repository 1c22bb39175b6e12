"""Which cases are looked at twice, and which have an answer that is known?

All of it by the key of the week, so that neither reviewers nor cases can be chosen.
"""

from collections.abc import Iterable

from governance.sampling import Plan
from governance.siphash import share

SECOND_SHARE = 0.10
BLIND_SHARE = 0.05
GOLD_SHARE = 0.05


def wants_second_review(plan: Plan, decision_id: str) -> bool:
    """Whether another reviewer sees the case too, without the first verdict: one in ten."""
    return share(plan.key, f"second/{decision_id}") < SECOND_SHARE


def wants_blind_review(plan: Plan, decision_id: str) -> bool:
    """Whether the same reviewer sees it again in a later week, unmarked: one in twenty."""
    return share(plan.key, f"blind/{decision_id}") < BLIND_SHARE


def gold(plan: Plan, known: Iterable[str], sample_size: int) -> list[str]:
    """Ids of known cases to mix in: one for each twenty of the sample, at least one.

    >>> gold(Plan(1, 202604, 50.0), ["g1", "g2", "g3"], 25)
    ['g1']
    """
    wanted = max(1, round(sample_size * GOLD_SHARE))
    ordered = sorted(set(known), key=lambda key: (share(plan.key, f"gold/{key}"), key))
    return ordered[:wanted]


def queue(plan: Plan, case_ids: Iterable[str]) -> list[str]:
    """The order in which cases are shown: gold among drawn, as if shuffled, the same for all."""
    return sorted(set(case_ids), key=lambda key: (share(plan.key, f"queue/{key}"), key))
