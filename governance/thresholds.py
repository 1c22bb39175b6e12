"""The limits of an agent through time: who may change them, how, and what they were.

Pure: a state and a command give the next state and the changes to record. Tightening always goes
through, frozen or not. Loosening waits for a person who holds the scope `govern` and did not
propose it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.access import Principal, Scope
from domain.audit_trail import Change, JsonValue
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from domain.proposals import Automaton, Proposal, ProposalState, Version
from domain.thresholds import Threshold
from governance.canonical import plain
from governance.loosening import effective, key_of, loosened_actions

PROPOSAL_LIFE = timedelta(days=14)
ACTIONS_MAX = 1000
WHY_CHARACTERS_MAX = 1000
By = Principal | Automaton


@dataclass(frozen=True, slots=True)
class Governed:
    """All versions and proposals of one agent; the last version is in force.

    frozen_by: who froze it, empty when it is not frozen.
    """

    tenant: str
    agent: str
    versions: tuple[Version, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    frozen_by: str = ""

    @property
    def number(self) -> int:
        """Of the version in force; 0 before the first."""
        return self.versions[-1].number if self.versions else 0

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """In force; none before the first version, so all escalates."""
        return self.versions[-1].thresholds if self.versions else ()

    def proposal(self, proposal_id: str) -> Proposal:
        """Raises NotFound."""
        for one in self.proposals:
            if one.proposal_id == proposal_id:
                return one
        raise NotFound(f"no proposal has the id '{proposal_id}'")

    def version(self, number: int) -> Version:
        """Raises NotFound."""
        for one in self.versions:
            if one.number == number:
                return one
        raise NotFound(f"{self.agent} has no version {number}; the newest is {self.number}")


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants something done, when and why."""

    by: By
    at: datetime
    why: str


Done = tuple[Governed, Change]


def propose(
    state: Governed,
    order: Order,
    proposal_id: str,
    thresholds: Sequence[Threshold],
    shown: JsonValue = None,
) -> Done:
    """Limits that allow more, to be approved by another person. Raises Conflict while frozen."""
    who = _allowed(state, order)
    _unfrozen(state)
    _check(thresholds)
    if any(one.proposal_id == proposal_id for one in state.proposals):
        raise Conflict(f"there is a proposal '{proposal_id}' already")
    made = Proposal(
        proposal_id=proposal_id,
        thresholds=tuple(thresholds),
        base=state.number,
        proposed_by=who,
        proposed_at=order.at,
        expires_at=order.at + PROPOSAL_LIFE,
        why=order.why,
        shown=shown,
    )
    after = replace(state, proposals=(*state.proposals, made))
    return after, _change(state, order, "proposal.made", None, made)


def approve(state: Governed, order: Order, proposal_id: str) -> Done:
    """Put a proposal in force. Raises PermissionDenied to its proposer, and to anything automatic;
    Conflict when it is decided, expired, overtaken by another version, or all is frozen."""
    who = _person(state, order)
    _unfrozen(state)
    wanted = _open(state, proposal_id)
    if wanted.proposed_by == who:
        raise PermissionDenied("whoever proposed it can not approve it; ask a second person")
    if order.at >= wanted.expires_at:
        raise Conflict(f"the proposal expired at {wanted.expires_at.isoformat()}")
    _not_overtaken(state, wanted)
    settled = _settled(state, wanted, ProposalState.APPROVED, order)
    after = _next(settled, order, wanted.thresholds, wanted.proposed_by, who)
    return after, _change(state, order, "thresholds.approved", state.thresholds, after.thresholds)


def decline(state: Governed, order: Order, proposal_id: str) -> Done:
    """Reject a proposal, or withdraw one's own."""
    who = _person(state, order)
    wanted = _open(state, proposal_id)
    own = wanted.proposed_by == who
    end = ProposalState.WITHDRAWN if own else ProposalState.REJECTED
    return _settled(state, wanted, end, order), _change(
        state, order, f"proposal.{end}", wanted.state, end
    )


def tighten(state: Governed, order: Order, thresholds: Sequence[Threshold]) -> Done:
    """Limits that allow nothing more, at once. Raises InvalidInput, naming what they loosen."""
    who = _allowed(state, order)
    _check(thresholds)
    looser = loosened_actions(state.thresholds, _merged(state, thresholds))
    if looser:
        raise InvalidInput(f"this allows more of {', '.join(looser)}; propose it instead")
    after = _next(state, order, thresholds, who, "")
    return after, _change(state, order, "thresholds.tightened", state.thresholds, after.thresholds)


def roll_back(
    state: Governed, order: Order, number: int, proposal_id: str
) -> tuple[Governed, tuple[Change, ...]]:
    """Back to an older version in one call: what is stricter there holds at once, under a new
    number; what is looser there becomes a proposal, or is left out while frozen.
    """
    who = _person(state, order)
    wanted = state.version(number).thresholds
    looser = set(loosened_actions(state.thresholds, wanted))
    strict = [one for one in wanted if one.action not in looser]
    kept = [one for one in state.thresholds if one.action in looser]
    whole = tuple(sorted((*strict, *kept), key=key_of))
    after = replace(state, versions=(*state.versions, _version(state, order, whole, who, "")))
    done = [_change(state, order, "thresholds.rolled_back", state.thresholds, whole)]
    open_to = [one for one in wanted if one.action in looser]
    if open_to and not state.frozen_by:
        after, change = propose(after, order, proposal_id, open_to)
        done.append(change)
    return after, tuple(done)


def freeze(state: Governed, order: Order) -> Done:
    """Nothing can be loosened until it is thawed."""
    who = _allowed(state, order)
    if state.frozen_by:
        raise Conflict(f"{state.agent} is frozen already, by {state.frozen_by}")
    after = replace(state, frozen_by=who)
    return after, _change(state, order, "thresholds.frozen", False, True)


def thaw(state: Governed, order: Order) -> Done:
    """By a person, never by a rule."""
    _person(state, order)
    if not state.frozen_by:
        raise Conflict(f"{state.agent} is not frozen")
    after = replace(state, frozen_by="")
    return after, _change(state, order, "thresholds.thawed", True, False)


def _allowed(state: Governed, order: Order) -> str:
    """Who it is: a part of ours, or a person with the scope."""
    if not order.why.strip() or len(order.why) > WHY_CHARACTERS_MAX:
        raise InvalidInput(f"why: 1 to {WHY_CHARACTERS_MAX} characters")
    if isinstance(order.by, Automaton):
        return order.by.who
    order.by.require(Scope.GOVERN)
    if order.by.tenant != state.tenant:
        raise NotFound(f"this tenant has no agent '{state.agent}'")
    if not order.by.key_id:
        raise PermissionDenied("a change needs a name: send an API key, or sign in")
    return order.by.key_id


def _person(state: Governed, order: Order) -> str:
    if isinstance(order.by, Automaton):
        raise PermissionDenied(f"only a person may do this, not {order.by.who}")
    return _allowed(state, order)


def _unfrozen(state: Governed) -> None:
    if state.frozen_by:
        raise Conflict(f"{state.agent} is frozen by {state.frozen_by}; thaw it first")


def _check(thresholds: Sequence[Threshold]) -> None:
    if not 0 < len(thresholds) <= ACTIONS_MAX:
        raise InvalidInput(f"thresholds: 1 to {ACTIONS_MAX}")
    if len({key_of(one) for one in thresholds}) < len(thresholds):
        raise InvalidInput("thresholds: each action and version once")
    for one in thresholds:
        if not one.action:
            raise InvalidInput("action: must not be empty")
        confidence, amount = one.limits.confidence, one.limits.amount
        if confidence is not None and not 0 <= confidence <= 1:
            raise InvalidInput(f"confidence of {one.action}: from 0 to 1, not {confidence}")
        if amount is not None and not 0 <= amount < float("inf"):
            raise InvalidInput(f"amount of {one.action}: 0 dollars or more, not {amount}")


def _open(state: Governed, proposal_id: str) -> Proposal:
    wanted = state.proposal(proposal_id)
    if wanted.state is not ProposalState.OPEN:
        raise Conflict(f"the proposal was {wanted.state} by {wanted.decided_by}")
    return wanted


def _not_overtaken(state: Governed, wanted: Proposal) -> None:
    base = state.version(wanted.base).thresholds if wanted.base else ()
    for one in wanted.thresholds:
        if effective(base, *key_of(one)) != effective(state.thresholds, *key_of(one)):
            raise Conflict(
                f"the limits of {one.action} changed since version {wanted.base}; propose anew"
            )


def _settled(state: Governed, wanted: Proposal, end: ProposalState, order: Order) -> Governed:
    decided = replace(wanted, state=end, decided_by=_allowed(state, order), decided_at=order.at)
    others = [decided if one is wanted else one for one in state.proposals]
    return replace(state, proposals=tuple(others))


def _merged(state: Governed, thresholds: Sequence[Threshold]) -> tuple[Threshold, ...]:
    merged = {key_of(one): one for one in (*state.thresholds, *thresholds)}
    return tuple(merged[key] for key in sorted(merged))


def _next(
    state: Governed, order: Order, thresholds: Sequence[Threshold], by: str, approved_by: str
) -> Governed:
    made = _version(state, order, _merged(state, thresholds), by, approved_by)
    return replace(state, versions=(*state.versions, made))


def _version(
    state: Governed, order: Order, whole: tuple[Threshold, ...], by: str, approved_by: str
) -> Version:
    return Version(state.number + 1, whole, order.at, by, approved_by, order.why)


def _change(state: Governed, order: Order, action: str, before: object, after: object) -> Change:
    return Change(
        tenant=state.tenant,
        at=order.at,
        who=_allowed(state, order),
        action=action,
        subject=state.agent,
        before=plain(before),
        after=plain(after),
        why=order.why,
    )
