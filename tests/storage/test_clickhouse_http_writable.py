"""With the test-only switch, can a whole store be driven through real HTTP?"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from domain.errors import Unavailable
from storage.http_engine import EmbeddedEngine, HttpLimits, Query
from tests.storage.clickhouse_http_server import Server, serving

SCHEMA = 'syntax = "proto3"; message Row { int32 a = 1; string s = 2; }'
# Two length-delimited Row messages: {a: 5, s: "x"} and {a: 6}.
PROTOBUF = b"\x05\x08\x05\x12\x01x\x02\x08\x06"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with server.client("rw") as opened:
        opened.command("DROP TABLE IF EXISTS landing_view")
        opened.command("DROP TABLE IF EXISTS landing")
        opened.command("DROP TABLE IF EXISTS t")
        opened.command(
            "CREATE TABLE t (a Int32, s String) ENGINE = MergeTree ORDER BY a"
            " SETTINGS non_replicated_deduplication_window = 100"
        )
        yield opened


def rows(client: Client) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query("SELECT a, s FROM t ORDER BY a").result_rows]


def test_ddl_runs_and_shows(client: Client) -> None:
    client.command("CREATE VIEW twice AS SELECT a * 2 AS b FROM t")
    assert client.command("EXISTS TABLE twice") == 1
    client.command("DROP VIEW twice")
    assert client.command("EXISTS TABLE twice") == 0
    assert client.command("SHOW TABLES") == "t"


def test_inline_values_are_inserted(client: Client) -> None:
    client.command("INSERT INTO t VALUES (1, 'it''s; fine'), (2, 'b')")
    client.command("INSERT INTO t (a) VALUES (3)")
    client.command("INSERT INTO t SELECT number + 10, 'n' FROM numbers(2)")
    assert rows(client) == [(1, "it's; fine"), (2, "b"), (3, ""), (10, "n"), (11, "n")]


@pytest.mark.parametrize("compress", [True, False, "gzip", "zstd", "lz4"])
def test_the_client_inserts_in_every_coding(server: Server, client: Client, compress: Any) -> None:
    data = [[number, f"row\n{number}"] for number in range(5000)]
    with server.client("rw", compress=compress) as inserter:
        summary = inserter.insert("t", data, column_names=["a", "s"])
    assert summary.written_rows == 5000
    assert rows(client)[4999] == (4999, "row\n4999")


def test_a_raw_insert_takes_bytes_iterators_and_compressed_bytes(client: Client) -> None:
    assert client.raw_insert("t", ["a", "s"], b"1,a\n", fmt="CSV").written_rows == 1
    client.raw_insert("t", ["a", "s"], (line for line in [b"2,b\n", b"3,c\n"]), fmt="CSV")
    client.raw_insert("t", ["a", "s"], gzip.compress(b"4,d\n"), fmt="CSV", compression="gzip")
    client.raw_insert("t", ["a", "s"], zstd.compress(b"5,e\n"), fmt="CSV", compression="zstd")
    client.raw_insert("t", insert_block=b'{"a": 6, "s": "f"}\n', fmt="JSONEachRow")
    assert rows(client) == [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e"), (6, "f")]


@pytest.mark.parametrize("source", ["string", "file"])
def test_protobuf_lands_once_for_a_token_through_a_view(
    client: Client, tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the engine writes the text of a schema below it
    schema = tmp_path / "row.proto"
    schema.write_text(SCHEMA)
    client.command("CREATE TABLE landing (a Int32, s String) ENGINE = Null")
    client.command("CREATE MATERIALIZED VIEW landing_view TO t AS SELECT a, s FROM landing")
    settings = {
        "format_schema_source": source,
        "format_schema": SCHEMA if source == "string" else str(schema),
        "format_schema_message_name": "Row",
        "insert_deduplication_token": "segment-1",
        "deduplicate_blocks_in_dependent_materialized_views": 1,
    }
    for _ in range(2):
        client.raw_insert("landing", insert_block=PROTOBUF, fmt="Protobuf", settings=settings)
    assert rows(client) == [(5, "x"), (6, "")]


def test_data_that_cannot_be_decoded_are_refused_whole(client: Client) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.raw_insert("t", ["a", "s"], b"1,a\nnonsense\n", fmt="CSV")
    assert raised.value.code == 27
    with pytest.raises(DatabaseError) as raised:
        client.raw_insert("nowhere", ["a"], b"1\n", fmt="CSV")
    assert raised.value.code == 60
    assert rows(client) == []


def test_bad_syntax_is_told_in_the_words_of_the_engine(client: Client) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.command("SELEC 1")
    assert raised.value.code == 62


def test_reads_settings_and_parameters_work_as_in_the_reading_interface(client: Client) -> None:
    client.insert("t", [[1, "a"], [2, "b"]], column_names=["a", "s"])
    selected = client.query("SELECT s FROM t WHERE a = {a:Int32}", parameters={"a": 2})
    assert selected.result_rows == [("b",)]
    assert client.command("SELECT count() FROM t WHERE a > 5") == 0
    assert client.command("SELECT a FROM t WHERE a > 5") == ""
    assert client.query_df("SELECT a FROM t").shape == (2, 1)
    assert client.command("SELECT getSetting('max_memory_usage')",
                          settings={"max_memory_usage": 10**10}) == 10**10  # fmt: skip


def test_a_large_insert_passes_and_one_over_the_limit_does_not(client: Client) -> None:
    line = b"1," + b"x" * 1000 + b"\n"
    assert client.raw_insert("t", ["a", "s"], line * 20_000, fmt="CSV").written_rows == 20_000
    with pytest.raises(DatabaseError) as raised:
        client.raw_insert("t", ["a", "s"], line * 70_000, fmt="CSV")
    assert raised.value.code == 229


def test_a_store_that_another_directory_keeps_closed_is_unavailable(
    server: Server, tmp_path: Path
) -> None:
    engine = EmbeddedEngine(str(tmp_path / "elsewhere"), HttpLimits())
    with pytest.raises(Unavailable, match="not open"):
        engine.run(Query(b"SELECT 1"))
