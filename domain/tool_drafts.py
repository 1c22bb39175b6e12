"""Drafts of tools.yaml: what do the name of a tool and samples of its calls say it does?"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from domain.tool_expressions import Expression, spelled

READS = frozenset(
    {"get", "list", "search", "read", "lookup", "look", "find", "fetch", "show", "check", "query"}
    | {"view", "describe", "retrieve", "load", "select", "count", "browse", "inspect", "status"}
)
WRITES = frozenset(
    {"create", "update", "delete", "issue", "pay", "send", "set", "post", "cancel", "refund"}
    | {"adjust", "approve", "book", "transfer", "add", "remove", "write", "insert", "edit"}
    | {"modify", "change", "charge", "credit", "reverse", "submit", "close", "open", "return"}
    | {"exchange", "assign", "apply", "put", "patch", "upsert", "publish", "notify", "reject"}
    | {"void", "move", "rename", "schedule", "order", "release", "grant", "revoke", "purge"}
)
POLLS = frozenset({"status", "poll", "wait", "ping", "progress"})
MAKES = frozenset({"create", "issue", "book", "add", "open", "insert", "submit", "schedule"})
FINAL = frozenset({"send", "notify", "publish", "purge"})
# From the view of the one whose money it is.
PAYS = {"pay": "-", "refund": "-", "credit": "-", "charge": ""}
VERSIONS = ("etag", "version", "revision", "rev", "updated_at")
TIMES = ("updated_at", "as_of", "last_modified", "modified_at")
AMOUNTS = ("amount", "total", "balance", "price", "rate", "quantity", "cost", "credit_limit")
PREVIOUS = ("previous", "prev", "old", "before")
VOLATILE = frozenset(
    {"request", "trace", "span", "session", "correlation", "conversation", "tenant", "call"}
)
SEPARATORS = re.compile(r"[./:]|__")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
KEY_DEPTH_MAX = 3
HEAD = "# Drafted from tool spans. Read each entry, mend it, and take `origin: inferred` out.\n"

Found = dict[str, tuple[str, ...]]
Part = tuple[dict[str, Any], str]  # fields of an entry, and the reason for them


@dataclass(frozen=True, slots=True)
class Shape:
    """What was seen of one tool: calls, and samples of arguments and results as JSON text."""

    tool: str
    calls: int
    arguments: Sequence[str] = ()
    results: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Call:
    """What a shape says: the words of its name, and the keys of its arguments and results."""

    words: Sequence[str]
    verb: str
    kind: str
    arguments: Found
    results: Found


def drafted(shapes: Iterable[Shape]) -> str:
    """A tools.yaml with one entry a tool, each under a comment that says why."""
    entries = [_entry_text(shape) for shape in shapes]
    return HEAD + ("tools:\n" + "".join(entries) if entries else "tools: {}\n")


def draft(shape: Shape) -> tuple[dict[str, Any], list[str]]:
    """An entry of tools.yaml and the reasons for it; as nothing is certain, its origin is inferred.

    >>> entry, reasons = draft(Shape("get_account", 3, ['{"account_id": 1}'], ['{"etag": 7}']))
    >>> entry["entity"], entry["version"], reasons[0]
    ('account:{args.account_id}', 'result.etag', "'get' says read")
    """
    call = _call(shape)
    entry: dict[str, Any] = {}
    reasons: list[str] = []
    for fields, reason in (*_nature(call), *_content(call), ({"origin": "inferred"}, "")):
        entry |= fields
        reasons += [reason] if reason else []
    return entry, reasons


def _call(shape: Shape) -> _Call:
    words = _words(SEPARATORS.split(shape.tool)[-1])
    verb = next((word for word in words if word in READS | WRITES), "")
    kind = "read" if verb in READS else "write" if verb else "none"
    return _Call(words, verb, kind, _keys(shape.arguments), _keys(shape.results))


def _nature(call: _Call) -> Iterator[Part]:
    """Read or write, and how it is used."""
    why = f"'{call.verb}' says {call.kind}" if call.verb else "no verb says what it does: set kind"
    yield {"kind": call.kind}, why
    if polls := POLLS.intersection(call.words):
        yield {"poll": True}, f"'{min(polls)}' says poll"
    if call.verb in FINAL:
        yield {"reversible": False}, f"'{call.verb}' can not be taken back"


def _content(call: _Call) -> Iterator[Part]:
    """Of what, and with which values."""
    if call.kind == "none":
        return
    entity = _entity(call)
    if entity is None:
        yield {}, "no id says of what: add entity"
        return
    kind, path = entity
    yield {"entity": f"{kind}:{{{path}}}"}, f"{path} says of what"
    for name, wanted in (("version", VERSIONS), ("as_of", TIMES)):
        if found := _first(call.results, wanted):
            yield {name: _path("result", found)}, ""
    yield from _amount(call)
    if call.kind == "write":
        yield from _only_writes(call)


def _amount(call: _Call) -> Iterator[Part]:
    """What was read or written, from the result rather than the arguments."""
    sources = [("result", call.results), ("args", call.arguments)]
    for root, found in sources if call.kind == "write" else sources[:1]:
        if path := _first(found, AMOUNTS):
            name = _snake(path[-1])
            yield {"field": name, "value": _path(root, path)}, ""
            before = [f"{word}_{name}" for word in PREVIOUS] + [*PREVIOUS]
            if call.kind == "write" and (path := _first(call.results, before)):
                yield {"prev": _path("result", path)}, ""
            return


def _only_writes(call: _Call) -> Iterator[Part]:
    if key := _first(call.arguments, ("idempotency_key",)):
        yield {"idempotency_key": _path("args", key)}, ""
    if call.verb in PAYS and (amount := _first(call.arguments, AMOUNTS)):
        delta = PAYS[call.verb] + _path("args", amount)
        effect = {"kind": call.verb, "metric": "cash", "delta": delta}
        yield {"effect": effect}, "check the sign of delta"


def _entity(call: _Call) -> tuple[str, str] | None:
    """Type and path of the id; what a tool makes has its id in the result."""
    nouns = [word for word in call.words if word not in READS | WRITES | POLLS]
    noun = nouns[-1].removesuffix("s") if nouns and nouns[-1].isalpha() else ""
    if call.verb in MAKES and (found := _id(call.results, {*nouns, noun}, noun)):
        return found[0], _path("result", found[1])
    ids = [name for name in call.arguments if _is_id(name)]
    if found := _id(call.arguments, {*nouns, noun}, noun):
        return found[0], _path("args", found[1])
    if ids:
        return ids[0][:-3], _path("args", call.arguments[ids[0]])
    return None


def _id(found: Found, nouns: set[str], noun: str) -> tuple[str, tuple[str, ...]] | None:
    """The id that the tool's name speaks of, or the plain one of its last noun."""
    for name, path in found.items():
        if _is_id(name) and nouns.intersection(name[:-3].split("_")):
            return name[:-3], path
    return (noun, found["id"]) if noun and "id" in found else None


def _is_id(name: str) -> bool:
    return name.endswith("_id") and name[:-3] not in VOLATILE


def _keys(samples: Iterable[str]) -> Found:
    """Paths by the snake-case names of their last keys; the most frequent and shallowest first."""
    seen: Counter[tuple[str, ...]] = Counter()
    for sample in samples:
        try:
            seen.update(_paths(json.loads(sample), ()))
        except (ValueError, RecursionError):
            continue
    found: Found = {}
    for path in sorted(seen, key=lambda path: (len(path), -seen[path], path)):
        found.setdefault(_snake(path[-1]), path)
    return found


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Paths to the plain values inside objects; what stands in a list belongs to no one entity."""
    if not isinstance(value, dict):
        if path and not isinstance(value, list):
            yield path
    elif len(path) < KEY_DEPTH_MAX:
        for key, inner in value.items():
            if key.isascii() and key.replace("-", "_").isidentifier():
                yield from _paths(inner, (*path, key))


def _first(found: Found, names: Iterable[str]) -> tuple[str, ...]:
    return next((found[name] for name in names if name in found), ())


def _path(root: str, path: tuple[str, ...]) -> str:
    return spelled(Expression(root, path))


def _words(name: str) -> list[str]:
    return [word.lower() for word in WORD.findall(name)]


def _snake(key: str) -> str:
    return "_".join(_words(key)) or key


def _entry_text(shape: Shape) -> str:
    entry, reasons = draft(shape)
    text = yaml.safe_dump({shape.tool: entry}, sort_keys=False, width=1000)
    calls = f"{shape.calls:,} call{'' if shape.calls == 1 else 's'}"
    comment = f"# {calls}; {'; '.join(reasons)}.\n"
    return "".join(f"  {line}" for line in (comment + text).splitlines(keepends=True))
