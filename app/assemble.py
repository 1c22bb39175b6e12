"""The composition root: from settings to a running process."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from api import application
from api.ports import Parts
from app import addresses, analysis, beside, embedded, stores
from app.analysis import Ticking
from app.attribution import StoredAttribution
from app.authenticators import Open, WithLocalToken
from app.chains import Chains
from app.data_folder import SPOOL, DataFolder, Running
from app.finding_actions import FindingActions
from app.finding_reader import StoredFindingReader
from app.key_administration import Keys
from app.local_names import App, OnlyLocalNames
from app.notifications.notifier import Notifier
from app.periodic import Periodic
from app.policies import Policies
from app.recorded_events import Recorder
from app.report import Report
from app.settings import Settings
from app.tool_administration import Tools
from app.upkeep import Upkeep
from collector import http_server
from collector.config import TlsConfig
from collector.pipeline import Collector, Pipeline
from domain.access import Authenticator
from domain.ports import SegmentStore
from governance.config import AuthMode
from governance.keys import KeyRing
from storage.clickhouse_http import clickhouse_http_app, clickhouse_http_routes
from storage.keys import KeyRows

UPKEEP_SECONDS_MAX = 5.0
# A request is received before the segment that it is written to is begun.
RECEIVED_BEFORE_S = 1.0


def pipeline(settings: Settings, store: SegmentStore, authenticator: Authenticator) -> Pipeline:
    """Spool and writer of the data folder."""
    return Pipeline(
        settings.data / SPOOL, settings.collector, store, authenticator, settings.retention.days
    )


class Process:
    """One `wakeline` process: the roles it was asked for, on one event loop."""

    def __init__(self, settings: Settings, folder: DataFolder, *, collect: bool) -> None:
        """collect: take spans in, and analyze an embedded store, for it has no other process.

        Raises Conflict or InvalidInput when a port can not be bound or the store is in use."""
        self.settings = settings
        self._folder = folder
        self._addresses = addresses.listening(settings, collect=collect)
        for address in self._addresses:
            addresses.refuse_unusable(address)
        self.store = stores.opened(settings)
        self.ring = KeyRing(KeyRows(self.store))
        inner: Authenticator = self.ring if self.keys_required else Open()
        self._authenticator = WithLocalToken(inner, folder.token)
        self._upkeep = Upkeep(settings, self.store, self.ring, derive=collect)
        self.collector: Collector | None = None
        if collect:
            incoming = pipeline(settings, self._upkeep.segments, self._authenticator)
            self.collector = Collector(incoming, settings.collector)
        self._stopping = False
        self._api = http_server.listener(
            self._application(), settings.api.host, settings.api.port,
            http_server.Limits(), TlsConfig(),
        )  # fmt: skip
        analyzes = collect and settings.analyzers.enabled and self.store.embedded_path is not None
        self._notifier = analysis.notifier(settings, self.store) if analyzes else None
        self._analysis = list(self._analyzes(self._notifier)) if self._notifier else []
        self._analyzing: list[asyncio.Task[None]] = []
        self._serving: asyncio.Task[None] | None = None
        self._keeping_up: asyncio.Task[None] | None = None
        self.drained = False

    def _analyzes(self, notifier: Notifier) -> Iterator[Ticking | Periodic]:
        """Passes over the store, and what is done beside them."""

        def ready() -> bool:
            return self._upkeep.segments.ready

        config = self.settings.analyzers
        yield Ticking(self.store, config, ready, notifier.look, self._behind_s)
        yield from beside.all_of(self.store, config, ready)

    def _behind_s(self) -> float:
        """How long ago the oldest of what is not stored yet was received, and a little more."""
        waiting_s = self.collector.pipeline.spool.oldest_age_s if self.collector else 0.0
        return waiting_s + RECEIVED_BEFORE_S

    @property
    def keys_required(self) -> bool:
        """Whether callers need an API key."""
        hosts = tuple(address.host for address in self._addresses)
        return self.settings.auth.required(hosts)

    @property
    def grpc_port(self) -> int:
        """The bound port of OTLP over gRPC; 0 in a process that does not collect."""
        return self.collector.grpc_port if self.collector else 0

    @property
    def http_port(self) -> int:
        """The bound port of OTLP over HTTP; 0 in a process that does not collect."""
        return self.collector.http_port if self.collector else 0

    @property
    def api_url(self) -> str:
        """Where a program on this machine finds the API."""
        return addresses.url(self.settings.api.host, self._api.port)

    @property
    def otlp_url(self) -> str:
        """Where a program on this machine sends OTLP over plain HTTP; empty when it can not."""
        if not self.http_port or self.settings.collector.tls.certificate is not None:
            return ""
        return addresses.url(self.settings.collector.host, self.http_port)

    async def start(self) -> None:
        """Raises Conflict when a port is taken, Unavailable when an embedded store fails."""
        await self._upkeep.prepare()
        self._keeping_up = asyncio.create_task(self._upkeep.run())
        self._analyzing = [asyncio.create_task(each.run()) for each in self._analysis]
        if self.collector:
            await self.collector.start()
        self._serving = await http_server.start(self._api, "port")
        self._folder.announce(
            Running(
                pid=os.getpid(),
                api_url=self.api_url,
                token=self._folder.token,
                store_id=stores.store_id(self.settings),
                readable=self.store.embedded_path is not None,
                otlp_url=self.otlp_url,
            )
        )

    async def wait(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Raises Conflict when a server's schema turns out to be another."""
        waiting: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        waiting += filter(None, (self._keeping_up,))
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Graceful. Sets `drained`: whether all is stored; if not, the spool keeps the rest."""
        self._stopping = self._api.should_exit = True
        self._upkeep.stop()
        for each in self._analysis:
            each.stop()
        self.drained = await self.collector.stop() if self.collector else True
        if self._serving:
            await self._serving
        if self._keeping_up:
            # A call to a server that does not answer is left behind.
            await asyncio.wait({self._keeping_up}, timeout=UPKEEP_SECONDS_MAX)
        if self._analyzing:
            await asyncio.wait(self._analyzing, timeout=UPKEEP_SECONDS_MAX)
        if self._notifier:
            await asyncio.to_thread(self._notifier.close)
        self.store.close()

    def _application(self) -> App:
        spool = self.settings.data / SPOOL if self.collector else None
        report = Report(self.store, spool, self.collector.pipeline if self.collector else None)
        keys, tools = Keys(KeyRows(self.store)), Tools(self.store)
        parts = Parts(
            self._authenticator, report, keys, report, tools, FindingActions(self.store),
            StoredFindingReader(self.store), Policies(self.store),
            recorder=Recorder(self.collector.pipeline.receiver if self.collector else None),
            attributing=StoredAttribution(self.store), chains=Chains(self.store),
        )  # fmt: skip
        built = application.build(parts, stopping=lambda: self._stopping)
        if self.store.embedded_path is not None:
            built.routes.extend(clickhouse_http_routes("/ch", self._clickhouse()))
        local_only = self.settings.auth.mode is AuthMode.AUTO and not self.keys_required
        return OnlyLocalNames(built) if local_only else built

    def _clickhouse(self) -> App:
        limits = embedded.limits(self.settings.storage)
        return clickhouse_http_app(
            str(self.store.embedded_path), self._authenticator.authenticate, limits,
            writable=self.settings.api.ch_writable_for_tests,
        )  # fmt: skip


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[asyncio.Event]:
    """The process started; stopped gracefully at the end. Yields what SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await process.start()
        yield stop
    finally:
        await process.stop()
