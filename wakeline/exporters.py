"""OTLP exporters by protocol; imported when they are needed, for they take long to load."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import environ

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.trace.export import SpanExporter

GRPC = "grpc"
HTTP = "http/protobuf"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to send.

    endpoint:  base URL, http://host:4318 or, for gRPC, http://host:4317; None: what
               OTEL_EXPORTER_OTLP_... says, else this machine.
    headers:   sent with each request, beside those of OTEL_EXPORTER_OTLP_HEADERS.
    """

    endpoint: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def url(self, signal: str) -> str | None:
        """That of the OTLP/HTTP signal, traces or logs."""
        return self.endpoint and f"{self.endpoint.rstrip('/')}/v1/{signal}"

    @property
    def insecure(self) -> bool | None:
        """Whether gRPC goes without TLS; None: as the environment says."""
        return self.endpoint.startswith("http://") if self.endpoint else None


def protocol(signal: str) -> str:
    """grpc or http/protobuf, as the environment says for TRACES or LOGS.

    Both reach Wakeline, so any other word, such as http/json, becomes http/protobuf.
    """
    specific = environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
    said = specific or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    return GRPC if said == GRPC else HTTP


def span_exporter(to: Destination) -> SpanExporter:
    """An exporter of spans."""
    if protocol("TRACES") == GRPC:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc

        return Grpc(to.endpoint, insecure=to.insecure, headers=dict(to.headers) or None)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http

    return Http(to.url("traces"), headers=dict(to.headers) or None)


def log_exporter(to: Destination) -> LogRecordExporter:
    """An exporter of log records."""
    if protocol("LOGS") == GRPC:
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as Grpc

        return Grpc(to.endpoint, insecure=to.insecure, headers=dict(to.headers) or None)
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as Http

    return Http(to.url("logs"), headers=dict(to.headers) or None)
