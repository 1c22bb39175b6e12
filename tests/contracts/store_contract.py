"""What every store promises, embedded or behind ClickHouse's HTTP interface.

`StoreReadContract` needs a fixture `filled`: a Store over what `fill` wrote; it may be read-only.
`StoreWriteContract` needs a fixture `blank`: a Store over an empty database that may be written.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import pytest

from domain.envelope import Signal
from domain.errors import Conflict, InvalidInput, Refused, Unavailable
from storage import migrate, sql
from storage.config import StorageConfig
from storage.keys import KeyRows
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, RETENTION_DAYS, logs, record, spans, token

AWKWARD_AGENT = "Robert'); DROP TABLE otel_traces; --\"`{x:String}\\"
READONLY = "Code: 164"
SAMPLES = {"String": "x", "Bool": True, "Date": datetime(2026, 1, 1, tzinfo=UTC).date()}
# Parameters that not every value of their type is good for.
NAMED = {"zone": "UTC"}
PARAMETER = re.compile(r"\{(\w+):([^}]+)\}")
KEY = {
    "key_id": "a1",
    "tenant": "acme",
    "name": 'it\'s "mine"',
    "scopes": ["ingest", "read"],
    "secret_sha256": "00",
    "revoked": False,
}


def fill(store: Store) -> None:
    """Migrate an empty store and write what the read contract reads."""
    migrate.apply(store, RETENTION_DAYS)
    request = spans("plan", "act", "act", start_unix_nano=RECEIVED_UNIX_NANO)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.attributes.add(key="gen_ai.agent.name").value.string_value = AWKWARD_AGENT
    store.insert_segment(Signal.TRACES, record(request), token())
    store.insert_segment(Signal.LOGS, record(logs("one", "two")), token())
    KeyRows(store).append(KEY)


def number(store: Store, expression: str) -> int:
    """The number that `SELECT expression` gives."""
    return int(store.read_only(f"SELECT {expression}", "TSV"))


def sample_parameters(query: str) -> dict[str, Any]:
    """A value of the right type for each parameter of a query file."""
    found = PARAMETER.findall(sql.query(query))
    return {name: NAMED.get(name) or _sample(kind) for name, kind in found}


def _sample(kind: str) -> Any:
    if kind.startswith("Array("):
        return [_sample(kind.removeprefix("Array(").removesuffix(")"))]
    if kind.startswith("DateTime"):
        return datetime(2026, 1, 1, tzinfo=UTC)
    return SAMPLES.get(kind, 1)


QUERIES = sorted(path.stem for path in (sql.ROOT / "queries").glob("*.sql"))


class StoreReadContract:
    """Reading, for a store that may be read-only."""

    @pytest.fixture
    def limited(self, filled: Store) -> Iterator[Callable[..., Store]]:
        """Opens the same store again with other limits."""
        opened: list[Store] = []

        def with_limits(**limits: Any) -> Store:
            opened.append(Store(filled.dsn, StorageConfig(**limits)))
            return opened[-1]

        yield with_limits
        for store in opened:
            store.close()

    @pytest.mark.parametrize("query", QUERIES)
    def test_each_query_file_runs(self, filled: Store, query: str) -> None:
        rows = filled.rows(query, **sample_parameters(query))
        assert isinstance(rows, list)

    @pytest.mark.parametrize("query", QUERIES)
    def test_each_query_file_can_be_planned(self, filled: Store, query: str) -> None:
        parameters = sample_parameters(query)
        client = filled._client()  # the store itself has no use for plans
        plan = client.query(f"EXPLAIN {sql.query(query)}", parameters=parameters).result_rows
        assert plan

    @pytest.mark.parametrize("query", QUERIES)
    def test_each_query_file_is_bounded_and_says_what_it_answers(self, query: str) -> None:
        text = sql.query(query)
        comment = list(takewhile(lambda line: line.startswith("-- "), text.splitlines()))
        assert comment
        assert comment[-1].endswith((".", "?"))
        # One row, or at most so many.
        assert "LIMIT" in text or re.search(r"SELECT (count|max|min|sum)\(", text)

    def test_rows_come_by_column_name(self, filled: Store) -> None:
        (seen,) = filled.rows("last_seen", days=1, limit=10)
        assert (seen["tenant"], seen["service"]) == ("acme", "billing")
        assert (seen["spans"], seen["log_records"]) == (3, 2)

    def test_parameters_are_values_and_never_sql(self, filled: Store) -> None:
        assert not filled.has_table(AWKWARD_AGENT)
        assert not filled.has_table("x' OR 1 = 1 --")
        assert filled.has_table("otel_traces")
        with pytest.raises(InvalidInput):
            filled.rows("agents", days="1) OR (1 = 1", limit=1)

    def test_awkward_names_come_back_as_they_are(self, filled: Store) -> None:
        (agent,) = filled.rows("agents", days=1, limit=10)
        assert agent["agent"] == AWKWARD_AGENT
        assert (agent["spans"], agent["traces"], agent["errors"]) == (3, 1, 0)

    def test_a_statement_is_answered_in_the_format_that_is_asked_for(self, filled: Store) -> None:
        text = filled.read_only("SELECT SpanName AS n FROM otel_traces ORDER BY n", "JSONEachRow")
        assert [json.loads(line)["n"] for line in text.splitlines()] == ["act", "act", "plan"]
        assert filled.read_only("SELECT 1 AS a, 'x' AS b", "CSVWithNames") == b'"a","b"\n1,"x"\n'

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO api_keys (key_id) VALUES ('a2')",
            "CREATE TABLE t (a Int8) ENGINE = Null",
            "ALTER TABLE otel_traces DELETE WHERE 1",
            "DROP TABLE otel_traces",
            "TRUNCATE TABLE otel_traces",
        ],
    )
    def test_a_statement_that_would_write_is_refused(self, filled: Store, statement: str) -> None:
        with pytest.raises(InvalidInput, match=READONLY):
            filled.read_only(statement, "TSV")
        assert number(filled, "count() FROM otel_traces") == 3

    @pytest.mark.parametrize(
        "statement",
        [
            "SELEC 1",
            "SELECT nothing FROM otel_traces",
            "SELECT 1 FROM nowhere",
            "SELECT sum(sum(1))",
        ],
    )
    def test_a_wrong_statement_is_the_askers_fault(self, filled: Store, statement: str) -> None:
        with pytest.raises(InvalidInput, match="Code: "):
            filled.read_only(statement, "TSV")

    def test_a_refusal_leaves_the_store_usable(self, filled: Store) -> None:
        for _ in range(3):
            with pytest.raises(InvalidInput):
                filled.read_only("DROP TABLE otel_traces", "TSV")
        assert filled.rows("health")[0]["spans"] == 3

    def test_too_many_rows_are_refused(self, limited: Callable[..., Store]) -> None:
        with pytest.raises(InvalidInput, match="Code: 396"):
            limited(result_rows_max=2).read_only("SELECT SpanId FROM otel_traces", "TSV")

    def test_a_query_that_takes_too_long_is_ended(self, limited: Callable[..., Store]) -> None:
        with pytest.raises(Unavailable, match="Code: 159"):
            limited(query_seconds_max=0.1).read_only(
                "SELECT max(number) FROM system.numbers", "TSV"
            )

    def test_a_query_that_takes_too_much_memory_is_ended(
        self, limited: Callable[..., Store]
    ) -> None:
        with pytest.raises(Unavailable, match="Code: 241"):
            limited(query_memory_bytes_max=30 * 1024**2).read_only(
                "SELECT uniqExact(number) FROM numbers(20000000)", "TSV"
            )

    def test_each_query_carries_its_name(self, filled: Store) -> None:
        assert filled.read_only("SELECT getSetting('log_comment')", "TSVRaw") == b"sql\n"

    def test_threads_ask_at_once(self, filled: Store) -> None:
        together = threading.Barrier(4, timeout=100)

        def ask(_: int) -> list[int]:
            together.wait()
            return [filled.rows("last_seen", days=1, limit=1)[0]["spans"] for _ in range(5)]

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(ask, range(4))) == [[3] * 5] * 4

    def test_a_closed_store_says_so(self, limited: Callable[..., Store]) -> None:
        store = limited()
        assert store.has_table("otel_traces")
        store.close()
        store.close()
        with pytest.raises(Unavailable):
            store.has_table("otel_traces")
        with pytest.raises(Unavailable, match="closed"):
            store.read_only("SELECT 1", "TSV")


class StoreWriteContract:
    """Migrations and inserts, for a store that may be written."""

    @pytest.fixture
    def store(self, migrated: Store) -> Store:
        """Migrated, and empty; `blank` is not even migrated."""
        return migrated

    def test_migrations_apply_to_an_empty_database_and_again_do_nothing(self, blank: Store) -> None:
        names = migrate.every_name()
        views = (*sql.views(), *sql.reading_views())
        assert len(names) == len(sql.migrations()) + len(views)
        assert migrate.waiting(blank) == names
        assert migrate.apply(blank, RETENTION_DAYS) == names
        assert migrate.waiting(blank) == []
        assert migrate.apply(blank, RETENTION_DAYS) == []
        recorded = [(row["name"], row["checksum"]) for row in blank.rows("applied_migrations")]
        assert recorded == [(migration.name, migration.checksum) for migration in sql.migrations()]

    def test_a_migration_that_was_cut_short_is_applied_again(self, blank: Store) -> None:
        first, second, third, *_ = sql.migrations()
        for migration in (first, second, third):
            for statement in migrate.statements(migration, "", RETENTION_DAYS):
                blank.command(statement)
        assert migrate.apply(blank, RETENTION_DAYS) == migrate.every_name()

    def test_migrations_may_be_applied_twice_at_once(self, blank: Store) -> None:
        together = threading.Barrier(2, timeout=100)

        def apply(_: int) -> None:
            together.wait()
            migrate.apply(blank, RETENTION_DAYS)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(apply, range(2)))
        assert migrate.waiting(blank) == []
        assert blank.has_table("otel_logs")

    def test_a_migration_that_changed_after_it_was_applied_is_refused(self, store: Store) -> None:
        changed = replace(sql.migrations()[1], text="-- another text\n")
        row = {"number": changed.number, "name": changed.name, "checksum": changed.checksum}
        store.insert("wakeline_migrations", [row])
        with pytest.raises(Conflict, match="0001_otlp_landing was changed after it was applied"):
            migrate.apply(store, RETENTION_DAYS)

    def test_a_store_that_is_ahead_of_this_version_is_refused(self, store: Store) -> None:
        store.insert(
            "wakeline_migrations", [{"number": 9999, "name": "9999_later", "checksum": "0"}]
        )
        with pytest.raises(Conflict, match="9999_later, unknown here: upgrade"):
            migrate.pending(store)

    def test_a_segment_becomes_spans(self, store: Store) -> None:
        segment = record(spans("plan", "act")) + record(spans("pay"), tenant="other")
        store.insert_segment(Signal.TRACES, segment, token())
        rows = store.read_only(
            "SELECT Tenant, SpanName, SpanKind, ServiceName FROM otel_traces ORDER BY ALL", "CSV"
        )
        assert rows.decode().splitlines() == [
            '"acme","act","Internal","billing"',
            '"acme","plan","Internal","billing"',
            '"other","pay","Internal","billing"',
        ]
        assert number(store, "count() FROM otel_logs") == 0

    def test_a_segment_becomes_log_records(self, store: Store) -> None:
        store.insert_segment(Signal.LOGS, record(logs("it's late", "/a")), token())
        rows = store.read_only("SELECT Body, SeverityNumber FROM otel_logs ORDER BY Body", "CSV")
        assert rows.decode().splitlines() == ['"/a",9', '"it\'s late",9']
        assert number(store, "count() FROM otel_traces") == 0

    @pytest.mark.parametrize("signal", Signal)
    def test_the_same_token_stores_nothing_again(self, store: Store, signal: Signal) -> None:
        traces = signal is Signal.TRACES
        segment = record(spans("plan", "act")) if traces else record(logs("one", "two"))
        table = "otel_traces" if traces else "otel_logs"
        same = token()
        for _ in range(3):
            store.insert_segment(signal, segment, same)
        assert number(store, f"count() FROM {table}") == 2
        store.insert_segment(signal, segment, token())
        assert number(store, f"count() FROM {table}") == 4
        if traces:
            assert number(store, "count() FROM otel_traces_trace_id_ts") == 2

    def test_equal_spans_in_different_segments_are_all_stored(self, store: Store) -> None:
        segment = record(spans("plan"))
        for name in (token(), token()):
            store.insert_segment(Signal.TRACES, segment, name)
        assert number(store, "count() FROM otel_traces") == 2

    @pytest.mark.parametrize("missing_bytes", [1, 7, 60])
    def test_torn_bytes_are_refused_whole(self, store: Store, missing_bytes: int) -> None:
        torn = record(spans("plan")) * 50 + record(spans("act"))[:-missing_bytes]
        with pytest.raises(Refused):
            store.insert_segment(Signal.TRACES, torn, token())
        assert number(store, "count() FROM otel_traces") == 0
        assert number(store, "count() FROM otel_traces_trace_id_ts") == 0

    @pytest.mark.parametrize("damage", [b"\xff" * 40, b"\x05hello", b"\x02\x08\x96", b"\0\0\0\1\7"])
    def test_damaged_bytes_are_refused_whole(self, store: Store, damage: bytes) -> None:
        with pytest.raises(Refused):
            store.insert_segment(Signal.TRACES, record(spans("plan")) + damage, token())
        assert number(store, "count() FROM otel_traces") == 0

    def test_a_refused_token_may_be_used_for_sound_bytes(self, store: Store) -> None:
        same = token()
        with pytest.raises(Refused):
            store.insert_segment(Signal.TRACES, b"\x05hello", same)
        store.insert_segment(Signal.TRACES, record(spans("plan")), same)
        assert number(store, "count() FROM otel_traces") == 1

    def test_an_insert_that_failed_halfway_is_completed_by_its_token(self, store: Store) -> None:
        store.command("CREATE TABLE derived (a String) ENGINE = MergeTree ORDER BY a")
        store.command(
            "CREATE MATERIALIZED VIEW fails TO derived AS"
            " SELECT toString(throwIf(SpanName = 'act')) AS a FROM otel_traces"
        )
        segment, same = record(spans("plan", "act")), token()
        with pytest.raises(Unavailable):
            store.insert_segment(Signal.TRACES, segment, same)
        store.command("DROP TABLE fails")
        store.insert_segment(Signal.TRACES, segment, same)
        assert number(store, "count() FROM otel_traces") == 2
        assert number(store, "uniqExact(TraceId) FROM otel_traces_trace_id_ts") == 1

    def test_a_view_that_cannot_parse_does_not_make_the_segment_bad(self, store: Store) -> None:
        # The same code as for undecodable bytes; halving the segment would store its spans twice.
        store.command("CREATE TABLE derived (a UInt8) ENGINE = MergeTree ORDER BY a")
        store.command(
            "CREATE MATERIALIZED VIEW fails TO derived AS"
            " SELECT toUInt8(SpanName) AS a FROM otel_traces"
        )
        with pytest.raises(Unavailable, match=r"Code: 6\b"):
            store.insert_segment(Signal.TRACES, record(spans("plan")), token())

    def test_threads_insert_at_once(self, store: Store) -> None:
        together = threading.Barrier(2, timeout=100)

        def insert(_: int) -> None:
            together.wait()
            for _ in range(4):
                store.insert_segment(Signal.TRACES, record(spans("plan", "act")), token())

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(insert, range(2)))
        assert number(store, "count() FROM otel_traces") == 16

    def test_a_segment_without_tables_waits_for_them(self, blank: Store) -> None:
        with pytest.raises(Unavailable, match="Code: 60"):
            blank.insert_segment(Signal.TRACES, record(spans("plan")), token())

    def test_a_request_over_the_memory_limit_is_refused(self, store: Store) -> None:
        request = spans(*["plan"] * 20_000)
        request.resource_spans[0].resource.attributes.add(key="big").value.string_value = "x" * 5000
        small = StorageConfig(insert_memory_bytes_max=64 * 1024**2)
        with (
            Store(store.dsn, small) as limited,
            pytest.raises(Refused, match="insert_memory_bytes"),
        ):
            limited.insert_segment(Signal.TRACES, record(request), token())
        store.insert_segment(Signal.TRACES, record(request), token())
        assert number(store, "count() FROM otel_traces") == 20_000

    def test_a_row_of_the_upstream_trace_exporter_fits(self, store: Store) -> None:
        store.command(UPSTREAM_TRACES_INSERT)
        assert json.loads(store.read_only(UPSTREAM_TRACES_READ, "JSONEachRow")) == {
            "defaults": ["default", RETENTION_DAYS, 1],
            "numbers": {},
            "nested": [["e1"], [], ["00"], [], []],
            "counts": [0, 0, 0, 0, 0, 0],
        }
        looked_up = store.read_only(
            "SELECT TraceId, toString(Start), toString(End), Tenant FROM otel_traces_trace_id_ts",
            "CSV",
        )
        assert looked_up == b'"0af7","2026-01-01 00:00:00","2026-01-01 00:00:00","default"\n'

    def test_a_row_of_the_upstream_log_exporter_fits(self, store: Store) -> None:
        store.command(UPSTREAM_LOGS_INSERT)
        assert json.loads(store.read_only(UPSTREAM_LOGS_READ, "JSONEachRow")) == {
            "Body": "body",
            "EventName": "event",
            "Tenant": "default",
            "RetentionDays": RETENTION_DAYS,
            "observed": "2026-01-01 00:00:00.000000001",
            "LogAttributesNumber": {},
        }

    def test_the_latest_row_of_a_key_holds(self, store: Store) -> None:
        rows = KeyRows(store)
        assert list(rows.latest()) == []
        rows.append(KEY)
        rows.append(KEY | {"key_id": "b2", "scopes": []})
        rows.append(KEY | {"revoked": True})
        latest = {row["key_id"]: row for row in rows.latest()}
        assert set(latest) == {"a1", "b2"}
        assert {name: latest["a1"][name] for name in KEY} == KEY | {"revoked": True}
        assert latest["b2"]["scopes"] == []
        assert latest["a1"]["changed_at"] >= latest["b2"]["changed_at"]

    def test_a_wrong_insert_or_definition_is_the_callers_fault(self, store: Store) -> None:
        with pytest.raises(InvalidInput, match="Code: 60"):
            store.insert("nowhere", [{"a": 1}])
        with pytest.raises(InvalidInput, match="Code: 62"):
            store.command("CREATE TABLE t (")


UPSTREAM_TRACES_INSERT = """
INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind,
    ServiceName, ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode,
    StatusMessage, Events.Timestamp, Events.Name, Events.Attributes, Links.TraceId, Links.SpanId,
    Links.TraceState, Links.Attributes)
SELECT toDateTime64('2026-01-01 00:00:00.000000001', 9), '0af7', 'b7ad', '', '', 'plan', 'Server',
    'billing', map('service.name', 'billing'), 's', '1', map('k', 'v'), 5, 'Ok', '',
    [toDateTime64('2026-01-01 00:00:00', 9)], ['e1'], [map('ek', 'ev')],
    ['00'], ['01'], [''], [map('lk', 'lv')]
"""
UPSTREAM_TRACES_READ = """
SELECT (Tenant, RetentionDays, toUInt8(Received > now() - INTERVAL 1 HOUR)) AS defaults,
    SpanAttributesNumber AS numbers,
    [Events.Name, EventDroppedAttributesCounts::Array(String), Links.TraceId,
        LinkDroppedAttributesCounts::Array(String), LinkFlags::Array(String)] AS nested,
    [Flags, ResourceDroppedAttributesCount, ScopeDroppedAttributesCount, DroppedAttributesCount,
        DroppedEventsCount, DroppedLinksCount] AS counts
FROM otel_traces
"""
UPSTREAM_LOGS_INSERT = """
INSERT INTO otel_logs (Timestamp, TraceId, SpanId, TraceFlags, SeverityText, SeverityNumber,
    ServiceName, Body, ResourceSchemaUrl, ResourceAttributes, ScopeSchemaUrl, ScopeName,
    ScopeVersion, ScopeAttributes, LogAttributes, EventName)
SELECT toDateTime64('2026-01-01 00:00:00.000000001', 9), '', '', 1, 'INFO', 9, 'billing', 'body',
    '', map('a', 'b'), '', '', '', map(), map('k', 'v'), 'event'
"""
UPSTREAM_LOGS_READ = """
SELECT Body, EventName, Tenant, RetentionDays, toString(ObservedTimestamp) AS observed,
    LogAttributesNumber
FROM otel_logs
"""
