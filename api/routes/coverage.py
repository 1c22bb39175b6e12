"""What can analyzers see of each agent, and what is missing?"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.access import requires
from api.ports import Parts
from domain.access import Scope
from domain.coverage import DAYS, DAYS_MAX, Sight


class AttributeShare(BaseModel):
    """How many of `n` things carry an attribute; without `of` it is itself a count."""

    attribute: str
    label: str
    of: str | None
    count: int
    n: int
    share: float | None = Field(description="0 to 1; null for a count, and where n is 0.")


class UnmetNeed(BaseModel):
    """What is, and what it would be needed for."""

    fact: str
    why: str


class SignatureSight(BaseModel):
    """How well a failure signature sees the agent."""

    id: str
    name: str
    sight: Sight
    lacks: list[UnmetNeed] = Field(description="Why not better; empty when it sees all it needs.")
    also: str = Field(description="What has to be declared besides; coverage can not show it.")


class MissingAttribute(BaseModel):
    """An attribute that would mend signatures, those it blinds and those it degrades."""

    attribute: str
    label: str
    blind: list[str]
    degraded: list[str]
    mend: str


class AgentCoverage(BaseModel):
    """One agent; an empty name is all steps that name none."""

    tenant: str
    agent: str
    services: list[str] = Field(description="Up to five of those it ran in.")
    steps: int
    enough_steps: bool = Field(description="Else there are no signatures and no gaps.")
    attributes: list[AttributeShare]
    signatures: list[SignatureSight]
    gaps: list[MissingAttribute] = Field(description="The most useful to mend comes first.")


class UnknownKey(BaseModel):
    """An attribute key that nothing reads; a long one is cut."""

    key: str
    scope: str
    signal: str = Field(description="span or log")
    rows: int = Field(description="Of the newest spans and log records.")


class Coverage(BaseModel):
    """All agents, bounded in number, those with the most steps first."""

    days: int
    since: str | None = Field(
        description="Receipt of the oldest step that is counted: later than `days` where there are"
        " too many; null without any."
    )
    agents_total: int
    agents: list[AgentCoverage]
    unknown_keys: list[UnknownKey]


def router(parts: Parts) -> APIRouter:
    """/v1/coverage asks for the read scope."""
    routes = APIRouter()
    may_read = [Depends(requires(parts.authenticator, Scope.READ))]

    @routes.get("/v1/coverage", dependencies=may_read, response_model=Coverage)
    def coverage(
        days: Annotated[int, Query(ge=1, le=DAYS_MAX)] = DAYS,
        agent: Annotated[str, Query(max_length=200, description="Only this one.")] = "",
    ) -> Mapping[str, Any]:
        """What signatures can see of each agent, what is missing, and which keys nothing reads."""
        return parts.status.coverage(days, agent)

    return routes
