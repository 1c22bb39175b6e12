"""Does a stored request hold spans, log records or metrics? Files do not say."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.receiver import Kind
from domain.errors import InvalidInput

JSON_KINDS = {
    "resourceSpans": Kind.TRACES,
    "resourceLogs": Kind.LOGS,
    "resourceMetrics": Kind.METRICS,
}
FIRST_NAME = re.compile(rb'\s*\{\s*"(\w+)"')


def of_json(line: bytes) -> Kind:
    """Of a request as JSON. Raises InvalidInput."""
    first = FIRST_NAME.match(line)
    if first and (kind := JSON_KINDS.get(first[1].decode())):
        return kind
    try:
        names = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"no JSON: {error}") from error
    for name, kind in JSON_KINDS.items():
        if isinstance(names, dict) and name in names:
            return kind
    raise InvalidInput(f"none of {', '.join(JSON_KINDS)}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a request of one kind looks; `proves` holds for an item that no other kind can have."""

    kind: Kind
    parse: Callable[[bytes], Any]
    path: tuple[str, str, str]
    proves: Callable[[Any], bool]

    def items(self, body: bytes) -> Iterator[Any]:
        """Nothing when the body does not parse."""
        try:
            request = self.parse(body)
        except DecodeError:
            return
        resources, scopes, items = self.path
        for resource in getattr(request, resources):
            for scope in getattr(resource, scopes):
                yield from getattr(scope, items)


# The three requests parse as one another; the fields below have another wire type in the others.
SPANS = _Shape(
    Kind.TRACES, ExportTraceServiceRequest.FromString,
    ("resource_spans", "scope_spans", "spans"),
    lambda span: span.start_time_unix_nano > 0,
)  # fmt: skip
METRICS = _Shape(
    Kind.METRICS, ExportMetricsServiceRequest.FromString,
    ("resource_metrics", "scope_metrics", "metrics"),
    lambda metric: bool(metric.name) and metric.WhichOneof("data") is not None,
)  # fmt: skip
LOGS = _Shape(
    Kind.LOGS, ExportLogsServiceRequest.FromString,
    ("resource_logs", "scope_logs", "log_records"),
    lambda record: bool(record.time_unix_nano or record.observed_time_unix_nano)
    or record.HasField("body"),
)  # fmt: skip


def of_protobuf(body: bytes) -> Kind | None:
    """Of a request as protobuf; None when it holds nothing. Raises InvalidInput."""
    for shape in (SPANS, METRICS, LOGS):
        if any(map(shape.proves, shape.items(body))):
            return shape.kind
    try:
        SPANS.parse(body)
    except DecodeError as error:
        raise InvalidInput("this is no length-delimited OTLP") from error
    # Spans without a start can only be told from nothing.
    return Kind.TRACES if any(True for _ in SPANS.items(body)) else None
