"""Who and where: which agent and step of one trace a failure came from, for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.access import reach, requires
from api.ports import Parts
from domain.access import Principal, Scope
from domain.attribution import Basis


class SuspectOut(BaseModel):
    """A step that the failure may have come from; shares and score are 0 to 1."""

    model_config = ConfigDict(from_attributes=True)

    agent: str
    span_id: str
    step: int = Field(description="The sender's number, else the place in the run, from 1.")
    score: float = Field(description="By which suspects are ranked.")
    agent_share: float = Field(description="How likely it was this agent, of all agents.")
    step_share: float = Field(description="How likely it was this step, of all steps.")
    reason: str
    finding_ids: list[str]


class AttributionOut(BaseModel):
    """Suspects, the likeliest first, if the run of the trace failed."""

    model_config = ConfigDict(from_attributes=True)

    tenant: str
    trace_id: str
    basis: Basis = Field(description="violations: the first suspect has findings; else structure.")
    confidence: float = Field(description="That it was the first suspect's agent; 0 to 1.")
    suspects: list[SuspectOut]
    steps: int = Field(description="How many were weighed.")
    cut: str = Field(description="Why not all of them were; empty when they were.")


def router(parts: Parts) -> APIRouter:
    """/v1/traces/{trace_id}/attribution: the read scope, of the key's tenant alone."""
    routes = APIRouter(prefix="/v1")
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("/traces/{trace_id}/attribution", response_model=AttributionOut)
    def attribution(trace_id: str, caller: Annotated[Principal, may_read]) -> Any:
        """Up to 50 suspects."""
        return parts.attributing.attribution(reach(caller), trace_id)

    return routes
