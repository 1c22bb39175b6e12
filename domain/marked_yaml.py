"""YAML as plain values that know in which line and column they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.reader import Reader

from domain.errors import InvalidInput, TooLarge

FILE_BYTES_MAX = 8 * 1024**2
# Aliases are followed, so a small file can stand for a large value.
NODES_MAX = 500_000
DEPTH_MAX = 12
TOO_DEEP = "nested too deeply"
TAG = "tag:yaml.org,2002:"
PLAIN = frozenset(TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))

Path = tuple[str | int, ...]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # six times as fast in C


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document.

    name:   what errors call it.
    value:  dicts with keys of text, lists, and plain scalars.
    marks:  line and column of each value by its path, both from 1; those of a mapping or sequence
            are its key's.
    """

    name: str
    value: Any
    marks: Mapping[Path, tuple[int, int]]

    def error(self, path: Path, message: str) -> InvalidInput:
        """The error at `path`: file, line, column, path, what is wrong."""
        where = ".".join(map(str, path))
        return located(self.name, self.marks[path], f"{where}: {message}" if where else message)


def located(name: str, mark: tuple[int, int], message: str) -> InvalidInput:
    """The error at line and column `mark` of the file `name`."""
    line, column = mark
    return InvalidInput(f"{name}:{line}:{column}: {message}")


def parse(text: str, name: str) -> Document:
    """One document. Raises InvalidInput with line and column for what is no plain YAML.

    Refused: keys that occur twice or are no text, dates, tags, several documents. Raises TooLarge
    for a file over FILE_BYTES_MAX, or that its aliases blow up to over NODES_MAX values.
    """
    if len(text.encode(errors="surrogatepass")) > FILE_BYTES_MAX:
        raise TooLarge(f"{name} is over {FILE_BYTES_MAX:,} bytes")
    if strange := Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        column = strange.start() - text.rfind("\n", 0, strange.start())
        raise located(name, (line, column), "a character that YAML does not allow")
    try:
        _check_depth(text, name)
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = ", ".join(filter(None, (error.context, error.problem)))
        raise located(name, place, what) from error
    return _Walk(name).document(node)


def _check_depth(text: str, name: str) -> None:
    """Before composing, whose recursion in C has no bound and would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            raise located(name, _position(event), TOO_DEEP)


class _Walk:
    """From nodes to plain values, once over the tree."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._marks: dict[Path, tuple[int, int]] = {(): (1, 1)}
        self._constructor = SafeConstructor()

    def document(self, node: yaml.Node | None) -> Document:
        value = {} if node is None else self._value(node, ())
        return Document(self._name, value, self._marks)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if len(self._marks) > NODES_MAX:
            raise TooLarge(f"{self._name} stands for over {NODES_MAX:,} values")
        if len(path) > DEPTH_MAX:
            raise self._error(node, TOO_DEEP)
        if node.tag not in PLAIN:
            raise self._error(node, f"{_shown(node)} is no plain value: put it in quotes")
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag != f"{TAG}str":
                raise self._error(
                    key_node, f"the key {_shown(key_node)} is no text: put it in quotes"
                )
            if key in seen:
                raise self._error(key_node, f"'{key}' stands here again, first in line {seen[key]}")
            seen[key] = key_node.start_mark.line + 1
            scalar = isinstance(value_node, yaml.ScalarNode)
            self._marks[*path, key] = _position(value_node if scalar else key_node)
            yield key, self._value(value_node, (*path, key))

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self._marks[path] = _position(node)
        return self._value(node, path)

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._constructor.construct_object(node)
        except ValueError as error:
            raise self._error(node, f"{_shown(node)} is no number that we read") from error

    def _error(self, node: yaml.Node, message: str) -> InvalidInput:
        return located(self._name, _position(node), message)


def _position(part: Any) -> tuple[int, int]:
    return part.start_mark.line + 1, part.start_mark.column + 1


def _shown(node: yaml.Node) -> str:
    return f"'{node.value[:60]}'" if isinstance(node, yaml.ScalarNode) else "this"
