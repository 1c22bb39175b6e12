"""One text for one value, so that hashes and signatures agree everywhere."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from domain.audit_trail import JsonValue
from domain.errors import InvalidInput

DEPTH_MAX = 32


def canonical(value: JsonValue) -> bytes:
    """Keys sorted, no spaces, UTF-8 without escapes, numbers as Python writes them; no NaN.

    >>> canonical({"b": 1, "a": [True, None, "é", 0.5]}).decode()
    '{"a":[true,null,"é",0.5],"b":1}'
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"only what JSON can say can be recorded: {error}") from error


def plain(value: Any, depth: int = 0) -> JsonValue:
    """A value of ours as JSON knows it: dataclasses by field, names of enums, times in UTC.

    >>> plain({"at": datetime(2026, 1, 1, tzinfo=UTC), "of": (1, 2)})
    {'at': '2026-01-01T00:00:00.000000+00:00', 'of': [1, 2]}
    """
    if depth > DEPTH_MAX:
        raise InvalidInput(f"nested deeper than {DEPTH_MAX}")
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name), depth + 1) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(of, depth + 1) for key, of in value.items()}
    if isinstance(value, list | tuple | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [plain(item, depth + 1) for item in items]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> JsonValue:
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InvalidInput(f"a {type(value).__name__} can not be recorded")


def instant(at: datetime) -> str:
    """A time in UTC to the microsecond; one without a zone is refused."""
    if at.tzinfo is None:
        raise InvalidInput(f"a time without a zone: {at.isoformat()}")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
