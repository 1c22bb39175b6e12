"""The record of changes: read, and checked for whether it was changed itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from app import governance_told as told
from domain.audit_trail import AuditRecord
from governance import audit
from storage.governance import GovernanceChanges
from storage.store import Store

BATCH_ROWS = 2000
SEQUENCE_MAX = 2**63 - 1


class AuditLog:
    """Of one store. The empty tenant is the chain of what stops all tenants."""

    def __init__(self, store: Store) -> None:
        self._changes = GovernanceChanges(store)

    def listed(
        self, tenant: str, before: int | None, subject: str, rows_max: int
    ) -> list[Mapping[str, Any]]:
        """The newest first, those before a place in the chain; subject: empty for all."""
        place = SEQUENCE_MAX if before is None else before
        asked = {"before_sequence": place, "action": "", "subject": subject}
        return [told.change(one) for one in self._changes.newest(tenant, asked, rows_max)]

    def verified(self, tenant: str, head: str = "") -> Mapping[str, Any]:
        """Whether a tenant's chain holds; head: a hash that was known and has to be in it."""
        found = audit.verify(self._all(tenant), head)
        return {
            "tenant": tenant,
            "holds": found.holds,
            "records": found.records,
            "head": found.head,
            "broken_at": found.broken_at,
            "broken": found.broken,
        }

    def tenants(self) -> list[str]:
        """Those that have a chain."""
        return sorted(self._changes.tenants())

    def _all(self, tenant: str) -> Iterator[AuditRecord]:
        after = 0
        while records := self._changes.records(tenant, after, BATCH_ROWS):
            yield from records
            after = records[-1].sequence
