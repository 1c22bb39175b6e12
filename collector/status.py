"""The only map from our errors to gRPC codes and OTLP/HTTP status, with the bodies they carry."""

from dataclasses import dataclass

import grpc
from google.protobuf import any_pb2, duration_pb2, json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from collector.intake import Encoding
from domain.errors import (
    InvalidInput,
    NotFound,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    WakelineError,
)

# OTLP 1.11, "Failures": InvalidArgument and 400 are never retried; only 429, 502, 503, 504 and
# UNAVAILABLE (among others) are. RESOURCE_EXHAUSTED without RetryInfo is not retryable. What
# clients do not retry they drop, so no error of ours may be 500 or INTERNAL.
MESSAGE_CHARACTERS_MAX = 2000  # far below the 4 MiB that responses may have


class MethodNotAllowed(InvalidInput):
    """OTLP paths take POST alone."""


@dataclass(frozen=True, slots=True)
class WireStatus:
    """How one kind of error looks on both wires."""

    grpc_code: grpc.StatusCode
    http_status: int


STATUSES: dict[type[WakelineError], WireStatus] = {
    TooLarge: WireStatus(grpc.StatusCode.RESOURCE_EXHAUSTED, 413),
    UnsupportedMedia: WireStatus(grpc.StatusCode.UNIMPLEMENTED, 415),
    MethodNotAllowed: WireStatus(grpc.StatusCode.UNIMPLEMENTED, 405),
    InvalidInput: WireStatus(grpc.StatusCode.INVALID_ARGUMENT, 400),
    Unauthenticated: WireStatus(grpc.StatusCode.UNAUTHENTICATED, 401),
    PermissionDenied: WireStatus(grpc.StatusCode.PERMISSION_DENIED, 403),
    NotFound: WireStatus(grpc.StatusCode.UNIMPLEMENTED, 404),
    Unavailable: WireStatus(grpc.StatusCode.UNAVAILABLE, 503),
    # Whatever else there is does not mean that the request is bad.
    WakelineError: WireStatus(grpc.StatusCode.UNAVAILABLE, 503),
}


def wire_status(error: WakelineError) -> WireStatus:
    """By the class of the error or the nearest of its bases."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def rpc_status(error: WakelineError) -> status_pb2.Status:
    """google.rpc.Status: BadRequest beside bad data, RetryInfo beside backpressure."""
    text = str(error)[:MESSAGE_CHARACTERS_MAX]
    grpc_code = wire_status(error).grpc_code
    code: int = grpc_code.value[0]
    status = status_pb2.Status(code=code, message=text)
    detail: Message | None = None
    if isinstance(error, Unavailable):
        seconds = int(error.retry_after_s)
        nanos = int((error.retry_after_s - seconds) * 1e9)
        detail = error_details_pb2.RetryInfo(
            retry_delay=duration_pb2.Duration(seconds=seconds, nanos=nanos)
        )
    elif grpc_code is grpc.StatusCode.INVALID_ARGUMENT:
        violation = error_details_pb2.BadRequest.FieldViolation(description=text)
        detail = error_details_pb2.BadRequest(field_violations=[violation])
    if detail is not None:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def encode(message: Message, encoding: Encoding) -> bytes:
    """A response body in the request's encoding."""
    if encoding is Encoding.JSON:
        return json_format.MessageToJson(message, indent=None).encode()
    return message.SerializeToString()
