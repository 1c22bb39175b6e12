"""Can a reader of the ClickHouse-HTTP interface do anything but read the store?"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import chdb
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from storage.http_codec import ClickhouseError
from storage.http_engine import NO_PARAMETERS
from storage.readonly import DENIED_FUNCTIONS, REVIEWED_ENGINE, TABLE_FUNCTIONS, parse
from tests.storage.clickhouse_http_server import Server, serving

CANARY = "canary-5e1f"
READONLY = "164"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.engine.query("CREATE TABLE t (a Int32, s String) ENGINE = MergeTree ORDER BY a")
        running.engine.query("INSERT INTO t SELECT number, toString(number) FROM numbers(10)")
        running.engine.query("CREATE TABLE u AS t")
        yield running


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that the process can read and the reader must not."""
    path = tmp_path / "secret.csv"
    path.write_text(f"{CANARY}\n")
    return path


def assert_store_is_untouched(server: Server) -> None:
    assert server.count("t") == 10
    assert server.count("u") == 0
    tables = server.engine.query("SELECT name FROM system.tables WHERE database = 'default'", "TSV")
    assert sorted(tables.bytes().split()) == [b"t", b"u"]


# --- writes --------------------------------------------------------------------------------------

ENGINE_REFUSES = (
    "INSERT INTO t VALUES (1, 'x')",
    "INSERT INTO t (a, s) VALUES (1, 'x'), (2, 'y')",
    "INSERT INTO t SELECT 1, 'x'",
    "INSERT INTO t FORMAT CSV\n1,x\n",
    "INSERT INTO t FORMAT CSV",
    "INSERT INTO t SETTINGS async_insert = 1 VALUES (1, 'x')",
    "INSERT INTO t VALUES (1, 'x'); DROP TABLE t",
    "INSERT INTO FUNCTION null('a Int8') VALUES (1); DROP TABLE t",
    "INSERT INTO FUNCTION null('a Int8') SELECT 1",
    "WITH x AS (SELECT 1) INSERT INTO t SELECT 1, 'x'",
    "CREATE TABLE z (a Int8) ENGINE = Memory",
    "CREATE TABLE z ENGINE = Memory AS SELECT 1 AS a",
    "CREATE TEMPORARY TABLE z (a Int8)",
    "CREATE VIEW z AS SELECT 1",
    "CREATE MATERIALIZED VIEW z TO u AS SELECT * FROM t",
    "CREATE DATABASE z",
    "CREATE DICTIONARY z (a UInt64) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE 't')) LAYOUT(FLAT())"
    " LIFETIME(1)",
    "REPLACE TABLE t (a Int8) ENGINE = Memory",
    "ATTACH TABLE z",
    "DETACH TABLE t",
    "DROP TABLE t",
    "DROP TABLE IF EXISTS t SYNC",
    "DROP DATABASE default",
    "TRUNCATE TABLE t",
    "RENAME TABLE t TO z",
    "EXCHANGE TABLES t AND u",
    "OPTIMIZE TABLE t FINAL",
    "ALTER TABLE t ADD COLUMN z Int8",
    "ALTER TABLE t DELETE WHERE 1",
    "ALTER TABLE t UPDATE s = 'x' WHERE 1",
    "ALTER TABLE t DROP PARTITION tuple()",
    "DELETE FROM t WHERE 1",
    "UPDATE t SET s = 'x' WHERE 1",
)


@pytest.mark.parametrize("statement", ENGINE_REFUSES)
def test_a_write_is_refused_by_the_engine_itself(server: Server, statement: str) -> None:
    answer = server.post(statement)
    assert answer.status_code == 500
    assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY
    assert answer.text.startswith(
        "Code: 164. DB::Exception: default: Cannot execute query in readonly mode. (READONLY)"
    )
    assert_store_is_untouched(server)


WRITES_OF_THE_CLIENT: tuple[Callable[[Client], object], ...] = (
    lambda client: client.command("INSERT INTO t VALUES (1, 'x')"),
    lambda client: client.command("DROP TABLE t"),
    lambda client: client.insert("t", [[1, "x"]], column_names=["a", "s"]),
    lambda client: client.raw_insert("t", ["a", "s"], b"1,x\n", fmt="CSV"),
    lambda client: client.raw_insert("t", ["a", "s"], (b for b in [b"1,x\n"]), fmt="CSV"),
)


@pytest.mark.parametrize("write", WRITES_OF_THE_CLIENT)
def test_the_client_sees_the_readonly_error(
    server: Server, write: Callable[[Client], object]
) -> None:
    with server.client() as client, pytest.raises(DatabaseError) as raised:
        write(client)
    assert raised.value.code == 164
    assert_store_is_untouched(server)


@pytest.mark.parametrize(
    "statement",
    [
        "SET max_threads = 1",
        "SET readonly = 0",
        "SET ROLE ALL",
        "USE system",
        "KILL QUERY WHERE 1",
        "KILL MUTATION WHERE 1",
        "SYSTEM FLUSH LOGS",
        "SYSTEM STOP MERGES",
        "SYSTEM SHUTDOWN",
        "BEGIN TRANSACTION",
        "ROLLBACK",
        "CHECK TABLE t",
        "UNDROP TABLE z",
        "GRANT SELECT ON *.* TO default",
        "CREATE USER z",
        "CREATE FUNCTION z AS x -> x",
        "CREATE NAMED COLLECTION z AS a = 1",
        "CREATE WORKLOAD z",
        "EXECUTE AS default SELECT 1",
        "SELECT 1 PARALLEL WITH SELECT 2",
        "SHOW USERS",
        "SHOW ACCESS",
        "EXPLAIN INSERT INTO t SELECT 1, 'x'",
        "EXPLAIN AST INSERT INTO t VALUES (1, 'x')",
        "EXPLAIN CREATE TABLE z (a Int8) ENGINE = Memory",
        "EXPLAIN DESCRIBE t",
    ],
)
def test_a_statement_that_is_no_reading_one_is_refused(server: Server, statement: str) -> None:
    answer = server.post(statement)
    assert answer.headers["X-ClickHouse-Exception-Code"] in {READONLY, "62"}, answer.text
    assert_store_is_untouched(server)


def test_a_backup_does_not_leave_the_store(server: Server, tmp_path: Path) -> None:
    for statement in ("BACKUP TABLE t TO", "RESTORE TABLE t FROM"):
        answer = server.post(f"{statement} File('{tmp_path}/backup')")
        assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE t",
        "SELECT 1;\nSET readonly = 0; DROP TABLE t",
        "SELECT 1 /* ; */; INSERT INTO t VALUES (1, 'x')",
        "SELECT 1 -- ;\n; TRUNCATE TABLE t",
        "SELECT 1; nonsense",
        "EXPLAIN SELECT 1; DROP TABLE t",
        "DESCRIBE t; DROP TABLE t",
        "EXISTS t; DROP TABLE t",
        "SELECT 1\x00; DROP TABLE t",
    ],
)
def test_only_one_statement_runs(server: Server, text: str) -> None:
    answer = server.post(text)
    assert answer.headers["X-ClickHouse-Exception-Code"] == "62"
    assert_store_is_untouched(server)


def test_a_body_cannot_add_a_statement_to_that_of_the_url(server: Server) -> None:
    answer = server.post("; DROP TABLE t", params={"query": "SELECT 1"})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "62"
    assert_store_is_untouched(server)


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 INTO OUTFILE '{path}'",
        "SELECT 1 INTO OUTFILE '{path}' AND STDOUT FORMAT CSV",
        "SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '{path}' APPEND",
        "(SELECT 1) INTO OUTFILE '{path}'",
        "WITH x AS (SELECT 1) SELECT * FROM x INTO OUTFILE '{path}' TRUNCATE FORMAT CSV",
        "EXPLAIN SELECT 1 INTO OUTFILE '{path}'",
        "EXPLAIN AST SELECT 1 INTO OUTFILE '{path}'",
        "SHOW TABLES INTO OUTFILE '{path}'",
        "SHOW CREATE TABLE t INTO OUTFILE '{path}' FORMAT TSV",
        "SHOW PROCESSLIST INTO OUTFILE '{path}'",
        "SHOW COLUMNS FROM t INTO OUTFILE '{path}'",
        "DESCRIBE TABLE t INTO OUTFILE '{path}'",
        "DESCRIBE (SELECT 1) INTO OUTFILE '{path}'",
        "EXISTS TABLE t INTO OUTFILE '{path}'",
        "INSERT INTO FUNCTION file('{path}', 'CSV', 'a Int8') SELECT 1",
        "INSERT INTO FUNCTION file('{path}', 'CSV', 'a Int8') VALUES (1)",
        "CREATE TABLE z ENGINE = File(CSV, '{path}') AS SELECT 1 AS a",
        "SELECT 1 FORMAT Protobuf SETTINGS output_format_schema = '{path}'",
    ],
)
def test_no_statement_writes_a_file(server: Server, tmp_path: Path, statement: str) -> None:
    path = tmp_path / "written"
    answer = server.post(statement.format(path=path))
    assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY, answer.text
    assert not path.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT file('{path}')",
        "SELECT `file`('{path}')",
        "SELECT 1 WHERE file('{path}') LIKE 'canary%'",
        "SELECT * APPLY (file) FROM (SELECT '{path}')",
        "SELECT * APPLY file FROM (SELECT '{path}')",
        "SELECT * APPLY (x -> file(x)) FROM (SELECT '{path}')",
        "SELECT COLUMNS('.*') APPLY (file) FROM (SELECT '{path}' AS p)",
        "SELECT COLUMNS(p) APPLY (file) FROM (SELECT '{path}' AS p)",
        "SELECT q.* APPLY (file) FROM (SELECT '{path}' AS p) AS q",
        "SELECT * REPLACE (file(p) AS p) FROM (SELECT '{path}' AS p)",
        "SELECT arrayMap(file, ['{path}'])",
        "SELECT arrayMap(`file`, ['{path}'])",
        "SELECT arrayMap({{f:Identifier}}, ['{path}'])",
        "SELECT arrayMap(x -> file(x), ['{path}'])",
        "WITH (x -> file(x)) AS g SELECT g('{path}')",
        "WITH p AS (SELECT file('{path}') AS f) SELECT * FROM p",
        "SELECT (SELECT file('{path}'))",
        "SELECT 'canary' IN (SELECT file('{path}'))",
        "SELECT * FROM view(SELECT file('{path}'))",
        "SELECT 1 ORDER BY file('{path}')",
        "SELECT count() GROUP BY file('{path}')",
        "SELECT count() HAVING file('{path}') != ''",
        "SELECT 1 AS a QUALIFY file('{path}') != ''",
        "SELECT sum(1) OVER (PARTITION BY file('{path}'))",
        "SELECT sum(1) OVER w WINDOW w AS (ORDER BY file('{path}'))",
        "SELECT a FROM t ORDER BY a WITH FILL FROM length(file('{path}'))",
        "SELECT a FROM t LIMIT length(file('{path}'))",
        "SELECT a FROM t LIMIT 1 BY file('{path}')",
        "SELECT DISTINCT ON (file('{path}')) a FROM t",
        "SELECT x FROM t ARRAY JOIN [file('{path}')] AS x",
        "SELECT 1 FROM t JOIN u ON t.s = file('{path}')",
        "SELECT quantile(length(file('{path}')))(a) FROM t",
        "SELECT sumIf(1, file('{path}') != '')",
        "SELECT sum(a) FILTER (WHERE file('{path}') != '') FROM t",
        "SELECT CASE WHEN file('{path}') = '' THEN 1 END",
        "SELECT CAST(file('{path}') AS Nullable(String))",
        "SELECT 1 UNION ALL SELECT length(file('{path}'))",
        "SELECT 'a' INTERSECT SELECT file('{path}')",
        "EXPLAIN SELECT file('{path}')",
        "EXPLAIN SYNTAX run_query_tree_passes = 1 SELECT file('{path}')",
        "EXPLAIN QUERY TREE SELECT file('{path}')",
        "DESCRIBE (SELECT file('{path}'))",
        "DESCRIBE (SELECT * APPLY (file) FROM (SELECT '{path}'))",
        "DESCRIBE file('{path}')",
        "DESCRIBE TABLE file('{path}', 'LineAsString')",
        "SELECT * FROM file('{path}', 'LineAsString')",
        "SELECT * FROM FILE('{path}', 'LineAsString')",
        "SELECT * FROM fileCluster('default', '{path}', 'LineAsString')",
        "SELECT * FROM filesystem('{path}')",
        "SELECT 1 IN file('{path}', 'LineAsString')",
        "SELECT * FROM t SETTINGS additional_table_filters = {{'t': 'file(\\'{path}\\') != s'}}",
        "SELECT * FROM t SETTINGS additional_result_filter = 'file(\\'{path}\\') != s'",
        "SELECT * FROM (SELECT * FROM t SETTINGS additional_result_filter = 'file(s) != 1')",
        "DESCRIBE (SELECT * FROM t SETTINGS additional_result_filter = 'file(s) != 1')",
        "INSERT INTO t FROM INFILE '{path}' FORMAT CSV",
    ],
)
def test_no_statement_reads_a_file(server: Server, secret: Path, statement: str) -> None:
    answer = server.post(statement.format(path=secret), params={"param_f": "file"})
    assert answer.headers.get("X-ClickHouse-Exception-Code") == READONLY, answer.text
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM '{path}'",
        "SELECT * FROM `{path}`",
        "SELECT * FROM default.`{path}`",
        "SELECT * FROM {{t:Identifier}}",
        "SELECT * FROM default.{{t:Identifier}}",
        "SELECT 1 IN `{path}`",
        "SELECT 1 NOT IN `{path}`",
        "SELECT 1 FROM t JOIN `{path}` AS p ON 1 = 1",
        "DESCRIBE TABLE `{path}`",
        "DESCRIBE TABLE {{t:Identifier}}",
        "SHOW CREATE TABLE `{path}`",
        "EXISTS TABLE `{path}`",
        "EXISTS TABLE default.`{path}`",
        "EXISTS TABLE {{t:Identifier}}",
        "EXPLAIN SELECT * FROM `{path}`",
    ],
)
def test_a_path_is_no_table_whether_or_not_the_file_exists(
    server: Server, secret: Path, statement: str
) -> None:
    answers = [
        server.post(statement.format(path=path), params={"param_t": str(path)})
        for path in (secret, secret.with_name("absent.csv"))
    ]
    assert [answer.headers["X-ClickHouse-Exception-Code"] for answer in answers] == ["60", "60"]
    assert CANARY not in answers[0].text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT joinGet('{path}', 'a', 1)",
        "SELECT joinGetOrNull('{path}', 'a', 1)",
        "SELECT hasColumnInTable('default', '{path}', 'a')",
        "SELECT dictGet('{path}', 'a', 1)",
        "SELECT * FROM merge('default', '{path}')",
        "SHOW COLUMNS FROM `{path}`",
        "SHOW INDEX FROM `{path}`",
        "SELECT count() FROM system.tables WHERE name = '{path}'",
        "SELECT count() FROM system.columns WHERE table = '{path}'",
    ],
)
def test_no_other_way_tells_whether_a_file_exists(
    server: Server, secret: Path, statement: str
) -> None:
    told = []
    for path in (secret, secret.with_name("absent.csv")):
        answer = server.post(statement.format(path=path))
        told.append((answer.status_code, answer.text.replace(path.name, "NAME")))
    assert told[0] == told[1]


# --- elsewhere -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "url('http://127.0.0.1:1/x', 'CSV', 'a Int8')",
        "urlCluster('c', 'http://127.0.0.1:1/x', 'CSV', 'a Int8')",
        "s3('http://127.0.0.1:1/bucket/x.csv', 'CSV', 'a Int8')",
        "gcs('http://127.0.0.1:1/bucket/x.csv', 'CSV', 'a Int8')",
        "azureBlobStorage('http://127.0.0.1:1/a', 'c', 'b.csv', 'a', 'Zm9v')",
        "hdfs('hdfs://127.0.0.1:1/x', 'TSV', 'a Int8')",
        "deltaLake('http://127.0.0.1:1/bucket/x')",
        "icebergLocal('x')",
        "hudi('http://127.0.0.1:1/bucket/x')",
        "remote('127.0.0.1:1', 'system.one')",
        "remoteSecure('127.0.0.1:1', 'system.one')",
        "cluster('default', 'system.one')",
        "mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        "postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        "mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'x Int8')",
        "redis('127.0.0.1:1', 'k', 'k String')",
        "sqlite('x.db', 'y')",
        "odbc('DSN=a', 'b')",
        "jdbc('a', 'b')",
        "executable('id', 'TSV', 'a String')",
        "python(server)",
        "Python(server)",
        "input('a Int8')",
        "dictionary('d')",
        "eval('SELECT 1')",
        "viewExplain('EXPLAIN', '', (SELECT 1))",
        "loop(t)",
    ],
)
def test_a_table_function_that_reaches_out_is_refused(server: Server, source: str) -> None:
    for statement in (f"SELECT * FROM {source}", f"DESCRIBE TABLE {source}"):
        answer = server.post(statement)
        assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY, answer.text


@pytest.mark.parametrize(
    "statement",
    [
        "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1', 'a', 'b', 'c', 'd') COLUMNS (a Int8)",
        "SELECT aiGenerate('c', 'prompt')",
        "SELECT AIGenerate('c', 'prompt')",
        "SELECT logTrace('x')",
        "SELECT showCertificate()",
    ],
)
def test_a_function_that_reaches_out_is_refused(server: Server, statement: str) -> None:
    assert server.post(statement).headers["X-ClickHouse-Exception-Code"] == READONLY


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT addressToLine(1)",
        "SELECT addressToSymbol(1)",
        "SELECT * FROM system.stack_trace",
        "SELECT * FROM {d:Identifier}.{t:Identifier}",
        "SELECT 1 IN system.stack_trace",
        "SELECT * FROM merge('system', '^stack_trace$')",
        "DESCRIBE system.stack_trace",
        "SELECT * FROM (SELECT addressToLine(1) SETTINGS allow_introspection_functions = 1)",
        "SELECT getClientHTTPHeader('X-ClickHouse-Key')",
    ],
)
def test_the_process_cannot_be_looked_into(server: Server, statement: str) -> None:
    parameters = {"param_d": "system", "param_t": "stack_trace"}
    answer = server.post(statement, params=parameters)
    assert answer.headers["X-ClickHouse-Exception-Code"] in {"60", "164", "446"}, answer.text


def test_bare_expressions_are_no_statements(server: Server) -> None:
    assert server.post("1 + 1").headers["X-ClickHouse-Exception-Code"] == "62"


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_result_rows", "0"),
        ("max_result_rows", "1000001"),
        ("max_result_bytes", "0"),
        ("max_memory_usage", "0"),
        ("max_execution_time", "0"),
        ("max_execution_time", "1e-9"),
        ("max_execution_time", "3600"),
        ("max_temporary_data_on_disk_size_for_query", "0"),
        ("readonly", "0"),
        ("readonly", "2"),
        ("allow_introspection_functions", "1"),
        ("allow_experimental_eval_table_function", "1"),
        ("format_schema", "'x'"),
        ("format_template_row", "'x'"),
        ("use_query_cache", "1"),
        ("implicit_select", "1"),
        ("max_memory_usage", "DEFAULT"),
    ],
)
def test_a_settings_clause_cannot_loosen_a_limit(server: Server, name: str, value: str) -> None:
    answer = server.post(f"SELECT 1 SETTINGS {name} = {value}")
    assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY, answer.text
    assert f"Cannot modify '{name}' setting in readonly mode" in answer.text


def test_a_parameter_cannot_be_a_setting(server: Server) -> None:
    shown = "SELECT getSetting('max_result_rows') SETTINGS max_result_rows = {rows:UInt64}"
    answer = server.post(shown, params={"param_rows": "2000000"})
    assert answer.headers["X-ClickHouse-Exception-Code"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allow_introspection_functions", "1"),
        ("max_temporary_data_on_disk_size_for_query", "0"),
        ("format_schema", "x"),
        ("output_format_schema", "x"),
        ("format_template_row", "x"),
        ("format_avro_schema_registry_url", "http://127.0.0.1:1"),
        ("dialect", "kusto"),
        ("use_query_cache", "1"),
    ],
)
def test_a_setting_of_the_url_that_is_not_for_readers_is_refused(
    server: Server, name: str, value: str
) -> None:
    answer = server.post("SELECT 1", params={name: value})
    assert answer.headers["X-ClickHouse-Exception-Code"] == READONLY, answer.text
    both = server.post("SELECT name FROM system.settings LIMIT 1", params={name: value})
    assert both.headers["X-ClickHouse-Exception-Code"] == READONLY, both.text


def test_a_settings_profile_loosens_nothing(server: Server) -> None:
    shown = "SELECT getSetting('readonly'), getSetting('max_result_rows')"
    assert server.post(shown, params={"profile": "default"}).text == "1\t1000000\n"
    assert server.post(f"{shown} SETTINGS profile = 'default'").text == "1\t1000000\n"


@pytest.mark.parametrize("name", ["nothing", "a`b", "x = 1, readonly", "ü"])
def test_an_unknown_setting_of_the_url_is_named(server: Server, name: str) -> None:
    answer = server.post("SELECT 1", params={name: "1"})
    assert answer.status_code == 404
    assert answer.headers["X-ClickHouse-Exception-Code"] == "115"


@pytest.mark.parametrize("value", ["0", "-1", "3600", "nan", "inf", "1e-9", "5; SET readonly = 0"])
def test_a_limit_of_the_url_is_never_loosened(server: Server, value: str) -> None:
    names = ("max_execution_time", "max_result_rows", "max_result_bytes", "max_memory_usage")
    shown = "SELECT " + ", ".join(f"getSetting('{name}')" for name in names)
    seconds, rows, size, memory = server.post(
        shown, params=dict.fromkeys(names, value)
    ).text.split()
    assert 0 < float(seconds) <= 30
    assert 0 < int(rows) <= 1_000_000
    assert 0 < int(size) <= 128 * 1024**2
    assert 0 < int(memory) <= 2 * 1024**3


def test_readonly_stays_where_it_is_while_settings_are_listed(server: Server) -> None:
    listed = "SELECT readonly FROM system.settings WHERE name = 'max_threads'"
    assert server.post(listed).text == "0\n"
    assert server.post(listed, params={"readonly": "0"}).text == "0\n"
    for guarded in (
        f"{listed} SETTINGS max_threads = 1",
        f"{listed} UNION ALL SELECT readonly FROM system.settings, t LIMIT 1",
        f"{listed} AND 1 IN (SELECT number FROM numbers(2))",
    ):
        assert set(server.post(guarded).text.split()) == {"1"}, guarded


@pytest.mark.parametrize(
    "filters",
    [
        "{'t': 'file(\\'x\\') != s'}",
        "{'u': '1 /*', 't': '*/ file(s) != s'}",
        "{'t': 'a IN (SELECT 1 SETTINGS additional_table_filters = {\\'t\\': \\'1\\'})'}",
        "{" + ", ".join(f"'t{n}': '1'" for n in range(17)) + "}",
    ],
)
def test_a_filter_of_the_url_is_read_as_closely_as_a_query(server: Server, filters: str) -> None:
    answer = server.post("SELECT a FROM t", params={"additional_table_filters": filters})
    assert answer.headers["X-ClickHouse-Exception-Code"] in {READONLY, "62"}, answer.text


def test_a_result_filter_of_the_url_cannot_leave_its_brackets(server: Server) -> None:
    for text in ("1), (file('x')", "1) FROM file('x') --", "a > 8) UNION ALL (SELECT file('x')"):
        answer = server.post("SELECT a FROM t", params={"additional_result_filter": text})
        assert answer.headers["X-ClickHouse-Exception-Code"] in {READONLY, "62"}, answer.text


class LossyEngine:
    """An engine whose syntax tree has lost a part of the statement."""

    def ask(self, _sql: str, _fmt: str, _parameters: Mapping[str, str] = NO_PARAMETERS, /) -> bytes:
        return json.dumps(
            {"canonical": "SELECT 1, f(2)", "tree": "{}", "again": "SELECT 1"}
        ).encode()


def test_a_syntax_tree_that_is_not_the_whole_statement_is_not_trusted() -> None:
    with pytest.raises(ClickhouseError, match="cannot be read in full") as raised:
        parse(LossyEngine(), b"SELECT 1, f(2)", {})
    assert raised.value.code == 164


# --- the list is complete ------------------------------------------------------------------------


def test_the_functions_of_this_engine_were_read_through() -> None:
    # After an upgrade: read the new names in system.functions and system.table_functions, decide
    # whether one reaches outside the store, then raise REVIEWED_ENGINE.
    assert chdb.engine_version.startswith(REVIEWED_ENGINE + ".")


def test_the_lists_name_functions_that_exist(server: Server) -> None:
    functions = server.post("SELECT lower(name) FROM system.functions").text.split()
    tables = server.post("SELECT lower(name) FROM system.table_functions").text.split()
    assert set(functions) >= DENIED_FUNCTIONS
    assert set(tables) >= TABLE_FUNCTIONS


def test_no_handle_of_the_engine_is_left_open(server: Server) -> None:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    server.post("SELECT 1")
    before = opened()
    for statement in ("SELECT 1", "SELECT nowhere", "SELECT file('x')", "SELECT throwIf(1)"):
        for _ in range(10):
            server.post(statement)
    assert opened() <= before + 5
