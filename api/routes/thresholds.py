"""Limits of agents: who stands where, proposals, and changes by people."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from domain.access import Principal, Scope

ROWS_MAX = 1000
NAME_MAX = 256
WHY_MAX = 1000
ACTIONS_MAX = 100
Stage = Literal["shadow", "canary", "half", "full"]
Oversight = Literal["in_control", "in_the_loop", "on_the_loop"]
AgentQuery = Annotated[str, Query(min_length=1, max_length=NAME_MAX)]
Limit = Annotated[int, Query(ge=1, le=ROWS_MAX)]


class WantedThreshold(BaseModel):
    """Limits of one action; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(min_length=1, max_length=NAME_MAX)
    agent_version: str = Field("", max_length=NAME_MAX, description="Empty: any.")
    confidence: float | None = Field(
        None, ge=0, le=1, description="Asked for at least; null: everything escalates."
    )
    amount: float | None = Field(None, ge=0, description="In dollars at most; null: any.")
    stage: Stage | None = Field(None, description="Share that acts alone: 0, 10 %, 50 %, all.")
    oversight: Oversight | None = None
    canary_salt: str | None = Field(None, max_length=NAME_MAX)

    def said(self) -> Said:
        """What was given alone; null is a value of the limits alone."""
        given = self.model_dump(exclude_unset=True)
        limits = ("confidence", "amount")
        return {name: of for name, of in given.items() if of is not None or name in limits}


class Wanted(BaseModel):
    """Limits that somebody wants, and why."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=NAME_MAX)
    thresholds: list[WantedThreshold] = Field(min_length=1, max_length=ACTIONS_MAX)
    why: str = Field(min_length=1, max_length=WHY_MAX)


class Settled(BaseModel):
    """Whose proposal it is, and why it is settled so."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=NAME_MAX)
    why: str = Field(min_length=1, max_length=WHY_MAX)


class Changed(BaseModel):
    """What a person does at once."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=NAME_MAX)
    change: Literal["tighten", "roll_back", "freeze", "thaw"]
    thresholds: list[WantedThreshold] = Field([], max_length=ACTIONS_MAX)
    version: int = Field(0, ge=0, description="With roll_back: to which.")
    why: str = Field(min_length=1, max_length=WHY_MAX)


def router(parts: Parts) -> APIRouter:
    """/v1/thresholds: the read scope; /v1/threshold-changes: the govern scope."""
    routes = APIRouter(prefix="/v1", route_class=BoundedRoute)
    may_read = Depends(requires(parts.authenticator, Scope.READ))
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.get("/thresholds")
    def listed(caller: Annotated[Principal, may_read]) -> list[Said]:
        """Every agent of the key's tenant that has limits or proposals, as it stands."""
        return parts.governing.thresholds.listed(caller.tenant)

    @routes.get("/threshold-history")
    def history(
        caller: Annotated[Principal, may_read], agent: AgentQuery, limit: Limit = 100
    ) -> list[Said]:
        """Versions of an agent's limits, the newest first, with who, when and why."""
        return parts.governing.thresholds.history(caller.tenant, agent, limit)

    @routes.get("/threshold-diff")
    def difference(
        caller: Annotated[Principal, may_read],
        agent: AgentQuery,
        before: Annotated[int, Query(ge=0)],
        after: Annotated[int, Query(ge=0)],
    ) -> list[Said]:
        """What changed from one version to another, field by field; 0 is before the first."""
        return parts.governing.thresholds.difference(caller.tenant, agent, before, after)

    @routes.post("/threshold-changes", openapi_extra=bodies.described(Changed))
    def change(
        caller: Annotated[Principal, may_govern],
        new: Annotated[Changed, Depends(bodies.after_access(Changed))],
    ) -> Said:
        """Tighten, roll back, freeze or thaw, at once."""
        return changed(parts, caller, new)

    return routes


def changed(parts: Parts, caller: Principal, new: Changed) -> Said:
    """Carry out a change that needs no second person."""
    held = parts.governing.thresholds
    if new.change == "tighten":
        wanted: list[Any] = [one.said() for one in new.thresholds]
        return held.tighten(caller, new.agent, wanted, new.why)
    if new.change == "roll_back":
        return held.roll_back(caller, new.agent, new.version, new.why)
    return held.freeze(caller, new.agent, new.why, thaw=new.change == "thaw")
