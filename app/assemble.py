"""The composition root: from settings to a running process."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from api import application
from api.ports import Parts
from api.unchanged import Unchanged
from app import (
    addresses,
    analysis,
    beside,
    drift,
    embedded,
    governing,
    moments,
    self_report,
    signing_keys,
    stores,
    tuning,
)
from app.analysis import Ticking
from app.attribution import StoredAttribution
from app.authenticators import Open, WithLocalToken, WithSessions
from app.chains import Chains
from app.compare import StoredComparing
from app.data_folder import SPOOL, DataFolder, Running
from app.finding_actions import FindingActions
from app.finding_reader import StoredFindingReader
from app.fleet import StoredFleet
from app.key_administration import Keys
from app.local_names import App, OnlyLocalNames
from app.notifications.notifier import Notifier
from app.open_id import OpenId
from app.periodic import Periodic
from app.policies import Policies
from app.recorded_events import Recorder
from app.report import Report
from app.review import parts as review_parts
from app.review import reviewing
from app.review.times import Times
from app.settings import Settings
from app.stored_drift import StoredDrift
from app.tool_administration import Tools
from app.upkeep import Upkeep
from collector import http_server
from collector.config import TlsConfig
from collector.pipeline import Collector, Pipeline
from domain.access import Authenticator
from domain.envelope import Signal
from domain.ports import SegmentStore
from governance import sessions
from governance.config import AuthMode
from governance.keys import KeyRing
from storage.changes import Changes
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

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        *,
        collect: bool,
        clock: moments.Clock = moments.now,
    ) -> None:
        """collect: take spans in, and analyze an embedded store, for it has no other process.
        clock: when limits are tuned and changed, and weeks looked at.

        Raises Conflict or InvalidInput when a port can not be bound or the store is in use."""
        self.settings = settings
        self._folder = folder
        self.store = stores.opened(settings)
        self._addresses = addresses.listening(settings, collect=collect)
        for address in self._addresses:
            addresses.refuse_unusable(address)
        self.ring = KeyRing(KeyRows(self.store))
        inner: Authenticator = self.ring if self.keys_required else Open(self.ring)
        secret = sessions.secret_of(signing_keys.private_key(settings))
        inner = WithSessions(inner, secret, clock)
        self._authenticator = WithLocalToken(inner, folder.token)
        self._sign_in = OpenId(settings.login, secret, clock) if settings.login.issuer else None
        self._upkeep = Upkeep(settings, self.store, self.ring, derive=collect)
        self.collector: Collector | None = None
        if collect:
            incoming = pipeline(settings, self._upkeep.segments, self._authenticator)
            self.collector = Collector(incoming, settings.collector)
        self._pulled = governing.documents(settings, self.store)
        self._tuner = governing.tuner(settings, self.store, self._pulled, clock)
        self._reviewing = review_parts.reviewing(
            settings, self.store, self._pulled, Times(self._waiting_s, clock)
        )
        self._chains = Chains(self.store, keeps_later=True)
        self._stopping = False
        self._api = http_server.listener(
            self._application(), settings.api.host, settings.api.port,
            http_server.Limits(), TlsConfig(),
        )  # fmt: skip
        analyzes = collect and settings.analyzers.enabled and self.store.embedded_path is not None
        self._notifier = analysis.notifier(settings, self.store) if analyzes else None
        self._analysis = list(self._analyzes(self._notifier)) if self._notifier else []
        if self.collector:
            incoming = self.collector.pipeline
            role = "up" if analyzes else "collect"
            self._analysis.append(self_report.periodic(self.store, incoming, role, self._ready))
        self._analysis.append(governing.periodic(settings, self.store, self._pulled, self._ready))
        if collect and settings.tuning.enabled and self.store.embedded_path is not None:
            self._analysis.append(tuning.periodic(self._tuner, settings.tuning, self._ready))
        self._upkeep.segments.after = self._stored
        self._analyzing: list[asyncio.Task[None]] = []
        self._serving: asyncio.Task[None] | None = None
        self._keeping_up: asyncio.Task[None] | None = None
        self.drained = False

    def _analyzes(self, notifier: Notifier) -> Iterator[Ticking | Periodic]:
        """Passes over the store, and what is done beside them."""

        config = self.settings.analyzers
        yield Ticking(self.store, config, self._ready, notifier.look, self._behind_s)
        yield from beside.all_of(self.store, config, self._ready, self._chains)
        if self.settings.drift.enabled:
            yield drift.periodic(self.store, self.settings.drift, self._ready)
        if self.settings.review.enabled:
            yield reviewing.periodic(self._reviewing, self.settings.review, self._ready)

    def _stored(self, signal: Signal) -> None:
        """From a thread that stored something: who is wanted for it begins at once."""
        for each in self._analysis:
            if isinstance(each, Periodic) and each.heeds is signal:
                each.soon()

    def _recorder(self) -> Recorder:
        if self.collector is None:
            return Recorder(None)
        incoming = self.collector.pipeline
        return Recorder(incoming.receiver, incoming.spool.hurry)

    def _ready(self) -> bool:
        """Whether the schema is there."""
        return self._upkeep.segments.ready

    def _behind_s(self) -> float:
        """How long ago the oldest of what is not stored yet was received, and a little more."""
        return self._waiting_s() + RECEIVED_BEFORE_S

    def _waiting_s(self) -> float:
        """How long ago the oldest of what is not stored yet was received; 0 where nothing waits."""
        return self.collector.pipeline.spool.oldest_age_s if self.collector else 0.0

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
        if self._ready():
            await asyncio.to_thread(self._pulled.refresh)
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
        await asyncio.to_thread(self._chains.settle)
        self.store.close()

    def _application(self) -> App:
        spool = self.settings.data / SPOOL if self.collector else None
        report = Report(self.store, spool, self.collector.pipeline if self.collector else None)
        keys, tools = Keys(KeyRows(self.store)), Tools(self.store)
        parts = Parts(
            self._authenticator, report, keys, report, tools, FindingActions(self.store),
            StoredFindingReader(self.store), Policies(self.store),
            recorder=self._recorder(),
            attributing=StoredAttribution(self.store), chains=self._chains,
            governing=governing.parts(self.store, self._pulled, self._tuner),
            changes=Changes(self.store), drift=StoredDrift(self.store, self.settings.drift),
            comparing=StoredComparing(self.store), fleet=StoredFleet(self.store),
            reviewing=self._reviewing, sign_in=self._sign_in,
        )  # fmt: skip
        built = application.build(parts, stopping=lambda: self._stopping)
        if self.store.embedded_path is not None:
            built.routes.extend(clickhouse_http_routes("/ch", self._clickhouse()))
        local_only = self.settings.auth.mode is AuthMode.AUTO and not self.keys_required
        front = Unchanged(built, parts)
        return OnlyLocalNames(front) if local_only else front

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
