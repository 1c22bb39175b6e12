"""Files of stored OTLP as `wakeline replay` takes them, and the requests in them."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SPANS = 2
START = 1_790_000_000_000_000_000


def traces(number: int, trace_id: bytes = b"") -> ExportTraceServiceRequest:
    """Two spans of one trace; another number, other ids."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "stored"
    scope = resource.scope_spans.add()
    for index in range(SPANS):
        scope.spans.add(
            trace_id=trace_id or (number + 1).to_bytes(16), span_id=(index + 1).to_bytes(8),
            name=f"span {index}", start_time_unix_nano=START + number, end_time_unix_nano=START,
        )  # fmt: skip
    return request


def logs(number: int) -> ExportLogsServiceRequest:
    """One record whose body, read as a span, would be a name."""
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.body.string_value = f"record {number}"
    record.time_unix_nano = START + number
    return request


def metrics() -> ExportMetricsServiceRequest:
    """One gauge with one point."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="queue.size")
    metric.gauge.data_points.add(time_unix_nano=START, as_int=3)
    return request


def delimited(*requests: Message) -> bytes:
    """Each request after its length."""
    parts = []
    for request in requests:
        body = request.SerializeToString()
        length, prefix = len(body), bytearray()
        while length > 0x7F:
            prefix.append(length & 0x7F | 0x80)
            length >>= 7
        parts += [bytes([*prefix, length]), body]
    return b"".join(parts)


def messages(path: Path, *requests: Message) -> Path:
    """A file of length-delimited protobuf; packed when its name ends in .gz."""
    return write(path, delimited(*requests))


def lines(path: Path, *requests: Message) -> Path:
    """A file of OTLP JSON lines; packed when its name ends in .gz."""
    return write(path, b"".join(map(line, requests)))


def line(request: Message) -> bytes:
    """One line as the collector's file exporter writes it: ids in hexadecimal digits."""
    plain: dict[str, Any] = json_format.MessageToDict(request)
    for resource in plain.get("resourceSpans", ()):
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("traceId", "spanId"):
                    span[name] = _hex(span.get(name, ""))
    return json.dumps(plain).encode() + b"\n"


def write(path: Path, data: bytes) -> Path:
    """The file, packed when its name ends in .gz."""
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def _hex(text: str) -> str:
    return base64.b64decode(text).hex()
