"""Proposals of looser limits: made by one, approved or rejected by another."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from api.routes.thresholds import NAME_MAX, Limit, Settled, Wanted
from domain.access import Principal, Scope


def router(parts: Parts) -> APIRouter:
    """/v1/proposals: the read scope sees them, the govern scope makes and settles them."""
    routes = APIRouter(prefix="/v1/proposals", route_class=BoundedRoute)
    may_read = Depends(requires(parts.authenticator, Scope.READ))
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.get("")
    def listed(
        caller: Annotated[Principal, may_read],
        agent: Annotated[str, Query(max_length=NAME_MAX)] = "",
        limit: Limit = 100,
    ) -> list[Said]:
        """Of an agent in all states, or of all agents those that are open, the newest first."""
        return parts.governing.thresholds.proposals(caller.tenant, agent, limit)

    @routes.post("", status_code=201, openapi_extra=bodies.described(Wanted))
    def propose(
        caller: Annotated[Principal, may_govern],
        new: Annotated[Wanted, Depends(bodies.after_access(Wanted))],
    ) -> Said:
        """The proposal, which another person has to approve."""
        wanted = [one.said() for one in new.thresholds]
        return parts.governing.thresholds.propose(caller, new.agent, wanted, new.why)

    @routes.post("/{proposal_id}/approve", openapi_extra=bodies.described(Settled))
    def approve(
        proposal_id: str,
        caller: Annotated[Principal, may_govern],
        new: Annotated[Settled, Depends(bodies.after_access(Settled))],
    ) -> Said:
        """Puts it in force; not for whoever proposed it."""
        held = parts.governing.thresholds
        return held.settle(caller, new.agent, proposal_id, "approve", new.why)

    @routes.post("/{proposal_id}/reject", openapi_extra=bodies.described(Settled))
    def reject(
        proposal_id: str,
        caller: Annotated[Principal, may_govern],
        new: Annotated[Settled, Depends(bodies.after_access(Settled))],
    ) -> Said:
        """Rejects it, or withdraws one's own."""
        held = parts.governing.thresholds
        return held.settle(caller, new.agent, proposal_id, "reject", new.why)

    return routes
