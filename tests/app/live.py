"""A whole `wakeline` process inside the tests' own: on a thread, with real ports and store."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Self

import httpx
import uvloop

from app import moments
from app.assemble import Process
from app.data_folder import DataFolder
from app.settings import load
from tests.collector.running import WAIT_SECONDS_MAX

AT_ONCE = {
    "collector": {"grpc_port": 0, "http_port": 0, "spool": {"segment_age_ms": 100}},
    "api": {"port": 0},
}


class Live:
    """Started on construction; use as a context manager. `token` is its local token."""

    process: Process

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, Any],
        *,
        collect: bool = True,
        clock: moments.Clock = moments.now,
    ) -> None:
        self._settings = load({"data": data, **_merged(AT_ONCE, settings)})
        self._collect, self._clock = collect, clock
        started: Future[None] = Future()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wakeline")
        self._run = self._thread.submit(lambda: uvloop.run(self._live(started)))
        wait((started, self._run), return_when=FIRST_COMPLETED)
        if self._run.done():
            self._run.result()
        self.http = httpx.Client(base_url=self.process.api_url, timeout=WAIT_SECONDS_MAX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if not self._run.done():
            self.stop()
        self._run.result()
        self._thread.shutdown()

    def stop(self) -> None:
        """Begins to stop; the end of the context waits for it."""
        self._loop.call_soon_threadsafe(self._stop.set)

    @property
    def grpc_port(self) -> int:
        return self.process.grpc_port

    async def _live(self, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        with DataFolder(self._settings.data) as folder:
            self.token = folder.token
            self.process = Process(self._settings, folder, collect=self._collect, clock=self._clock)
            try:
                await self.process.start()
                started.set_result(None)
                await self.process.wait(self._stop)
            finally:
                await self.process.stop()


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(name), Mapping)
        merged[name] = _merged(merged[name], value) if both else value
    return merged
