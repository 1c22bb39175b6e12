"""What was found, for programs: a list with a cursor, one finding whole, the signatures."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import finding_filters
from api.access import reach, requires
from api.finding_filters import CURSOR_BYTES_MAX, LIMIT_MAX, Filters
from api.ports import Parts
from domain.access import Principal, Scope


class EvidenceSpan(BaseModel):
    """A span that shows it; role: cause, violation, effect, expected_but_missing or outcome."""

    trace_id: str
    span_id: str
    role: str


class FindingOut(BaseModel):
    """A finding; times in ISO 8601, confidence 0 to 1."""

    model_config = ConfigDict(extra="ignore")

    finding_id: str
    signature: str
    signature_version: int
    severity: str
    confidence: float
    state: str
    verdict: str = Field(description="confirm, dismiss, or empty.")
    reason: str
    tenant: str
    agents: list[str]
    case_id: str
    lane: str
    first_at: str
    last_at: str
    found_at: str
    trace_ids: list[str]
    evidence: list[EvidenceSpan]
    facts: dict[str, Any] = Field(description="Every number and name of the sentence.")
    tags: list[str]
    origin: str
    degraded: bool
    shadow: bool
    retracted: bool


class FindingDetail(FindingOut):
    """history: what people did, the latest first; steps: the evidence and what is beside it."""

    signature_name: str
    verdicts: dict[str, int] = Field(description="On its signature in its tenant.")
    history: list[dict[str, Any]]
    steps: list[dict[str, Any]]


class FindingList(BaseModel):
    """next_cursor is null at the end."""

    items: list[FindingOut]
    next_cursor: str | None


class SignatureOut(BaseModel):
    """prior: how often it is right before anybody judged; findings: of 30 days, by state."""

    signature: str
    version: int
    name: str
    severity: str
    prior: float
    tags: list[str]
    lane: str
    mode: str
    findings: dict[str, int]
    confirmed: int
    dismissed: int


def router(parts: Parts) -> APIRouter:
    """/v1/findings and /v1/signatures: the read scope, of the key's tenant alone."""
    routes = APIRouter(prefix="/v1")
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("/findings", response_model=FindingList)
    def listed(
        caller: Annotated[Principal, may_read],
        filters: Annotated[Filters, Depends()],
        cursor: Annotated[str, Query(max_length=CURSOR_BYTES_MAX)] = "",
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 100,
    ) -> Mapping[str, Any]:
        """The latest begun first; one that changes meanwhile keeps its place."""
        place = finding_filters.place(cursor)
        found = list(parts.finding_reader.listed(filters.asked(reach(caller)), limit + 1, place))
        items = found[:limit]
        more = len(found) > limit
        return {
            "items": items,
            "next_cursor": finding_filters.cursor(dict(items[-1])) if more else None,
        }

    @routes.get("/findings/{finding_id}", response_model=FindingDetail)
    def one(finding_id: str, caller: Annotated[Principal, may_read]) -> Mapping[str, Any]:
        """With its history and steps; also one that was taken back."""
        return parts.finding_reader.detail(reach(caller), finding_id)

    @routes.get("/signatures", response_model=list[SignatureOut])
    def signatures(caller: Annotated[Principal, may_read]) -> Any:
        """All of the catalogue, then the rules that were mined."""
        return parts.finding_reader.signatures(reach(caller))

    return routes
