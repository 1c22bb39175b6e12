"""OTLP over HTTP, protobuf and JSON on one port: an ASGI application without a framework."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from collector import compression, status
from collector.compression import Coding, SizeLimit
from collector.intake import Encoding
from collector.receiver import Call, Disconnected, Kind, Receiver, surprises_are_retryable
from collector.status import MethodNotAllowed
from domain.access import Principal, key_from_headers
from domain.errors import NotFound, Unavailable, UnsupportedMedia, WakelineError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[bytes, bytes]

PATHS = {"/v1/traces": Kind.TRACES, "/v1/logs": Kind.LOGS, "/v1/metrics": Kind.METRICS}
TRANSPORT = "http"
LATE_RETRY_AFTER_S = 1.0
# What RFC 9110 wants beside a status.
STATUS_HEADERS = {
    401: [(b"www-authenticate", b"Bearer")],
    405: [(b"allow", b"POST")],
    415: [(b"accept-encoding", ", ".join(Coding).encode())],
}


class OtlpHttp:
    """The ASGI application of port 4318."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        encoding = _answer_encoding(headers)
        self._receiver.telemetry.requests.labels(TRANSPORT).inc()
        body = _Body(receive, self._receiver, encoding)
        try:
            with surprises_are_retryable():
                response = await self._export(scope, headers, body)
        except Disconnected:
            self._receiver.telemetry.failed_requests.labels(TRANSPORT, "499").inc()
        except WakelineError as error:
            # A client that waits for 100 Continue has sent nothing yet.
            if b"expect" not in headers:
                await body.discard()
            await self._refuse(send, encoding, error, close=not body.complete)
        else:
            await _respond(send, 200, encoding, response)
        finally:
            body.let_go()

    async def _export(self, scope: Scope, headers: Headers, body: "_Body") -> bytes:
        """Everything that the head tells is checked before the body is read."""
        kind, encoding = _kind(scope), _encoding(headers)
        coding = compression.coding(_text(headers, b"content-encoding"))
        principal = self._authenticate(headers)
        # The HTTP parser lets only numbers through.
        self._receiver.size_limit(encoding).check(int(headers.get(b"content-length", b"0")))
        call = Call(kind, encoding, coding, await body.read(), TRANSPORT)
        response = await self._receiver.export(call, principal)
        if response is None:
            return b"{}" if encoding is Encoding.JSON else b""
        return status.encode(response, encoding)

    def _authenticate(self, headers: Headers) -> Principal:
        key = key_from_headers(_text(headers, b"authorization"), _text(headers, b"x-api-key"))
        return self._receiver.authenticate(key)

    async def _refuse(
        self, send: Send, encoding: Encoding, error: WakelineError, *, close: bool
    ) -> None:
        code = status.wire_status(error).http_status
        self._receiver.telemetry.failed_requests.labels(TRANSPORT, str(code)).inc()
        extra = [*STATUS_HEADERS.get(code, ())]
        if close:
            extra.append((b"connection", b"close"))
        if isinstance(error, Unavailable):
            extra.append((b"retry-after", str(max(1, round(error.retry_after_s))).encode()))
        body = status.encode(status.rpc_status(error), encoding)
        await _respond(send, code, encoding, body, extra)


class _Body:
    """The request body as it arrives, bounded in size and time, accounted while it is held."""

    def __init__(self, receive: Receive, receiver: Receiver, encoding: Encoding) -> None:
        self._receive = receive
        self._receiver = receiver
        self._limit: SizeLimit = receiver.size_limit(encoding)
        self._deadline = asyncio.get_running_loop().time() + receiver.receive_seconds_max
        self._held = 0
        self.complete = False

    async def read(self) -> bytes:
        """All of it. Raises TooLarge, Disconnected, or Unavailable when it is late."""
        parts = []
        try:
            async with asyncio.timeout_at(self._deadline):
                while not self.complete:
                    part = await self._next()
                    self._hold(len(part))
                    parts.append(part)
        except TimeoutError:
            # Not 408: OTLP clients do not retry that, so they would drop what they hold.
            late = "the body did not arrive in time; send again"
            raise Unavailable(late, LATE_RETRY_AFTER_S) from None
        return b"".join(parts)

    async def discard(self) -> None:
        """Read on, keeping nothing, so that a client that writes before it reads gets its answer.

        Bounded: at the deadline, or for a very long body, the connection is just closed.
        """
        discarded = 0
        try:
            async with asyncio.timeout_at(self._deadline):
                while not self.complete and discarded <= 2 * self._limit.bytes_max:
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
        self.complete = not message["more_body"]
        body: bytes = message["body"]
        return body

    def _hold(self, size: int) -> None:
        self._limit.check(self._held + size)
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
