"""How far agents act by themselves, and tuning of their limits on demand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from api.routes.thresholds import NAME_MAX, Limit
from domain.access import Principal, Scope


def router(parts: Parts) -> APIRouter:
    """/v1/autonomy: the read scope; /v1/tune: the govern scope."""
    routes = APIRouter(prefix="/v1", route_class=BoundedRoute)
    may_read = Depends(requires(parts.authenticator, Scope.READ))
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.get("/autonomy")
    def standing(
        caller: Annotated[Principal, may_read],
        agent: Annotated[str, Query(max_length=NAME_MAX)] = "",
        limit: Limit = 100,
    ) -> list[Said]:
        """Each action: stage, oversight, evidence, and what holds the next stage back."""
        return parts.governing.autonomy.standing(caller.tenant, agent, limit)

    @routes.post("/tune")
    def tune(caller: Annotated[Principal, may_govern]) -> list[Said]:
        """Looks now: what has to be stricter is so at once, what may be looser is proposed."""
        return parts.governing.autonomy.tune(caller)

    return routes
