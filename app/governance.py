"""Limits of agents: read, proposed, approved, tightened, rolled back and frozen."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app import governance_told as told
from app import moments
from app.governance_documents import Documents
from domain.access import Principal, Scope
from domain.audit_trail import JsonValue
from domain.errors import InvalidInput, NotFound
from domain.thresholds import Basis, Limits, Oversight, Stage, Threshold
from governance import loosening, thresholds
from governance.canonical import plain
from governance.desk import Command, Desk, single
from governance.replay import replay
from governance.thresholds import Governed, Order
from storage.governance import GovernanceChanges
from storage.governance_reviews import Reviews
from storage.store import Store

Said = Mapping[str, Any]
# Thresholds of one proposal whose effect on the last week is shown.
REPLAYS_MAX = 20


class Thresholds:
    """Of one store. A caller acts in the tenant of its key alone."""

    def __init__(
        self, store: Store, documents: Documents, clock: moments.Clock = moments.now
    ) -> None:
        """clock: when changes are made."""
        self._desk = Desk(GovernanceChanges(store))
        self._reviews = Reviews(store)
        self._documents, self._clock = documents, clock

    def listed(self, tenant: str) -> list[Said]:
        """Every agent that has limits or proposals, as it stands."""
        self._documents.refresh()
        return [told.governed(held.governed) for held in self._documents.board.held(tenant)]

    def history(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """The versions of an agent, the newest first. Raises NotFound."""
        versions = self._known(tenant, agent).versions[::-1]
        return [told.version(one) for one in versions[:rows_max]]

    def proposals(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """Of an agent in all states, or of all agents those that are open; the newest first."""
        if not agent:
            found = [one for held in self.listed(tenant) for one in held["proposals"]]
            return sorted(found, key=_proposed_at, reverse=True)[:rows_max]
        state = self._known(tenant, agent)
        return [told.proposal(one, agent) for one in state.proposals[::-1][:rows_max]]

    def difference(self, tenant: str, agent: str, before: int, after: int) -> list[Said]:
        """What changed from one version to another; 0 is before the first. Raises NotFound."""
        state = self._known(tenant, agent)
        old, new = (state.version(one).thresholds if one else () for one in (before, after))
        return told.differences(loosening.changes(old, new))

    def propose(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """Raises Conflict while the agent is frozen, InvalidInput, PermissionDenied."""
        made = secrets.token_hex(6)
        by.require(Scope.GOVERN)
        shown = self._replayed(by.tenant, agent, said)
        after = self._change(by, agent, lambda state, order: single(
            thresholds.propose(state, order, made, _wanted(state, said), shown)
        ), why)  # fmt: skip
        return told.proposal(after.proposal(made), agent)

    def settle(self, by: Principal, agent: str, proposal_id: str, verdict: str, why: str) -> Said:
        """verdict: approve or reject. Raises NotFound, Conflict, PermissionDenied."""
        decide = thresholds.approve if verdict == "approve" else thresholds.decline
        after = self._change(
            by, agent, lambda state, order: single(decide(state, order, proposal_id)), why
        )
        return told.proposal(after.proposal(proposal_id), agent)

    def tighten(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """At once. Raises InvalidInput where it would allow more."""
        return told.governed(self._change(by, agent, lambda state, order: single(
            thresholds.tighten(state, order, _wanted(state, said))
        ), why))  # fmt: skip

    def roll_back(self, by: Principal, agent: str, version: int, why: str) -> Said:
        """To an older version: what is stricter there at once, the rest as a proposal."""
        made = secrets.token_hex(6)
        return told.governed(self._change(
            by, agent, lambda state, order: thresholds.roll_back(state, order, version, made), why
        ))  # fmt: skip

    def freeze(self, by: Principal, agent: str, why: str, *, thaw: bool = False) -> Said:
        """Nothing can be loosened until it is thawed. Raises Conflict where it is so already."""
        act = thresholds.thaw if thaw else thresholds.freeze
        return told.governed(
            self._change(by, agent, lambda state, order: single(act(state, order)), why)
        )

    def _change(
        self, by: Principal, agent: str, command: Callable[[Governed, Order], Any], why: str
    ) -> Governed:
        order = Order(by, self._clock(), why)
        carried_out: Command = lambda state: command(state, order)  # noqa: E731
        try:
            return self._desk.change(by.tenant, agent, carried_out)
        finally:
            self._documents.refresh()

    def _replayed(self, tenant: str, agent: str, said: Sequence[Said]) -> JsonValue:
        """What the decisions of the last seven days would be under the limits that are wanted."""
        state, now = self._desk.governed(tenant, agent), self._clock()
        replays: list[JsonValue] = []
        for wanted in _wanted(state, said[:REPLAYS_MAX]):
            before = loosening.effective(state.thresholds, wanted.action, wanted.agent_version)
            lately = self._reviews.lately(tenant, agent, wanted.action, now)
            found = plain(replay(lately, before.limits, wanted.limits))
            assert isinstance(found, dict)
            replays.append(
                {"action": wanted.action, "agent_version": wanted.agent_version, **found}
            )
        return {"replays": replays}

    def _known(self, tenant: str, agent: str) -> Governed:
        state = self._desk.governed(tenant, agent)
        if not state.versions and not state.proposals:
            raise NotFound(f"nothing is said of the limits of '{agent}'")
        return state


def _wanted(state: Governed, said: Sequence[Said]) -> list[Threshold]:
    return [_threshold(state, one) for one in said]


def _threshold(state: Governed, said: Said) -> Threshold:
    """The limits in force with what is said anew; what a person sets rests on no evidence."""
    action, agent_version = said["action"], said.get("agent_version", "")
    held = loosening.effective(state.thresholds, action, agent_version)
    limits = Limits(
        said.get("confidence", held.limits.confidence), said.get("amount", held.limits.amount)
    )
    try:
        stage = Stage[said["stage"].upper()] if "stage" in said else held.stage
        oversight = Oversight(said.get("oversight", held.oversight))
    except (KeyError, ValueError) as error:
        raise InvalidInput(f"stage or oversight of {action}: there is no {error}") from error
    return replace(
        held,
        agent_version=agent_version,
        limits=limits,
        stage=stage,
        oversight=oversight,
        canary_salt=said.get("canary_salt") or held.canary_salt or f"{state.agent}/{action}",
        basis=held.basis if limits == held.limits else Basis(),
    )


def _proposed_at(one: Said) -> str:
    return str(one["proposed_at"])
