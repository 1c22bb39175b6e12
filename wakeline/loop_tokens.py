"""When are two calls equal, and when but for what varies anyhow? As the store's steps say it."""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

VOLATILE = frozenset({
    "request_id", "idempotency_key", "nonce", "timestamp", "attempt", "trace_id", "span_id",
})  # fmt: skip
# UUIDs, ISO times, long hexadecimal numbers; never plain numbers.
VARYING = re.compile(
    "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    "|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?|[0-9a-fA-F]{24,}"
)
# Tools that are asked again and again, by the names that harnesses give them.
POLL_NAMES = (
    r"(?i)(^|[_.\-/ ])(poll|wait|sleep|await|heartbeat|ping)|(status|progress|output)$"
    r"|^(bash|shell|terminal)[_ ]?output"
)
RESULT_BYTES_OF_NOTHING = 2  # "", [], {}: equal ones say nothing
HASH_BYTES = 8


def exact(tool: str, arguments: object) -> int:
    """Equal for the same tool with the same arguments, in whatever order their keys stand."""
    return number((tool, _text(arguments)))


def shape(tool: str, arguments: object, volatile: Iterable[str] = ()) -> int:
    """As `exact`, without volatile members and with what varies masked."""
    value = _parsed(arguments)
    if isinstance(value, dict):
        left_out = VOLATILE.union(volatile)
        value = {key: kept for key, kept in value.items() if key not in left_out}
    return number((tool, VARYING.sub("#", _text(value))))


def number(parts: Iterable[object]) -> int:
    """64 bits for some texts, the same in every process."""
    joined = "\0".join(map(str, parts)).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=HASH_BYTES).digest())


def _parsed(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _text(value: object) -> str:
    return json.dumps(_parsed(value), sort_keys=True, default=str)
