"""One client for two shapes: an embedded engine in this process, or a ClickHouse server, by DSN."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import ParseResult, unquote, urlparse
from weakref import WeakSet

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from domain.envelope import Signal
from domain.errors import InvalidInput, Unavailable
from storage import errors, sql
from storage.config import StorageConfig

LANDING = {Signal.TRACES: "otlp_landing_traces", Signal.LOGS: "otlp_landing_logs"}
SEGMENT_SETTINGS = {
    "format_schema_message_name": "Envelope",
    "input_format_protobuf_oneof_presence": 1,
    "output_format_json_escape_forward_slashes": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "insert_deduplicate": 1,
    # One block a segment: all of it is decoded before any of it is stored.
    "max_insert_block_size": 1_000_000_000,
    "max_partitions_per_insert_block": 0,
    "async_insert": 0,
    # Replacing happens in merges and by FINAL; to do it in each insert as well takes 1.5 us a span.
    "optimize_on_insert": 0,
    # Acknowledging comes before storing: p99 falls by a third. Where it is not allowed, a no-op.
    "os_threads_nice_value_query": 5,
    "os_threads_nice_value_materialized_view": 5,
}
# Analysis gives way to taking spans in. What came in a few seconds is little: by default one
# thread would read it all.
BACKGROUND_SETTINGS = {
    "os_threads_nice_value_query": 15,
    "merge_tree_min_rows_for_concurrent_read": 8192,
    "merge_tree_min_bytes_for_concurrent_read": 100_000,
    "max_block_size": 8192,
}
# By default what finds a trace or an id waits until a table has a million rows. Servers, which have
# more, may refuse it of those who only read.
EMBEDDED_SETTINGS = {"min_table_rows_to_use_projection_index": 0}
# When an insert returns, its rows can be read: also through the face of a distributed table.
ROW_SETTINGS = {"async_insert": 0, "distributed_foreground_insert": 1}
# Of rows that are read with FINAL and differ in their keys: there is nothing to be replaced yet.
NEW_ROW_SETTINGS = ROW_SETTINGS | {"optimize_on_insert": 0}
# Merges give way to inserts: what arrives is acknowledged in time, and parts are merged after it.
ENGINE_OPTIONS = {"os_threads_nice_value_merge_mutate": 10}
CLOSED = "the store is closed"
SERVER_SCHEMES = {"clickhouse": "", "http": "", "clickhouses": "https", "https": "https"}


def embedded_path(dsn: str) -> Path | None:
    """The engine directory of a `chdb:///path` DSN; None for a server.

    Raises InvalidInput for any other scheme, and for what is no address of a server or folder.
    """
    parts = _parsed(dsn)
    if parts.scheme in SERVER_SCHEMES:
        return None
    name = unquote(parts.netloc + parts.path)
    # The engine takes what follows a question mark for its options.
    if parts.scheme != "chdb" or not name or "?" in name:
        kinds = "chdb:///path or clickhouse://user@host:8123/database"
        raise InvalidInput(f"the store is named by {kinds}, not by '{_without_password(parts)}'")
    return Path(name).resolve()


def _parsed(dsn: str) -> ParseResult:
    parts = urlparse(dsn)
    try:
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise InvalidInput(f"store '{_without_password(parts)}': {error}") from error
    return parts


def _without_password(parts: ParseResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class Store:
    """All SQL goes through here. Thread-safe: each thread has its own client.

    Every query carries its file name as `log_comment`, and limits on time, memory and rows.
    Raises Unavailable when the database is down or the store is closed, Conflict when another
    process has the embedded one open, InvalidInput for a query that is wrong.
    """

    def __init__(self, dsn: str, config: StorageConfig | None = None) -> None:
        self.config = config or StorageConfig()
        self.embedded_path = embedded_path(dsn)
        self.dsn = dsn
        self._local = threading.local()
        # A client goes with its thread, but the first stays: without any the engine would close.
        self._clients: WeakSet[Client] = WeakSet()
        self._first: Client | None = None
        self._closed = False
        self._lock = threading.Lock()

    @property
    def cluster(self) -> str:
        """Cluster name, empty for one server."""
        return self.config.cluster

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wait for what is under way, and end; an embedded engine is free for another process."""
        with self._lock:
            self._closed = True
            clients = list(self._clients)
        for client in clients:
            client.close()

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of queries/<query>.sql as dicts by column name."""
        with errors.translated(errors.from_query):
            result = self._client().query(
                sql.query(query), parameters=parameters, settings=self._limits(query)
            )
        return list(result.named_results())

    def columns_of(
        self, query: str, bytes_in: Sequence[str] = (), **parameters: Any
    ) -> dict[str, Sequence[Any]]:
        """Columns of queries/<query>.sql by name: for many rows, without an object for each.

        bytes_in: columns of strings that are no text.
        """
        settings = self._limits(query) | BACKGROUND_SETTINGS
        with errors.translated(errors.from_query):
            result = self._client().query(
                sql.query(query),
                parameters=parameters,
                settings=settings,
                column_formats=dict.fromkeys(bytes_in, "bytes"),
            )
        columns = result.result_columns or [[] for _ in result.column_names]
        return dict(zip(result.column_names, columns, strict=True))

    def selected(self, statement: str, comment: str, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT that was made from files, as dicts by column name."""
        settings = self._limits(comment) | BACKGROUND_SETTINGS
        with errors.translated(errors.from_query):
            result = self._client().query(statement, parameters=parameters, settings=settings)
        return list(result.named_results())

    def read_only(self, text: str, fmt: str) -> bytes:
        """The answer to one statement in ClickHouse's output format `fmt`.

        Raises InvalidInput for a wrong statement or one that would write.
        """
        if self.embedded_path is not None:
            with errors.translated(errors.from_query):
                return self._reader().raw_query(text, fmt=fmt)
        with closing(self._connect()) as client, errors.translated(errors.from_query):
            settings = self._limits("sql")
            if client.server_settings["readonly"].value == "0":  # else it is so already, and fixed
                settings["readonly"] = 1
            return client.raw_query(text, fmt=fmt, settings=settings)

    def has_table(self, name: str) -> bool:
        """Whether the current database has the table."""
        return bool(self.tables_of([name]))

    def tables_of(self, names: Sequence[str]) -> set[str]:
        """Those of `names` that are tables or views of the current database."""
        return {row["name"] for row in self.rows("tables_of", names=names)}

    def command(self, statement: str) -> None:
        """Run one DDL statement from a migration file."""
        with errors.translated(errors.from_query):
            self._client().command(statement)

    def columns(self, description: str, **parameters: Any) -> list[str]:
        """The names that a DESCRIBE statement gives."""
        with errors.translated(errors.from_query):
            result = self._client().query(
                description, parameters=parameters, settings=self._limits("columns")
            )
        return [row[0] for row in result.result_rows]

    def derive(self, statement: str, comment: str, **parameters: Any) -> None:
        """Run one statement that makes rows from rows, with bounds on its memory and time."""
        settings = {
            "max_execution_time": self.config.derive_seconds_max,
            "max_memory_usage": self.config.query_memory_bytes_max,
            "max_partitions_per_insert_block": 0,
            "async_insert": 0,
            "log_comment": comment,
        } | BACKGROUND_SETTINGS
        with errors.translated(errors.from_query):
            self._client().command(statement, parameters=parameters, settings=settings)

    def insert(
        self,
        table: str,
        rows: Sequence[Mapping[str, Any]],
        token: str = "",
        *,
        settings: Mapping[str, Any] = ROW_SETTINGS,
    ) -> None:
        """Insert rows of equal keys; columns that are not named take their defaults.

        They can be read as soon as it returns. The same `token` again stores nothing.
        """
        settings = dict(settings)
        if token:
            settings |= {"insert_deduplication_token": token, "insert_deduplicate": 1}
        columns = list(rows[0])
        data = [[row[name] for name in columns] for row in rows]
        with errors.translated(errors.from_query):
            self._client().insert(table, data, column_names=columns, settings=settings)

    def insert_segment(self, signal: Signal, records: bytes, token: str) -> None:
        """Decode and store spool records, all of `signal`; the same `token` again stores nothing.

        Raises Refused when the engine cannot decode them (nothing is stored) or would take more
        memory than one insert may, TooLarge when it lacks memory now, Unavailable for anything
        else: part may then be stored, and the same call with the same token completes it.
        """
        settings = SEGMENT_SETTINGS | sql.envelope_schema(by_path=self.embedded_path is not None)
        settings["insert_deduplication_token"] = token
        settings["max_memory_usage"] = self.config.insert_memory_bytes_max
        with errors.translated(errors.from_insert):
            self._client().raw_insert(
                LANDING[signal], insert_block=records, fmt="Protobuf", settings=settings
            )

    def _limits(self, comment: str) -> dict[str, Any]:
        return {
            "max_execution_time": self.config.query_seconds_max,
            "max_memory_usage": self.config.query_memory_bytes_max,
            "max_result_rows": self.config.result_rows_max,
            "log_comment": comment,
        } | (EMBEDDED_SETTINGS if self.embedded_path is not None else {})

    def _client(self) -> Client:
        return self._own("client", self._connect)

    def _reader(self) -> Client:
        return self._own("reader", self._connect_reader)

    def _own(self, name: str, connect: Callable[[], Client]) -> Client:
        """The client of that name of this thread; it is opened at its first use."""
        client: Client | None = getattr(self._local, name, None)
        if client is None:
            client = connect()
            with self._lock:
                self._clients.add(client)
                self._first = self._first or client
            setattr(self._local, name, client)
        if self._closed:  # perhaps while the client was being opened
            client.close()
            raise Unavailable(CLOSED)
        return client

    def _connect_reader(self) -> Client:
        """A session of the embedded engine that only reads; once it is so, it stays so."""
        client = self._connect()
        for name, value in (self._limits("sql") | {"readonly": 1}).items():
            client.command(f"SET {name} = '{value}'")
        return client

    def _connect(self) -> Client:
        if self._closed:
            raise Unavailable(CLOSED)
        if (path := self.embedded_path) is not None:
            with errors.translated(partial(errors.from_opening, path=path)):
                return clickhouse_connect.get_client(
                    interface="chdb", path=str(path), chdb_options=ENGINE_OPTIONS
                )
        # The driver does not look at the scheme: without this it would send in plain text.
        interface = SERVER_SCHEMES[urlparse(self.dsn).scheme] or None
        with errors.translated(errors.from_query):
            return clickhouse_connect.get_client(
                dsn=self.dsn,
                interface=interface,
                send_receive_timeout=self.config.server_seconds_max,
            )
