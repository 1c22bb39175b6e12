"""From what the driver raises to our error tree: is it the data, the query, or the database?"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver.exceptions import Error

from domain.errors import Conflict, InvalidInput, Refused, TooLarge, Unavailable, WakelineError

RETRY_AFTER_S = 1.0
TEXT_LENGTH_MAX = 500
ENGINE_LOCK = "status"  # the file in its folder that an engine locks
# What the system said, inside what urllib3 and the driver wrap around it.
CONNECTION = re.compile(
    r"host='(?P<host>[^']*)', port=(?P<port>\d+)\).*\[Errno -?\d+\] (?P<reason>[\w ]+)"
)

# Codes of src/Common/ErrorCodes.cpp.
MEMORY_LIMIT_EXCEEDED = 241
# What ails the database or the way to it, and not the statement.
AILMENTS = frozenset(
    {40, 49, 228, 246}  # damaged data, an error in the engine itself
    | {74, 75, 76, 77, 172, 204, 243, 425, 586, 641}  # files, space on disk, system calls
    | {95, 96, 198, 209, 210, 217, 279, 297, 519}  # the network
    | {159, 160, MEMORY_LIMIT_EXCEEDED, 173, 201, 202, 203, 252, 290, 439, 473, 692}  # overload
    | {745, 749, 762, 776, 777, 778, 1017, 1019, 1020}  # overload, in newer words
    | {236, 394, 677, 733, 735}  # it shuts down, or somebody cancels
    | {225, 242, 244, 254, 265, 285, 286, 289, 319, 369, 415, 529, 571, 774, 904, 999}  # replicas
    | {192, 193, 194, 195, 372, 373, 516, 720, 763}  # log-in, sessions
    | {1000, 1001, 1002}  # exceptions from outside the engine
)

# The engine names the step that failed. Only what its protobuf reader says is about the bytes, and
# then nothing is stored; a view that fails may do so when tables before it are written.
READER_STEP = "ProtobufRowInputFormat"
VIEW_STEP = "while pushing to view"
OWN_MEMORY_LIMIT = ("Query memory limit exceeded", "Memory limit (for query) exceeded")


@contextmanager
def translated(translate: Callable[[Error], WakelineError]) -> Iterator[None]:
    """The driver's errors become ours by `translate`."""
    try:
        yield
    except Error as error:
        raise translate(error) from error
    except OSError as error:  # the driver hands an embedded engine what is inserted in a file
        raise Unavailable(f"no temporary file for an insert: {error}", RETRY_AFTER_S) from error


def from_insert(error: Error) -> WakelineError:
    """The error of a segment insert.

    Refused:      the bytes cannot be decoded, or need more memory than one insert may take.
    TooLarge:     the database as a whole lacks memory now; a smaller segment may be taken.
    Unavailable:  everything else; the same call, with the same token, may succeed later.
    """
    text = str(error)
    if error.code == MEMORY_LIMIT_EXCEEDED:
        if any(limit in text for limit in OWN_MEMORY_LIMIT):
            return Refused(f"over storage.insert_memory_bytes_max: {_short(error)}")
        return TooLarge(f"the store lacks memory for the segment: {_short(error)}")
    if READER_STEP in text and VIEW_STEP not in text and error.code not in AILMENTS:
        return Refused(_short(error))
    return Unavailable(f"the store did not take the segment: {_short(error)}", RETRY_AFTER_S)


def from_query(error: Error) -> WakelineError:
    """The error of a query: Unavailable when the database ails, InvalidInput for a wrong query."""
    if error.code is None:
        return Unavailable(f"the store is not reachable: {_short(error)}", RETRY_AFTER_S)
    if error.code in AILMENTS:
        return Unavailable(f"the store failed: {_short(error)}", RETRY_AFTER_S)
    return InvalidInput(_short(error))


def from_opening(error: Error, path: Path) -> WakelineError:
    """The error of opening an embedded engine; Conflict when somebody has one open already."""
    if "already initialized with path" in str(error):
        return Conflict(f"this process has another store open, so it cannot open {path}")
    if _is_locked(path / ENGINE_LOCK):
        return Conflict(f"another process has the store {path} open; stop it, or name another")
    return Unavailable(f"the store {path} cannot be opened: {_short(error)}", RETRY_AFTER_S)


def _is_locked(path: Path) -> bool:
    """Whether somebody holds an flock on the file."""
    try:
        fd = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _short(error: Error) -> str:
    """The innermost message, one line; the driver repeats it with every step around it."""
    text = str(error)
    if found := CONNECTION.search(text):
        return f"{found['host']}:{found['port']}: {found['reason']}"
    start = text.rfind("Code: ")
    first_line = text[max(start, 0) :].splitlines()[0] if text else type(error).__name__
    return first_line[:TEXT_LENGTH_MAX]
