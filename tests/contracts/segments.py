"""Segments as the collector would spool them: every request goes through the real intake."""

import time
from itertools import count

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector import intake, records
from domain.envelope import Signal

TENANT = "acme"
RETENTION_DAYS = 30
# Rows that are older than their retention are gone as soon as they are written.
RECEIVED_UNIX_NANO = time.time_ns()

_numbers = count(1)


def token() -> str:
    """A deduplication token that nobody had before in this process."""
    return f"token-{next(_numbers)}"


def record(
    request: ExportTraceServiceRequest | ExportLogsServiceRequest,
    tenant: str = TENANT,
    retention_days: int = RETENTION_DAYS,
    received_unix_nano: int = RECEIVED_UNIX_NANO,
) -> bytes:
    """The spool record of `request`."""
    signal = signal_of(request)
    batch = intake.read(
        signal, intake.Encoding.PROTOBUF, tenant, request.SerializeToString(deterministic=True)
    )
    return records.encode(batch.request(tenant, retention_days), received_unix_nano)


def signal_of(request: ExportTraceServiceRequest | ExportLogsServiceRequest) -> Signal:
    return Signal.TRACES if isinstance(request, ExportTraceServiceRequest) else Signal.LOGS


def span_id(number: int) -> bytes:
    """A sound id that tells spans apart; log records carry one too where tests need to."""
    return number.to_bytes(8, "big")


def spans(
    *names: str, trace_id: bytes = b"\1" * 16, service: str = "billing", start_unix_nano: int = 0
) -> ExportTraceServiceRequest:
    """A request with one span for each name, one second apart."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.add(key="service.name").value.string_value = service
    scope_spans = resource_spans.scope_spans.add()
    first = start_unix_nano or RECEIVED_UNIX_NANO
    for number, name in enumerate(names):
        start = first + number * 10**9
        scope_spans.spans.add(
            trace_id=trace_id,
            span_id=span_id(next(_numbers)),
            name=name,
            kind="SPAN_KIND_INTERNAL",
            start_time_unix_nano=start,
            end_time_unix_nano=start + 5_000_000,
        )
    return request


def logs(*bodies: str, service: str = "billing") -> ExportLogsServiceRequest:
    """A request with one log record for each body."""
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    resource_logs.resource.attributes.add(key="service.name").value.string_value = service
    scope_logs = resource_logs.scope_logs.add()
    for body in bodies:
        entry = scope_logs.log_records.add(
            time_unix_nano=RECEIVED_UNIX_NANO, severity_number="SEVERITY_NUMBER_INFO"
        )
        entry.body.string_value = body
    return request
