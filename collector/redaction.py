"""Takes out of a request, before anything is written, what its operator does not want stored."""

import hmac
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable
from enum import Enum, auto
from operator import attrgetter
from pathlib import Path
from typing import Any, Self

from collector import any_value
from collector.config import RedactionConfig
from collector.redaction_rules import (
    CONTENT_EVENT_KEYS,
    CONTENT_EVENTS,
    CONTENT_KEYS,
    REDACTED,
    SHAPES,
    STRUCTURE_ENDS,
    STRUCTURE_KEYS,
    Action,
    Content,
    Shape,
    TextPatterns,
    compiled,
)
from domain.errors import InvalidInput

KEY_FILE = "redaction.key"
KEY_CHARACTERS_MIN = 32
PSEUDONYM_HEX_DIGITS = 16
# Longer text is hashed as it is: parsed, JSON takes many times its size.
CANONICAL_CHARACTERS_MAX = 1024**2
# Senders choose the keys, so what is remembered of them has a bound.
REMEMBERED_MAX = 4096
REMEMBERED_CHARACTERS_MAX = 64
# Deleting one attribute moves all after it; with more to delete, the others are copied once.
DELETED_ALONE_MAX = 32


class Do(Enum):
    """What becomes of one value."""

    SEARCH = auto()  # for patterns, and for keys in the maps inside it
    DROP = auto()
    MASK = auto()
    HASH = auto()
    IDENTITY = auto()
    REFERENCE = auto()


_ACTIONS = {
    Action.DROP: Do.DROP, Action.MASK: Do.MASK, Action.HASH: Do.HASH, Action.KEEP: Do.SEARCH,
}  # fmt: skip
_CONTENT = {Content.FULL: Do.SEARCH, Content.HASH: Do.HASH, Content.NONE: Do.DROP}


class Redactor:
    """Redacts requests of all tenants as one configuration says; may be used by several threads."""

    def __init__(self, config: RedactionConfig, key: bytes) -> None:
        self._key = key
        self._actions = _Actions(config, CONTENT_KEYS)
        self._event_actions = _Actions(config, (*CONTENT_KEYS, *CONTENT_EVENT_KEYS))
        self._content = _CONTENT[config.content]
        self._log_bodies = _CONTENT[config.log_bodies]
        own = [Shape(regex) for regex in config.own_patterns.values()]
        shapes = [SHAPES[name] for name in config.patterns]
        self.patterns = TextPatterns(shapes, own) if shapes or own else None
        events = CONTENT_EVENTS if config.content is not Content.FULL else ()
        concerns_all = self.patterns or config.log_bodies is not Content.FULL
        self._needles = None if concerns_all else _union((*self._actions.literals, *events))

    @classmethod
    def from_config(cls, config: RedactionConfig, folder: Path) -> Self | None:
        """None when nothing is to be redacted; `folder` is where the key is when none is named.

        Raises InvalidInput when the key can not be read or made.
        """
        if not config.is_on:
            return None
        path = config.key_file or folder / KEY_FILE
        return cls(config, _key(path) if config.needs_key else b"")

    def redact(self, message: Any, tenant: str, wire: bytes | None, *, flat: bool) -> bool:
        """Redacts a trace or log request in place; False: it has nothing that is concerned.

        wire: the protobuf that `message` was parsed from; None: it came as something else.
        flat: no map is inside an attribute, but for attributes of resources.
        """
        if wire is not None and self._needles and not self._needles.search(wire):
            return False
        message.DiscardUnknownFields()
        _Walk(self, Hasher(self._key, tenant), flat=flat).request(message)
        return True

    def actions(self, event: str) -> "_Actions":
        """By key, in an event or log record of this name; empty: anywhere else."""
        return self._event_actions if event in CONTENT_EVENTS else self._actions

    def body(self, event: str) -> Do:
        """What becomes of the body of a log record of this event."""
        is_content = event in CONTENT_EVENTS and self._content is not Do.SEARCH
        return self._content if is_content else self._log_bodies


class Hasher:
    """Equal texts of one tenant have equal hashes; without the key nobody can try which."""

    def __init__(self, key: bytes, tenant: str) -> None:
        self._key = hmac.digest(key, tenant.encode(), "sha256")

    def content(self, text: str) -> str:
        """`sha256:` and 64 hex digits; JSON that differs only in spelling hashes alike.

        >>> hasher = Hasher(b"key", "acme")
        >>> hasher.content('{"a": 1.0, "b": 2}') == hasher.content('{"b":2,"a":1}')
        True
        """
        return f"sha256:{self._hex('content', canonical(text))}"

    def identity(self, text: str) -> str:
        """16 hex digits."""
        return self._hex("identity", text)[:PSEUDONYM_HEX_DIGITS]

    def reference(self, text: str) -> str:
        """`invoice:` and the identity of what follows; without a type, the identity of it all."""
        kind, _, name = text.partition(":")
        return f"{kind}:{self.identity(name)}" if _TYPE.fullmatch(kind) else self.identity(text)

    def _hex(self, purpose: str, text: str) -> str:
        # Half a surrogate can be written in JSON, though not in UTF-8.
        data = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, data, "sha256").hex()


_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def canonical(text: str) -> str:
    """JSON in the one spelling that equal values share; what is no JSON, as it is.

    >>> canonical('{"b": [1.50, 2.0], "a": null}')
    '{"a":null,"b":[1.5,2]}'
    """
    if len(text) > CANONICAL_CHARACTERS_MAX:
        return text
    try:
        plain = json.loads(text, parse_float=_number)
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _number(digits: str) -> float:
    number = float(digits)
    return int(number) if number.is_integer() else number


class _Actions(dict[str, Do]):
    """What is done by key, worked out once for each key; the operator's own keys come first.

    literals: one of them stands in whatever has a key that is not just searched.
    """

    def __init__(self, config: RedactionConfig, content: Iterable[str]) -> None:
        super().__init__()
        self._tables = [_Table({key: _ACTIONS[action] for key, action in config.keys.items()})]
        if config.pseudonymise:
            self._tables.append(_Table(dict.fromkeys(config.reference_keys, Do.REFERENCE)))
            self._tables.append(_Table(dict.fromkeys(config.identity_keys, Do.IDENTITY)))
        if config.content is not Content.FULL:
            self._tables.append(_Table(dict.fromkeys(STRUCTURE_KEYS, Do.SEARCH), STRUCTURE_ENDS))
            self._tables.append(_Table(dict.fromkeys(content, _CONTENT[config.content])))
        self.literals = {literal for table in self._tables for literal in table.literals}

    def __missing__(self, key: str) -> Do:
        found = (table.find(key) for table in self._tables)
        action = next((one for one in found if one is not None), Do.SEARCH)
        if len(self) < REMEMBERED_MAX and len(key) <= REMEMBERED_CHARACTERS_MAX:
            self[key] = action
        return action


class _Table:
    """Actions by exact key, else by the longest prefix; keys with one of `ends` are searched."""

    def __init__(self, actions: dict[str, Do], ends: tuple[str, ...] = ()) -> None:
        self._exact = actions
        prefixes = [key.removesuffix("*") for key in actions if key.endswith("*")]
        self._prefixes = sorted(prefixes, key=len, reverse=True)
        self._ends = ends
        touched = [key for key, action in actions.items() if action is not Do.SEARCH]
        self.literals = [key.removesuffix("*") for key in touched]

    def find(self, key: str) -> Do | None:
        """None: this table says nothing about the key."""
        if key in self._exact:
            return self._exact[key]
        if key.endswith(self._ends):
            return Do.SEARCH
        prefix = next(filter(key.startswith, self._prefixes), None)
        return None if prefix is None else self._exact[f"{prefix}*"]


class _Walk:
    """One request of one tenant, redacted in place; depth is bounded by the protobuf parser."""

    def __init__(self, redactor: Redactor, hasher: Hasher, *, flat: bool) -> None:
        self._redactor = redactor
        self._hasher = hasher
        self._patterns = redactor.patterns
        self._by_key_alone = flat and self._patterns is None
        self._actions = redactor.actions("")

    def request(self, message: Any) -> None:
        """Of traces or logs."""
        is_traces = hasattr(message, "resource_spans")
        redact = self._span if is_traces else self._record
        for resource in message.resource_spans if is_traces else message.resource_logs:
            self._pairs(resource.resource.attributes, self._actions)
            for scope in resource.scope_spans if is_traces else resource.scope_logs:
                self._attributes(scope.scope.attributes, self._actions)
                for item in scope.spans if is_traces else scope.log_records:
                    redact(item)

    def _span(self, span: Any) -> None:
        self._attributes(span.attributes, self._actions)
        for event in span.events:
            self._attributes(event.attributes, self._redactor.actions(event.name))
            self._field(event, "name")
        for link in span.links:
            self._attributes(link.attributes, self._actions)
        if self._patterns:
            self._field(span, "name")
            self._field(span.status, "message")

    def _record(self, record: Any) -> None:
        event = record.event_name or _event_name(record.attributes)
        actions = self._redactor.actions(event)
        self._attributes(record.attributes, actions)
        self._field(record, "event_name")
        if record.HasField("body"):
            action = self._redactor.body(event)
            if action is Do.DROP:
                record.ClearField("body")
            else:
                self._value(record.body, action, actions)

    def _field(self, message: Any, name: str) -> None:
        text = getattr(message, name)
        masked = self._masked(text)
        if masked is not text:
            setattr(message, name, masked)

    def _masked(self, text: str) -> str:
        """The same object when nothing is found."""
        return self._patterns.masked(text) if self._patterns else text

    def _attributes(self, attributes: Any, actions: _Actions) -> None:
        """Of what may be known to be flat."""
        self._pairs(attributes, actions, by_key_alone=self._by_key_alone)

    def _pairs(self, pairs: Any, actions: _Actions, *, by_key_alone: bool = False) -> None:
        """by_key_alone: leave the other values unread, for reading them costs most."""
        items = list(pairs)
        doing = list(map(actions.__getitem__, map(_KEY, items)))
        unread = (Do.SEARCH, Do.DROP) if by_key_alone else (Do.DROP,)
        for item, action in zip(items, doing, strict=True):
            if action not in unread:
                self._value(item.value, action, actions)
        if Do.DROP in doing:
            _drop(pairs, [action is Do.DROP for action in doing])

    def _value(self, value: Any, action: Do, actions: _Actions) -> None:
        if action is Do.SEARCH:
            self._search(value, actions)
        elif action is Do.MASK:
            value.string_value = REDACTED
        elif action is Do.HASH:
            value.string_value = self._hasher.content(_text(value))
        elif action is Do.IDENTITY:
            self._replace(value, self._hasher.identity)
        else:
            self._replace(value, self._hasher.reference)

    def _replace(self, value: Any, pseudonym: Callable[[str], str]) -> None:
        """Each element of an array by itself, so that it is still found by its pseudonym."""
        if value.HasField("array_value"):
            for item in value.array_value.values:
                self._replace(item, pseudonym)
        else:
            value.string_value = pseudonym(_text(value))

    def _search(self, value: Any, actions: _Actions) -> None:
        match value.WhichOneof("value"):
            case "string_value":
                self._search_text(value, value.string_value)
            case "kvlist_value":
                self._pairs(value.kvlist_value.values, actions)
            case "array_value":
                for item in value.array_value.values:
                    self._search(item, actions)
            case "bytes_value":
                self._search_text(value, value.bytes_value.decode("utf-8", "replace"))
            case "int_value":
                self._search_text(value, str(value.int_value))
            case "double_value" if value.double_value.is_integer():
                self._search_text(value, str(int(value.double_value)))

    def _search_text(self, value: Any, text: str) -> None:
        """What is masked becomes text, whatever it was."""
        if (masked := self._masked(text)) is not text:
            value.string_value = masked


def _drop(pairs: Any, doomed: list[bool]) -> None:
    if sum(doomed) <= DELETED_ALONE_MAX:
        for index in range(len(doomed) - 1, -1, -1):
            if doomed[index]:
                del pairs[index]
    else:
        kept = [pair for pair, dropped in zip(pairs, doomed, strict=True) if not dropped]
        del pairs[:]
        pairs.extend(kept)


_KEY = attrgetter("key")


def _text(value: Any) -> str:
    """Text as it is, anything else as the JSON that the engine would store."""
    if value.HasField("string_value"):
        text: str = value.string_value
        return text
    return any_value.json_text(value)


def _event_name(attributes: Any) -> str:
    """As it was spelt before log records had a field for it."""
    names = (pair.value.string_value for pair in attributes if pair.key == "event.name")
    return next(names, "")


def _union(literals: Iterable[str]) -> Any:
    return compiled("|".join(map(re.escape, sorted(literals))))


def _key(path: Path) -> bytes:
    """What the file holds, made when it is not there. Raises InvalidInput."""
    try:
        if not path.exists():
            fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(fd)
        key = path.read_bytes().strip()
    except OSError as error:
        raise InvalidInput(
            f"collector.redaction.key_file: {path} can not be used: {error.strerror}"
        ) from error
    if len(key) < KEY_CHARACTERS_MIN:
        raise InvalidInput(
            f"collector.redaction.key_file: {path} holds less than {KEY_CHARACTERS_MIN} characters"
        )
    return key
