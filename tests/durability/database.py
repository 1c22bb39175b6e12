"""A ClickHouse server to be killed: an embedded engine, served for reading and writing over HTTP.

Run as `python -m tests.durability.database FOLDER PORT`; says `ready` when it listens.
"""

import os
import socket
import sys
from pathlib import Path

import chdb
import uvicorn

from domain.access import Principal, Scope
from storage.clickhouse_http import HttpLimits, clickhouse_http_app

LIMITS = HttpLimits(request_bytes_max=256 * 1024**2, query_memory_bytes_max=8 * 1024**3)


def everybody(key: str | None) -> Principal:
    """No keys: it listens on loopback and holds test data."""
    return Principal("default", frozenset(Scope))


def serve(folder: Path, port: int) -> None:
    """Until SIGTERM."""
    engine = chdb.connect(str(folder))
    app = clickhouse_http_app(str(folder), everybody, LIMITS, writable=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", port)) as listener:
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        server.run([listener])
    engine.close()


if __name__ == "__main__":
    store = Path(sys.argv[1])
    store.mkdir(parents=True, exist_ok=True)
    # The engine writes the schemas that inserts carry into the folder it runs in.
    os.chdir(store.parent)
    serve(store, int(sys.argv[2]))
