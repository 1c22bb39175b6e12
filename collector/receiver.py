"""What both transports do with a request: authenticate, decompress, validate, make durable."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from collector import intake
from collector.compression import decompress
from collector.intake import Encoding
from collector.spool import Spool
from collector.telemetry import ITEMS, Telemetry
from domain.access import Authenticator, Principal, Scope
from domain.envelope import Signal
from domain.errors import Unavailable

BUSY_RETRY_AFTER_S = 1.0
# Above this, decompression (which releases the interpreter lock) leaves the event loop.
INLINE_BYTES_MAX = 256 * 1024


class Kind(StrEnum):
    """What an OTLP service or path takes."""

    TRACES = "traces"
    LOGS = "logs"
    METRICS = "metrics"


SIGNALS = {Kind.TRACES: Signal.TRACES, Kind.LOGS: Signal.LOGS}


@dataclass(frozen=True, slots=True)
class Call:
    """One export request as a transport read it."""

    kind: Kind
    encoding: Encoding
    coding: str
    body: bytes
    transport: str


class Receiver:
    """Turns calls into durable records; raises the errors of domain.errors, counted by callers."""

    def __init__(
        self,
        spool: Spool,
        authenticator: Authenticator,
        retention_days: Callable[[str], int],
        telemetry: Telemetry,
        *,
        request_bytes_max: int,
        in_flight_bytes_max: int,
    ) -> None:
        self._spool = spool
        self._authenticator = authenticator
        self._retention_days = retention_days
        self.telemetry = telemetry
        self.request_bytes_max = request_bytes_max
        self._in_flight_bytes_max = in_flight_bytes_max
        self._in_flight_bytes = 0

    @property
    def in_flight_bytes(self) -> int:
        """Bytes of requests that are held in memory now."""
        return self._in_flight_bytes

    def authenticate(self, key: str | None) -> Principal:
        """Raises Unauthenticated, or PermissionDenied without the ingest scope."""
        principal = self._authenticator.authenticate(key)
        principal.require(Scope.INGEST)
        return principal

    def hold(self, size: int) -> None:
        """Account for `size` bytes in memory; raises Unavailable when there are too many."""
        if self._in_flight_bytes + size > self._in_flight_bytes_max:
            raise Unavailable("too many requests at once; send again", BUSY_RETRY_AFTER_S)
        self._in_flight_bytes += size

    def let_go(self, size: int) -> None:
        """The bytes of a `hold` are gone."""
        self._in_flight_bytes -= size

    async def export(self, call: Call, principal: Principal) -> Message | None:
        """Make the call's items durable.

        None: all were taken. A response message: some were not, and partial_success says why.
        """
        body = await self._decompress(call)
        if call.kind is Kind.METRICS:
            points = intake.count_metric_points(call.encoding, body)
            self.telemetry.accepted["metric_points"].labels(call.transport).inc(points)
            return None
        batch = intake.read(SIGNALS[call.kind], call.encoding, principal.tenant, body)
        if batch.items:
            days = self._retention_days(principal.tenant)
            if not await self._spool.append(batch.request(principal.tenant, days)):
                self.telemetry.repeated.inc()
        self._count(call, batch)
        return _partial_success(batch) if batch.rejected else None

    async def _decompress(self, call: Call) -> bytes:
        if not call.coding or call.coding == "identity":
            return call.body
        if len(call.body) <= INLINE_BYTES_MAX:
            return decompress(call.coding, call.body, self.request_bytes_max)
        return await asyncio.to_thread(decompress, call.coding, call.body, self.request_bytes_max)

    def _count(self, call: Call, batch: intake.Batch) -> None:
        item = ITEMS[batch.signal]
        self.telemetry.accepted[item].labels(call.transport).inc(batch.items)
        if batch.rejected:
            self.telemetry.refused[item].labels(call.transport).inc(batch.rejected)


def _partial_success(batch: intake.Batch) -> Message:
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = batch.rejected
    response.partial_success.error_message = batch.message
    return response


EMPTY_RESPONSES: dict[Kind, Message] = {
    Kind.TRACES: ExportTraceServiceResponse(),
    Kind.LOGS: ExportLogsServiceResponse(),
    Kind.METRICS: ExportMetricsServiceResponse(),
}
