"""The most frequent request of all, answered before the routes: are my limits still the same?

Agents ask it with the tag of what they have, and nearly always the answer is 304. Whatever is not
exactly that goes on to the routes, which answer the same, with a reason where it is refused.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from api.access import actor
from api.ports import Parts
from api.routes.threshold_pulls import (
    CACHING,
    CLIENT_CHARACTERS_MAX,
    CLIENT_HEADER,
    NAME_CHARACTERS_MAX,
)
from domain.access import Scope as Right
from domain.access import key_from_headers
from domain.errors import WakelineError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/v1/thresholds/"


class Unchanged:
    """In front of the application."""

    def __init__(self, app: App, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tag = self._same(scope) if _asks(scope) else b""
        if not tag:
            await self._app(scope, receive, send)
            return
        headers = [(b"etag", tag), (b"cache-control", CACHING.encode())]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _same(self, scope: Scope) -> bytes:
        """The tag that the caller has, if it may ask and has the newest document; else empty."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        tag, agent = headers.get(b"if-none-match", b""), scope["path"][len(PREFIX) :]
        if not tag or not 0 < len(agent) <= NAME_CHARACTERS_MAX:
            return b""
        said = {name: headers[name].decode("latin-1") for name in NAMES if name in headers}
        key = key_from_headers(said.get(b"authorization"), said.get(b"x-api-key"))
        documents = self._parts.governing.documents
        try:
            caller = self._parts.authenticator.authenticate(key)
            caller.require(Right.INGEST, Right.READ)
            issued = documents.issued(caller.tenant, agent)
        except WakelineError:
            return b""
        if issued.etag.encode() != tag:
            return b""
        client = said.get(CLIENT, "")[:CLIENT_CHARACTERS_MAX] or actor(caller)
        documents.note((caller.tenant, agent, client), issued)
        return tag


CLIENT = CLIENT_HEADER.encode()
NAMES = (b"authorization", b"x-api-key", CLIENT)


def _asks(scope: Scope) -> bool:
    return bool(
        scope["type"] == "http"
        and scope["method"] == "GET"
        and not scope["query_string"]
        and scope["path"].startswith(PREFIX)
    )
