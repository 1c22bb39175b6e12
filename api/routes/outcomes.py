"""What became of what agents did, told over HTTP: an answer means that it is on disk."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api import event_bodies
from api.access import requires
from api.event_bodies import EventsRoute, Taken
from api.ports import Parts
from domain import outcomes
from domain.access import Principal, Scope


def router(parts: Parts) -> APIRouter:
    """/v1/outcomes: the ingest scope tells, for the tenant of the key."""
    routes = APIRouter(prefix="/v1/outcomes", route_class=EventsRoute)
    may_ingest = requires(parts.authenticator, Scope.INGEST)
    body = event_bodies.described(outcomes.FIELDS, ["type"])

    @routes.post("", response_model=Taken, openapi_extra=body)
    async def take(request: Request, teller: Annotated[Principal, Depends(may_ingest)]) -> Taken:
        """One outcome, or a list; the same `outcome_id` sent again takes the place of the first."""
        read = partial(outcomes.read, now=datetime.now(UTC))
        checked = await event_bodies.checked(request, read)
        await parts.recorder.record(teller, checked.events)
        return event_bodies.taken(checked)

    return routes
