"""One request, one fresh handle of the engine: limits, settings, readonly, then the query."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Any

import chdb
from pydantic import BaseModel, ConfigDict, Field

from domain.errors import TooLarge, Unavailable
from storage import readonly
from storage.http_codec import (
    TOO_MANY_ROWS_OR_BYTES,
    UNKNOWN_FORMAT,
    UNKNOWN_SETTING,
    ClickhouseError,
)
from storage.readonly import ReadingRules, Statement, quoted

MIB = 1024 * 1024
TEXT_BYTES_MAX = MIB
# The parser is asked about the text in hexadecimal digits, twice; its answer, the syntax tree, has
# the same limit, which some 70,000 values in a list reach.
ENGINE_QUERY_BYTES_MAX = 5 * TEXT_BYTES_MAX
# Ten times the server's: the parser's answer counts each value of a list.
AST_ELEMENTS_MAX = 500_000
THREADS_MAX = 16
BLOCK_ROWS_MAX = 1_000_000
SECONDS_MIN = 0.001  # shorter rounds to 0, which means no limit

# What a reader may set: how an answer looks, how names and joins behave, and tighter limits.
# Not among them: what names a file (format_schema, output_format_schema, format_template_row),
# reaches out (format_avro_schema_registry_url), opens a gate (allow_…) or is shared (…_cache).
READER_SETTINGS = frozenset(
    {"session_timezone", "extremes", "limit", "offset", "log_comment", "final"}
    | {"result_overflow_mode", "timeout_overflow_mode", "read_overflow_mode"}
    | {"max_rows_to_read", "max_bytes_to_read", "max_rows_to_group_by", "max_rows_to_sort"}
    | {"group_by_overflow_mode", "sort_overflow_mode", "join_overflow_mode"}
    | {"join_use_nulls", "join_algorithm", "join_default_strictness", "max_rows_in_join"}
    | {"any_join_distinct_right_table_keys", "joined_subquery_requires_alias"}
    | {"group_by_use_nulls", "aggregate_functions_null_for_empty", "transform_null_in"}
    | {"union_default_mode", "intersect_default_mode", "except_default_mode"}
    | {"prefer_column_name_to_alias", "short_circuit_function_evaluation"}
    | {"cast_keep_nullable", "cast_string_to_dynamic_use_inference", "totals_mode"}
    | {"describe_compact_output", "describe_include_subcolumns"}
    | {"asterisk_include_alias_columns", "asterisk_include_materialized_columns"}
    | {"show_table_uuid_in_table_create_query_if_not_nil", "bool_true_representation"}
    | {"bool_false_representation", "first_day_of_week"}
    | {"format_csv_delimiter", "format_csv_null_representation", "format_tsv_null_representation"}
    | {"output_format_write_statistics", "output_format_decimal_trailing_zeros"}
    | {"output_format_float_precision", "output_format_trim_fixed_string"}
    | {"max_execution_time", "max_result_rows", "max_result_bytes", "max_memory_usage"}
    | {"max_threads", "max_block_size"}
    | readonly.EXPRESSION_SETTINGS
)
READER_SETTING_PREFIXES = (
    *("date_time_", "formatdatetime_", "output_format_json_", "output_format_csv_"),
    *("output_format_tsv_", "output_format_pretty_", "output_format_arrow_", "output_format_orc_"),
    *("output_format_parquet_", "output_format_native_", "output_format_values_"),
    *("output_format_markdown_", "output_format_sql_insert_", "output_format_binary_"),
)
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})
SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
ENGINE_VERSION: str = chdb.engine_version
# An INSERT whose data follow its FORMAT clause on the next line.
INSERT_WITH_DATA = re.compile(
    rb"\s*(INSERT\s.*?)(\sSETTINGS\s.*?)?\s(FORMAT\s+\w+)[ \t\r]*\n(.+)", re.I | re.DOTALL
)


class HttpLimits(BaseModel):
    """What one request, and all of them together, may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    result_rows_max: int = Field(1_000_000, ge=1, description="Most rows of one answer.")
    result_bytes_max: int = Field(128 * MIB, ge=1, description="Most bytes of one answer.")
    query_seconds_max: float = Field(30.0, ge=SECONDS_MIN, description="Longest run of one query.")
    query_memory_bytes_max: int = Field(
        2048 * MIB, ge=MIB, description="Most memory, and most temporary disk, of one query."
    )
    concurrent_queries_max: int = Field(8, ge=1, description="Queries under way at once.")
    queue_seconds_max: float = Field(
        5.0, ge=0, description="Longest wait for a place among them before 503."
    )
    request_bytes_max: int = Field(64 * MIB, ge=1, description="Largest request body.")


@dataclass(frozen=True, slots=True)
class Query:
    """What a request asks of the engine; `fmt` holds when the text has no FORMAT clause."""

    text: bytes
    fmt: str = "TabSeparated"
    database: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A result; `fmt` is None for a statement that has none."""

    body: bytes
    fmt: str | None
    timezone: str
    summary: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What does not change while the process lives."""

    timezone: str
    table_functions: frozenset[str]
    formats: frozenset[str]


class EngineHandle:
    """One connection to the engine; its exceptions are ClickhouseError."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, text: bytes | str, fmt: str, parameters: Mapping[str, str]) -> Any:
        with _engine_errors():
            return self._connection.query(text, fmt, params=dict(parameters))

    def ask(self, sql: str, fmt: str, parameters: Mapping[str, str] = NO_PARAMETERS, /) -> bytes:
        answer: bytes = self.query(sql, fmt, parameters).bytes()
        return answer

    def set(self, settings: Mapping[str, str]) -> None:
        for name in settings:
            if not SETTING_NAME.fullmatch(name):
                raise ClickhouseError(
                    UNKNOWN_SETTING, f"Unknown setting '{name}'. (UNKNOWN_SETTING)"
                )
        if settings:
            pairs = (f"`{name}` = {quoted(value)}" for name, value in settings.items())
            self.ask("SET " + ", ".join(pairs), "Null")

    def insert(self, target: str, clauses: str, data: bytes) -> Any:
        # Not send_insert: it says nothing when a materialized view fails.
        with NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return self.query(f"{target} FROM INFILE {quoted(file.name)} {clauses}", "Null", {})


class EmbeddedEngine:
    """Runs queries on the engine directory that this process has open, each on its own handle.

    Blocks; thread-safe. Raises ClickhouseError for what the engine or the reading rules refuse,
    TooLarge for a longer text than is parsed, Unavailable when the directory cannot be opened.
    """

    def __init__(self, path: str, limits: HttpLimits, *, writable: bool = False) -> None:
        self.limits = limits
        self._path = path
        self._writable = writable
        self._integer_ceilings = {
            "max_result_rows": limits.result_rows_max,
            "max_result_bytes": limits.result_bytes_max,
            "max_memory_usage": limits.query_memory_bytes_max,
            "max_threads": THREADS_MAX,
            "max_block_size": BLOCK_ROWS_MAX,
        }

    @cached_property
    def facts(self) -> EngineFacts:
        with self._handle() as handle:
            timezone = handle.ask("SELECT timezone()", "TSVRaw").decode().strip()
            functions = handle.ask("SELECT lower(name) FROM system.table_functions", "TSV")
            formats = handle.ask("SELECT lower(name) FROM system.formats WHERE is_output", "TSV")
        names = frozenset(functions.decode().split())
        return EngineFacts(timezone, names, frozenset(formats.decode().split()))

    def run(self, query: Query) -> Answer:
        """The answer to one statement."""
        if query.fmt.lower() not in self.facts.formats:
            raise ClickhouseError(UNKNOWN_FORMAT, f"Unknown format {query.fmt}. (UNKNOWN_FORMAT)")
        with self._handle() as handle:
            if query.database:
                handle.query("USE {database:Identifier}", "Null", {"database": query.database})
            return (self._write if self._writable else self._read)(handle, query)

    @contextmanager
    def _handle(self) -> Iterator[EngineHandle]:
        try:
            connection = chdb.connect(self._path)
        except RuntimeError as error:
            raise Unavailable("the embedded store is not open") from error
        with closing(connection):
            yield EngineHandle(connection)

    def _read(self, handle: EngineHandle, query: Query) -> Answer:
        if len(query.text) > TEXT_BYTES_MAX:
            raise TooLarge(f"the query is over {TEXT_BYTES_MAX} bytes")
        with self._handle() as parser:  # readonly from the first word of the text on
            parser.set(self._ceilings() | {"readonly": "1"})
            rules = ReadingRules(parser, query.parameters, self.facts.table_functions)
            statement = readonly.parse(parser, query.text, query.parameters)
            rules.check(statement)
            wanted = self._wanted_settings(rules, query, statement)
        others = {name: text for name, text in query.settings.items() if not _may_set(name)}
        others.pop("readonly", None)  # it is so, whatever a client asks
        handle.set(self._ceilings() | wanted)
        # Clients read there which settings they may send; under readonly = 1 it would be none.
        level = 2 if statement.asks_for_settings_only and not others else 1
        handle.set({"readonly": str(level)})
        handle.set(others)  # for the engine to refuse
        result = handle.query(statement.text, query.fmt, query.parameters)
        if result.size() > self.limits.result_bytes_max:  # the engine counts a constant once
            raise ClickhouseError(
                TOO_MANY_ROWS_OR_BYTES,
                f"Limit for result exceeded, max bytes: {self.limits.result_bytes_max}, "
                f"current bytes: {result.size()}. (TOO_MANY_ROWS_OR_BYTES)",
            )
        return self._answer(result, statement.fmt or query.fmt, wanted)

    def _write(self, handle: EngineHandle, query: Query) -> Answer:
        handle.set(query.settings)
        if insert := INSERT_WITH_DATA.fullmatch(query.text):
            target, settings, format_clause, data = insert.groups(default=b"")
            done = handle.insert(target.decode(), (settings + b" " + format_clause).decode(), data)
            summary = {"written_rows": done.rows_read(), "written_bytes": done.bytes_read()}
            return Answer(b"", None, self.facts.timezone, summary)
        try:
            statement = readonly.parse(handle, query.text, query.parameters)
        except ClickhouseError:  # the engine words it better, or can run it all the same
            statement = Statement("", query.text, None)
        result = handle.query(query.text, query.fmt, query.parameters)
        fmt = statement.fmt or query.fmt
        return self._answer(result, fmt if statement.reads else None, query.settings)

    def _answer(self, result: Any, fmt: str | None, settings: Mapping[str, str]) -> Answer:
        summary = {
            "read_rows": result.storage_rows_read(),
            "read_bytes": result.storage_bytes_read(),
            "written_rows": result.rows_written(),
            "written_bytes": result.bytes_written(),
            "result_rows": result.rows_read(),
            "result_bytes": result.bytes_read(),
            "elapsed_ns": int(result.elapsed() * 1e9),
        }
        timezone = settings.get("session_timezone") or self.facts.timezone
        return Answer(result.bytes(), fmt, timezone, summary)

    def _ceilings(self) -> dict[str, str]:
        limits = self.limits
        return {
            "max_result_rows": str(limits.result_rows_max),
            "max_result_bytes": str(limits.result_bytes_max),
            "max_execution_time": str(limits.query_seconds_max),
            "max_memory_usage": str(limits.query_memory_bytes_max),
            "max_temporary_data_on_disk_size_for_query": str(limits.query_memory_bytes_max),
            "max_query_size": str(ENGINE_QUERY_BYTES_MAX),
            "max_ast_elements": str(AST_ELEMENTS_MAX),
            # What a server has, and a local tool has not.
            "implicit_select": "0",
            # Rows of which the sorting key says that they are not wanted are not merged first.
            "optimize_move_to_prewhere_if_final": "1",
            "allow_introspection_functions": "0",
        }

    def _wanted_settings(
        self, rules: ReadingRules, query: Query, statement: Statement
    ) -> dict[str, str]:
        """What the URL and the statement's SETTINGS clause may set, within the limits.

        readonly = 1 accepts a clause that sets what is already set, and refuses every other.
        """
        wanted = {
            name: rules.checked_setting(name, text)
            for name, text in query.settings.items()
            if _may_set(name)
        }
        wanted |= {name: text for name, text in statement.settings.items() if _may_set(name)}
        return {name: self._bounded(name, text) for name, text in wanted.items()}

    def _bounded(self, name: str, text: str) -> str:
        """A limit may only be lowered; anything else becomes the limit itself."""
        if name == "max_execution_time":
            ceiling = self.limits.query_seconds_max
            return str(seconds if SECONDS_MIN <= (seconds := _number(text)) <= ceiling else ceiling)
        if ceiling := self._integer_ceilings.get(name, 0):
            return str(int(number) if 1 <= (number := _number(text)) <= ceiling else ceiling)
        return text


def _may_set(name: str) -> bool:
    return name in READER_SETTINGS or name.startswith(READER_SETTING_PREFIXES)


def _number(text: str) -> float:
    """0, which no limit allows, for what is not a number."""
    try:
        return float(text)
    except ValueError:
        return 0.0


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ClickhouseError.parse(str(error)) from error
