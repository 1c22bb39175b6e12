"""Does every migration file keep the rules, on one server and in a cluster?"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.errors import InvalidInput
from storage import engines, migrate, sql
from storage.sql import Migration
from storage.store import Store
from tests.contracts.segments import RETENTION_DAYS

CLUSTER = "c1"
CREATED = re.compile(r"CREATE (TABLE|VIEW|MATERIALIZED VIEW) IF NOT EXISTS (\w+)")
REPLACED = re.compile(r"CREATE OR REPLACE TABLE (\w+)\s.*\sAS SELECT \* FROM \1", re.S)
ALTERED = re.compile(
    r"ALTER TABLE \w+\s+(MODIFY SETTING|ADD (PROJECTION|INDEX) IF NOT EXISTS"
    r"|DROP INDEX IF EXISTS) .*",
    re.S,
)
DROPPED = re.compile(r"DROP TABLE IF EXISTS (\w+)(?: ON CLUSTER '\w+')?")
MADE = re.compile(r"CREATE .*?(?:IF NOT EXISTS|REPLACE TABLE) (\w+)")

every_migration = pytest.mark.parametrize(
    "migration", sql.migrations(), ids=lambda migration: migration.name
)


def created(statements: Iterator[str]) -> list[tuple[str, str]]:
    """Kind and name of what each statement creates."""
    return [found for statement in statements for found in CREATED.findall(statement)]


def plain(migration: Migration) -> Iterator[str]:
    return migrate.statements(migration, "", RETENTION_DAYS)


def test_numbers_run_on_without_gaps() -> None:
    assert [migration.number for migration in sql.migrations()] == list(
        range(len(sql.migrations()))
    )
    for migration in sql.migrations():
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+", migration.name)


@every_migration
def test_a_migration_opens_with_what_it_is_for(migration: Migration) -> None:
    first_line = migration.text.splitlines()[0]
    assert re.match(r"-- [A-Z]\w.*[\w.,:;]$", first_line)


@every_migration
def test_a_migration_may_be_repeated(migration: Migration) -> None:
    for statement in plain(migration):
        ways = (CREATED.match, REPLACED.fullmatch, ALTERED.fullmatch, DROPPED.fullmatch)
        assert any(way(statement) for way in ways)


@every_migration
def test_a_migration_is_complete_once_rendered(migration: Migration) -> None:
    for statement in plain(migration):
        assert "$" not in statement
        assert ";" not in statement
        assert "--" not in statement


def test_nothing_is_created_twice() -> None:
    names = [name for _, name in created(migrate.render("", RETENTION_DAYS))]
    assert len(names) == len(set(names))


def test_a_checksum_covers_the_macros_too() -> None:
    decode = next(m for m in sql.migrations() if m.name == "0005_decode_traces")
    expanded = sql.macros()["array_map"]
    assert "$" not in expanded
    spelled_out = replace(decode, text=decode.text.replace("$array_map", expanded))
    assert spelled_out.checksum == decode.checksum
    assert replace(decode, text=decode.text + " ").checksum != decode.checksum


def test_retention_is_what_the_settings_say() -> None:
    assert "DEFAULT 77" in "".join(migrate.render("", 77))


def test_a_question_without_a_file_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        sql.query("no such question")


def test_the_schema_is_named_by_path_or_sent_as_text() -> None:
    by_path = sql.envelope_schema(by_path=True)
    assert by_path["format_schema"].endswith("otlp_envelope.proto")
    as_text = sql.envelope_schema(by_path=False)
    assert as_text["format_schema"].startswith('syntax = "proto3";')
    assert "//" not in as_text["format_schema"]


@pytest.mark.parametrize("cluster", ["", CLUSTER])
def test_the_engine_can_parse_every_rendered_statement(store: Store, cluster: str) -> None:
    for statement in migrate.render(cluster, RETENTION_DAYS):
        tree = store.read_only(f"EXPLAIN AST {statement}", "TSVRaw")
        assert tree.split()[0] in (b"CreateQuery", b"AlterQuery", b"DropQuery")
    with pytest.raises(InvalidInput):
        store.read_only("EXPLAIN AST CREATE TABLE (", "TSVRaw")


def test_in_a_cluster_every_table_is_local_and_has_a_distributed_face() -> None:
    statements = list(migrate.render(CLUSTER, RETENTION_DAYS))
    assert all(f"ON CLUSTER '{CLUSTER}'" in statement for statement in statements)
    tables = {name for kind, name in created(iter(statements)) if kind == "TABLE"}
    landing = {name for name in tables if name.startswith("otlp_landing_")}
    local = {name for name in tables if name.endswith("_local")}
    assert tables - landing - local == {name.removesuffix("_local") for name in local}
    assert landing
    assert local


def test_in_a_cluster_no_table_is_kept_on_one_node_alone() -> None:
    engine_of = {
        MADE.findall(statement)[0]: found[1]
        for statement in migrate.render(CLUSTER, RETENTION_DAYS)
        if (found := re.search(r"\bENGINE = (\w+)", statement))
    }
    for name, engine in engine_of.items():
        kept = "Replicated" in engine
        # What is on its way to other tables is nowhere.
        assert kept or engine in {"Null", "Distributed"}, name
        assert kept <= name.endswith("_local"), name
    assert {"otel_traces_local", "otel_traces"} < engine_of.keys()


def test_in_a_cluster_views_write_where_the_segment_landed() -> None:
    for statement in migrate.render(CLUSTER, RETENTION_DAYS):
        if "MATERIALIZED VIEW" in statement:
            assert re.search(r"\bTO \w+_local\b", statement)
            assert re.search(r"\bFROM (\w+_local|otlp_landing_\w+)\b", statement)


def test_a_trace_lives_in_one_shard_and_small_tables_in_the_first() -> None:
    assert engines.shard("otel_traces") == engines.shard("otel_traces_trace_id_ts")
    assert "TraceId" in engines.shard("otel_traces")
    assert engines.shard("api_keys") == "0"


def test_one_server_has_nothing_of_a_cluster(store: Store) -> None:
    rendered = "\n".join(migrate.render("", RETENTION_DAYS))
    for word in ("Replicated", "Distributed", "ON CLUSTER", "_local", CLUSTER):
        assert word not in rendered
    kept = store.read_only(
        "SELECT name, engine FROM system.tables WHERE database = currentDatabase()", "TSV"
    ).decode()
    assert "_local" not in kept
    assert "Distributed" not in kept
    made = {name for _, name in created(migrate.render("", RETENTION_DAYS))}
    assert made - set(DROPPED.findall(rendered)) == {
        line.split("\t")[0] for line in kept.splitlines()
    }
