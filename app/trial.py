"""What a signature would find in stored data, without writing anything."""

from collections.abc import Collection, Sequence
from datetime import datetime

from analyzers import registry
from analyzers.runner import Runner
from domain.errors import InvalidInput
from domain.findings import Finding, Window
from domain.signatures import Signature
from storage.findings import StoredFindings
from storage.store import Store


class Sheet:
    """Where findings of a trial go: kept in memory."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def save(self, findings: Sequence[Finding]) -> int:
        """Keep them."""
        self.findings += findings
        return len(findings)

    def retract(
        self, signatures: Collection[Signature], found: Collection[str], window: Window
    ) -> int:
        """Nothing stands that could be taken back."""
        return 0


def of(store: Store, signature: str, since: datetime, until: datetime) -> list[Finding]:
    """What it finds in what was received in [since, until), the latest first.

    Where it reads contents, those that passes made are read. Raises InvalidInput when no analyzer
    looks for it yet.
    """
    named = [
        each for each in registry.analyzers() if signature in {one.id for one in each.signatures}
    ]
    if not named:
        raise InvalidInput(f"no analyzer looks for {signature} yet")
    sheet = Sheet()
    Runner(named, StoredFindings(store), sheet).run(Window(since, until), {}, {})
    found = [each for each in sheet.findings if each.signature == signature]
    return sorted(found, key=lambda each: each.last_at, reverse=True)
