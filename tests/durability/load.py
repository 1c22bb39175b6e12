"""Clients that send spans with ids of their own, and send again what was not acknowledged."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import grpc
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
ANSWER_SECONDS_MAX = 30.0
RETRY_SECONDS = 0.05
STOP_SECONDS_MAX = 120.0
# Of the requests that fail; their callers never ask again.
GIVEN_UP_SHARE = 0.1

Address = Callable[[str], str]


@dataclass(slots=True)
class Tally:
    """What clients know: span ids in hex, by what became of their request."""

    acknowledged: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    resent: int = 0


class Refused(Exception):
    """The server answered that it does not take the request now."""


class HttpClient:
    """One connection at a time, opened again after an error."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: http.client.HTTPConnection | None = None

    def send(self, body: bytes) -> None:
        """Raises Refused with the status, or OSError or HTTPException without an answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._address("HTTP"), timeout=ANSWER_SECONDS_MAX
            )
        try:
            headers = {"content-type": "application/x-protobuf"}
            self._connection.request("POST", "/v1/traces", body, headers)
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.status != 200:
            raise Refused(f"{response.status} after {response.headers['retry-after']}")

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


class GrpcClient:
    """A channel, made again when the server moves to another port."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connected = ""
        self._channel: grpc.Channel | None = None

    def send(self, body: bytes) -> None:
        """Raises Refused with the status, or RpcError without an answer of the collector."""
        if self._channel is None or self._connected != self._address("gRPC"):
            self.close()
            self._connected = self._address("gRPC")
            self._channel = grpc.insecure_channel(self._connected)
        call = self._channel.unary_unary(METHOD, None, None)
        try:
            call(body, timeout=ANSWER_SECONDS_MAX)
        except grpc.RpcError as error:
            if (after_s := _retry_after_s(error)) is not None:
                raise Refused(f"{error.code().name} after {after_s:.0f}") from error
            raise

    def close(self) -> None:
        if self._channel:
            self._channel.close()
        self._channel = None


class Load:
    """Sends while the block runs; at its end waits until all that was begun is acknowledged."""

    def __init__(
        self,
        address: Address,
        *,
        seed: int = 0,
        clients: int = 6,
        spans_max: int = 8,
        pause_seconds: float = 0.003,
    ) -> None:
        self.tally = Tally()
        self._address = address
        self._spans_max = spans_max
        self._seed = seed
        self._pause_seconds = pause_seconds
        self._stop = threading.Event()
        self._abandon = threading.Event()
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"client-{number}")
            for number in range(clients)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._abandon.set()
        self.stop()

    def stop(self) -> None:
        """Send no new request; wait for the acknowledgement of those that were begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join(STOP_SECONDS_MAX)
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        self._abandon.set()
        assert not stuck, f"{stuck} are not answered: {self.tally.refusals}"

    def abandon(self) -> None:
        """Send nothing more; what is not acknowledged yet is given up."""
        self._abandon.set()
        self.stop()

    def until(self, condition: Callable[[Tally], object]) -> None:
        """Wait for something that clients see."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.tally), STOP_SECONDS_MAX), (
                self.tally.refusals
            )

    def until_more(self, spans: int) -> None:
        """Wait until so many more spans are acknowledged."""
        wanted = len(self.tally.acknowledged) + spans
        self.until(lambda tally: len(tally.acknowledged) >= wanted)

    def _run(self, number: int) -> None:
        rng = random.Random(f"{self._seed}-{number}")
        client = (GrpcClient if number % 3 == 0 else HttpClient)(self._address)
        for ids, body in _requests(rng, self._spans_max):
            if self._stop.wait(self._pause_seconds):
                break
            self._send(client, rng, ids, body)
        client.close()

    def _send(
        self, client: HttpClient | GrpcClient, rng: random.Random, ids: list[str], body: bytes
    ) -> None:
        resent = 0
        while not self._abandon.is_set():
            try:
                client.send(body)
            except Refused as error:
                self._refused(str(error))
            except (OSError, http.client.HTTPException, grpc.RpcError):
                if rng.random() < GIVEN_UP_SHARE:
                    self.tally.given_up.extend(ids)
                    return
            else:
                with self._changed:
                    self.tally.acknowledged.extend(ids)
                    self.tally.resent += resent
                    self._changed.notify_all()
                return
            resent = 1
            self._abandon.wait(RETRY_SECONDS)
        self.tally.given_up.extend(ids)

    def _refused(self, how: str) -> None:
        with self._changed:
            self.tally.refusals[how] += 1
            self._changed.notify_all()


def _retry_after_s(error: grpc.RpcError) -> float | None:
    """The delay of RetryInfo, which only the collector itself sends."""
    trailing: Any = error.trailing_metadata()
    for key, value in trailing or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.RetryInfo()
                if detail.Unpack(info):
                    return float(info.retry_delay.ToTimedelta().total_seconds())
    return None


def _requests(rng: random.Random, spans_max: int) -> Iterator[tuple[list[str], bytes]]:
    """Span ids and a body, for ever."""
    while True:
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.add(key="service.name").value.string_value = "fleet"
        scope = resource.scope_spans.add()
        trace_id = rng.randbytes(16)
        for _ in range(rng.randint(1, spans_max)):
            span = scope.spans.add(trace_id=trace_id, span_id=rng.randbytes(8), name="step")
            span.start_time_unix_nano = 1_700_000_000_000_000_000
            span.end_time_unix_nano = 1_700_000_000_000_001_000
            span.attributes.add(key="note").value.string_value = "n" * rng.randrange(100)
        yield [span.span_id.hex() for span in scope.spans], request.SerializeToString()
