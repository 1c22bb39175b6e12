"""OTLP over HTTP, protobuf and JSON on one port: an ASGI application without a framework."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from collector import status
from collector.intake import Encoding
from collector.receiver import Call, Kind, Receiver
from domain.access import key_from_headers
from domain.errors import (
    InvalidInput,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    WakelineError,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[bytes, bytes]

PATHS = {"/v1/traces": Kind.TRACES, "/v1/logs": Kind.LOGS, "/v1/metrics": Kind.METRICS}
TRANSPORT = "http"
DISCARD_SECONDS_MAX = 5.0


class MethodNotAllowed(InvalidInput):
    """OTLP paths take POST alone."""


class ReceiveTimeout(InvalidInput):
    """The body did not arrive in time."""


class Disconnected(Exception):
    """The client went away before its request was complete; nobody is left to answer."""


# Status of the errors that only HTTP knows.
HTTP_ONLY = {MethodNotAllowed: 405, ReceiveTimeout: 408, NotFound: 404}


class OtlpHttp:
    """The ASGI application of port 4318."""

    def __init__(self, receiver: Receiver, receive_seconds_max: float) -> None:
        self._receiver = receiver
        self._receive_seconds_max = receive_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: Headers = dict(scope["headers"])
        encoding = _answer_encoding(headers)
        self._receiver.telemetry.requests.labels(TRANSPORT).inc()
        body = _Body(receive, self._receiver, self._receive_seconds_max)
        try:
            kind, encoding = _kind(scope), _encoding(headers)
            response = await self._export(kind, encoding, headers, body)
        except Disconnected:
            self._receiver.telemetry.failed_requests.labels(TRANSPORT, "499").inc()
        except WakelineError as error:
            if b"expect" not in headers:
                await body.discard()
            await self._refuse(send, encoding, error, close=not body.complete)
        else:
            await _respond(send, 200, encoding, response)
        finally:
            body.let_go()

    async def _export(
        self, kind: Kind, encoding: Encoding, headers: Headers, body: "_Body"
    ) -> bytes:
        key = key_from_headers(_text(headers, b"authorization"), _text(headers, b"x-api-key"))
        principal = self._receiver.authenticate(key)
        _check_declared_length(headers, self._receiver.request_bytes_max)
        coding = (_text(headers, b"content-encoding") or "").strip().lower()
        call = Call(kind, encoding, coding, await body.read(), TRANSPORT)
        response = await self._receiver.export(call, principal)
        if response is None:
            return b"{}" if encoding is Encoding.JSON else b""
        return status.encode(response, encoding)

    async def _refuse(
        self, send: Send, encoding: Encoding, error: WakelineError, *, close: bool
    ) -> None:
        code = HTTP_ONLY.get(type(error)) or status.wire_status(error).http_status
        self._receiver.telemetry.failed_requests.labels(TRANSPORT, str(code)).inc()
        extra = [(b"connection", b"close")] if close else []
        if isinstance(error, Unavailable):
            extra.append((b"retry-after", str(max(1, round(error.retry_after_s))).encode()))
        if code == 401:
            extra.append((b"www-authenticate", b"Bearer"))
        if code == 405:
            extra.append((b"allow", b"POST"))
        await _respond(
            send, code, encoding, status.encode(status.rpc_status(error), encoding), extra
        )


class _Body:
    """The request body as it arrives, bounded in size and time, accounted while it is held."""

    def __init__(self, receive: Receive, receiver: Receiver, seconds_max: float) -> None:
        self._receive = receive
        self._receiver = receiver
        self._seconds_max = seconds_max
        self._held = 0
        self.complete = False

    async def read(self) -> bytes:
        """All of it. Raises TooLarge, Unavailable, ReceiveTimeout or Disconnected."""
        parts = []
        try:
            async with asyncio.timeout(self._seconds_max):
                while not self.complete:
                    part = await self._next()
                    self._hold(len(part))
                    parts.append(part)
        except TimeoutError:
            raise ReceiveTimeout("the body did not arrive in time; send again") from None
        return b"".join(parts)

    async def discard(self) -> None:
        """Read on, keeping nothing, so that a client that writes before it reads gets its answer.

        Bounded: after a while, or for a very long body, the connection is just closed.
        """
        discarded = 0
        try:
            async with asyncio.timeout(DISCARD_SECONDS_MAX):
                while not self.complete and discarded <= 2 * self._receiver.request_bytes_max:
                    discarded += len(await self._next())
        except (TimeoutError, Disconnected):
            return

    def let_go(self) -> None:
        """The request is over: its bytes no longer count."""
        self._receiver.let_go(self._held)
        self._held = 0

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        self.complete = not message.get("more_body", False)
        body: bytes = message.get("body", b"")
        return body

    def _hold(self, size: int) -> None:
        if self._held + size > self._receiver.request_bytes_max:
            raise _too_large(self._receiver.request_bytes_max)
        self._receiver.hold(size)
        self._held += size


def _kind(scope: Scope) -> Kind:
    path = scope["path"]
    if path not in PATHS:
        raise NotFound(f"no such path; use {', '.join(PATHS)}")
    if scope["method"] != "POST":
        raise MethodNotAllowed("OTLP paths take POST")
    return PATHS[path]


def _media_type(headers: Headers) -> str:
    """Of Content-Type, without its parameters (charset)."""
    return (_text(headers, b"content-type") or "").partition(";")[0].strip().lower()


def _answer_encoding(headers: Headers) -> Encoding:
    """That of the request; protobuf when it has none of ours."""
    return Encoding.JSON if _media_type(headers) == Encoding.JSON else Encoding.PROTOBUF


def _encoding(headers: Headers) -> Encoding:
    kind = _media_type(headers)
    try:
        return Encoding(kind)
    except ValueError:
        known = " or ".join(Encoding)
        raise UnsupportedMedia(f"Content-Type '{kind[:80]}': use {known}") from None


def _check_declared_length(headers: Headers, bytes_max: int) -> None:
    declared = _text(headers, b"content-length") or "0"
    if not declared.isdecimal():
        raise InvalidInput("Content-Length is no number")
    if int(declared[:20]) > bytes_max:
        raise _too_large(bytes_max)


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"the request is over {bytes_max} bytes; send smaller batches")


def _text(headers: Headers, name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


async def _respond(
    send: Send,
    code: int,
    encoding: Encoding,
    body: bytes,
    extra: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    headers = [
        (b"content-type", encoding.encode()),
        (b"content-length", str(len(body)).encode()),
        *extra,
    ]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
