"""An application behind a real port, on a thread of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import httpx
import uvloop

from collector import http_server
from collector.config import TlsConfig
from collector.http_server import Limits, Server

WAIT_SECONDS_MAX = 100.0


@contextmanager
def served(application: Any) -> Iterator[httpx.Client]:
    """A client of the running application."""
    started: SimpleQueue[Server] = SimpleQueue()

    async def serve() -> None:
        server = http_server.listener(application, "127.0.0.1", 0, Limits(), TlsConfig())
        task = await http_server.start(server, "port")
        started.put(server)
        await task

    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(lambda: uvloop.run(serve()))
        server = started.get(timeout=WAIT_SECONDS_MAX)
        url = f"http://127.0.0.1:{server.port}"
        with httpx.Client(base_url=url, timeout=WAIT_SECONDS_MAX) as client:
            yield client
        server.should_exit = True
        running.result(WAIT_SECONDS_MAX)
