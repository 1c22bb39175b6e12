"""Does a chain stay linear when many people change something at the same moment?"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock

from domain.audit_trail import AuditRecord, Change
from governance import audit

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Rows:
    """A chain in memory."""

    def __init__(self) -> None:
        self._rows: dict[int, AuditRecord] = {}
        self._lock = Lock()

    def last(self, tenant: str) -> AuditRecord | None:
        with self._lock:
            return self._rows[max(self._rows)] if self._rows else None

    def records(self, tenant: str, after: int = 0) -> Iterable[AuditRecord]:
        return [self._rows[key] for key in sorted(self._rows) if key > after]

    def append(self, record: AuditRecord) -> bool:
        with self._lock:
            return self._rows.setdefault(record.sequence, record) is record


def record_until_it_is_kept(store: Rows, who: str) -> int:
    """How often another was first."""
    lost = 0
    while True:
        change = Change("acme", NOON, who, "threshold.tightened", "clerk", None, None, "")
        if store.append(audit.recorded(change, store.last("acme"))):
            return lost
        lost += 1


def test_fifty_who_write_at_once_leave_one_line_and_nobody_is_lost() -> None:
    store = Rows()
    people = [f"person-{number}" for number in range(50)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda who: record_until_it_is_kept(store, who), people))
    records = list(store.records("acme"))
    assert audit.verify(records).holds
    assert sorted(one.change.who for one in records) == sorted(people)
    assert [one.sequence for one in store.records("acme", after=48)] == [49, 50]
