"""OTLP over gRPC: raw bytes in, no deserialiser, so that a request becomes no Python objects."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NoReturn

import grpc
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from collector import status
from collector.compression import Coding
from collector.config import CollectorConfig
from collector.intake import Encoding
from collector.receiver import (
    EMPTY_RESPONSES,
    Call,
    Disconnected,
    Kind,
    Receiver,
    surprises_are_retryable,
)
from domain.access import key_from_headers
from domain.errors import InvalidInput, Unavailable, WakelineError

TRANSPORT = "grpc"
SERVICES = {
    Kind.TRACES: trace_service_pb2.DESCRIPTOR.services_by_name["TraceService"].full_name,
    Kind.LOGS: logs_service_pb2.DESCRIPTOR.services_by_name["LogsService"].full_name,
    Kind.METRICS: metrics_service_pb2.DESCRIPTOR.services_by_name["MetricsService"].full_name,
}
STATUS_DETAILS = "grpc-status-details-bin"
STREAMS_MAX = 128
LATE_RETRY_AFTER_S = 1.0

Context = grpc.aio.ServicerContext[bytes, bytes]
Export = Callable[[AsyncIterator[bytes], Context], Awaitable[bytes]]


def server(receiver: Receiver, config: CollectorConfig) -> tuple[grpc.aio.Server, int]:
    """The gRPC server, and the port that it is bound to; start and stop are the caller's."""
    grpc_server = grpc.aio.server(options=_options(config))
    for kind, service in SERVICES.items():
        # On the wire a unary call is a stream of one message. Taken as a stream, the key is checked
        # before the message is read, and a message that never arrives can be given up.
        handler = grpc.stream_unary_rpc_method_handler(_export(receiver, kind))
        grpc_server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(service, {"Export": handler})]
        )
    return grpc_server, _bind(grpc_server, config)


def _options(config: CollectorConfig) -> list[tuple[str, int]]:
    idle_ms = int(config.idle_seconds_max * 1000)
    return [
        # Also bounds what decompression yields: RESOURCE_EXHAUSTED, without RetryInfo.
        ("grpc.max_receive_message_length", config.request_bytes_max),
        ("grpc.max_send_message_length", 4 * 1024**2),
        ("grpc.max_concurrent_streams", STREAMS_MAX),
        ("grpc.max_allowed_incoming_connections", config.connections_max),
        ("grpc.server_handshake_timeout_ms", int(config.receive_seconds_max * 1000)),
        ("grpc.max_connection_idle_ms", idle_ms),
        ("grpc.keepalive_time_ms", idle_ms),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.so_reuseport", 0),
    ]


def _bind(grpc_server: grpc.aio.Server, config: CollectorConfig) -> int:
    host = f"[{config.host}]" if ":" in config.host else config.host  # IPv6, RFC 3986, 3.2.2
    address = f"{host}:{config.grpc_port}"
    if config.tls.certificate is None or config.tls.key is None:
        return grpc_server.add_insecure_port(address)
    client_ca = config.tls.client_ca
    credentials = grpc.ssl_server_credentials(
        [(config.tls.key.read_bytes(), config.tls.certificate.read_bytes())],
        root_certificates=client_ca.read_bytes() if client_ca else None,
        require_client_auth=client_ca is not None,
    )
    return grpc_server.add_secure_port(address, credentials)


def _export(receiver: Receiver, kind: Kind) -> Export:
    empty = EMPTY_RESPONSES[kind].SerializeToString()
    telemetry = receiver.telemetry

    async def export(_: AsyncIterator[bytes], context: Context) -> bytes:
        telemetry.requests.labels(TRANSPORT).inc()
        try:
            with surprises_are_retryable():
                response = await _receive(receiver, kind, context)
        except Disconnected:
            telemetry.failed_requests.labels(TRANSPORT, "499").inc()
            await _abort(context, InvalidInput("the call ended without a message"))
        except WakelineError as error:
            http_status = status.wire_status(error).http_status
            telemetry.failed_requests.labels(TRANSPORT, str(http_status)).inc()
            await _abort(context, error)
        return empty if response is None else response.SerializeToString()

    return export


async def _receive(receiver: Receiver, kind: Kind, context: Context) -> Message | None:
    metadata = dict(context.invocation_metadata() or ())
    principal = receiver.authenticate(
        key_from_headers(_text(metadata.get("authorization")), _text(metadata.get("x-api-key")))
    )
    body = await _message(context, receiver.receive_seconds_max)
    with receiver.holding(len(body)):
        call = Call(kind, Encoding.PROTOBUF, Coding.IDENTITY, body, TRANSPORT)
        return await receiver.export(call, principal)


async def _message(context: Context, seconds_max: float) -> bytes:
    """The one message of the call, decompressed by gRPC.

    Raises Unavailable when it is late. Disconnected: none came, or gRPC has refused it by itself
    because it is too large (RESOURCE_EXHAUSTED) or damaged (INTERNAL).
    """
    try:
        async with asyncio.timeout(seconds_max):
            message = await context.read()
    except TimeoutError:
        late = "the message did not arrive in time; send again"
        raise Unavailable(late, LATE_RETRY_AFTER_S) from None
    if not isinstance(message, bytes):  # it is grpc.aio.EOF, which the stubs leave out
        raise Disconnected
    return message


async def _abort(context: Context, error: WakelineError) -> NoReturn:
    rpc_status = status.rpc_status(error)
    # The details carry RetryInfo; gRPC's rich error model, google/rpc/status.proto.
    context.set_trailing_metadata(((STATUS_DETAILS, rpc_status.SerializeToString()),))
    await context.abort(status.wire_status(error).grpc_code, rpc_status.message)


def _text(value: str | bytes | None) -> str | None:
    return value.decode("latin-1") if isinstance(value, bytes) else value
