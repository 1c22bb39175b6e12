"""The ClickHouse-HTTP interface of the embedded engine: any ClickHouse client can read the store.

Read-only as the engine understands it (`readonly = 1`), closed by `storage.readonly` where an embedded
engine would allow more than a server. Requests, answers and errors have the server's form:
https://clickhouse.com/docs/interfaces/http
"""

import json
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
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access import Principal, Scope as AccessScope
from domain.errors import (
    InvalidInput,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    Unavailable,
    WakelineError,
)
from storage import http_codec
from storage.http_codec import ClickhouseError
from storage.http_engine import ENGINE_VERSION, Answer, EmbeddedEngine, HttpLimits, Query

__all__ = ["HttpLimits", "clickhouse_http_app", "clickhouse_http_routes"]

Authenticate = Callable[[str | None], Principal]

# Said to the HTTP interface, not to the query; `role` and `session_*` have no effect here.
TRANSPORT_PARAMETERS = frozenset(
    {"query", "database", "default_format", "user", "password", "quota_key", "query_id", "role"}
    | {"session_id", "session_timeout", "session_check", "close_session", "stacktrace"}
    | {"compress", "decompress", "buffer_size", "wait_end_of_query", "client_protocol_version"}
    | {"enable_http_compression", "http_zlib_compression_level", "send_progress_in_http_headers"}
    | {"http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close"}
    | {"http_wait_end_of_query", "http_response_buffer_size", "add_http_cors_header", "readonly"}
)
PARAMETER_PREFIX = "param_"
QUERY_ID_LENGTH_MAX = 128
READ_BODY_BYTES_MAX = 4 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
RETRY_AFTER_S = 1


def clickhouse_http_app(
    engine_path: str,
    authenticate: Authenticate,
    limits: HttpLimits,
    *,
    writable: bool = False,
) -> Starlette:
    """The interface as an application with the paths `/`, `/ping` and `/replicas_status`.

    engine_path:   the directory that this process has open, named exactly as it was opened.
    authenticate:  a key to its Principal; raises Unauthenticated; must not block.
    writable:      for tests only: no reading rules, inserts and DDL run.
    """
    engine = EmbeddedEngine(engine_path, limits, writable=writable)
    endpoint = _QueryEndpoint(engine, authenticate, writable)
    return Starlette(
        routes=[
            Route("/", endpoint),
            Route("/ping", _ok),
            Route("/replicas_status", _ok),
        ]
    )


def clickhouse_http_routes(path: str, app: ASGIApp) -> list[BaseRoute]:
    """Routes for `path`, `path/` and below; a redirect between them would lose a streamed body."""
    return [Route(path, _WithoutSlash(app), include_in_schema=False), Mount(path, app)]


class _WithoutSlash:
    """Clients with a path prefix ask for `/ch?query=…`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": "/", "root_path": ""}, receive, send)


async def _ok(_: Request) -> Response:
    return PlainTextResponse("Ok.\n")


@dataclass(frozen=True, slots=True)
class _Call:
    """A request as it came, for a thread to work on."""

    fields: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    query_id: str


class _QueryEndpoint:
    """Authenticate, read, wait for a place, run in a thread, send; the place is held until sent.

    So that slow readers of large answers are bounded too.
    """

    def __init__(self, engine: EmbeddedEngine, authenticate: Authenticate, writable: bool) -> None:
        limits = engine.limits
        self._engine = engine
        self._authenticate = authenticate
        self._body_bytes_max = (
            limits.request_bytes_max
            if writable
            else min(limits.request_bytes_max, READ_BODY_BYTES_MAX)
        )
        self._places = anyio.Semaphore(limits.concurrent_queries_max)
        self._threads = anyio.CapacityLimiter(limits.concurrent_queries_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        query_id = _query_id(request)
        try:
            response = await self._refusal_or_none(request)
            if response is None:
                call = _Call(
                    dict(parse_qsl(request.url.query, keep_blank_values=True)),
                    request.headers,
                    await self._body(request),
                    query_id,
                )
                async with self._place():
                    response = await to_thread.run_sync(self._respond, call, limiter=self._threads)
                    return await response(scope, receive, send)
        except ClientDisconnect:
            return None
        except WakelineError as error:
            response = _failure(error)
        response.headers["X-ClickHouse-Query-Id"] = query_id
        return await response(scope, receive, send)
