"""Is a request nested deeper than the engine's typed columns can hold?

Walking every attribute in Python to find out would cost more than all the rest of the intake. But
upb refuses messages nested over 100 deep while it validates, in C. So the request is parsed inside
as many nested groups (two constant bytes each, no lengths) as leave room for just the depth that
the landing table holds: validation then answers the question at no cost.

Messages from the request down to the deepest AnyValue that the engine reads:
  resource attribute, log body    5, holding an array (+2) or a map (+3) of scalars   -> at most 8
  scope, span, log attribute      6, holding an array (+2) of scalars                 -> at most 8
  event, link attribute           7, a scalar                                         -> at most 7
Whatever is nested deeper goes through any_value.flatten, attribute by attribute.

An empty array or map takes one message and a map of keys without values two, so these fit also in
places that hold no full ones; the engine writes all that they can be: [], {} or {"key":null}.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from collector.records import varint
from domain.envelope import Signal, body_tag

UPB_MESSAGES_MAX = 100
START_GROUP = b"\x0b"
END_GROUP = b"\x0c"
# Unwrapping costs 23 us, parsing again 1 us for each 500 bytes.
REPARSE_BYTES_MAX = 10_000

REQUESTS: dict[Signal, type[Message]] = {
    Signal.TRACES: trace_service_pb2.ExportTraceServiceRequest,
    Signal.LOGS: logs_service_pb2.ExportLogsServiceRequest,
}


def _nest_type() -> type[Message]:
    """message Nest { group Nest nest = 1; one field for each kind of request }."""
    file = descriptor_pb2.FileDescriptorProto(name="wakeline/nest.proto", package="wakeline")
    nest = file.message_type.add(name="Nest")
    field = descriptor_pb2.FieldDescriptorProto
    nest.field.add(
        name="nest", number=1, type=field.TYPE_GROUP, label=field.LABEL_OPTIONAL,
        type_name=".wakeline.Nest",
    )  # fmt: skip
    for signal, request in REQUESTS.items():
        descriptor = request.DESCRIPTOR
        file.dependency.append(descriptor.file.name)
        nest.field.add(
            name=f"r{signal}", number=signal, type=field.TYPE_MESSAGE, label=field.LABEL_OPTIONAL,
            type_name=f".{descriptor.full_name}",
        )  # fmt: skip
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("wakeline.Nest"))


_Nest: Any = _nest_type()


def _nested(signal: Signal, body: bytes, groups: int) -> Message:
    """`body` parsed inside `groups` groups; raises DecodeError."""
    head = START_GROUP * groups + body_tag(signal) + varint(len(body))
    nest: Message = _Nest.FromString(b"".join((head, body, END_GROUP * groups)))
    return nest


def calibrate(groups_max: int) -> int:
    """How many groups leave room for exactly the 8 messages of `request` in the upb installed."""
    request = trace_service_pb2.ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.attributes.add().value.array_value.values.add(int_value=1)
    body = request.SerializeToString()
    for groups in range(groups_max, 0, -1):
        try:
            _nested(Signal.TRACES, body, groups)
        except DecodeError:
            continue
        return groups
    raise RuntimeError("this protobuf runtime does not bound nesting: install its upb version")


GROUPS = calibrate(UPB_MESSAGES_MAX)


def parse(signal: Signal, body: bytes) -> tuple[Any, bool]:
    """The request message, and whether the engine can hold it as it is.

    False: some value is nested deeper, and any_value.flatten has to run. Raises DecodeError for
    bytes that are no such request, or nested over 100 messages deep.
    """
    try:
        nest = _nested(signal, body, GROUPS)
    except DecodeError:
        return REQUESTS[signal].FromString(body), False
    if len(body) < REPARSE_BYTES_MAX:
        return REQUESTS[signal].FromString(body), True
    for _ in range(GROUPS):
        nest = nest.nest  # type: ignore[attr-defined]
    return getattr(nest, f"r{signal}"), True
