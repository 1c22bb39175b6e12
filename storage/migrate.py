"""Forward-only migrations: what was applied, what is pending, and the rendered DDL."""

import re
from collections.abc import Iterator
from string import Template

from domain.errors import Conflict
from storage import engines, sql
from storage.store import Store

CREATED_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\$local")


def statements(migration: sql.Migration, cluster: str, retention_days: int) -> Iterator[str]:
    """The DDL of one migration; in a cluster each table also gets its distributed face."""
    values = engines.values(cluster, retention_days)
    yield from migration.statements(values)
    if cluster:
        template = Template((sql.ROOT / "cluster" / "distributed.sql").read_text())
        for table in CREATED_TABLE.findall(migration.text):
            own = {"table": table, "cluster": cluster, "shard": engines.shard(table)}
            yield template.substitute(values, **own).strip()


def render(cluster: str, retention_days: int) -> Iterator[str]:
    """All DDL, in order, for reading or for applying by hand."""
    for migration in sql.migrations():
        yield from statements(migration, cluster, retention_days)


def pending(store: Store) -> list[sql.Migration]:
    """Migrations that `store` has not seen.

    Raises Conflict when an applied migration's file was changed since, or when the store is ahead
    of this version.
    """
    applied = _applied(store)
    known = {migration.number: migration for migration in sql.migrations()}
    for number, (name, checksum) in applied.items():
        if number not in known:
            raise Conflict(f"the store has migration {name}, unknown here: upgrade wakeline")
        if known[number].checksum != checksum:
            raise Conflict(f"migration {name} was changed after it was applied: restore the file")
    return [migration for number, migration in known.items() if number not in applied]


def apply(store: Store, retention_days: int) -> list[str]:
    """Apply what is pending; returns the names applied. Safe to repeat and to run twice at once."""
    done = []
    for migration in pending(store):
        for statement in statements(migration, store.cluster, retention_days):
            store.command(statement)
        _record(store, migration)
        done.append(migration.name)
    return done


def _applied(store: Store) -> dict[int, tuple[str, str]]:
    if not store.has_table("wakeline_migrations"):
        return {}
    rows = store.rows("applied_migrations")
    return {row["number"]: (row["name"], row["checksum"]) for row in rows}


def _record(store: Store, migration: sql.Migration) -> None:
    record = {"number": migration.number, "name": migration.name, "checksum": migration.checksum}
    store.insert("wakeline_migrations", [record])
