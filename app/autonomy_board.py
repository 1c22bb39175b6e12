"""How far each agent acts by itself, what that rests on, and what the next step waits for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from math import log
from typing import Any

from app import moments
from app.tuning import BEGINNING, Done, Tuner
from domain.access import Principal, Scope
from domain.autonomy import Autonomy
from domain.thresholds import Stage, Threshold
from governance.autonomy import STAGE_MAX
from governance.canonical import plain
from governance.certificates import labels_needed
from governance.course import Course

Said = Mapping[str, Any]
# What a first limit is likeliest to be tested at: the start with most of delta.
USUAL = 0.8


class AutonomyBoard:
    """Over one tuner. All calls may block and raise Unavailable."""

    def __init__(self, tuner: Tuner) -> None:
        self._tuner = tuner

    def standing(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """Each action that has limits or was reviewed, by agent and action; agent empty: of all."""
        now = self._tuner.clock()
        every = self._tuner.courses(tenant, now, agent)
        return [_told(held, found, now) for held, found in islice(every, rows_max)]

    def tune(self, by: Principal) -> list[Said]:
        """Propose and tighten what follows from what is known by now, at once."""
        by.require(Scope.GOVERN)
        return [told(one) for one in self._tuner.tune(by.tenant, self._tuner.clock())]


def told(one: Done) -> Said:
    """What the tuner did about an action."""
    return {
        "agent": one.cell.agent,
        "action": one.cell.action,
        "agent_version": one.cell.agent_version,
        "did": one.did,
        "why": one.why,
        "proposal_id": one.proposal_id,
    }


def _told(held: Threshold, found: Course, now: datetime) -> Said:
    state, key = found.autonomy, found.tuning.key
    return {
        "agent": key.agent,
        "action": key.action,
        "agent_version": key.agent_version,
        "stage": held.stage.name.lower(),
        "share": held.stage.share,
        "since": None if state.since == BEGINNING else moments.iso(state.since),
        "oversight": str(held.oversight),
        "confidence": held.limits.confidence,
        "amount": held.limits.amount,
        "next_stage": _next(state),
        "obstacles": list(found.obstacles(now)),
        "pages": [{"alarm_id": page, "channel": str(channel)} for page, channel in found.pages],
        "certified": found.certificate is not None,
        "evidence": _evidence(found),
    }


def _next(state: Autonomy) -> str | None:
    if state.stage is Stage.FULL or state.stage >= STAGE_MAX[state.oversight]:
        return None
    return Stage(state.stage + 1).name.lower()


def _evidence(found: Course) -> Said:
    """At the threshold in force, or at the one that a first limit is likeliest to be tested at."""
    tuning, rules = found.tuning, found.tuning.rules
    at = tuning.limits.confidence if tuning.limits.confidence is not None else USUAL
    place = _nearest(tuning.evidence.grid, at)
    weight = max(rules.starts.values())
    return {
        "confidence": tuning.evidence.grid[place],
        "alpha": rules.alpha,
        "delta": rules.delta,
        "harms": tuning.evidence.harms[place],
        "labels": tuning.evidence.labels[place],
        "labels_needed": labels_needed(rules.held_to, rules.delta, weight),
        "strength": min(1.0, max(0.0, tuning.evidence.sup[place] / log(1 / rules.delta / weight))),
        "weeks": tuning.evidence.weeks,
        "weeks_needed": rules.weeks_min,
        "set_aside": tuning.set_aside is not None,
        "certified": [one.threshold for one in found.certificates],
        "basis": plain(found.basis),
    }


def _nearest(grid: Sequence[float], at: float) -> int:
    return min(range(len(grid)), key=lambda place: abs(grid[place] - at))
