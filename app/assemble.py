"""The composition root: from settings to a running process."""

import asyncio
import logging
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api import application
from api.ports import Parts
from app.authenticators import Open, WithLocalToken
from app.data_folder import DataFolder
from app.key_administration import Keys
from app.report import Report
from app.settings import Settings
from collector import http_server
from collector.config import TlsConfig
from collector.pipeline import Collector, Pipeline
from domain.access import Authenticator
from domain.errors import Unavailable
from governance.keys import KeyRing
from storage import migrate
from storage.clickhouse_http import HttpLimits, clickhouse_http_app
from storage.keys import KeyRows
from storage.store import Store

log = logging.getLogger("wakeline")
SPOOL = "spool"


def open_store(settings: Settings) -> Store:
    """The store, its pending migrations applied when settings say so."""
    store = Store(settings.dsn, settings.storage)
    _migrate(settings, store)
    return store


def _migrate(settings: Settings, store: Store) -> None:
    if settings.storage.migrate_on_start:
        migrate.apply(store, settings.retention.default_days)


def pipeline(settings: Settings, store: Store, authenticator: Authenticator) -> Pipeline:
    """Spool and writer of the data folder."""
    return Pipeline(
        settings.data / SPOOL, settings.collector, store, authenticator, settings.retention.days
    )


class Process:
    """One `wakeline` process: the roles it was asked for, on one event loop."""

    def __init__(self, settings: Settings, folder: DataFolder, *, collect: bool) -> None:
        self.settings = settings
        self._folder = folder
        self.store = Store(settings.dsn, settings.storage)
        self._ring = KeyRing(KeyRows(self.store))
        authenticator = self._authenticator()
        self.collector: Collector | None = None
        if collect:
            self.collector = Collector(
                pipeline(settings, self.store, authenticator), settings.collector
            )
        self._api = http_server.listener(
            self._application(authenticator), settings.api.host, settings.api.port,
            http_server.Limits(), TlsConfig(),
        )  # fmt: skip
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def api_port(self) -> int:
        """The bound API port."""
        return self._api.port

    def _authenticator(self) -> Authenticator:
        settings = self.settings
        hosts = (settings.collector.host, settings.api.host)
        inner: Authenticator = self._ring if settings.auth.required(hosts) else Open()
        return WithLocalToken(inner, self._folder.token)

    def _application(self, authenticator: Authenticator) -> FastAPI:
        spool = self.settings.data / SPOOL if self.collector else None
        report = Report(self.store, spool, self.collector.pipeline if self.collector else None)
        built = application.build(Parts(authenticator, report, Keys(KeyRows(self.store)), report))
        if self.store.embedded_path is not None:
            built.mount("/ch", self._clickhouse(authenticator, self.store.embedded_path))
        return built

    def _clickhouse(self, authenticator: Authenticator, path: Path) -> Any:
        storage = self.settings.storage
        limits = HttpLimits(
            result_rows_max=storage.result_rows_max,
            query_seconds_max=storage.query_seconds_max,
            query_memory_bytes_max=storage.query_memory_bytes_max,
        )
        writable = self.settings.api.ch_writable_for_tests
        return clickhouse_http_app(str(path), authenticator.authenticate, limits, writable=writable)

    async def start(self) -> None:
        """Raises Conflict when a port is taken, Unavailable when an embedded store fails."""
        if self.store.embedded_path is not None:
            await asyncio.to_thread(_migrate, self.settings, self.store)
        self._tasks.append(asyncio.create_task(self._keep_up()))
        if self.collector:
            await self.collector.start()
        self._tasks.append(await http_server.start(self._api, "port"))
        self._folder.announce(self.settings.api.host, self.api_port)

    async def stop(self) -> bool:
        """Graceful: True when everything acknowledged is stored; else the spool keeps it."""
        self._api.should_exit = True
        drained = await self.collector.stop() if self.collector else True
        if self._tasks:
            self._tasks[0].cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.store.close()
        return drained

    async def _keep_up(self) -> None:
        """Migrate a server once it is there, then read the keys again and again."""
        pending: list[Callable[[], None]] = [self._ring.refresh]
        if self.store.embedded_path is None:
            pending.insert(0, partial(_migrate, self.settings, self.store))
        while True:
            try:
                while pending:
                    await asyncio.to_thread(pending[0])
                    pending.pop(0)
            except Unavailable as error:
                log.warning("the store is not reachable, the spool keeps what arrives: %s", error)
            await asyncio.sleep(self.settings.auth.refresh_seconds)
            if not pending:
                pending = [self._ring.refresh]


async def run_until_signal(process: Process, started: Callable[[Process], None]) -> bool:
    """Start, call `started`, and stop gracefully on SIGTERM or SIGINT; True when drained."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await process.start()
        started(process)
        await stop.wait()
    finally:
        drained = await process.stop()
    return drained
