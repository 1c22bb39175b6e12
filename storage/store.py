"""One client for two shapes: an embedded engine in this process, or a ClickHouse server, by DSN."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlparse

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error

from domain.errors import InvalidInput
from storage import errors, sql
from storage.config import StorageConfig

LANDING = "otlp_landing"
SEGMENT_SETTINGS = {
    "format_schema_message_name": "Envelope",
    "input_format_protobuf_oneof_presence": 1,
    "output_format_json_escape_forward_slashes": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # One block a segment: its rows are few and it is stored whole or not at all.
    "max_insert_block_size": 1_000_000,
    "max_partitions_per_insert_block": 0,
    "async_insert": 0,
}


def embedded_path(dsn: str) -> Path | None:
    """The engine directory of a `chdb:///path` DSN; None for a server.

    Raises InvalidInput for any other scheme.
    """
    parts = urlparse(dsn)
    if parts.scheme == "chdb":
        return Path(unquote(parts.netloc + parts.path)).resolve()
    if parts.scheme in {"clickhouse", "clickhouses", "http", "https"}:
        return None
    raise InvalidInput(f"store '{dsn}': use chdb:///path or clickhouse://user@host:8123/database")


class Store:
    """All SQL goes through here. Thread-safe: each thread has its own client.

    Every query carries its file name as `log_comment`, and limits on time, memory and rows.
    Raises Unavailable when the database is down, InvalidInput for a query that is wrong.
    """

    def __init__(self, dsn: str, config: StorageConfig | None = None) -> None:
        self.config = config or StorageConfig()
        self.embedded_path = embedded_path(dsn)
        self._dsn = f"chdb://{self.embedded_path}" if self.embedded_path else dsn
        self._local = threading.local()
        self._clients: list[Client] = []
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
        """Close every thread's client; an embedded engine is then free for another process."""
        with self._lock:
            clients, self._clients = self._clients, []
            self._local = threading.local()
        for client in clients:
            client.close()

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of queries/<query>.sql as dicts by column name."""
        try:
            result = self._client().query(
                sql.query(query), parameters=parameters, settings=self._limits(query)
            )
        except Error as error:
            raise errors.from_query(error) from error
        return list(result.named_results())

    def read_only(self, text: str, fmt: str) -> bytes:
        """The answer to one statement in ClickHouse's output format `fmt`.

        Raises InvalidInput for a wrong statement or one that would write.
        """
        # A client of its own: an embedded session that is read-only once stays so.
        client = self._connect()
        try:
            return client.raw_query(text, fmt=fmt, settings=self._limits("sql") | {"readonly": 1})
        except Error as error:
            raise errors.from_query(error) from error
        finally:
            client.close()

    def has_table(self, name: str) -> bool:
        """Whether the current database has the table."""
        return bool(self.rows("has_table", name=name)[0]["found"])

    def command(self, statement: str) -> None:
        """Run one DDL statement from a migration file."""
        try:
            self._client().command(statement)
        except Error as error:
            raise errors.from_query(error) from error

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of equal keys; columns that are not named take their defaults."""
        columns = list(rows[0])
        try:
            self._client().insert(
                table, [[row[name] for name in columns] for row in rows], column_names=columns
            )
        except Error as error:
            raise errors.from_query(error) from error

    def insert_segment(self, records: bytes, token: str) -> None:
        """Decode and store spool records; the same `token` again stores nothing.

        Raises Refused when the engine cannot decode them (nothing is stored), Unavailable when the
        database is down or busy (the same call may succeed later).
        """
        schema = sql.envelope_schema(by_path=self.embedded_path is not None)
        settings = SEGMENT_SETTINGS | schema | {"insert_deduplication_token": token}
        try:
            self._client().raw_insert(
                LANDING, insert_block=records, fmt="Protobuf", settings=settings
            )
        except Error as error:
            raise errors.from_insert(error) from error

    def _limits(self, comment: str) -> dict[str, Any]:
        return {
            "max_execution_time": self.config.query_seconds_max,
            "max_memory_usage": self.config.query_memory_bytes_max,
            "max_result_rows": self.config.result_rows_max,
            "log_comment": comment,
        }

    def _client(self) -> Client:
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self._connect()
            with self._lock:
                self._clients.append(client)
        return client

    def _connect(self) -> Client:
        try:
            client = clickhouse_connect.get_client(dsn=self._dsn)
        except Error as error:
            raise errors.from_query(error) from error
        return client
