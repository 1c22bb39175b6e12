"""What people and systems did to data, told over HTTP: OpenLineage runs and audit trails."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import event_bodies
from api.access import requires
from api.event_bodies import EventsRoute, Taken
from api.ports import Parts
from domain import audit_events, lineage_events
from domain.access import Principal, Scope
from domain.errors import InvalidInput

TYPES_MAX = 256


def router(parts: Parts) -> APIRouter:
    """/v1/lineage, /v1/audit: the ingest scope tells, for the tenant of the key."""
    routes = APIRouter(prefix="/v1", route_class=EventsRoute)
    may_ingest = requires(parts.authenticator, Scope.INGEST)
    runs = event_bodies.described(lineage_events.FIELDS, ["eventTime", "run", "job"])
    audits = event_bodies.described(audit_events.FIELDS, ["entity", "at"])

    @routes.post("/lineage", response_model=Taken, openapi_extra=runs)
    async def take_lineage(
        request: Request, teller: Annotated[Principal, Depends(may_ingest)]
    ) -> Taken:
        """One run event of OpenLineage, or a list."""
        read = partial(lineage_events.read, now=datetime.now(UTC))
        checked = await event_bodies.checked(request, read)
        await parts.recorder.record(teller, checked.events)
        return event_bodies.taken(checked)

    @routes.post("/audit", response_model=Taken, openapi_extra=audits)
    async def take_audit(
        request: Request,
        teller: Annotated[Principal, Depends(may_ingest)],
        entity_type: Annotated[
            list[str] | None, Query(description="TABLE=TYPE, for rows of Debezium.")
        ] = None,
    ) -> Taken:
        """One access or change of a row, or a list."""
        types = _entity_types(entity_type or [])
        read = partial(audit_events.read, now=datetime.now(UTC), entity_types=types)
        checked = await event_bodies.checked(request, read)
        await parts.recorder.record(teller, checked.events)
        return event_bodies.taken(checked)

    return routes


def _entity_types(pairs: Sequence[str]) -> Mapping[str, str]:
    """Raises InvalidInput."""
    types = {}
    for pair in pairs[:TYPES_MAX]:
        table, _, kind = pair.partition("=")
        if not table or not kind.isprintable() or not kind:
            raise InvalidInput("entity_type: TABLE=TYPE is needed, as accounts=account")
        types[table] = kind
    return types
