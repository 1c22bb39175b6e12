"""The limits of an agent as it pulls them: at once, when they change, or as a stream."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.access import actor, requires
from api.governance_ports import Client
from api.ports import Parts
from domain.access import Principal, Scope
from domain.errors import Unavailable
from domain.thresholds import Issued

WAIT_SECONDS_MAX = 60.0
STREAMS_MAX = 800
LOOK_SECONDS = 30.0
PING_SECONDS = 15
RETRY_MS = 1000
SEND_SECONDS_MAX = 20.0
NAME_CHARACTERS_MAX = 256
CLIENT_HEADER = "x-wakeline-client"
CLIENT_CHARACTERS_MAX = 128
CACHING = "private, no-cache"

AgentName = Annotated[str, Path(min_length=1, max_length=NAME_CHARACTERS_MAX)]
Wait = Annotated[
    float, Query(ge=0, le=WAIT_SECONDS_MAX, description="Seconds to wait for a change.")
]


def router(parts: Parts, stopping: Callable[[], bool]) -> APIRouter:
    """/v1/thresholds/{agent} and its stream: the ingest scope, which agents have, or read."""
    routes = APIRouter(prefix="/v1")
    may_pull = Depends(requires(parts.authenticator, Scope.INGEST, Scope.READ))
    streams = _Open()

    @routes.get("/threshold-keys")
    async def public_keys(caller: Annotated[Principal, may_pull]) -> dict[str, str]:
        """The Ed25519 public keys that documents are signed with, in hex by key id."""
        return dict(parts.governing.documents.public_keys)

    @routes.get("/thresholds/{agent:path}", response_class=Response)
    async def pull(
        request: Request,
        agent: AgentName,
        caller: Annotated[Principal, may_pull],
        wait: Wait = 0.0,
    ) -> Response:
        """The signed document; 304 when the one that If-None-Match names is still the one, with
        `wait` only after nothing changed for so long."""
        documents = parts.governing.documents
        known = request.headers.get("if-none-match", "")
        if wait:
            issued = await documents.waited(caller.tenant, agent, known, wait)
        else:
            issued = documents.issued(caller.tenant, agent)
        documents.note(_client(request, caller, agent), issued)
        headers = {"etag": issued.etag, "cache-control": CACHING}
        if known == issued.etag:
            return Response(status_code=304, headers=headers)
        return Response(
            issued.signed.body, media_type="application/json", headers=headers | _signature(issued)
        )

    @routes.get("/threshold-stream/{agent:path}", response_class=EventSourceResponse)
    async def stream(
        request: Request, agent: AgentName, caller: Annotated[Principal, may_pull]
    ) -> EventSourceResponse:
        """Event `document`, now and whenever it changes, its id the tag; data is JSON with `body`,
        `key_id` and `signature`."""
        parts.governing.documents.issued(caller.tenant, agent)  # refuse before anything is sent
        if streams.count >= STREAMS_MAX:
            raise Unavailable(f"{STREAMS_MAX} streams are open; come back later", 5.0)
        events = _documents(parts, _client(request, caller, agent), stopping)
        return EventSourceResponse(
            streams.counted(events), ping=PING_SECONDS, send_timeout=SEND_SECONDS_MAX
        )

    return routes


def _client(request: Request, caller: Principal, agent: str) -> Client:
    name = request.headers.get(CLIENT_HEADER, "")[:CLIENT_CHARACTERS_MAX]
    return caller.tenant, agent, name or actor(caller)


def _signature(issued: Issued) -> dict[str, str]:
    return {
        "x-wakeline-key-id": issued.signed.key_id,
        "x-wakeline-signature": base64.b64encode(issued.signed.signature).decode(),
    }


@lru_cache(maxsize=1000)
def _data(issued: Issued) -> str:
    """Worked out once for all who listen."""
    said = {
        "body": issued.signed.body.decode(),
        "key_id": issued.signed.key_id,
        "signature": base64.b64encode(issued.signed.signature).decode(),
    }
    return json.dumps(said)


def _event(issued: Issued) -> ServerSentEvent:
    tag = issued.etag.strip('"')
    return ServerSentEvent(_data(issued), event="document", id=tag, retry=RETRY_MS)


async def _documents(
    parts: Parts, client: Client, stopping: Callable[[], bool]
) -> AsyncIterator[ServerSentEvent]:
    tenant, agent, _ = client
    documents, known = parts.governing.documents, ""
    while not stopping():
        issued = await documents.waited(tenant, agent, known, LOOK_SECONDS if known else 0)
        if issued.etag != known:
            yield _event(issued)
            known = issued.etag
        documents.note(client, issued)


class _Open:
    """How many streams are open."""

    def __init__(self) -> None:
        self.count = 0

    async def counted(
        self, events: AsyncIterator[ServerSentEvent]
    ) -> AsyncIterator[ServerSentEvent]:
        self.count += 1
        try:
            async for event in events:
                yield event
        finally:
            self.count -= 1
