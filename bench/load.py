"""The load generator: sends requests built beforehand as fast as they are answered.

A process of its own, because it shares the cores with the server that it measures: everything is
ready before the first byte is sent, and an answer is read no further than needed. Says `built` on
stdout, waits for a line on stdin, sends, and prints a bench.load.Outcome as JSON.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import uvloop
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app import otlp_files
from bench import payload
from collector.intake import Encoding
from collector.receiver import Kind

GRPC_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
STATUS_DETAILS = "grpc-status-details-bin"
RETRIES_MAX = 1000
RETRIED = {b"429", b"502", b"503", b"504"}
GRPC_CONNECTIONS_MAX = 4


class LoadError(Exception):
    """The server answered otherwise than it should; the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the client saw. Acknowledge times include the waits that a retry was asked for."""

    requests: int
    spans: int
    request_bytes: int
    retries: int
    began_unix_s: float
    seconds: float
    ack_p50_ms: float
    ack_p99_ms: float
    ack_max_ms: float
    generator_cpu_s: float


class Tally:
    """The requests still to be sent, and how long each took to be acknowledged."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.waiting = iter(requests)
        self.latencies_s = array("d")
        self.retries = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = len(requests)

    def acknowledged(self, seconds: float) -> None:
        """One more; the last one ends the run."""
        self.latencies_s.append(seconds)
        self._left -= 1
        if not self._left and not self.done.done():
            self.done.set_result(None)

    def retry(self) -> None:
        """Count it. Raises LoadError when it does not help."""
        self.retries += 1
        if self.retries > RETRIES_MAX:
            raise LoadError(f"the server refused {RETRIES_MAX} times")

    def failed(self, reason: str) -> None:
        """End the run."""
        if not self.done.done():
            self.done.set_exception(LoadError(reason))


class Connection(asyncio.Protocol):
    """One keep-alive HTTP connection with one request under way."""

    transport: asyncio.Transport
    began = 0.0
    request = b""  # the one under way

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio.Transports by shape, not by descent.
        self.transport = transport  # type: ignore[assignment]

    def send_next(self) -> None:
        """The next request, if there is one."""
        self.request = next(self._tally.waiting, b"")
        if self.request:
            self.began = time.perf_counter()
            self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        head = head.lower()
        if len(body) < _content_length(head):
            return
        self._answer = b""
        if head.startswith(b"http/1.1 200"):
            self._tally.acknowledged(time.perf_counter() - self.began)
            self.send_next()
        else:
            self._refused(head, body)

    def _refused(self, head: bytes, body: bytes) -> None:
        if head[9:12] not in RETRIED:
            self._tally.failed(f"{head[:40]!r} {body[:300]!r}")
            return
        try:
            self._tally.retry()
        except LoadError as error:
            self._tally.failed(str(error))
            return
        after_s = float(_header(head, b"retry-after") or b"1")
        asyncio.get_running_loop().call_later(after_s, self.transport.write, self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        # One with nothing under way may be closed: the others are still at work.
        if self.request:
            self._tally.failed(f"the server closed a connection before its answer: {exc}")


def _content_length(head: bytes) -> int:
    return int(_header(head, b"content-length") or b"0")


def _header(head: bytes, name: bytes) -> bytes:
    """The value of a header in a head that is in lower case; empty without it."""
    return head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip()


async def send_http(address: str, connections: int, requests: Sequence[bytes]) -> Tally:
    """`requests` are whole HTTP requests. Raises LoadError, or OSError without a server."""
    host, _, port = address.rpartition(":")
    tally = Tally(requests)
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Connection(tally), host, int(port)))[1]
        for _ in range(min(connections, len(requests)))
    ]
    for connection in opened:
        connection.send_next()
    await tally.done
    for connection in opened:
        connection.transport.abort()
    return tally


async def send_grpc(address: str, streams: int, requests: Sequence[bytes]) -> Tally:
    """`requests` are protobuf messages. Raises LoadError."""
    tally = Tally(requests)
    channels = [
        # Else channels to one address share one connection.
        grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(min(streams, GRPC_CONNECTIONS_MAX))
    ]
    calls = [channel.unary_unary(GRPC_METHOD, None, None) for channel in channels]
    await asyncio.gather(*(_stream(calls[n % len(calls)], tally) for n in range(streams)))
    for channel in channels:
        await channel.close(None)
    return tally


async def _stream(call: "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]", tally: Tally) -> None:
    for request in tally.waiting:
        began = time.perf_counter()
        while True:
            try:
                await call(request, wait_for_ready=True)
                break
            except grpc.aio.AioRpcError as error:
                after_s = _retry_delay_s(error)
                if after_s is None:
                    raise LoadError(f"{error.code()}: {error.details()}") from error
                tally.retry()
                await asyncio.sleep(after_s)
        tally.acknowledged(time.perf_counter() - began)


def _retry_delay_s(error: grpc.aio.AioRpcError) -> float | None:
    """The delay of RetryInfo; None when the answer does not ask for a retry."""
    trailing: Any = error.trailing_metadata()
    for key, value in trailing or ():
        if key == STATUS_DETAILS and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.RetryInfo()
                if detail.Unpack(info):
                    return float(info.retry_delay.ToTimedelta().total_seconds())
    return None


def with_head(address: str, headers: Sequence[str], body: bytes) -> bytes:
    """The bytes of a whole HTTP request."""
    lines = [
        "POST /v1/traces HTTP/1.1",
        f"Host: {address}",
        f"Content-Type: {Encoding.PROTOBUF}",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _from_file(path: Path) -> list[bytes]:
    stored = [request for request in otlp_files.read(path) if request.kind is Kind.TRACES]
    if any(request.encoding is not Encoding.PROTOBUF for request in stored):
        raise LoadError(f"{path}: only length-delimited protobuf can be measured")
    return [request.body for request in stored]


def _spans(body: bytes) -> int:
    request = ExportTraceServiceRequest.FromString(body)
    return sum(len(scope.spans) for one in request.resource_spans for scope in one.scope_spans)


def _build(arguments: argparse.Namespace) -> tuple[list[bytes], int]:
    """The requests as they go over the wire, and their spans."""
    if arguments.file:
        bodies = _from_file(arguments.file)
        spans = sum(map(_spans, bodies))
    else:
        bodies = list(payload.requests(arguments.size, arguments.requests))
        spans = arguments.size * arguments.requests
    if arguments.transport == "http":
        bodies = [with_head(arguments.address, arguments.header, body) for body in bodies]
    return bodies, spans


async def _run(arguments: argparse.Namespace, requests: list[bytes], spans: int) -> Outcome:
    send = {"http": send_http, "grpc": send_grpc}[arguments.transport]
    began_unix_s, began, cpu = time.time(), time.perf_counter(), time.process_time()
    tally = await send(arguments.address, arguments.connections, requests)
    seconds = time.perf_counter() - began
    p50, p99, most = np.quantile(tally.latencies_s, [0.5, 0.99, 1]) * 1000
    return Outcome(
        len(requests), spans, sum(map(len, requests)), tally.retries, began_unix_s, seconds,
        float(p50), float(p99), float(most), time.process_time() - cpu,
    )  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("transport", choices=("http", "grpc"))
    parser.add_argument("address", metavar="HOST:PORT")
    parser.add_argument("--size", type=int, default=512, help="spans a request")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8, help="requests under way at once")
    parser.add_argument("--header", action="append", default=[], metavar="NAME:VALUE")
    parser.add_argument("--file", type=Path, help="send the requests of this OTLP file instead")
    return parser.parse_args()


def main() -> None:
    """Exit code 0 only when every request was acknowledged."""
    arguments = _arguments()
    try:
        requests, spans = _build(arguments)
        # Nothing that follows makes cycles worth a pause of the collector.
        gc.freeze()
        gc.disable()
        print("built", flush=True)
        if not sys.stdin.readline():
            return
        print(json.dumps(asdict(uvloop.run(_run(arguments, requests, spans)))))
    except (LoadError, OSError) as error:
        sys.exit(f"bench.load: {error}")


if __name__ == "__main__":
    main()
