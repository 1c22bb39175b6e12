"""OTLP requests to send, and the JSON that OTLP writes for them."""

import base64
import json
import os
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

HEX_KEYS = {"traceId", "spanId", "parentSpanId"}


def traces(*span_ids: bytes, trace_id: bytes = b"", name: str = "step") -> Any:
    """One span for each id, all of one trace that no other request has."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "fleet"
    scope = resource.scope_spans.add()
    trace_id = trace_id or os.urandom(16)
    for number, span_id in enumerate(span_ids or (os.urandom(8),)):
        span = scope.spans.add(
            trace_id=trace_id,
            span_id=span_id,
            name=name,
            start_time_unix_nano=1_700_000_000_000_000_000 + number,
            end_time_unix_nano=1_700_000_000_000_001_000 + number,
        )
        span.attributes.add(key="number").value.int_value = number
    return request


def logs(*bodies: str) -> Any:
    """One record for each body."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    for text in bodies:
        scope.log_records.add(time_unix_nano=1_700_000_000_000_000_000).body.string_value = text
    return request


def metrics(points: int) -> Any:
    """A gauge of so many data points, and a metric without data."""
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    for number in range(points):
        scope.metrics.add(name="m").gauge.data_points.add().as_int = number
    scope.metrics.add(name="empty")
    return request


def trace_id_of(request: Any) -> str:
    """In hex, of the first span."""
    trace_id: bytes = request.resource_spans[0].scope_spans[0].spans[0].trace_id
    return trace_id.hex()


def padded(request: Any, size: int) -> Any:
    """`request` made at least `size` bytes long by text that does not repeat itself."""
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="noise").value.string_value = os.urandom(size // 2 + 1).hex()
    return request


def blank(request: Any, size: int) -> Any:
    """`request` made at least `size` bytes long by zeros, which compress a thousand times."""
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="zeros").value.string_value = "0" * size
    return request


def as_json(request: Message) -> dict[str, Any]:
    """OTLP JSON: ProtoJSON, but with hex ids and enum numbers."""
    document = json_format.MessageToDict(request, use_integers_for_enums=True)
    hex_ids(document)
    return document


def hex_ids(value: Any) -> None:
    """Rewrites, in place, the base64 that ProtoJSON gives ids."""
    if isinstance(value, list):
        for item in value:
            hex_ids(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in HEX_KEYS:
                value[key] = base64.b64decode(item).hex()
            else:
                hex_ids(item)


def json_bytes(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
