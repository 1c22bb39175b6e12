"""OTLP over gRPC: raw bytes in, no deserialiser, so that a request becomes no Python objects."""

from collections.abc import Awaitable, Callable

import grpc
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from collector import status
from collector.config import CollectorConfig
from collector.intake import Encoding
from collector.receiver import EMPTY_RESPONSES, Call, Kind, Receiver
from domain.access import key_from_headers
from domain.errors import WakelineError

TRANSPORT = "grpc"
SERVICES = {
    Kind.TRACES: trace_service_pb2.DESCRIPTOR.services_by_name["TraceService"].full_name,
    Kind.LOGS: logs_service_pb2.DESCRIPTOR.services_by_name["LogsService"].full_name,
    Kind.METRICS: metrics_service_pb2.DESCRIPTOR.services_by_name["MetricsService"].full_name,
}
STATUS_DETAILS = "grpc-status-details-bin"
HANDSHAKE_MS = 10_000
STREAMS_MAX = 128

Context = grpc.aio.ServicerContext[bytes, bytes]
Export = Callable[[bytes, Context], Awaitable[bytes]]


def server(receiver: Receiver, config: CollectorConfig) -> tuple[grpc.aio.Server, int]:
    """The gRPC server, and the port that it is bound to; start and stop are the caller's."""
    grpc_server = grpc.aio.server(options=_options(config))
    for kind, service in SERVICES.items():
        handler = grpc.unary_unary_rpc_method_handler(_export(receiver, kind))
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
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_MS),
        ("grpc.max_connection_idle_ms", idle_ms),
        ("grpc.keepalive_time_ms", idle_ms),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.so_reuseport", 0),
    ]


def _bind(grpc_server: grpc.aio.Server, config: CollectorConfig) -> int:
    address = f"{config.host}:{config.grpc_port}"
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

    async def export(body: bytes, context: Context) -> bytes:
        receiver.telemetry.requests.labels(TRANSPORT).inc()
        try:
            response = await _receive(receiver, kind, body, context)
        except WakelineError as error:
            receiver.telemetry.failed_requests.labels(
                TRANSPORT, str(status.wire_status(error).http_status)
            ).inc()
            await _abort(context, error)
            raise
        return empty if response is None else response.SerializeToString()

    return export


async def _receive(receiver: Receiver, kind: Kind, body: bytes, context: Context) -> Message | None:
    metadata = dict(context.invocation_metadata() or ())
    principal = receiver.authenticate(
        key_from_headers(_text(metadata.get("authorization")), _text(metadata.get("x-api-key")))
    )
    receiver.hold(len(body))
    try:
        return await receiver.export(Call(kind, Encoding.PROTOBUF, "", body, TRANSPORT), principal)
    finally:
        receiver.let_go(len(body))


async def _abort(context: Context, error: WakelineError) -> None:
    rpc_status = status.rpc_status(error)
    # The details carry RetryInfo; gRPC's rich error model, google/rpc/status.proto.
    context.set_trailing_metadata(((STATUS_DETAILS, rpc_status.SerializeToString()),))
    await context.abort(status.wire_status(error).grpc_code, rpc_status.message)


def _text(value: str | bytes | None) -> str | None:
    return value.decode("latin-1") if isinstance(value, bytes) else value
