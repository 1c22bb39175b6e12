"""What both transports do with a request: authenticate, decompress, validate, make durable."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from collector import intake
from collector.compression import Coding, SizeLimit, decompress
from collector.config import CollectorConfig
from collector.intake import Batch, Encoding
from collector.redaction import Redactor
from collector.spool import Spool
from collector.telemetry import ITEMS, Telemetry
from domain.access import Authenticator, Principal, Scope
from domain.envelope import Signal
from domain.errors import Unavailable, WakelineError

BUSY_RETRY_AFTER_S = 1.0
# Above this, decompression (which releases the interpreter lock) leaves the event loop.
DECOMPRESS_INLINE_BYTES_MAX = 256 * 1024
# Above this, reading does too. It keeps the interpreter lock for much of the time, but a body that
# takes seconds (all of it bad spans, or deeply nested, or JSON) no longer stops every other client.
READ_INLINE_BYTES_MAX = 1024 * 1024
# The same while values are redacted, which takes up to a hundred times as long.
REDACT_INLINE_BYTES_MAX = 64 * 1024

T = TypeVar("T")

log = logging.getLogger("wakeline.collector")


class Kind(StrEnum):
    """What an OTLP service or path takes."""

    TRACES = "traces"
    LOGS = "logs"
    METRICS = "metrics"


SIGNALS = {Kind.TRACES: Signal.TRACES, Kind.LOGS: Signal.LOGS}


class Disconnected(Exception):
    """The client went away before its request was complete; nobody is left to answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One export request as a transport read it."""

    kind: Kind
    encoding: Encoding
    coding: Coding
    body: bytes
    transport: str


@contextmanager
def surprises_are_retryable() -> Iterator[None]:
    """An error that nobody foresaw becomes Unavailable, for a client keeps only what it may retry.

    Logged without its message, which may quote what was sent.
    """
    try:
        yield
    except (WakelineError, Disconnected):
        raise
    except Exception as error:
        stack = "".join(traceback.format_tb(error.__traceback__))
        log.error("a request failed by %s, a bug in wakeline:\n%s", type(error).__name__, stack)
        raise Unavailable("the collector failed; send again", BUSY_RETRY_AFTER_S) from error


class Receiver:
    """Turns calls into durable records; raises the errors of domain.errors, counted by callers.

    Bodies over READ_INLINE_BYTES_MAX (REDACT_INLINE_BYTES_MAX) are read one at a time: decoded, a
    request takes many times its size.
    """

    def __init__(
        self,
        spool: Spool,
        authenticator: Authenticator,
        retention_days: Callable[[str], int],
        telemetry: Telemetry,
        config: CollectorConfig,
    ) -> None:
        self._spool = spool
        self._authenticator = authenticator
        self._retention_days = retention_days
        # The spool stands in the data folder.
        self._redactor = Redactor.from_config(config.redaction, spool.folder.parent)
        self._inline_bytes_max = (
            REDACT_INLINE_BYTES_MAX if self._redactor else READ_INLINE_BYTES_MAX
        )
        self.telemetry = telemetry
        self.receive_seconds_max = config.receive_seconds_max
        any_request = SizeLimit("collector.request_bytes_max", config.request_bytes_max)
        json_request = SizeLimit("collector.json_request_bytes_max", config.json_request_bytes_max)
        self._limits = {
            Encoding.PROTOBUF: any_request,
            Encoding.JSON: min(any_request, json_request, key=lambda limit: limit.bytes_max),
        }
        self._in_flight_bytes_max = config.in_flight_bytes_max
        self._in_flight_bytes = 0
        self._big_bodies = ThreadPoolExecutor(1, thread_name_prefix="big-bodies")

    @property
    def in_flight_bytes(self) -> int:
        """Bytes of requests that are held in memory now."""
        return self._in_flight_bytes

    def size_limit(self, encoding: Encoding) -> SizeLimit:
        """Of requests in this encoding."""
        return self._limits[encoding]

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

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """`hold`, and `let_go` at the end."""
        self.hold(size)
        try:
            yield
        finally:
            self.let_go(size)

    async def export(self, call: Call, principal: Principal) -> Message | None:
        """Make the call's items durable.

        None: all were taken. A response message: some were not, and partial_success says why.
        """
        body = await self._decompressed(call)
        with self.holding(0 if body is call.body else len(body)):
            if call.kind is Kind.METRICS:
                points = await self._read(body, partial(intake.count_metric_points, call.encoding))
                self.telemetry.accepted["metric_points"].labels(call.transport).inc(points)
                return None
            signal = SIGNALS[call.kind]
            read = partial(
                intake.read, signal, call.encoding, principal.tenant, redactor=self._redactor
            )
            batch = await self._read(body, read)
            await self._append(call, principal, batch)
        return _partial_success(batch) if batch.rejected else None

    def close(self) -> None:
        """No more calls are exported."""
        self._big_bodies.shutdown()

    async def _decompressed(self, call: Call) -> bytes:
        limit = self.size_limit(call.encoding)
        if len(call.body) <= DECOMPRESS_INLINE_BYTES_MAX or call.coding is Coding.IDENTITY:
            return decompress(call.coding, call.body, limit)
        return await asyncio.to_thread(decompress, call.coding, call.body, limit)

    async def _read(self, body: bytes, read: Callable[[bytes], T]) -> T:
        if len(body) <= self._inline_bytes_max:
            return read(body)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._big_bodies, read, body)

    async def _append(self, call: Call, principal: Principal, batch: Batch) -> None:
        """Into the spool; counts the items, as refused when it raises Unavailable."""
        item = ITEMS[batch.signal]
        outcome = self.telemetry.failed
        try:
            if batch.items:
                days = self._retention_days(principal.tenant)
                if not await self._spool.append(batch.request(principal.tenant, days)):
                    self.telemetry.repeated.inc()
            outcome = self.telemetry.accepted
        except (WakelineError, asyncio.CancelledError):
            outcome = self.telemetry.refused
            raise
        finally:
            outcome[item].labels(call.transport).inc(batch.items)
        if batch.rejected:
            self.telemetry.refused[item].labels(call.transport).inc(batch.rejected)


def _partial_success(batch: Batch) -> Message:
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = batch.rejected
    response.partial_success.error_message = batch.message
    return response


EMPTY_RESPONSES: dict[Kind, Message] = {
    Kind.TRACES: ExportTraceServiceResponse(),
    Kind.LOGS: ExportLogsServiceResponse(),
    Kind.METRICS: ExportMetricsServiceResponse(),
}
