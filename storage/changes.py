"""Changes in the store: those that somebody told of, and versions that agents began to use."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, timedelta
from typing import Any

from domain import changes
from domain.access import DEFAULT_TENANT
from domain.changes import ChangeEvent, Used, Wanted
from storage.store import Store

VERSIONS_MAX = 2_000
# How long before a time a version must not have been used, to be new then.
BEFORE = timedelta(days=3)
# Of a longer time only told ones are listed: all steps of the time would have to be read.
SEEN_MAX = timedelta(days=31)


class Changes:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(self, wanted: Wanted, rows_max: int) -> list[ChangeEvent]:
        """Told of and, of one agent and up to SEEN_MAX, seen: the latest first."""
        found = self.told(wanted, rows_max)
        if wanted.agent and wanted.until - wanted.since <= SEEN_MAX:
            found += self.seen(replace(wanted, tenant=wanted.tenant or DEFAULT_TENANT))
        return sorted(found, key=lambda one: (one.at, one.change_id), reverse=True)[:rows_max]

    def told(self, wanted: Wanted, rows_max: int) -> list[ChangeEvent]:
        """Those that somebody recorded, the latest first."""
        rows = self._store.rows("changes", **asdict(wanted), rows_max=rows_max)
        return list(map(_change, rows))

    def seen(self, wanted: Wanted) -> list[ChangeEvent]:
        """Versions that the agent of one tenant first used then, in time."""
        rows = self._store.rows(
            "versions_used",
            tenant=wanted.tenant,
            agent=wanted.agent,
            since=wanted.since - BEFORE,
            until=wanted.until,
            rows_max=VERSIONS_MAX,
        )
        found = changes.seen(wanted.tenant, wanted.agent, map(_used, rows), wanted.since)
        return [one for one in found if wanted.kind in ("", one.kind)]


def _change(row: Mapping[str, Any]) -> ChangeEvent:
    return ChangeEvent(
        str(row["tenant"]), row["change_id"], row["ts"].replace(tzinfo=UTC), row["kind_name"],
        row["what"], row["version"], row["version_prev"], tuple(row["agents"]), row["note"],
        row["said_by"], told=True,
    )  # fmt: skip


def _used(row: Mapping[str, Any]) -> Used:
    return Used(
        row["kind"], row["what"], row["version"], row["first_at"].replace(tzinfo=UTC),
        row["last_at"].replace(tzinfo=UTC), row["uses"],
    )  # fmt: skip
