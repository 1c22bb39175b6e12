"""The collector as a whole: receivers, spool and writer, started and stopped in order."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import grpc
from starlette.middleware.cors import CORSMiddleware

from collector import http_server, otlp_grpc
from collector.config import CollectorConfig
from collector.otlp_http import OtlpHttp
from collector.receiver import Receiver
from collector.spool import Spool
from collector.telemetry import Telemetry
from collector.writer import Writer
from domain.access import Authenticator
from domain.errors import Conflict
from domain.ports import SegmentStore

GRPC_GRACE_S = 5.0


class Pipeline:
    """Spool and writer: from a validated request to rows; needs no network."""

    def __init__(
        self,
        folder: Path,
        config: CollectorConfig,
        store: SegmentStore,
        authenticator: Authenticator,
        retention_days: Callable[[str], int],
    ) -> None:
        self.telemetry = Telemetry()
        self.writer = Writer(store, self.telemetry, config.spool.writers)
        self.spool = Spool(folder, config.spool, self.writer.put)
        self.receiver = Receiver(self.spool, authenticator, retention_days, self.telemetry, config)
        self._config = config
        self._gauges()

    def start(self) -> None:
        """Call from a running event loop."""
        self.writer.start(self.spool)
        self.spool.start()

    async def stop(self) -> bool:
        """Commit, seal, drain; True when all is stored, else the spool keeps the rest."""
        await self.spool.close()
        self.receiver.close()
        await asyncio.to_thread(self.writer.stop, self._config.spool.drain_seconds)
        return not self.spool.waiting_segments

    def _gauges(self) -> None:
        gauge = self.telemetry.gauge
        spool, writer = self.spool, self.writer
        gauge(
            "otelcol_exporter_queue_size", "Bytes in the spool, dead letters included.",
            lambda: spool.size_bytes,
        )  # fmt: skip
        gauge(
            "otelcol_exporter_queue_capacity", "Bytes that the spool may hold.",
            lambda: self._config.spool.bytes_max,
        )  # fmt: skip
        gauge(
            "wakeline_queue_age_seconds", "Age of the oldest segment that waits.",
            lambda: spool.oldest_age_s,
        )  # fmt: skip
        gauge(
            "wakeline_queue_segments", "Sealed segments that wait.",
            lambda: spool.waiting_segments,
        )  # fmt: skip
        gauge("wakeline_dead_letters", "Dead letters on disk.", lambda: len(spool.dead_letters))
        gauge(
            "wakeline_in_flight_bytes", "Bytes of requests held in memory.",
            lambda: self.receiver.in_flight_bytes,
        )  # fmt: skip
        gauge(
            "wakeline_store_reachable", "0 while inserts fail, else 1.",
            lambda: float(not writer.last_error),
        )  # fmt: skip
        for quantile in (0.5, 0.99):
            gauge(
                f"wakeline_ingest_lag_p{quantile * 100:.0f}_seconds",
                "From receipt to queryable, of the last segments.",
                partial(self.telemetry.lag_quantile, quantile),
            )


class Collector:
    """The pipeline behind its two ports."""

    def __init__(self, pipeline: Pipeline, config: CollectorConfig) -> None:
        self.pipeline = pipeline
        self._config = config
        limits = http_server.Limits(
            config.connections_max, config.receive_seconds_max, config.idle_seconds_max
        )
        self._http = http_server.listener(
            _with_cors(pipeline.receiver, config), config.host, config.http_port, limits, config.tls
        )
        self._grpc: grpc.aio.Server | None = None
        self._http_task: asyncio.Task[None] | None = None
        self.grpc_port = 0

    @property
    def http_port(self) -> int:
        """The bound OTLP/HTTP port."""
        return self._http.port

    async def start(self) -> None:
        """Bind both ports and serve. Raises Conflict when a port is taken."""
        self.pipeline.start()
        try:
            self._grpc, self.grpc_port = otlp_grpc.server(self.pipeline.receiver, self._config)
        except RuntimeError as error:
            address = f"{self._config.host}:{self._config.grpc_port}"
            raise Conflict(
                f"{address} is in use; stop what holds it, or set another --grpc-port"
            ) from error
        await self._grpc.start()
        self._http_task = await http_server.start(self._http, "http-port")

    async def stop(self) -> bool:
        """Stop taking requests, finish those begun, then drain; True when all is stored."""
        self._http.should_exit = True
        if self._grpc:
            await self._grpc.stop(GRPC_GRACE_S)
        if self._http_task:
            await self._http_task
        return await self.pipeline.stop()


def _with_cors(receiver: Receiver, config: CollectorConfig) -> OtlpHttp | CORSMiddleware:
    app = OtlpHttp(receiver)
    if not config.cors.allowed_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=config.cors.allowed_origins,
        allow_methods=["POST"],
        allow_headers=["content-type", "authorization", "x-api-key", *config.cors.allowed_headers],
        expose_headers=["retry-after"],
        max_age=config.cors.max_age_seconds,
    )
