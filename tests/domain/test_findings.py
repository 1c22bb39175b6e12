"""Is a finding the same whenever it is found, and does severity stay in its range?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.findings import Draft, Evidence, Role, Severity

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DRAFT = Draft(
    signature="DATA-01",
    tenant="acme",
    lane="trace:1",
    anchor="2",
    agents=("billing",),
    case_id="",
    first_at=NOW,
    last_at=NOW,
    evidence=(Evidence("1", "2", Role.CAUSE),),
    facts={},
)


def test_what_it_is_found_in_makes_the_id_and_nothing_else() -> None:
    later = replace(DRAFT, last_at=NOW + timedelta(1), facts={"gap_s": 2}, agents=("a", "b"))
    assert later.finding_id == DRAFT.finding_id
    assert len(DRAFT.finding_id) == 16
    others = (
        replace(DRAFT, tenant="b"),
        replace(DRAFT, signature="DATA-02"),
        replace(DRAFT, lane="trace:2"),
        replace(DRAFT, anchor="3"),
    )
    assert len({DRAFT.finding_id, *(other.finding_id for other in others)}) == 5


def test_severity_stays_between_info_and_critical() -> None:
    assert Severity.HIGH.raised() is Severity.CRITICAL
    assert Severity.CRITICAL.raised() is Severity.CRITICAL
    assert Severity.LOW.lowered() is Severity.INFO
    assert Severity.INFO.lowered() is Severity.INFO
