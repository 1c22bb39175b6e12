"""Facts that are told over HTTP or from files become log records, and go the way of all OTLP."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, SeverityNumber

from collector.compression import Coding
from collector.intake import Encoding
from collector.receiver import Call, Kind, Receiver, surprises_are_retryable
from domain.access import Principal
from domain.errors import Conflict
from domain.recorded_events import RecordedEvent, Value
from wakeline.conventions import SCOPE, SERVICE_NAME

TRANSPORT = "api"


class Recorder:
    """Of a process with a collector; without one, all is refused."""

    def __init__(self, receiver: Receiver | None, hurry: Callable[[], None] = lambda: None) -> None:
        """hurry: called when something is durable, for somebody awaits what follows from it."""
        self._receiver = receiver
        self._hurry = hurry

    async def record(self, teller: Principal, events: Sequence[RecordedEvent]) -> None:
        """Durable when it returns: fsynced in the spool, or stored before.

        Raises Unavailable while the spool is full, Conflict without a collector, TooLarge.
        """
        if self._receiver is None:
            raise Conflict("this process takes nothing in: send it to the API port of a collector")
        if not events:
            return
        body = await asyncio.to_thread(encoded, events)
        call = Call(Kind.LOGS, Encoding.PROTOBUF, Coding.IDENTITY, body, TRANSPORT)
        with surprises_are_retryable(), self._receiver.holding(len(body)):
            await self._receiver.export(call, teller)
        self._hurry()


def encoded(events: Sequence[RecordedEvent]) -> bytes:
    """The events as one OTLP request of log records, as the SDK would send them."""
    request = ExportLogsServiceRequest()
    by_service: dict[str, list[RecordedEvent]] = {}
    for event in events:
        by_service.setdefault(event.service, []).append(event)
    for service, own in by_service.items():
        resource = request.resource_logs.add()
        resource.resource.attributes.extend(_attributes({SERVICE_NAME: service}))
        scope = resource.scope_logs.add()
        scope.scope.name = SCOPE
        scope.log_records.extend(map(_record, own))
    return request.SerializeToString()


def _record(event: RecordedEvent) -> LogRecord:
    return LogRecord(
        time_unix_nano=event.at_ns,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        severity_text="INFO",
        attributes=_attributes(event.attributes),
        trace_id=bytes.fromhex(event.trace_id),
        span_id=bytes.fromhex(event.span_id),
        event_name=event.name,
    )


def _attributes(values: Mapping[str, Value]) -> list[KeyValue]:
    return [KeyValue(key=name, value=_any_value(value)) for name, value in values.items()]


def _any_value(value: Value) -> AnyValue:
    if isinstance(value, tuple):
        message = AnyValue()
        message.array_value.values.extend(map(_any_value, value))
        return message
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(string_value=value)
