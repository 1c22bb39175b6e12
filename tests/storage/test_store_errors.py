"""Which errors of the driver are the data's fault, which the query's, and which the database's?"""

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError

from domain.errors import InvalidInput, Refused, TooLarge, Unavailable, WakelineError
from storage import errors

READING = "(in file/uri x): While executing ProtobufRowInputFormat: While executing File"


def error(code: int | None, text: str) -> Error:
    # As the driver does: the message once by itself and once with the steps around it.
    return DatabaseError(
        f"Code: {code}. DB::Exception: Code: {code}. DB::Exception: {text}", code=code
    )


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (32, f"Attempt to read after eof: {READING}", Refused),
        (36, f"OneOf has more than one value: {READING}", Refused),
        (436, f"Could not convert value '2': {READING}", Refused),
        (444, f"Protobuf messages are corrupted: {READING}", Refused),
        (4444, f"a code of a later engine: {READING}", Refused),
        (241, f"Query memory limit exceeded: maximum: 1 GiB: {READING}", Refused),
        (241, "Memory limit (for query) exceeded: while pushing to view a.b", Refused),
        (241, f"(total) memory limit exceeded: {READING}", TooLarge),
        (241, "User memory limit exceeded", TooLarge),
        (74, f"Cannot read: {READING}", Unavailable),
        (394, f"Query was cancelled: {READING}", Unavailable),
        (36, f"bad: {READING}: while pushing to view default.v", Unavailable),
        (6, "Cannot parse string: while pushing to view default.v", Unavailable),
        (60, "Table default.otlp_landing_traces does not exist", Unavailable),
        (115, "Unknown setting format_schema_source", Unavailable),
        (252, "Too many parts", Unavailable),
        (None, "Connection refused", Unavailable),
    ],
)
def test_the_error_of_an_insert_says_whether_the_bytes_are_at_fault(
    code: int | None, text: str, kind: type[WakelineError]
) -> None:
    assert type(errors.from_insert(error(code, text))) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (47, InvalidInput),
        (60, InvalidInput),
        (62, InvalidInput),
        (164, InvalidInput),
        (184, InvalidInput),
        (396, InvalidInput),
        (497, InvalidInput),
        (4444, InvalidInput),
        (159, Unavailable),
        (202, Unavailable),
        (210, Unavailable),
        (241, Unavailable),
        (516, Unavailable),
        (999, Unavailable),
        (None, Unavailable),
    ],
)
def test_the_error_of_a_query_says_whether_to_ask_again(
    code: int | None, kind: type[WakelineError]
) -> None:
    assert type(errors.from_query(error(code, "because"))) is kind


def test_what_is_retryable_says_when() -> None:
    for failure in (errors.from_query(error(None, "")), errors.from_insert(error(252, ""))):
        assert isinstance(failure, Unavailable)
        assert failure.retry_after_s > 0


def test_a_message_is_one_short_line_without_its_repetition() -> None:
    told = str(errors.from_query(error(62, "Syntax error\nStack trace:\n0. x")))
    assert told == "Code: 62. DB::Exception: Syntax error"
    assert len(str(errors.from_query(error(62, "x" * 10_000)))) == errors.TEXT_LENGTH_MAX
    assert "OperationalError" in str(errors.from_query(OperationalError()))


def test_a_refused_connection_is_told_in_the_words_of_the_system() -> None:
    wrapped = OperationalError(
        "Error HTTPConnectionPool(host='db', port=8123): Max retries exceeded with url: /?x"
        " (Caused by NewConnectionError('x: Failed to establish a new connection: [Errno 111]"
        " Connection refused')) executing HTTP request attempt 1 (http://db:8123)"
    )
    assert (
        str(errors.from_query(wrapped)) == "the store is not reachable: db:8123: Connection refused"
    )
