"""From what the driver raises to our error tree: is it the data, the query, or the database?"""

from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError

from domain.errors import InvalidInput, Refused, Unavailable, WakelineError

# ClickHouse error codes (src/Common/ErrorCodes.cpp) that mean: these bytes can never be decoded.
UNDECODABLE = frozenset({6, 26, 27, 32, 33, 38, 41, 72, 117, 128, 131, 423, 434, 444, 469, 523})
# Codes of a query that is wrong by itself: syntax, unknown names, types, limits, read-only.
BAD_QUERY = frozenset({36, 42, 43, 46, 47, 48, 53, 60, 62, 81, 115, 158, 164, 215, 396, 456, 457})
RETRY_AFTER_S = 1.0


def from_insert(error: Error) -> WakelineError:
    """The error of a segment insert: Refused for bad bytes, Unavailable for everything else."""
    if error.code in UNDECODABLE:
        return Refused(_short(error))
    return Unavailable(f"the store did not take the segment: {_short(error)}", RETRY_AFTER_S)


def from_query(error: Error) -> WakelineError:
    """The error of a query: InvalidInput for a wrong one, else Unavailable."""
    if error.code in BAD_QUERY:
        return InvalidInput(_short(error))
    if isinstance(error, OperationalError) or error.code is None:
        return Unavailable(f"the store is not reachable: {_short(error)}", RETRY_AFTER_S)
    if isinstance(error, DatabaseError):
        return Unavailable(f"the store failed: {_short(error)}", RETRY_AFTER_S)
    return InvalidInput(_short(error))


def _short(error: Error) -> str:
    text = str(error)
    start = text.rfind("Code: ")
    first_line = text[max(start, 0) :].splitlines()[0] if text else type(error).__name__
    return first_line[:500]
