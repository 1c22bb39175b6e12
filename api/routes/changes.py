"""What was changed (deploys, prompts, models, policies, tools, sources): told, and looked up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import event_bodies
from api.access import requires
from api.event_bodies import EventsRoute, Taken
from api.ports import Parts
from api.routes.chains import Limit, Tenant, seen
from domain import change_events
from domain.access import Principal, Scope
from domain.changes import Wanted
from domain.errors import InvalidInput
from wakeline.conventions import CHANGE_KINDS

LATELY = timedelta(days=30)
SPAN_MAX = timedelta(days=400)
YEAR_MIN, YEAR_MAX = 1972, 2200
Name = Annotated[str, Query(max_length=256)]


class ChangeOut(BaseModel):
    """A change; of a text (prompt, tool_schema) that was seen, version is its hash."""

    model_config = ConfigDict(from_attributes=True)

    tenant: str
    change_id: str
    at: datetime
    kind: str
    what: str
    version: str
    version_prev: str
    agents: list[str] = Field(description="Whom it may move; empty: all.")
    note: str
    by: str
    told: bool = Field(description="Recorded by somebody; else seen as the first use of a version.")


class ChangeList(BaseModel):
    """The latest first."""

    items: list[ChangeOut]


def router(parts: Parts) -> APIRouter:
    """/v1/changes: the ingest scope tells, the read scope looks up, of the key's tenant."""
    routes = APIRouter(prefix="/v1/changes", route_class=EventsRoute)
    may_ingest = requires(parts.authenticator, Scope.INGEST)
    may_read = requires(parts.authenticator, Scope.READ)
    body = event_bodies.described(change_events.FIELDS, ["kind", "what"])

    @routes.post("", response_model=Taken, openapi_extra=body)
    async def take(request: Request, teller: Annotated[Principal, Depends(may_ingest)]) -> Taken:
        """One change, or a list; the same `change_id` sent again takes the place of the first."""
        read = partial(change_events.read, now=datetime.now(UTC))
        checked = await event_bodies.checked(request, read)
        await parts.recorder.record(teller, checked.events)
        return event_bodies.taken(checked)

    @routes.get("", response_model=ChangeList)
    def listed(  # noqa: PLR0913 - each is a parameter of the query
        caller: Annotated[Principal, Depends(may_read)],
        agent: Name = "",
        kind: Name = "",
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        tenant: Tenant = "",
        limit: Limit = 100,
    ) -> Mapping[str, Any]:
        """Told ones; with `agent`, of up to 31 days, also versions that it began to use."""
        if kind and kind not in CHANGE_KINDS:
            raise InvalidInput(f"kind: one of {', '.join(CHANGE_KINDS)}")
        wanted = Wanted(*period(since, until), seen(caller, tenant), agent, kind)
        return {"items": parts.changes.listed(wanted, limit)}

    return routes


def period(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """What is asked for, by default the last 30 days.

    Raises InvalidInput for a time that the engine can not hold, or too much of it.
    """
    end = until or datetime.now(UTC)
    if not YEAR_MIN <= end.year <= YEAR_MAX:
        raise InvalidInput(f"until: it is not between {YEAR_MIN} and {YEAR_MAX}")
    begin = since or end - LATELY
    if not end - SPAN_MAX <= begin < end:
        raise InvalidInput(f"since: it has to be before until, by {SPAN_MAX.days} days at most")
    return begin, end
