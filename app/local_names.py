"""A port without keys answers only to names of this machine."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse

from governance.config import is_loopback

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

REFUSAL = {
    "error": "MisdirectedRequest",
    "detail": "without keys this port answers to localhost only; set auth.mode",
}


class OnlyLocalNames:
    """Refuses requests for other hosts.

    Without keys, a web page that lets its own name point to 127.0.0.1 (DNS rebinding) could
    otherwise read and govern through the browser of whoever opens it.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_local(dict(scope["headers"]).get(b"host", b"")):
            await JSONResponse(REFUSAL, 421)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_local(host: bytes) -> bool:
    """Browsers always send a host; what sends none is no browser."""
    if not host:
        return True
    try:
        name = urlsplit(f"//{host.decode('latin-1')}").hostname
    except ValueError:
        return False
    return name is not None and is_loopback(name)
