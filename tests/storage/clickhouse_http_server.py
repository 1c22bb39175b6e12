"""A real uvicorn socket in front of the ClickHouse-HTTP interface, and a store behind it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chdb
import clickhouse_connect
import httpx
import uvicorn
from clickhouse_connect.driver.client import Client
from starlette.applications import Starlette

from domain.access import Principal, Scope
from domain.errors import Unauthenticated, Unavailable
from storage.clickhouse_http import HttpLimits, clickhouse_http_app, clickhouse_http_routes

KEY = "wk_reader"
SCOPES = {KEY: frozenset({Scope.READ}), "wk_ingest": frozenset({Scope.INGEST})}
TIGHT = HttpLimits(
    result_rows_max=100,
    result_bytes_max=100_000,
    query_memory_bytes_max=40_000_000,
    concurrent_queries_max=1,
    queue_seconds_max=0.0,
    request_bytes_max=10_000,
)
BRIEF = HttpLimits(query_seconds_max=0.2)
# Room for answers that do not fit into the buffers of a socket.
NARROW = HttpLimits(concurrent_queries_max=1, queue_seconds_max=0.0)
PATIENT = HttpLimits(concurrent_queries_max=1, queue_seconds_max=30.0)


def authenticate(key: str | None) -> Principal:
    """Two keys are known; a third one finds the key store closed."""
    if key == "wk_closed":
        raise Unavailable("the key store is closed", retry_after_s=2.5)
    if key not in SCOPES:
        raise Unauthenticated("no such key")
    return Principal("default", SCOPES[key])


class Server:
    """Where the interface listens, under `/ch` and, with other limits, under other paths."""

    def __init__(self, port: int, engine: Any, path: Path) -> None:
        self.port = port
        self.engine = engine
        self.path = path
        # One pool: a TLS context for each request would take longer than the request.
        self.http = httpx.Client(timeout=120, trust_env=False)

    def client(self, path: str = "ch", **options: Any) -> Client:
        """clickhouse-connect over HTTP, with the reader's key."""
        return clickhouse_connect.get_client(
            host="127.0.0.1", port=self.port, proxy_path=path, **({"password": KEY} | options)
        )

    def url(self, path: str = "/ch/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def post(
        self, query: str | bytes = b"", *, path: str = "/ch/", **options: Any
    ) -> httpx.Response:
        """One request as a program without a ClickHouse library sends it."""
        headers = {"X-ClickHouse-Key": KEY} | options.pop("headers", {})
        return self.http.post(self.url(path), content=query, headers=headers, **options)

    def count(self, table: str) -> int:
        """Rows of a table, past the interface."""
        return int(self.engine.query(f"SELECT count() FROM {table}", "TSV").bytes())


@contextmanager
def serving(path: Path) -> Iterator[Server]:
    """A fresh store under `path`, served until the block ends."""
    engine = chdb.connect(str(path))
    routes = [
        route
        for name, limits, writable in (
            ("/ch", HttpLimits(), False),
            ("/tight", TIGHT, False),
            ("/brief", BRIEF, False),
            ("/narrow", NARROW, False),
            ("/patient", PATIENT, False),
            ("/rw", HttpLimits(), True),
        )
        for route in clickhouse_http_routes(
            name, clickhouse_http_app(str(path), authenticate, limits, writable=writable)
        )
    ]
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=routes), log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    running = Server(listener.getsockname()[1], engine, path)
    try:
        yield running
    finally:
        running.http.close()
        server.should_exit = True
        thread.join()
        listener.close()
        engine.close()
