"""Findings as they come: Server-Sent Events (HTML Living Standard, section 9.2)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent

from api.access import reach, requires
from api.finding_filters import Filters
from api.ports import FindingReader, Parts
from domain.access import Principal, Scope
from domain.asked import EVER, Asked, Heard
from domain.errors import InvalidInput, Unavailable

# Each looks for itself, which takes about 0.1 s of the engine where 100,000 findings are kept.
STREAMS_MAX = 8
LOOK_SECONDS = 2.0
PING_SECONDS = 15
RETRY_MS = 2000
# A client that takes nothing for so long is cut off, and can come back with its last id.
SEND_SECONDS_MAX = 20.0
AT_ONCE = 200
ID_CHARACTERS_MAX = 128
DIGITS_MAX = 19


def heard(last_event_id: str | None) -> Heard:
    """Where a client left off; now for a new one. Raises InvalidInput."""
    if not last_event_id:
        return Heard(time.time_ns())
    changed_ns, _, finding_id = last_event_id.partition(".")
    if not changed_ns.isascii() or not changed_ns.isdigit() or len(changed_ns) > DIGITS_MAX:
        raise InvalidInput("last-event-id: this is none of this stream")
    return Heard(min(int(changed_ns), 2**63 - 1), finding_id)


def router(parts: Parts, stopping: Callable[[], bool]) -> APIRouter:
    """/v1/findings/stream: the read scope."""
    routes = APIRouter(prefix="/v1")
    streams = asyncio.Semaphore(STREAMS_MAX)
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("/findings/stream", response_class=EventSourceResponse)
    async def stream(
        caller: Annotated[Principal, may_read],
        filters: Annotated[Filters, Depends()],
        last_event_id: Annotated[str | None, Header(max_length=ID_CHARACTERS_MAX)] = None,
    ) -> EventSourceResponse:
        """Event `finding`, data a finding as JSON, whenever one is found, said anew, taken back
        or acted on. Reconnect with Last-Event-ID and nothing is missed."""
        asked, after = filters.asked(reach(caller)), heard(last_event_id)
        if streams.locked():
            raise Unavailable(f"{STREAMS_MAX} streams are open; come back later", 5.0)
        return EventSourceResponse(
            _counted(streams, _changes(parts.finding_reader, asked, after, stopping)),
            ping=PING_SECONDS, send_timeout=SEND_SECONDS_MAX,
        )  # fmt: skip

    return routes


async def _counted(
    streams: asyncio.Semaphore, events: AsyncIterator[ServerSentEvent]
) -> AsyncIterator[ServerSentEvent]:
    """Ends at once where others came first since the route looked."""
    if streams.locked():
        return
    async with streams:
        async for event in events:
            yield event


async def _changes(
    reader: FindingReader, asked: Asked, after: Heard, stopping: Callable[[], bool]
) -> AsyncIterator[ServerSentEvent]:
    asked = replace(asked, since=EVER)
    # Without data it is no event, but whoever is cut off before the first one knows where he was.
    yield ServerSentEvent(id=_id(after), retry=RETRY_MS)
    while not stopping():
        try:
            rows = await asyncio.to_thread(reader.changed, asked, after, AT_ONCE)
        except Unavailable:
            rows = []
        for row in rows:
            after = Heard(row["changed_ns"], row["finding_id"])
            said = {name: value for name, value in row.items() if name != "changed_ns"}
            yield JSONServerSentEvent(said, event="finding", id=_id(after))
        if len(rows) < AT_ONCE:
            await asyncio.sleep(LOOK_SECONDS)


def _id(after: Heard) -> str:
    return f"{after.changed_ns}.{after.finding_id}"
