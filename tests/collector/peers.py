"""What an exporter sees: one call, one answer, the same over gRPC, HTTP/protobuf and HTTP/JSON."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
import httpx
from backports import zstd
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.collector.otlp_requests import as_json, json_bytes

Code = grpc.StatusCode

RESPONSES: dict[str, type[Message]] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}
SERVICES = {
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
}
# OTLP 1.11, and receiver/otlpreceiver/internal/errors of the OpenTelemetry collector.
CODES = {
    200: Code.OK,
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    413: Code.RESOURCE_EXHAUSTED,
    503: Code.UNAVAILABLE,
}
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
TIMEOUT_S = 30.0

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is what came back on success, `status` what came back on failure."""

    code: Code
    body: Any = None
    status: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def details(self) -> list[str]:
        """The kinds of detail beside the status."""
        return [detail.TypeName() for detail in self.status.details] if self.status else []

    @property
    def retry_delay_s(self) -> float | None:
        """Of RetryInfo; None without one."""
        info = error_details_pb2.RetryInfo()
        for detail in self.status.details if self.status else ():
            if detail.Unpack(info):
                return float(info.retry_delay.seconds + info.retry_delay.nanos / 1e9)
        return None


class Peer(Protocol):
    """An exporter of one transport and one coding."""

    transport: str

    def export(self, request: Message | bytes, kind: str = "traces", key: str = "") -> Answer: ...


class GrpcPeer:
    """Raw bytes through a real channel."""

    transport = "grpc"

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def export(self, request: Message | bytes, kind: str = "traces", key: str = "") -> Answer:
        body = request if isinstance(request, bytes) else request.SerializeToString()
        export = self._channel.unary_unary(
            f"/{SERVICES[kind]}/Export", request_serializer=bytes, response_deserializer=bytes
        )
        metadata = (("authorization", f"Bearer {key}"),) if key else ()
        try:
            answer = export(body, metadata=metadata, timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            return failed_call(error)
        return Answer(Code.OK, RESPONSES[kind].FromString(answer))


def failed_call(error: Any) -> Answer:
    """The status of a failed call; from the details if there are any, as retrying clients do."""
    trailers = dict(error.trailing_metadata() or ())
    status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    if "grpc-status-details-bin" in trailers:
        packed = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
        assert (packed.code, packed.message) == (status.code, status.message)
        status = packed
    return Answer(error.code(), None, status)


class HttpPeer:
    """One kept-alive client."""

    transport = "http"

    def __init__(self, client: httpx.Client, port: int, media_type: str, coding: str) -> None:
        self._client = client
        self._url = f"http://127.0.0.1:{port}/v1"
        self._media_type = media_type
        self._coding = coding

    def export(self, request: Message | bytes, kind: str = "traces", key: str = "") -> Answer:
        headers = {"content-type": self._media_type, "accept-encoding": "identity"}
        if self._coding != "identity":
            headers["content-encoding"] = self._coding
        if key:
            headers["authorization"] = f"Bearer {key}"
        body = COMPRESS[self._coding](self._encoded(request))
        response = self._client.post(f"{self._url}/{kind}", content=body, headers=headers)
        return http_answer(response, RESPONSES[kind])

    def _encoded(self, request: Message | bytes) -> bytes:
        if isinstance(request, bytes):
            return request
        if self._media_type == JSON:
            return json_bytes(as_json(request))
        return request.SerializeToString()


def http_answer(response: httpx.Response, kind: type[Message]) -> Answer:
    """Decoded by the Content-Type of the response, which must be that of the request."""
    media_type = response.headers["content-type"]
    asked = response.request.headers.get("content-type", PROTOBUF).partition(";")[0]
    assert media_type == (asked if asked in {PROTOBUF, JSON} else PROTOBUF)
    code = CODES.get(response.status_code, Code.UNKNOWN)
    headers = dict(response.headers)
    if response.status_code == 200:
        return Answer(code, _decoded(media_type, response.content, kind()), headers=headers)
    status: Any = _decoded(media_type, response.content, status_pb2.Status())
    assert code is Code.UNKNOWN or status.code == code.value[0]
    return Answer(code, None, status, headers)


def _decoded(media_type: str, body: bytes, message: Message) -> Message:
    if media_type == JSON:
        return json_format.Parse(body, message)
    message.ParseFromString(body)
    return message


# Every transport with every coding that it knows.
WAYS = [
    "grpc-identity",
    "grpc-gzip",
    "protobuf-identity",
    "protobuf-gzip",
    "protobuf-zstd",
    "json-identity",
    "json-gzip",
    "json-zstd",
]


@contextmanager
def connected(way: str, http_port: int, grpc_port: int) -> Iterator[Peer]:
    """A peer of WAYS; its connection is closed afterwards."""
    transport, coding = way.split("-")
    if transport == "grpc":
        compression = grpc.Compression.Gzip if coding == "gzip" else grpc.Compression.NoCompression
        options = [("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(
            f"127.0.0.1:{grpc_port}", options=options, compression=compression
        ) as channel:
            yield GrpcPeer(channel)
    else:
        media_type = PROTOBUF if transport == "protobuf" else JSON
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=False) as client:
            yield HttpPeer(client, http_port, media_type, coding)
