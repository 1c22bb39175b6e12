"""Causal chains, for programs: whole, as a list, and as the tables of Grafana's node graph."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import reach, requires
from api.ports import ChainReader, Parts
from domain import chain_graph
from domain.access import Principal, Scope
from domain.chains import Chain
from domain.errors import InvalidInput

LIMIT_MAX, NAME_MAX = 500, 512
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Tenant = Annotated[str, Query(max_length=256, description="For keys that see more than one.")]
Fresh = Annotated[bool, Query(description="Build it, also when nothing has come since.")]


class ChainOut(BaseModel):
    """A chain in one line; sentence and score (0 to 1) are those of the likeliest cause."""

    model_config = ConfigDict(extra="ignore")

    tenant: str
    subject: str
    built: datetime
    watermark: datetime = Field(description="Receipt of the newest row that it knows.")
    outcome_type: str
    case_id: str
    agents: list[str]
    systems: list[str]
    top_cause: str
    score: float
    sentence: str
    money_at_risk: dict[str, float] = Field(description="By unit.")
    live_writes: int
    nodes: int
    levels: int
    cut: str = Field(description="Why it is not whole; empty when it is.")


class ChainList(BaseModel):
    """Those with the latest rows first."""

    items: list[ChainOut]


class GraphNode(BaseModel):
    """As Grafana's node graph reads it; arc__cause is the score as a cause, 0 to 1."""

    id: str
    title: str
    subtitle: str
    mainstat: str
    secondarystat: str
    color: str
    arc__cause: float
    arc__other: float
    detail__kind: str
    detail__agent: str
    detail__system: str
    detail__at: datetime
    detail__trace_id: str
    detail__span_id: str


class GraphEdge(BaseModel):
    """As Grafana's node graph reads it, from cause to effect."""

    id: str
    source: str
    target: str
    mainstat: str
    secondarystat: str
    color: str
    thickness: float
    strokeDasharray: str
    detail__reason: str


def router(parts: Parts) -> APIRouter:
    """/v1/chains: the read scope, of the key's tenant alone."""
    routes = APIRouter(prefix="/v1/chains")
    may_read = Depends(requires(parts.authenticator, Scope.READ))
    Caller = Annotated[Principal, may_read]

    @routes.get("", response_model=ChainList)
    def listed(caller: Caller, tenant: Tenant = "", limit: Limit = 50) -> Mapping[str, Any]:
        """Of bad outcomes, those with the latest rows first."""
        return {"items": parts.chains.listed(seen(caller, tenant), limit)}

    @routes.get("/{name:path}/nodes", response_model=list[GraphNode])
    def nodes(name: str, caller: Caller, tenant: Tenant = "") -> Sequence[Mapping[str, Any]]:
        """Its nodes, for Grafana."""
        return chain_graph.nodes(found(parts.chains, caller, name, tenant))

    @routes.get("/{name:path}/edges", response_model=list[GraphEdge])
    def edges(name: str, caller: Caller, tenant: Tenant = "") -> Sequence[Mapping[str, Any]]:
        """Its edges, for Grafana."""
        return chain_graph.edges(found(parts.chains, caller, name, tenant))

    @routes.get("/{name:path}", response_model=Chain)
    def one(name: str, caller: Caller, tenant: Tenant = "", fresh: Fresh = False) -> Chain:
        """Of an outcome, a finding, or a span as TRACE/SPAN."""
        return found(parts.chains, caller, name, tenant, fresh=fresh)

    return routes


def seen(caller: Principal, tenant: str) -> str:
    """The tenant to look in, empty for all. Raises InvalidInput for one that is not the key's."""
    limit = reach(caller)
    if limit and tenant not in ("", limit):
        raise InvalidInput(f"tenant: this key sees '{limit}' alone")
    return limit or tenant


def found(
    chains: ChainReader, caller: Principal, name: str, tenant: str, *, fresh: bool = False
) -> Chain:
    """The chain, within the caller's reach. Raises InvalidInput, NotFound, Unavailable."""
    if not 0 < len(name) <= NAME_MAX or "\0" in name:
        raise InvalidInput(
            f"name: an outcome, a finding or TRACE/SPAN, up to {NAME_MAX} characters"
        )
    return chains.chain(seen(caller, tenant), name, fresh=fresh)
