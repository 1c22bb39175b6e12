"""The ClickHouse-HTTP interface of the embedded engine: any ClickHouse client can read the store.

Read-only as the engine understands it (`readonly = 1`), and closed by `storage.readonly` where an
embedded engine allows more than a server. Requests, answers and errors have the server's form:
https://clickhouse.com/docs/interfaces/http
"""

import binascii
import json
import math
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import uuid4

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from domain.access import Principal, Scope
from domain.errors import (
    InvalidInput,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    Unavailable,
    WakelineError,
)
from storage import http_codec, http_hello
from storage.http_codec import ClickhouseError
from storage.http_engine import ENGINE_VERSION, Answer, EmbeddedEngine, HttpLimits, Query

__all__ = ["HttpLimits", "clickhouse_http_app", "clickhouse_http_routes"]

Authenticate = Callable[[str | None], Principal]

# For the HTTP interface, not for the query. Sessions, roles and progress have no effect here.
TRANSPORT_PARAMETERS = frozenset(
    {"", "query", "database", "default_format", "user", "password", "quota_key", "query_id"}
    | {"session_id", "session_timeout", "session_check", "close_session", "stacktrace", "role"}
    | {"compress", "decompress", "buffer_size", "wait_end_of_query", "client_protocol_version"}
    | {"enable_http_compression", "http_zlib_compression_level", "send_progress_in_http_headers"}
    | {"http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close"}
    | {"http_wait_end_of_query", "http_response_buffer_size", "add_http_cors_header"}
)
PARAMETER_PREFIX = "param_"
ERROR_CODES: dict[type[WakelineError], tuple[int, str]] = {
    Unauthenticated: (http_codec.AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED"),
    PermissionDenied: (http_codec.ACCESS_DENIED, "ACCESS_DENIED"),
    TooLarge: (http_codec.QUERY_IS_TOO_LARGE, "QUERY_IS_TOO_LARGE"),
    InvalidInput: (http_codec.BAD_ARGUMENTS, "BAD_ARGUMENTS"),
    Unavailable: (http_codec.CANNOT_SCHEDULE_TASK, "CANNOT_SCHEDULE_TASK"),
    WakelineError: (http_codec.UNKNOWN_EXCEPTION, "UNKNOWN_EXCEPTION"),
}
READ_BODY_BYTES_MAX = 4 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
QUERY_ID_LENGTH_MAX = 128


def clickhouse_http_app(
    engine_path: str,
    authenticate: Authenticate,
    limits: HttpLimits,
    *,
    writable: bool = False,
) -> Starlette:
    """An application with the paths `/`, `/ping` and `/replicas_status`.

    engine_path:   the directory that this process has open, named as it was opened.
    authenticate:  a key to its Principal; raises Unauthenticated; must not block.
    writable:      for tests only: inserts, DDL and every setting run, nothing is checked.
    """
    endpoint = _QueryEndpoint(
        EmbeddedEngine(engine_path, limits, writable=writable),
        authenticate,
        limits.request_bytes_max
        if writable
        else min(limits.request_bytes_max, READ_BODY_BYTES_MAX),
    )
    return Starlette(
        routes=[
            Route("/", endpoint, methods=["GET", "POST"]),
            Route("/ping", _ok),
            Route("/replicas_status", _ok),
        ]
    )


def clickhouse_http_routes(path: str, app: ASGIApp) -> list[BaseRoute]:
    """Routes for `path`, `path/` and below.

    Clients with a path prefix ask for `/ch?query=…`; a redirect would lose a streamed body.
    """
    return [Route(path, _WithoutSlash(app), include_in_schema=False), Mount(path, app)]


class _WithoutSlash:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": "/", "root_path": ""}, receive, send)


@dataclass(frozen=True, slots=True)
class _Call:
    """A request as it came, for a thread to work on."""

    fields: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class _QueryEndpoint:
    """Authenticate, read, wait for a place, run in a thread, send.

    The place is held until the answer is sent, so slow readers of large answers are bounded too.
    """

    def __init__(
        self, engine: EmbeddedEngine, authenticate: Authenticate, body_bytes_max: int
    ) -> None:
        self._engine = engine
        self._authenticate = authenticate
        self._body_bytes_max = body_bytes_max
        self._places = anyio.Semaphore(engine.limits.concurrent_queries_max)
        self._threads = anyio.CapacityLimiter(engine.limits.concurrent_queries_max)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        fields = dict(parse_qsl(request.url.query, keep_blank_values=True))
        query_id = _query_id(fields)
        try:
            self._authenticate(_presented_key(request, fields)).require(Scope.READ)
            body = await self._body(request)
            async with self._place():
                call = _Call(fields, request.headers, body)
                response = await to_thread.run_sync(self._respond, call, limiter=self._threads)
                response.headers["X-ClickHouse-Query-Id"] = query_id
                await response(scope, receive, send)
        except ClientDisconnect:
            return
        except WakelineError as error:
            response = _failure(error)
            response.headers["X-ClickHouse-Query-Id"] = query_id
            await response(scope, receive, send)

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._body_bytes_max:
                raise TooLarge(f"the request is over {self._body_bytes_max} bytes")
        return bytes(body)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait_for_place()
        try:
            yield
        finally:
            self._places.release()

    async def _wait_for_place(self) -> None:
        limits = self._engine.limits
        try:
            with anyio.fail_after(limits.queue_seconds_max):
                await self._places.acquire()
        except TimeoutError:
            raise ClickhouseError(
                http_codec.TOO_MANY_SIMULTANEOUS_QUERIES,
                "Too many simultaneous queries. Maximum: "
                f"{limits.concurrent_queries_max}. (TOO_MANY_SIMULTANEOUS_QUERIES)",
            ) from None

    def _respond(self, call: _Call) -> Response:
        query = self._query(call)
        if query is None:
            return PlainTextResponse("Ok.\n")
        answer = self._engine.run(query)
        headers = _answer_headers(answer)
        body = answer.body
        if http_hello.is_asked(query.text, call.fields):
            body = http_hello.answer(call.fields, ENGINE_VERSION, answer.timezone)
        coding = http_codec.accepted_coding(call.headers.get("Accept-Encoding", ""))
        wanted = call.fields.get("enable_http_compression", "1") != "0"
        if coding and wanted and len(body) >= http_codec.COMPRESS_BYTES_MIN:
            body = http_codec.compress(coding, body)
            headers["Content-Encoding"] = coding
        if len(body) <= CHUNK_BYTES:
            return Response(body, headers=headers)
        headers["Content-Length"] = str(len(body))
        return StreamingResponse(_chunks(body), headers=headers)

    def _query(self, call: _Call) -> Query | None:
        """The query of a request: in the URL, in the body, in both (joined), or in a form."""
        text = http_codec.decompress(
            call.headers.get("Content-Encoding", ""), call.body, self._body_bytes_max
        )
        fields = dict(call.fields)
        kind = call.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            form = http_codec.form_fields(kind, text)
            text = form.pop("query", b"")
            fields |= {name: value.decode(errors="replace") for name, value in form.items()}
        if not text and "query" not in fields:
            return None
        for name in ("compress", "decompress"):
            if fields.get(name, "0") not in {"0", "false"}:
                raise ClickhouseError(
                    http_codec.NOT_IMPLEMENTED,
                    f"'{name}' (blocks in ClickHouse's own compression) is not supported; "
                    "use Accept-Encoding and Content-Encoding. (NOT_IMPLEMENTED)",
                )
        parts = (fields.get("query", "").encode(), text)
        return Query(
            text=b"\n".join(part for part in parts if part),
            fmt=fields.get("default_format")
            or call.headers.get("X-ClickHouse-Format", "TabSeparated"),
            database=fields.get("database") or call.headers.get("X-ClickHouse-Database", ""),
            parameters={
                name.removeprefix(PARAMETER_PREFIX): value
                for name, value in fields.items()
                if name.startswith(PARAMETER_PREFIX)
            },
            settings={
                name: value
                for name, value in fields.items()
                if name not in TRANSPORT_PARAMETERS and not name.startswith(PARAMETER_PREFIX)
            },
        )


async def _ok(_: Request) -> Response:
    return PlainTextResponse("Ok.\n")


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]


def _presented_key(request: Request, fields: Mapping[str, str]) -> str | None:
    """The password wherever ClickHouse takes one, or a bearer token; user names mean nothing."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = request.headers.get("X-ClickHouse-Key")
    if not key and scheme.lower() == "bearer":
        key = credentials.strip()
    if not key and scheme.lower() == "basic":
        try:
            key = b64decode(credentials, validate=True).decode(errors="replace").partition(":")[2]
        except binascii.Error:
            raise Unauthenticated("the Authorization header is not valid base64") from None
    return key or fields.get("password") or None


def _query_id(fields: Mapping[str, str]) -> str:
    """The client's name for the query when it is safe in a header, else one of ours."""
    wanted = fields.get("query_id", "")
    if wanted and len(wanted) <= QUERY_ID_LENGTH_MAX and wanted.isascii() and wanted.isprintable():
        return wanted
    return str(uuid4())


def _answer_headers(answer: Answer) -> dict[str, str]:
    headers = {
        "Content-Type": http_codec.content_type(answer.fmt or "TSV"),
        "X-ClickHouse-Summary": json.dumps({k: str(v) for k, v in answer.summary.items()}),
        "X-ClickHouse-Timezone": answer.timezone,
        "X-ClickHouse-Server-Display-Name": "wakeline",
    }
    if answer.fmt:
        headers["X-ClickHouse-Format"] = answer.fmt
    return headers


def _failure(error: WakelineError) -> Response:
    if not isinstance(error, ClickhouseError):
        code, name = next(ERROR_CODES[kind] for kind in type(error).__mro__ if kind in ERROR_CODES)
        retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else 1.0
        error = ClickhouseError(code, f"{error}. ({name})", retry_after_s)
    headers = {
        "X-ClickHouse-Exception-Code": str(error.code),
        "X-ClickHouse-Server-Display-Name": "wakeline",
    }
    if error.status == 503:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    return PlainTextResponse(error.body(ENGINE_VERSION), error.status, headers)
