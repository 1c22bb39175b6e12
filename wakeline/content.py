"""What is kept of arguments and results: bounded JSON, hashes in place of values, or nothing."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

Mode = Literal["full", "hash", "off"]
BYTES_MAX = 16_384  # of UTF-8, for each attribute
HASH_BYTES = 8
CUT = "…"  # ends a text that was cut
REPR_MAX = 200  # characters kept of an object that has no JSON form


@dataclass(frozen=True, slots=True)
class Content:
    """How much of arguments and results is recorded.

    mode:       full: JSON; hash: JSON with a hash for each text and number; off: nothing.
    bytes_max:  greatest UTF-8 length of one attribute; what is longer is cut and ends with `…`.
    hash_key:   up to 64 bytes that those who compare hashes share; without it, short values can
                be found by trying.
    """

    mode: Mode = "full"
    bytes_max: int = BYTES_MAX
    hash_key: bytes = b""

    def text(self, value: object) -> tuple[str, int]:
        """JSON of `value` within the bound, and its size in bytes if it was cut, else 0.

        >>> Content().text({"id": 7})
        ('{"id": 7}', 0)
        >>> Content(bytes_max=8).text("abcdefghij")
        ('"abcd…', 12)
        """
        text = _json(value)
        if self.mode == "hash":
            text = json.dumps(self._hashed(json.loads(text)))
        if text.isascii() and len(text) <= self.bytes_max:
            return text, 0
        encoded = text.encode("utf-8", "replace")
        if len(encoded) <= self.bytes_max:
            return encoded.decode(), 0
        room = max(self.bytes_max - len(CUT.encode()), 0)
        return encoded[:room].decode("utf-8", "ignore") + CUT, len(encoded)

    def value_hash(self, value: object) -> str:
        """16 hex digits; the same for equal values, whatever their type of number.

        >>> Content().value_hash(19.9) == Content().value_hash(Decimal("19.90"))
        True
        """
        text = _number(value) or _json(value, sort_keys=True)
        data = text.encode("utf-8", "replace")
        return hashlib.blake2b(data, digest_size=HASH_BYTES, key=self.hash_key).hexdigest()

    def _hashed(self, plain: object) -> object:
        """The same shape and keys; every text and number is replaced by its hash."""
        if isinstance(plain, dict):
            return {key: self._hashed(item) for key, item in plain.items()}
        if isinstance(plain, list):
            return [self._hashed(item) for item in plain]
        return plain if plain is None or isinstance(plain, bool) else self.value_hash(plain)


def number(value: object) -> float | None:
    """`value` as a double if it is a number; a boolean is none."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return None


def _json(value: object, *, sort_keys: bool = False) -> str:
    encoder = _SORTED if sort_keys else _AS_GIVEN
    try:
        return encoder.encode(value)
    except Exception:  # noqa: BLE001 - odd keys, circles, and whatever objects of the agent raise
        return json.dumps(f"<{type(value).__name__}>")


def _plain(value: object) -> Any:
    """The nearest thing that JSON knows."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(bytes(value))} bytes>"
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return _opened(value)


def _opened(value: object) -> Any:
    if callable(dump := getattr(value, "model_dump", None)) and not isinstance(value, type):
        return dump()  # pydantic, and what behaves like it
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return _short(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= REPR_MAX else text[:REPR_MAX] + CUT


def _number(value: object) -> str:
    """A number in the one spelling that equal numbers share; else empty."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    exact = Decimal(str(value))
    return format(exact.normalize() + 0, "f") if exact.is_finite() else str(value)


_AS_GIVEN = json.JSONEncoder(default=_plain, ensure_ascii=False)
_SORTED = json.JSONEncoder(default=_plain, ensure_ascii=False, sort_keys=True)


def clean(value: object) -> str:
    """`value` as text that UTF-8 can carry; half a surrogate would cost a whole batch.

    >>> clean("caf\\udce9")
    'caf?'
    """
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def texts(values: str | Iterable[object]) -> tuple[str, ...]:
    """One or many, as an array of texts."""
    return (clean(values),) if isinstance(values, str) else tuple(map(clean, values))
