"""Is harm told once for each critical finding that people hold to be so, and of nothing else?"""

from dataclasses import asdict

import pytest

from domain.autonomy import HardHarm
from domain.findings import Finding, Severity
from storage.confirmed_harms import confirmed
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.app.some_findings import finding


def critical(number: int, signature: str = "LOOP-01", **said: object) -> Finding:
    usual: dict[str, object] = {
        "severity": Severity.CRITICAL, "tenant": "acme", "agents": ("clerk", "desk"),
    }  # fmt: skip
    return finding(number, signature=signature, **(usual | said))


FINDINGS = [
    critical(1, "GOV-02"), critical(2), critical(3, severity=Severity.HIGH), critical(4),
    critical(5, shadow=True), critical(6, tenant="globex"), critical(7),
]  # fmt: skip
SAID = [
    (0, "confirm"), (0, "confirm"), (1, "dismiss"), (1, "confirm"), (2, "confirm"),
    (3, "confirm"), (3, "dismiss"), (4, "confirm"), (5, "confirm"), (6, "acknowledge"),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(module_store: Store) -> Store:
    StoredFindings(module_store).save(FINDINGS)
    rows = FindingRows(module_store)
    for place, action in SAID:
        rows.act(asdict(FINDINGS[place]), action, "bob")
    return module_store


def test_critical_findings_that_are_confirmed_by_now_are_harm(store: Store) -> None:
    newest, first = confirmed(store, "acme")
    assert (newest.finding_id, newest.harm) == (FINDINGS[1].finding_id, HardHarm.HARM)
    assert (first.finding_id, first.harm) == (FINDINGS[0].finding_id, HardHarm.POLICY_VIOLATION)
    assert first.agents == ("clerk", "desk")
    assert first.at < newest.at


def test_each_tenant_has_its_own(store: Store) -> None:
    assert [one.finding_id for one in confirmed(store, "globex")] == [FINDINGS[5].finding_id]
    assert confirmed(store, "nobody") == []
