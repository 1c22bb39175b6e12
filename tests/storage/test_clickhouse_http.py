"""Do clickhouse-connect and plain HTTP clients read the embedded store as they read a server?"""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from backports import zstd
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

from storage.http_codec import ClickhouseError, accepted_coding, compress, decompress
from tests.storage.clickhouse_http_server import KEY, Server, serving

WORDS = ["plain", "o'clock", "back\\slash", "tab\there", "line\nbreak", "日本", "{x:Int8}", ""]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.engine.query(
            "CREATE TABLE spans (id UInt32, agent String, at DateTime64(3, 'UTC'),"
            " cost Nullable(Float64), tags Map(String, String)) ENGINE = MergeTree ORDER BY id"
        )
        running.engine.query(
            "INSERT INTO spans SELECT number, ['billing', 'vendor'][1 + number % 2],"
            " toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + number, number / 4,"
            " map('k', toString(number)) FROM numbers(1000)"
        )
        running.engine.query("CREATE VIEW recent AS SELECT id FROM spans WHERE id >= {from:UInt32}")
        running.engine.query("CREATE DATABASE other")
        running.engine.query("CREATE TABLE other.t (a Int8) ENGINE = Memory")
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with server.client() as opened:
        yield opened


# --- clickhouse-connect -------------------------------------------------------------------------


def test_the_client_learns_version_time_zone_and_writable_settings(client: Client) -> None:
    assert client.server_version is not None
    assert client.server_version.startswith("26.")
    assert client.protocol_version == 0  # the embedded Native format has no revision
    assert client.compression is not None
    assert not client.server_settings["max_threads"].readonly
    assert client.ping()


def test_rows_come_back_typed(client: Client) -> None:
    result = client.query("SELECT id, agent, at, cost, tags FROM spans ORDER BY id LIMIT 2")
    assert result.column_names == ("id", "agent", "at", "cost", "tags")
    assert result.result_rows[1] == (
        *(1, "vendor", datetime(2026, 3, 1, 0, 0, 1), 0.25),  # noqa: DTZ001  # naive by default
        {"k": "1"},
    )
    assert result.summary["result_rows"] == "2"
    assert result.summary["read_rows"] != "0"


@pytest.mark.parametrize("word", WORDS)
def test_a_parameter_is_a_value_whatever_it_holds(client: Client, word: str) -> None:
    result = client.query(
        "SELECT {word:String}, length({list:Array(String)})",
        parameters={"word": word, "list": [word, word]},
    )
    assert result.result_rows == [(word, 2)]


@pytest.mark.parametrize(
    "attack", ["x' OR 1=1 --", "'; DROP TABLE spans; --", "\\' UNION SELECT 1"]
)
def test_a_parameter_cannot_become_syntax(client: Client, server: Server, attack: str) -> None:
    counted = client.query(
        "SELECT count() FROM spans WHERE agent = {agent:String}", parameters={"agent": attack}
    )
    assert counted.result_rows == [(0,)]
    assert server.count("spans") == 1000


def test_parameters_bind_numbers_times_and_identifiers(client: Client) -> None:
    parameters = {"table": "spans", "n": 7, "at": datetime(2026, 3, 1, 0, 0, 9, tzinfo=UTC)}
    query = (
        "SELECT id FROM {table:Identifier} WHERE id > {n:UInt32} AND at < {at:DateTime} ORDER BY id"
    )
    assert client.query(query, parameters=parameters).result_rows == [(8,)]


def test_a_parametrised_view_is_read(client: Client) -> None:
    assert client.query("SELECT count() FROM recent(from = 990)").result_rows == [(10,)]


def test_parameters_travel_in_a_form_when_asked(server: Server) -> None:
    with server.client(form_encode_query_params=True) as client:
        word = "quote ' and\r\nlines" * 100
        assert client.query("SELECT {w:String}", parameters={"w": word}).result_rows == [(word,)]
        assert client.raw_query("SELECT {n:UInt8}", parameters={"n": 5}) == b"5\n"
        assert client.query("SELECT {n:UInt8} AS n LIMIT 0", parameters={"n": 5}).column_names == (
            "n",
        )


def test_binary_text_in_a_query_arrives_unchanged(server: Server) -> None:
    assert server.post(b"SELECT hex('\xff\x00')").text == "FF00\n"


def test_no_rows_and_limit_0_are_answered(client: Client) -> None:
    assert client.query("SELECT id FROM spans WHERE id > 5000").result_rows == []
    columns = client.query("SELECT id, agent FROM spans LIMIT 0")
    assert columns.column_names == ("id", "agent")
    assert [kind.name for kind in columns.column_types] == ["UInt32", "String"]


def test_data_frames_and_arrow_tables_are_read(client: Client) -> None:
    query = "SELECT id, cost FROM spans ORDER BY id"
    assert client.query_df(query)["cost"].sum() == 999 * 1000 / 2 / 4
    assert client.query_arrow(query).num_rows == 1000
    assert client.query_np("SELECT id FROM spans").shape == (1000, 1)
    assert client.query_df_arrow(query).shape == (1000, 2)


def test_results_stream(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(200000)") as blocks:
        assert sum(len(block) for block in blocks) == 200_000
    with client.query_rows_stream("SELECT number FROM numbers(10)") as rows:
        assert [row[0] for row in rows] == list(range(10))
    with client.query_df_stream("SELECT id FROM spans") as frames:
        assert sum(len(frame) for frame in frames) == 1000
    with client.raw_stream("SELECT number FROM numbers(3)", fmt="CSV") as raw:
        assert raw.read() == b"0\n1\n2\n"


@pytest.mark.parametrize("compression", [True, False, "gzip", "zstd", "lz4"])
def test_the_client_reads_whatever_coding_it_offers(server: Server, compression: Any) -> None:
    with server.client(compress=compression) as client:
        result = client.query("SELECT number, toString(number) FROM numbers(50000)")
        assert result.row_count == 50_000
        assert result.result_rows[-1] == (49_999, "49999")


@pytest.mark.parametrize(
    ("fmt", "expected"),
    [
        ("TabSeparated", b"7\tx\n"),
        ("CSVWithNames", b'"a","b"\n7,"x"\n'),
        ("JSONEachRow", b'{"a":7,"b":"x"}\n'),
        ("RowBinary", b"\x07\x01x"),
        ("Null", b""),
        ("json", None),
        ("Parquet", None),
        ("ArrowStream", None),
        ("PrettyCompact", None),
    ],
)
def test_raw_answers_come_in_any_format(client: Client, fmt: str, expected: bytes | None) -> None:
    body = client.raw_query("SELECT 7 AS a, 'x' AS b", fmt=fmt)
    assert body == expected if expected is not None else body


def test_commands_return_scalars_lists_and_text(client: Client) -> None:
    assert client.command("SELECT count() FROM spans") == 1000
    assert client.command("SELECT 'a', 'b'") == ["a", "b"]
    assert client.command("EXISTS TABLE spans") == 1
    assert "CREATE TABLE" in str(client.command("SHOW CREATE TABLE spans"))
    assert client.command("SELECT count() FROM spans", settings={"max_threads": 1}) == 1000


def test_a_database_can_be_chosen(server: Server, client: Client) -> None:
    with server.client(database="other") as other:
        assert other.command("SELECT currentDatabase()") == "other"
        assert other.command("SHOW TABLES") == "t"
    assert client.command("SELECT currentDatabase()") == "default"


def test_settings_that_shape_the_answer_are_obeyed(client: Client) -> None:
    shown = client.raw_query(
        "SELECT toUInt64(1) AS n",
        fmt="JSONEachRow",
        settings={"output_format_json_quote_64bit_integers": 1, "max_execution_time": 5},
    )
    assert shown == b'{"n":"1"}\n'
    assert (
        client.command("SELECT timezone()", settings={"session_timezone": "Asia/Tokyo"})
        == "Asia/Tokyo"
    )


def test_a_session_time_zone_reaches_the_client(client: Client) -> None:
    result = client.query(
        "SELECT toDateTime('2026-01-01 09:00:00') AS at",
        settings={"session_timezone": "Asia/Tokyo"},
        tz_mode="aware",
    )
    assert result.result_rows[0][0].astimezone(UTC) == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_filter_for_every_query_is_obeyed(client: Client, server: Server) -> None:
    filters = {"spans": "agent = 'vendor'"}
    settings = {"additional_table_filters": filters}
    assert client.query("SELECT count() FROM spans", settings=settings).result_rows == [(500,)]
    inside = "SELECT count() FROM spans SETTINGS additional_table_filters = {'spans': 'id < 3'}"
    assert client.command(inside) == 3
    rows = server.post("SELECT id FROM spans", params={"additional_result_filter": "id IN (1, 2)"})
    assert sorted(rows.text.split()) == ["1", "2"]


def test_a_query_may_carry_its_own_settings(client: Client) -> None:
    query = (
        "SELECT getSetting('max_threads'), getSetting('max_execution_time'), 1 / 2 AS half"
        " SETTINGS max_threads = 1, max_execution_time = 2.5, join_use_nulls = true"
    )
    assert client.query(query).result_rows == [(1, 2.5, 0.5)]


@pytest.mark.parametrize(
    "query",
    [
        "SHOW DATABASES",
        "SHOW TABLES LIKE 'sp%'",
        "SHOW CREATE TABLE spans",
        "SHOW CREATE DATABASE other",
        "SHOW CREATE VIEW recent",
        "SHOW COLUMNS FROM spans",
        "SHOW INDEX FROM spans",
        "SHOW SETTINGS LIKE 'max_threads'",
        "SHOW SETTING max_threads",
        "SHOW PROCESSLIST",
        "SHOW FUNCTIONS LIKE 'arrayMap'",
        "SHOW ENGINES",
        "SHOW GRANTS",
        "DESCRIBE TABLE spans",
        "DESC spans FORMAT JSONEachRow",
        "DESCRIBE (SELECT 1 AS a, 'x' AS b)",
        "DESCRIBE numbers(3)",
        "EXISTS spans",
        "EXISTS DATABASE nowhere",
        "EXISTS VIEW recent",
        "EXISTS DICTIONARY nowhere",
        "EXISTS TABLE {table:Identifier}",
        "EXPLAIN SELECT * FROM spans WHERE id = 3",
        "EXPLAIN AST SELECT 1",
        "EXPLAIN SYNTAX SELECT 1",
        "EXPLAIN QUERY TREE SELECT 1",
        "EXPLAIN PLAN indexes = 1 SELECT * FROM spans WHERE id = 3",
        "EXPLAIN PIPELINE SELECT count() FROM spans",
        "EXPLAIN ESTIMATE SELECT id FROM spans",
        "EXPLAIN SELECT 1 SETTINGS max_threads = 1",
        "WITH recent AS (SELECT 1 AS a) SELECT a FROM recent",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5)"
        " SELECT n FROM r",
        "(SELECT 1)",
        "FROM spans SELECT id LIMIT 1",
        "SELECT 1 INTERSECT SELECT 1",
        "SELECT 1 EXCEPT SELECT 2",
        "SELECT 1 UNION ALL SELECT 2 SETTINGS max_threads = 2",
        "SELECT id IN (SELECT 1), NOT (id IN (2)), (id + 1) FROM spans LIMIT 1",
        "SELECT * APPLY (toString) FROM spans LIMIT 1",
        "SELECT COLUMNS('id') APPLY (x -> x + 1) FROM spans LIMIT 1",
        "SELECT arrayMap(x -> x + 1, [1, 2]), tags['k'] FROM spans LIMIT 1",
        "SELECT * FROM view(SELECT 1)",
        "SELECT * FROM values('a Int8', (1), (2))",
        "SELECT t.file FROM (SELECT 1 AS file) AS t",
        "SELECT 1 AS `p50/p99` ORDER BY `p50/p99`",
        "SELECT id FROM spans LIMIT 1; ",
        "SELECT id -- why\nFROM spans /* not */ LIMIT 1",
    ],
)
def test_every_reading_statement_is_answered(server: Server, query: str) -> None:
    answer = server.post(query, params={"param_table": "spans"})
    assert answer.status_code == 200, answer.text
    assert answer.text


def test_grafana_can_read_the_schema_and_a_time_series(client: Client) -> None:
    series = client.query(
        "SELECT toStartOfInterval(toDateTime(at), INTERVAL max2(1, 60) second) AS time, agent,"
        " count() AS n FROM spans WHERE at >= toDateTime(0) AND at <= toDateTime(4000000000)"
        " GROUP BY time, agent ORDER BY time, agent LIMIT 3".replace("max2(1, 60)", "60")
    )
    assert series.row_count == 3
    hello = client.query("SELECT displayName(), version(), revision(), timezone()")
    assert len(hello.result_rows[0]) == 4


def test_a_long_list_of_values_is_accepted(client: Client) -> None:
    numbers = ",".join(map(str, range(60_000)))
    assert client.command(f"SELECT count() FROM spans WHERE id IN ({numbers})") == 1000


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code", "status", "name"),
    [
        ("SELEC 1", 62, 400, "SYNTAX_ERROR"),
        ("", 62, 400, "SYNTAX_ERROR"),
        ("SELECT 1; SELECT 2", 62, 400, "SYNTAX_ERROR"),
        ("SELECT * FROM nowhere", 60, 404, "UNKNOWN_TABLE"),
        ("SELECT * FROM nowhere.t", 81, 404, "UNKNOWN_DATABASE"),
        ("SELECT nothing FROM spans", 47, 404, "UNKNOWN_IDENTIFIER"),
        ("SELECT nowhere(1)", 46, 404, "UNKNOWN_FUNCTION"),
        ("SELECT 1 FORMAT Nothing", 73, 404, "UNKNOWN_FORMAT"),
        ("SELECT 1 SETTINGS nothing = 1", 115, 404, "UNKNOWN_SETTING"),
        ("SELECT {missing:String}", 456, 500, "UNKNOWN_QUERY_PARAMETER"),
        ("SELECT throwIf(1)", 395, 500, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("SELECT " + "1+" * 400 + "1", 167, 400, "TOO_DEEP_AST"),
        ("SELECT " + "(" * 2000 + "1" + ")" * 2000, 306, 500, "TOO_DEEP_RECURSION"),
        ("DESCRIBE TABLE nowhere", 60, 404, "UNKNOWN_TABLE"),
    ],
)
def test_an_exception_has_the_form_of_the_server(
    server: Server, query: str, code: int, status: int, name: str
) -> None:
    answer = server.post(query, params={"query": ""})
    assert answer.status_code == status, answer.text
    assert answer.headers["X-ClickHouse-Exception-Code"] == str(code)
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
    assert f"({name})" in answer.text
    assert answer.text.endswith(")\n")
    assert "(version 26." in answer.text
    assert "unhex" not in answer.text


def test_the_client_raises_with_the_code_of_the_server(client: Client) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.query("SELECT * FROM nowhere")
    assert raised.value.code == 60
    assert raised.value.name == "UNKNOWN_TABLE"


@pytest.mark.parametrize("name", ["Nothing", "dataframe", "arrowtable", "Debug"])
def test_a_default_format_that_is_none_is_refused(server: Server, name: str) -> None:
    answer = server.post("SELECT 1", params={"default_format": name})
    assert answer.status_code == 404
    assert answer.headers["X-ClickHouse-Exception-Code"] == "73"


def test_a_database_that_does_not_exist_is_refused(server: Server) -> None:
    answer = server.post("SELECT 1", params={"database": "no`where'"})
    assert answer.status_code == 404
    assert answer.headers["X-ClickHouse-Exception-Code"] == "81"


def test_a_failed_query_leaves_nothing_in_the_next_answer(server: Server) -> None:
    assert server.post("SELECT throwIf(number = 900000) FROM numbers(1000000)").status_code == 500
    assert server.post("SELECT 1 FORMAT Null").content == b""
    assert server.post("SELECT 1").text == "1\n"


# --- plain HTTP ----------------------------------------------------------------------------------


def test_ping_and_replicas_status_need_no_key(server: Server) -> None:
    for path in ("/ch/ping", "/ch/replicas_status"):
        answer = server.http.get(server.url(path))
        assert (answer.status_code, answer.text) == (200, "Ok.\n")


def test_a_get_without_a_query_says_ok(server: Server) -> None:
    answer = server.http.get(server.url(), headers={"X-ClickHouse-Key": KEY})
    assert (answer.status_code, answer.text) == (200, "Ok.\n")


@pytest.mark.parametrize("path", ["/ch", "/ch/"])
def test_the_path_works_with_and_without_its_slash(server: Server, path: str) -> None:
    url, headers = server.url(path), {"X-ClickHouse-Key": KEY}
    assert server.http.get(url, params={"query": "SELECT 1"}, headers=headers).text == "1\n"
    assert server.http.post(url, content="SELECT 1", headers=headers).text == "1\n"
    assert server.http.post(url, params={"query": "SELECT 1"}, headers=headers).text == "1\n"
    assert server.http.put(url, content="SELECT 1", headers=headers).status_code == 405


def test_a_query_may_be_split_between_url_and_body(server: Server) -> None:
    assert server.post("+ 1", params={"query": "SELECT 1"}).text == "2\n"


def test_parameters_and_format_come_from_url_or_headers(server: Server) -> None:
    answer = server.post(
        "SELECT {a:Int32} AS a, currentDatabase() AS d",
        params={"param_a": "-5", "default_format": "JSONEachRow"},
        headers={"X-ClickHouse-Database": "other"},
    )
    assert answer.json() == {"a": -5, "d": "other"}
    by_header = server.post("SELECT 1 AS a", headers={"X-ClickHouse-Format": "JSONEachRow"})
    assert by_header.json() == {"a": 1}


def test_response_headers_tell_what_the_server_tells(server: Server) -> None:
    answer = server.post("SELECT id FROM spans FORMAT CSV", params={"query_id": "my-query"})
    assert answer.headers["X-ClickHouse-Format"] == "CSV"
    assert answer.headers["X-ClickHouse-Query-Id"] == "my-query"
    assert answer.headers["X-ClickHouse-Timezone"]
    assert answer.headers["X-ClickHouse-Server-Display-Name"] == "wakeline"
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8; header=absent"
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["read_rows"] == "1000"
    assert server.post("SELECT 1").headers["X-ClickHouse-Format"] == "TabSeparated"
    native = server.post("SELECT 1", params={"default_format": "Native"})
    assert native.headers["Content-Type"] == "application/octet-stream"
    described = server.post("DESCRIBE spans FORMAT JSON")
    assert described.headers["X-ClickHouse-Format"] == "JSON"


@pytest.mark.parametrize("query_id", ["a\r\nSet-Cookie: x=1", "ü", "x" * 200, ""])
def test_a_query_id_that_does_not_fit_a_header_is_replaced(server: Server, query_id: str) -> None:
    answer = server.post("SELECT 1", params={"query_id": query_id})
    assert "Set-Cookie" not in answer.headers
    assert len(answer.headers["X-ClickHouse-Query-Id"]) == 36


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("br, lz4", None),
        ("identity", None),
    ],
)
def test_large_answers_are_compressed_as_the_client_accepts(
    server: Server, accepted: str, coding: str | None
) -> None:
    headers = {"X-ClickHouse-Key": KEY, "Accept-Encoding": accepted}
    query = "SELECT number FROM numbers(5000)"
    with server.http.stream("POST", server.url(), content=query, headers=headers) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("Content-Encoding") == coding
    assert len(decompress(coding or "", body, 1_000_000).split()) == 5000


def test_small_answers_and_unwilling_clients_get_plain_bytes(server: Server) -> None:
    small = server.post("SELECT 1", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers
    unwilling = server.post(
        "SELECT number FROM numbers(5000)",
        headers={"Accept-Encoding": "gzip"},
        params={"enable_http_compression": "0"},
    )
    assert "Content-Encoding" not in unwilling.headers


def test_a_query_may_arrive_compressed(server: Server) -> None:
    for coding, body in (
        ("gzip", gzip.compress(b"SELECT ", mtime=0) + gzip.compress(b"7", mtime=0)),
        ("zstd", zstd.compress(b"SELECT 7")),
        ("identity", b"SELECT 7"),
    ):
        assert server.post(body, headers={"Content-Encoding": coding}).text == "7\n"


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("br", b"SELECT 1", 501),
        ("gzip", b"SELECT 1", 400),
        ("gzip", gzip.compress(b"SELECT 1", mtime=0)[:-3], 400),
        ("gzip", gzip.compress(b"SELECT 1", mtime=0)[:12] + b"\xff" * 20, 400),
        ("zstd", b"SELECT 1", 400),
        ("lz4", b"SELECT 1", 400),
        ("gzip", gzip.compress(bytes(5_000_000), mtime=0), 413),
        ("zstd", zstd.compress(bytes(5_000_000)), 413),
    ],
)
def test_a_damaged_or_exploding_body_is_refused(
    server: Server, coding: str, body: bytes, status: int
) -> None:
    answer = server.post(body, headers={"Content-Encoding": coding})
    assert answer.status_code == status, answer.text
    assert answer.text.startswith("Code: ")


def test_a_body_over_the_limit_is_refused(server: Server) -> None:
    for path, size in (("/ch/", 5_000_000), ("/ch/", 2_000_000), ("/tight/", 20_000)):
        answer = server.post(b"SELECT 1 --" + b" " * size, path=path)
        assert answer.status_code == 413
        assert answer.headers["X-ClickHouse-Exception-Code"] == "229"


@pytest.mark.parametrize("name", ["compress", "decompress"])
def test_the_block_compression_of_the_native_clients_is_refused(server: Server, name: str) -> None:
    assert server.post("SELECT 1", params={name: "1"}).status_code == 501
    assert server.post("SELECT 1", params={name: "0"}).status_code == 200


def test_external_data_are_refused_by_name(client: Client) -> None:
    external = ExternalData(
        file_name="movies.csv", data=b"1,x\n", fmt="CSV", structure=["a Int8", "b String"]
    )
    with pytest.raises(DatabaseError, match="External data") as raised:
        client.query("SELECT * FROM movies", external_data=external)
    assert raised.value.code == 48


def test_a_broken_form_is_an_empty_query(server: Server) -> None:
    answer = server.post(b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=y"})
    assert answer.status_code == 200
    assert answer.text == "Ok.\n"


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_is_taken_from_every_place_where_clickhouse_takes_one(server: Server) -> None:
    url, params = server.url(), {"query": "SELECT 1"}
    answers = [
        server.http.get(
            url, params=params, headers={"X-ClickHouse-User": "x", "X-ClickHouse-Key": KEY}
        ),
        server.http.get(url, params=params, auth=("anyone", KEY)),
        server.http.get(url, params=params | {"user": "x", "password": KEY}),
        server.http.get(url, params=params, headers={"Authorization": f"Bearer {KEY}"}),
    ]
    assert [answer.text for answer in answers] == ["1\n"] * 4


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-ClickHouse-Key": "guess"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic YW55b25lOg=="},
        {"Authorization": "Digest x"},
        {"Authorization": "Bearer"},
    ],
)
def test_without_a_key_the_answer_is_the_one_of_the_server(
    server: Server, headers: dict[str, str]
) -> None:
    answer = server.http.post(server.url(), content="SELECT 1", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["X-ClickHouse-Exception-Code"] == "516"
    assert "(AUTHENTICATION_FAILED)" in answer.text


def test_a_key_without_the_scope_is_denied(server: Server) -> None:
    answer = server.post("SELECT 1", headers={"X-ClickHouse-Key": "wk_ingest"})
    assert answer.status_code == 403
    assert answer.headers["X-ClickHouse-Exception-Code"] == "497"


def test_a_closed_key_store_asks_to_come_again(server: Server) -> None:
    answer = server.post("SELECT 1", headers={"X-ClickHouse-Key": "wk_closed"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"


def test_a_wrong_key_raises_in_the_client(server: Server) -> None:
    with pytest.raises(DatabaseError) as raised:
        server.client(password="guess")
    assert raised.value.code == 516


# --- codec ---------------------------------------------------------------------------------------


def test_an_error_outside_the_form_of_the_engine_is_unknown() -> None:
    error = ClickhouseError.parse("something broke\n")
    assert (error.code, error.status) == (1002, 500)
    assert error.body("1.2") == (
        b"Code: 1002. DB::Exception: something broke (UNKNOWN_EXCEPTION) (version 1.2)\n"
    )


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_what_is_compressed_decompresses(coding: str) -> None:
    assert decompress(coding, compress(coding, b"wake" * 1000), 4000) == b"wake" * 1000


def test_no_accepted_coding_means_none() -> None:
    assert accepted_coding("") == ""
    assert zlib.decompress(compress("gzip", b"x"), 31) == b"x"
