"""Request bodies of the API are small; a larger one is refused before it fills the memory."""

from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

BYTES_MAX = 64 * 1024

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class BoundedRoute(APIRoute):
    """A route whose body is at most BYTES_MAX, however it is sent.

    FastAPI's own max_body_size answers as plain text where the length is declared.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await inner(Request(request.scope, _bounded(request.receive)))

        return handle


def _bounded(receive: Receive) -> Receive:
    received = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > BYTES_MAX:
            raise HTTPException(413, f"the body is over {BYTES_MAX} bytes")
        return message

    return bounded
