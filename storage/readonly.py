"""May a reader run this statement? The engine's own parser is asked; no text is matched.

`SET readonly = 1` already refuses writes, DDL and every change of a setting. But an embedded engine
has the rights of a local tool, and readonly leaves these open; the syntax tree closes them:
INTO OUTFILE, the function `file` (also named as a lambda, in APPLY, or by a parameter), table
functions that read elsewhere, USE, SET and KILL, paths as table names, several statements in one
text, and settings that hold an expression.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from storage.http_codec import (
    BAD_ARGUMENTS,
    READONLY,
    TOO_DEEP_AST,
    UNKNOWN_TABLE,
    ClickhouseError,
)

Node = dict[str, Any]

# The version whose functions were read through for this list; a test asks for it again.
REVIEWED_ENGINE = "26.9"

READS = frozenset(
    {"SelectWithUnionQuery", "ShowTablesQuery", "ShowColumnsQuery", "ShowIndexesQuery"}
    | {"ExplainQuery", "DescribeQuery"}
    | {"ShowCreateTableQuery", "ShowCreateViewQuery", "ShowCreateDictionaryQuery"}
    | {"ShowCreateDatabaseQuery", "ShowProcesslistQuery", "ShowSetting", "ShowFunctions"}
    | {"ShowEngineQuery", "ShowGrantsQuery", "ExistsTableQuery", "ExistsViewQuery"}
    | {"ExistsDictionaryQuery", "ExistsDatabaseQuery"}
)
# Handed to the engine, so that its own readonly error is the answer.
WRITES = frozenset(
    {"InsertQuery", "CreateQuery", "DropQuery", "AlterQuery", "RenameQuery", "OptimizeQuery"}
    | {"DeleteQuery", "UpdateQuery"}
)
INNER_QUERIES = frozenset(
    {"SelectWithUnionQuery", "SelectIntersectExceptQuery", "SelectQuery"}
    | {"TablesInSelectQuery", "SetQuery"}
)
TABLE_FUNCTIONS = frozenset(
    {"numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "generateseries", "generate_series"}
    | {"generaterandom", "values", "view", "viewifpermitted", "null"}
)
DENIED_FUNCTIONS = frozenset(
    {"file", "logtrace", "showcertificate", "hascolumnintable", "joinget", "joingetornull"}
    | {"aigenerate", "aitranslate", "airedact", "aisimilarity", "aifilter", "aiclassify"}
    | {"aiembed", "aiextract"}
)
# Reading it interrupts every thread of the process, and tells addresses.
DENIED_TABLES = frozenset({"stack_trace"})
IN_FUNCTIONS = frozenset(
    {"in", "notIn", "globalIn", "globalNotIn", "nullIn", "notNullIn"}
    | {"globalNullIn", "globalNotNullIn"}
)
EXPRESSION_SETTINGS = frozenset({"additional_table_filters", "additional_result_filter"})
EXPRESSIONS_MAX = 16

_FORMAT_CLAUSE = re.compile(r"^FORMAT (\w+)", re.MULTILINE)
_LAYOUT = str.maketrans("", "", "() ")


class Handle(Protocol):
    """One connection to the engine; raises ClickhouseError."""

    def ask(self, sql: str, fmt: str, parameters: Mapping[str, str] = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One parsed statement.

    root:     class of the root of its syntax tree.
    text:     what was parsed, and what shall run.
    fmt:      the format of its FORMAT clause.
    tree:     its syntax tree; empty for the few kinds that the engine cannot serialise.
    outline:  the lines of EXPLAIN AST for those.
    """

    root: str
    text: bytes
    fmt: str | None
    tree: Node = field(default_factory=dict)
    outline: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        return self.root in READS

    @property
    def settings(self) -> dict[str, str]:
        """The settings of the statement's own SETTINGS clause, not of its subqueries."""
        query = self.tree.get("query", self.tree)
        selects = query.get("list_of_selects", {}).get("children", ())
        clauses = [query.get("settings_ast"), *(select.get("settings") for select in selects)]
        changes = (change for clause in clauses if clause for change in clause.get("changes", ()))
        return {
            change["name"]: _setting_text(change["value"])
            for change in changes
            if change["value"]["field_type"] != "CustomType"  # a parameter; readonly refuses it
        }

    @property
    def asks_for_settings_only(self) -> bool:
        """Whether system.settings is all that it reads and it changes none of them."""
        nodes = list(_nodes(self.tree))
        tables = {node.get("name") for _, node in nodes if node.get("type") == "TableIdentifier"}
        others = any(
            key == "table_function" or node.get("type") == "SetQuery" for key, node in nodes
        )
        return self.root == "SelectWithUnionQuery" and tables == {"system.settings"} and not others


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What one request may read.

    handle:           has every setting that changes how a text is parsed.
    parameters:       the values of `{name:Type}`, which may be names of tables and functions.
    table_functions:  all that the engine knows, in lower case.
    """

    handle: Handle
    parameters: Mapping[str, str]
    table_functions: frozenset[str]

    def check(self, statement: Statement) -> None:
        """Raises ClickhouseError for what a reader must not run and readonly would not stop."""
        if statement.root not in READS | WRITES:
            raise refusal(f"{statement.root} is not a reading statement")
        if statement.root == "DescribeQuery":
            # The table expression of DESCRIBE is that of FROM, and FROM can be serialised.
            source = statement.text.decode().removeprefix("DESCRIBE TABLE")
            statement = _serialised(self.handle, f"SELECT * FROM {source}".encode())
        elif not statement.tree:
            _check_outline(statement)
        expressions: list[str] = []
        for key, node in _nodes(statement.tree):
            self._check_place(key, node, is_root=node is statement.tree)
            self._check_names(node)
            expressions += _expressions(node)
        if len(expressions) > EXPRESSIONS_MAX:
            raise refusal(f"more than {EXPRESSIONS_MAX} expressions in settings")
        for expression in expressions:
            # One by one: joined, an unfinished one could hide its neighbour.
            inner = parse(self.handle, f"SELECT (\n{expression}\n)".encode(), self.parameters)
            if any("changes" in node for _, node in _nodes(inner.tree)):
                raise refusal("settings inside a setting")
            self.check(inner)

    def checked_setting(self, name: str, text: str) -> str:
        """`text` of a URL as the value of setting `name`; raises ClickhouseError like `check`.

        Two settings hold expressions, which would otherwise run unread.
        """
        if name not in EXPRESSION_SETTINGS:
            return text
        literal = text if name == "additional_table_filters" else quoted(text)
        query = f"SELECT 1 SETTINGS {name} = {literal}".encode()
        statement = parse(self.handle, query, self.parameters)
        self.check(statement)
        return statement.settings[name]

    def _check_place(self, key: str, node: Node, is_root: bool) -> None:
        kind = str(node.get("type", ""))
        if "out_file" in node or "infile" in node:
            raise refusal("INTO OUTFILE and FROM INFILE touch files")
        if kind.endswith("Query") and kind not in INNER_QUERIES and not is_root:
            raise refusal(f"{kind} is not a reading statement")
        # Any other name can only be that of a parametrised view.
        if key == "table_function" and node["name"].lower() in self.table_functions:
            _check_table_function(node["name"])

    def _check_names(self, node: Node) -> None:
        kind = node.get("type")
        name = str(node.get("func_name") or node.get("name") or "")
        if kind in {"Function", "Identifier", "ColumnsApplyTransformer"}:
            _check_function(name)
        elif kind == "TableIdentifier":
            _check_table(name)
        elif kind == "QueryParameter" and "Identifier" in node["param_type"]:
            value = self.parameters.get(name, "")
            _check_function(value)
            _check_table(value)
        if kind == "Function" and name in IN_FUNCTIONS:
            for argument in node["arguments"]["children"]:
                if argument.get("type") == "Identifier":  # a table
                    _check_table(argument["name"])


def parse(handle: Handle, text: bytes, parameters: Mapping[str, str]) -> Statement:
    """The one statement of `text`. Raises ClickhouseError 62 for none, several or bad syntax."""
    if statement := _serialised_if_possible(handle, text):
        return statement
    canonical = _ask(handle, "formatQuery(unhex('{}')) AS canonical", text)["canonical"]
    # An INSERT is now without the data in its text, which may hide further statements.
    if statement := _serialised_if_possible(handle, canonical.encode()):
        return statement
    outline = handle.ask(f"EXPLAIN AST {canonical}", "TSVRaw", parameters).decode(errors="replace")
    clause = _FORMAT_CLAUSE.search(canonical)
    return Statement(
        root=outline.split()[0],
        text=canonical.encode(),
        fmt=clause[1] if clause else None,
        outline=tuple(outline.splitlines()),
    )


def refusal(why: str) -> ClickhouseError:
    """The readonly error of ClickHouse, with our reason."""
    return ClickhouseError(
        READONLY, f"default: Cannot execute query in readonly mode: {why}. (READONLY)"
    )


def _serialised_if_possible(handle: Handle, text: bytes) -> Statement | None:
    try:
        return _serialised(handle, text)
    except ClickhouseError as error:
        if error.code != BAD_ARGUMENTS:
            raise
        return None


def _serialised(handle: Handle, text: bytes) -> Statement:
    answer = _ask(
        handle,
        "formatQuerySingleLine(unhex('{0}')) AS canonical,"
        " parseQueryToJSON(unhex('{0}')) AS tree, formatQueryFromJSON(tree) AS again",
        text,
    )
    if answer["canonical"].translate(_LAYOUT) != answer["again"].translate(_LAYOUT):
        raise refusal("its syntax tree cannot be read in full")
    try:
        tree: Node = json.loads(answer["tree"])
    except RecursionError:
        raise ClickhouseError(
            TOO_DEEP_AST, "The statement is nested too deeply. (TOO_DEEP_AST)"
        ) from None
    if tree["type"] == "InsertQuery" and "select" not in tree:
        text += b"\n0"  # without any data the engine complains of that and not of readonly
    fmt = tree.get("format_ast", {}).get("name") or tree.get("format")
    return Statement(root=tree["type"], text=text, fmt=fmt, tree=tree)


def _ask(handle: Handle, functions: str, text: bytes) -> dict[str, str]:
    try:
        answer = handle.ask("SELECT " + functions.format(text.hex()), "JSONEachRow")
    except ClickhouseError as error:
        # What follows is our own question with the text in hexadecimal digits.
        told, cut, _ = error.message.partition(": In scope ")
        name = error.message.rpartition(" ")[2]
        raise ClickhouseError(
            error.code, f"{told.rstrip('. ')}. {name}" if cut else told
        ) from error
    row: dict[str, str] = json.loads(answer.decode(errors="replace"))
    return row


def _check_outline(statement: Statement) -> None:
    """SHOW CREATE, EXISTS and the like have no expressions: only names, and INTO OUTFILE."""
    for line in statement.outline[1:]:
        if line.startswith(" Literal "):
            raise refusal("INTO OUTFILE writes a file")
        _check_table(line.removeprefix(" Identifier "))


def _check_table_function(name: str) -> None:
    if name.lower() not in TABLE_FUNCTIONS:
        raise refusal(f"the table function '{name}' reads outside the store")


def _check_function(name: str) -> None:
    if name.lower() in DENIED_FUNCTIONS:
        raise refusal(
            f"the function '{name}' reaches outside the store (a column: write table.{name})"
        )


def _check_table(name: str) -> None:
    """In the embedded default database a path is a table name, and tells whether a file exists."""
    if "/" in name or name.rpartition(".")[2].lower() in DENIED_TABLES:
        raise ClickhouseError(
            UNKNOWN_TABLE, f"Unknown table expression identifier '{name}'. (UNKNOWN_TABLE)"
        )


def _nodes(tree: Node) -> Iterator[tuple[str, Node]]:
    """Every object in the tree with the key under which it hangs; a list passes its key on."""
    waiting: list[tuple[str, Any]] = [("", tree)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            yield key, value
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((key, item) for item in value)


def _expressions(node: Node) -> Iterator[str]:
    """The expressions in the settings that `node` changes: a string, or the values of a map."""
    changes = node.get("changes", ()) if node.get("type") == "SetQuery" else ()
    for value in (change["value"] for change in changes if change["name"] in EXPRESSION_SETTINGS):
        if value["field_type"] == "Map":
            yield from (str(pair["value"][1]["value"]) for pair in value["value"])
        else:
            yield str(value["value"])


def _setting_text(value: Node) -> str:
    """A setting as the text that the engine reads from a URL."""
    if value["field_type"] == "Map":
        pairs = ([item["value"] for item in pair["value"]] for pair in value["value"])
        return "{" + ", ".join(f"{quoted(key)}: {quoted(text)}" for key, text in pairs) + "}"
    if value["field_type"] == "Bool":
        return str(int(value["value"]))
    return str(value["value"])


def quoted(text: str) -> str:
    """A string literal of ClickHouse SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
