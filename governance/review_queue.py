"""Whose turn is it to look at a case, and may what they say of it be kept?

Nobody looks twice at the same decision but in a blind look, which only whoever looked before gets,
in a later week. A case is one reviewer's until the lease ends; cases with a known verdict are
looked at by all.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.errors import Conflict, InvalidInput, PermissionDenied
from domain.reviewing import OTHER, REASONS, Claim, Judged, Look, ReviewCase, Verdict
from governance import review_quality
from governance.sampling import Plan

NOTE_CHARACTERS_MAX = 4000
COST_MAX = 1e12
AGAIN = (Look.BLIND, Look.GOLD)  # looks at what somebody looked at in another week


@dataclass(frozen=True, slots=True)
class Standing:
    """The queue of a week as it stands.

    claims:  the last of each case; said: the last word of each reviewer and case.
    earlier: who looked at decisions of the weeks before, by decision.
    """

    cases: Sequence[ReviewCase]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    said: Collection[Judged] = ()
    earlier: Mapping[str, Collection[str]] = field(default_factory=dict)

    def has_it(self, case_id: str, at: datetime) -> str:
        """Who has a case before them; empty for nobody."""
        claim = self.claims.get(case_id)
        return claim.reviewer if claim and claim.until > at else ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reviewer may look at, at a time.

    judged: who judged each case; seen: cases that the reviewer judged or has, by decision.
    """

    standing: Standing
    reviewer: str
    at: datetime
    judged: Mapping[str, Set[str]]
    seen: Mapping[str, Set[str]]

    def hindrance(self, case: ReviewCase) -> str:
        """Why the reviewer may not look at a case now; empty when they may."""
        if case.look is Look.GOLD:
            return ""
        if case.look is Look.BLIND:
            first = self.standing.earlier.get(case.facts.decision_id, ())
            return "" if self.reviewer in first else "another case is yours"
        if self.judged.get(case.case_id, set()) - {self.reviewer}:
            return "somebody else has judged it"
        if self.standing.has_it(case.case_id, self.at) not in ("", self.reviewer):
            return "somebody else looks at it now"
        again = self.seen.get(case.facts.decision_id, set()) - {case.case_id}
        return "you looked at this decision before" if again else ""


def turn(standing: Standing, reviewer: str, at: datetime) -> Turn:
    """Of a reviewer now."""
    judged: defaultdict[str, set[str]] = defaultdict(set)
    for said in standing.said:
        if not said.settles:
            judged[said.case_id].add(said.reviewer)
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for case in standing.cases:
        has = standing.has_it(case.case_id, at) == reviewer
        if has or reviewer in judged.get(case.case_id, ()):
            seen[case.facts.decision_id].add(case.case_id)
    return Turn(standing, reviewer, at, judged, seen)


def open_to(plan: Plan, turn: Turn) -> list[ReviewCase]:
    """Cases that a reviewer may look at now, in the order in which they are shown.

    What they have before them comes first; the rest is in the order of the week's key, which says
    nothing of why a case is there.
    """
    standing = turn.standing
    found = {
        one.case_id: one
        for one in standing.cases
        if turn.reviewer not in turn.judged.get(one.case_id, ()) and not turn.hindrance(one)
    }
    ordered = [found[name] for name in review_quality.queue(plan, found)]
    ordered.sort(key=lambda one: standing.has_it(one.case_id, turn.at) != turn.reviewer)
    # Of two looks at one decision a reviewer gets one.
    once = {(one.facts.decision_id, one.look in AGAIN): one for one in reversed(ordered)}
    return [one for one in ordered if once[one.facts.decision_id, one.look in AGAIN] is one]


def claimed(turn: Turn, case: ReviewCase, lease: timedelta) -> Claim:
    """The claim with which a reviewer takes a case, or goes on with it. Raises Conflict."""
    reason = turn.hindrance(case)
    if reason:
        raise Conflict(f"case {case.case_id}: {reason}")
    last = turn.standing.claims.get(case.case_id)
    number = last.number + 1 if last else 1
    return Claim(case.case_id, number, turn.reviewer, turn.at, turn.at + lease)


def given_back(claim: Claim, at: datetime) -> Claim:
    """A claim that ends now."""
    return Claim(claim.case_id, claim.number + 1, claim.reviewer, at, at)


def checked(judged: Judged) -> Judged:
    """What somebody says of a case, if it can be kept. Raises InvalidInput naming the field."""
    known = (*REASONS[judged.verdict], OTHER)
    if judged.verdict is Verdict.FINE:
        known = (*known, "")
    if judged.reason not in known:
        told = ", ".join(one for one in known if one)
        raise InvalidInput(f"reason: of '{judged.verdict}' one of {told}")
    if judged.reason == OTHER and not judged.note.strip():
        raise InvalidInput(f"note: needed where the reason is '{OTHER}'")
    if len(judged.note) > NOTE_CHARACTERS_MAX:
        raise InvalidInput(f"note: at most {NOTE_CHARACTERS_MAX} characters")
    if judged.cost is not None:
        _check_cost(judged)
    return judged


def check_settles(standing: Standing, looked: Collection[str], judged: Judged) -> None:
    """Raises InvalidInput for a case that nobody disputes, PermissionDenied for one of the two.

    looked: cases of the decision.
    """
    said = [one for one in standing.said if one.case_id in looked and not one.settles]
    if len({one.verdict for one in said} - {Verdict.SKIPPED}) < 2:
        raise InvalidInput("this case is not in dispute: two reviewers have to differ")
    if judged.verdict is Verdict.SKIPPED:
        raise InvalidInput("verdict: whoever settles a case says fine or harm")
    if judged.reviewer in {one.reviewer for one in said}:
        raise PermissionDenied("who looked at a case can not settle it: a third person does")


def _check_cost(judged: Judged) -> None:
    if judged.verdict is not Verdict.HARM:
        raise InvalidInput("cost: only of harm")
    if judged.cost is None or not (math.isfinite(judged.cost) and 0 <= judged.cost <= COST_MAX):
        raise InvalidInput(f"cost: dollars, from 0 to {COST_MAX:,.0f}")


def by_decision(cases: Sequence[ReviewCase], said: Collection[Judged]) -> dict[str, list[str]]:
    """Who looked at each decision that was drawn, of a week's cases and what was said of them."""
    looks = (Look.FIRST, Look.SECOND)
    decision_of = {one.case_id: one.facts.decision_id for one in cases if one.look in looks}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in said:
        if one.case_id in decision_of and not one.settles:
            found[decision_of[one.case_id]].append(one.reviewer)
    return dict(found)
