"""Forward-only migrations, and the views, which are replaced in place when they change."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from string import Template

from domain.errors import Conflict
from storage import engines, sql
from storage.store import Store

AnyView = sql.View | sql.ReadingView

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
    for view in _views():
        yield view.create(engines.values(cluster, retention_days))


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
    return done + apply_views(store, retention_days)


def waiting(store: Store) -> list[str]:
    """What `apply` would do, by the names that it returns. Raises as `pending`."""
    return _names(pending(store), pending_views(store))


def every_name() -> list[str]:
    """What `apply` does to an empty store, by the names that it returns."""
    return _names(sql.migrations(), _views())


def _views() -> tuple[AnyView, ...]:
    return (*sql.views(), *sql.reading_views())


def _names(changes: Iterable[sql.Migration], views: Iterable[AnyView]) -> list[str]:
    return [change.name for change in changes] + [f"view {view.name}" for view in views]


def pending_views(store: Store) -> list[AnyView]:
    """Views whose text is not the one of this version."""
    applied = _applied_views(store)
    return [view for view in _views() if applied.get(view.name) != view.checksum]


def apply_views(store: Store, retention_days: int) -> list[str]:
    """Bring all views to this version's text; returns the names changed.

    A derived view that exists gets its new query in place, so nothing that arrives meanwhile is
    missed. What was derived before stays as it was until it is derived again.
    """
    if not (views := pending_views(store)):
        return []
    values = engines.values(store.cluster, retention_days)
    # One that was made and not recorded may have another text.
    there = store.tables_of([view.view for view in views])
    for view in views:
        store.command(view.replace(values) if view.view in there else view.create(values))
    _record_views(store, views)
    return _names((), views)


def _applied(store: Store) -> dict[int, tuple[str, str]]:
    if not store.has_table("wakeline_migrations"):
        return {}
    rows = store.rows("applied_migrations")
    return {row["number"]: (row["name"], row["checksum"]) for row in rows}


def _applied_views(store: Store) -> dict[str, str]:
    if not store.has_table("wakeline_views"):
        return {}
    return {row["name"]: row["checksum"] for row in store.rows("applied_views")}


def _record_views(store: Store, views: Iterable[AnyView]) -> None:
    # Without a time of our own rows that were written before would be taken for a repeated insert.
    at = datetime.now(UTC)
    rows = [{"name": view.name, "checksum": view.checksum, "applied_at": at} for view in views]
    store.insert("wakeline_views", rows)


def _record(store: Store, migration: sql.Migration) -> None:
    record = {"number": migration.number, "name": migration.name, "checksum": migration.checksum}
    store.insert("wakeline_migrations", [record])
