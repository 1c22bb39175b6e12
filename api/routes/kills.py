"""Kill switches: what stops agents, what it would stop, and who has heard of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from api.routes.thresholds import NAME_MAX, WHY_MAX, Limit
from domain.access import Principal, Scope

MINUTES_MAX = 366 * 24 * 60


class WantedReach(BaseModel):
    """What a switch would be for."""

    model_config = ConfigDict(extra="forbid")

    scope: Literal["global", "tenant", "agent", "capability"]
    tenant: str = Field("", max_length=200, description="Empty: the key's.")
    agent: str = Field(
        "", max_length=NAME_MAX, description="With agent, or to narrow a capability."
    )
    capability: str = Field("", max_length=NAME_MAX, description="Name of a tool.")

    def said(self) -> dict[str, Any]:
        """What was given alone."""
        return self.model_dump(exclude_unset=True)


class WantedKill(WantedReach):
    """An order to stop."""

    reason: str = Field(min_length=1, max_length=WHY_MAX)
    minutes: float | None = Field(
        None, gt=0, le=MINUTES_MAX, description="Ends by itself then; null: only by a person."
    )
    recovery: Literal["staged", "at_once"] = Field(
        "staged", description="staged: a tenth, after 15 min half, after 1 h all."
    )
    drill: bool = Field(False, description="Stops nothing, and measures how fast agents hear.")


class WantedRelease(BaseModel):
    """Why a stop ends."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=1, max_length=WHY_MAX)


def router(parts: Parts) -> APIRouter:
    """/v1/kills: the read scope sees them, the govern scope orders and releases."""
    routes = APIRouter(prefix="/v1", route_class=BoundedRoute)
    may_read = Depends(requires(parts.authenticator, Scope.READ))
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.get("/kills")
    def listed(caller: Annotated[Principal, may_read], limit: Limit = 100) -> list[Said]:
        """Of the key's tenant and of all tenants, the newest first, as they are now."""
        return parts.governing.kills.listed(caller.tenant, limit)

    @routes.post("/kills", status_code=201, openapi_extra=bodies.described(WantedKill))
    def order(
        caller: Annotated[Principal, may_govern],
        new: Annotated[WantedKill, Depends(bodies.after_access(WantedKill))],
    ) -> Said:
        """Stops agents at once: it is in every document, and pushed to who listens."""
        return parts.governing.kills.order(caller, new.said())

    @routes.get("/kills/{switch_id}")
    def detail(switch_id: str, caller: Annotated[Principal, may_read]) -> Said:
        """With who has heard of it, who has not, and what they did since."""
        return parts.governing.kills.detail(caller.tenant, switch_id)

    @routes.post("/kills/{switch_id}/release", openapi_extra=bodies.described(WantedRelease))
    def release(
        switch_id: str,
        caller: Annotated[Principal, may_govern],
        new: Annotated[WantedRelease, Depends(bodies.after_access(WantedRelease))],
    ) -> Said:
        """Ends a stop; what it says of recovery begins."""
        return parts.governing.kills.release(caller, switch_id, new.why)

    @routes.post("/kill-reach", openapi_extra=bodies.described(WantedReach))
    def reach(
        caller: Annotated[Principal, may_read],
        new: Annotated[WantedReach, Depends(bodies.after_access(WantedReach))],
    ) -> Said:
        """What a switch would stop, by what agents did in the last day; it orders nothing."""
        return parts.governing.kills.reach(caller, new.said())

    return routes
