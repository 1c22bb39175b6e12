"""Has every error one place on both wires, that clients read as it is meant?"""

import inspect
import json
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2

from collector import status
from collector.intake import Encoding
from collector.status import STATUSES, MethodNotAllowed, rpc_status, wire_status
from domain import errors
from domain.errors import InvalidInput, TooLarge, Unavailable, WakelineError

RESPONSE_BYTES_MAX = 4 * 1024**2
# OTLP 1.11, "Failures": what clients send again.
RETRYABLE_HTTP = {429, 502, 503, 504}


def every_error() -> Iterator[type[WakelineError]]:
    yield MethodNotAllowed
    for _, member in inspect.getmembers(errors, inspect.isclass):
        if issubclass(member, WakelineError):
            yield member


@pytest.mark.parametrize("kind", list(every_error()))
def test_every_error_is_the_callers_fault_or_can_be_retried(kind: type[WakelineError]) -> None:
    found = wire_status(kind("text"))
    assert 400 <= found.http_status < 500 or found.http_status in RETRYABLE_HTTP
    retryable = found.grpc_code is grpc.StatusCode.UNAVAILABLE
    assert retryable == (found.http_status in RETRYABLE_HTTP)


def test_a_subclass_has_the_status_of_its_nearest_base() -> None:
    class MuchTooLarge(TooLarge):
        pass

    assert wire_status(MuchTooLarge("text")) == STATUSES[TooLarge]


@pytest.mark.parametrize(
    ("retry_after_s", "seconds", "nanos"), [(0.0, 0, 0), (5.0, 5, 0), (1.25, 1, 250_000_000)]
)
def test_backpressure_says_when_to_come_back(
    retry_after_s: float, seconds: int, nanos: int
) -> None:
    info = error_details_pb2.RetryInfo()
    (detail,) = rpc_status(Unavailable("full", retry_after_s)).details
    assert detail.Unpack(info)
    assert (info.retry_delay.seconds, info.retry_delay.nanos) == (seconds, nanos)


def test_bad_data_says_what_is_wrong() -> None:
    violations = error_details_pb2.BadRequest()
    (detail,) = rpc_status(InvalidInput("no span")).details
    assert detail.Unpack(violations)
    assert violations.field_violations[0].description == "no span"


def test_an_error_of_any_length_stays_far_below_what_a_response_may_have() -> None:
    # Obligation 3.
    for encoding in Encoding:
        body = status.encode(rpc_status(InvalidInput("\u20ac\n" * RESPONSE_BYTES_MAX)), encoding)
        assert len(body) < RESPONSE_BYTES_MAX / 100


def test_a_body_is_written_in_the_encoding_of_the_request() -> None:
    # Obligation 9.
    message = rpc_status(Unavailable("full", 2.0))
    assert status_pb2.Status.FromString(status.encode(message, Encoding.PROTOBUF)) == message
    document = json.loads(status.encode(message, Encoding.JSON))
    assert document["code"] == 14
    assert document["details"][0]["@type"] == "type.googleapis.com/google.rpc.RetryInfo"
    assert json_format.ParseDict(document, status_pb2.Status()) == message
