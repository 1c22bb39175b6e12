"""The chains of changes in governance, as rows of the store."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.audit_trail import AuditRecord, Change
from domain.errors import Unavailable
from storage.store import Store

TABLE = "governance_changes"
ROWS_MAX = 100_000
# Of one agent: a change a day for half a century.
ROWS_OF_ONE_MAX = 20_000
TEXTS = ("tenant", "who", "action", "subject", "why")
JSONS = ("before", "after", "state")


class GovernanceChanges:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def head(self, tenant: str) -> AuditRecord | None:
        """The newest record of a tenant; None before the first."""
        rows = self._store.rows("governance_head", tenant=tenant)
        return record(rows[0]) if rows else None

    def append(self, records: Sequence[AuditRecord]) -> bool:
        """All of them, which follow one another, or none: False when another took the first's
        sequence before.

        An insert with a token that was there before stores nothing, so that of all who try one
        wins; who it was is read back. Raises Unavailable also when that can not be read yet.
        """
        first = records[0]
        attempt = secrets.token_hex(8)
        place = {"tenant": first.change.tenant, "sequence": first.sequence}
        token = f"governance/{first.sequence}/{first.change.tenant}"
        self._store.insert(TABLE, [_row(one) | {"attempt": attempt} for one in records], token)
        taken = self._store.rows("governance_taken", **place)
        if not taken:
            raise Unavailable("the change is written, but can not be read back yet")
        return bool(taken[0]["attempt"] == attempt)

    def records(self, tenant: str, after: int, rows_max: int) -> list[AuditRecord]:
        """In order of sequence, those after a sequence; all rows, also where two have one."""
        asked = {"tenant": tenant, "after": after, "rows_max": rows_max}
        return list(map(record, self._store.rows("governance_records", **asked)))

    def newest(self, tenant: str, asked: Mapping[str, Any], rows_max: int) -> list[AuditRecord]:
        """The newest first; asked: before_sequence, action (or its beginning) and subject."""
        rows = self._store.rows("governance_newest", tenant=tenant, rows_max=rows_max, **asked)
        return list(map(record, rows))

    def of(self, tenant: str, subject: str, *, kill: bool) -> list[AuditRecord]:
        """Of one agent's limits, or of one switch, in order."""
        asked = {"tenant": tenant, "subject": subject, "kill": kill, "rows_max": ROWS_OF_ONE_MAX}
        return list(map(record, self._store.rows("governance_of", **asked)))

    def latest(self, since: datetime) -> tuple[list[AuditRecord], datetime]:
        """The newest of each agent's limits and each switch, among those stored since a time;
        and when the last of them was stored."""
        rows = self._store.rows("governance_latest", since=since, rows_max=ROWS_MAX)
        last = max((_utc(row["stored_at"]) for row in rows), default=since)
        return list(map(record, rows)), last

    def tenants(self) -> dict[str, int]:
        """How many records the chain of each tenant has; the empty one is for all tenants."""
        rows = self._store.rows("governance_tenants", rows_max=ROWS_MAX)
        return {str(row["tenant"]): row["records"] for row in rows}


def _row(record: AuditRecord) -> dict[str, Any]:
    change = record.change
    texts = {name: getattr(change, name) for name in TEXTS}
    values = {name: json.dumps(getattr(change, name), sort_keys=True) for name in JSONS}
    place = {"sequence": record.sequence, "previous": record.previous, "sha256": record.sha256}
    return {**texts, **values, **place, "at": change.at.astimezone(UTC)}


def record(row: Mapping[str, Any]) -> AuditRecord:
    """A change at its place, of a row with all columns of one."""
    texts = {name: str(row[name]) for name in TEXTS}
    values = {name: json.loads(row[name]) for name in JSONS}
    change = Change(**texts, **values, at=_utc(row["at"]))
    return AuditRecord(row["sequence"], change, row["previous"], row["sha256"])


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
