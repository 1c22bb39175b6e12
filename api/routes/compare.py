"""Do two groups of runs behave alike? For programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.access import reach, requires
from api.ports import Parts
from domain import comparison_json
from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.comparison import FILTER_CHARS_MAX, FILTERS_MAX, Verdict, attributes
from domain.drift import ChannelKind

Expression = Annotated[
    str,
    Query(
        max_length=FILTERS_MAX * FILTER_CHARS_MAX,
        description="Attributes that its runs have: KEY=VALUE, joined by commas.",
    ),
]


class DifferenceOut(BaseModel):
    """One channel; before, after and the shift in its natural unit, its interval perhaps open."""

    channel: str
    family: str
    kind: ChannelKind
    before: float
    after: float
    shift: float = Field(description="Of a ratio after / before; else after - before.")
    low: float | None
    high: float | None
    sds: float = Field(description="The shift in standard deviations between runs.")
    practical: bool = Field(description="The whole interval is beyond what counts as no change.")
    equivalent: bool = Field(description="The whole interval counts as no change.")
    e_value: float
    named: bool = Field(description="By e-BH: at most a tenth of those named do not differ.")


class ComparisonOut(BaseModel):
    """Whether two groups of runs behave alike, the channel that differs most first."""

    verdict: Verdict
    reason: str
    miss: float = Field(description="The chance of `drift` where there is none, at most.")
    e_value: float = Field(description="Drift from 1 / miss on.")
    p_value: float = Field(description="The share of random splits that differ as much.")
    baseline: int = Field(description="Runs.")
    candidate: int
    shared: int = Field(description="Runs in both groups; candidates only.")
    cut: str = Field(description="Why these are not all; empty when they are.")
    families: dict[str, float] = Field(description="The e-value of each kind of behaviour.")
    channels: list[DifferenceOut]


def router(parts: Parts) -> APIRouter:
    """/v1/compare: the read scope, of the key's tenant; keys of the default one may name one."""
    routes = APIRouter(prefix="/v1")
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("/compare", response_model=ComparisonOut)
    def compare(
        caller: Annotated[Principal, may_read],
        baseline: Expression,
        candidate: Expression,
        tenant: Annotated[str, Query(max_length=100)] = DEFAULT_TENANT,
    ) -> Any:
        """Two versions, or any two groups of runs."""
        old, new = attributes(baseline), attributes(candidate)
        of = reach(caller) or tenant
        return comparison_json.as_object(parts.comparing.compared(of, old, new))

    return routes
