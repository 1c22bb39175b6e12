"""Does who pages or listens meet every finding, whatever is written meanwhile?"""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.asked import Asked, Heard, Place
from domain.findings import Finding
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.storage.test_findings import FINDING, NOW, ids, step

EVERYTHING = Asked(shadow=True, retracted=True)


def begun(number: int, **said: Any) -> Finding:
    first_at = NOW - timedelta(minutes=number)
    return replace(FINDING, finding_id=f"{number:016x}", first_at=first_at, **said)


def after(row: dict[str, Any]) -> Place:
    return Place(row["first_at"], row["finding_id"])


def heard(rows: list[dict[str, Any]]) -> Heard:
    return Heard(rows[-1]["changed_ns"], rows[-1]["finding_id"])


def test_what_changes_between_pages_keeps_its_place(store: Store) -> None:
    rows, stored = FindingRows(store), StoredFindings(store)
    stored.save([begun(number) for number in range(1, 6)])
    page = rows.listed(Asked(), 2)
    stored.save([begun(0), begun(4, last_at=NOW + timedelta(hours=1)), begun(2, facts={"n": 9})])
    rest = rows.listed(Asked(), 10, after(page[-1]))
    assert ids(page) + ids(rest) == [1, 2, 3, 4, 5]


def test_findings_that_began_in_the_same_microsecond_are_all_met(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save(
        [replace(FINDING, finding_id=f"{n:016x}", last_at=NOW) for n in range(5)]
    )
    seen: list[int] = []
    place = Place()
    while page := rows.listed(Asked(), 2, place):
        seen += ids(page)
        place = after(page[-1])
    assert seen == [4, 3, 2, 1, 0]


def test_a_finding_goes_on_between_its_ends(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save([FINDING])
    for since, until, count in ((-10, -5, 0), (-10, -4, 1), (-2, -1, 1), (0, 9, 1), (1, 9, 0)):
        asked = Asked(since=NOW + timedelta(minutes=since), until=NOW + timedelta(minutes=until))
        assert len(rows.listed(asked, 10)) == count, (since, until)
    for text, count in (("DID it", 1), ("%", 0), ("' OR 1=1 --", 0), ("\\", 0), ("\n", 0)):
        assert len(rows.listed(Asked(text=text), 10)) == count, text


def test_every_change_is_heard_of_once_and_in_order(store: Store) -> None:
    rows, stored = FindingRows(store), StoredFindings(store)
    stored.save([begun(1), begun(2), begun(3)])
    first = rows.changed(EVERYTHING, Heard(), time.time_ns(), 2)
    rest = rows.changed(EVERYTHING, heard(first), time.time_ns(), 2)
    assert sorted(ids(first) + ids(rest)) == [1, 2, 3]
    assert rows.changed(EVERYTHING, heard(rest), time.time_ns(), 2) == []
    rows.act(rows.one("acme", f"{2:016x}"), "acknowledge", "key-1")
    stored.save([begun(3, retracted=True)])
    news = rows.changed(EVERYTHING, heard(rest), time.time_ns(), 9)
    assert [(int(row["finding_id"], 16), row["state"]) for row in news] == [
        (2, "acknowledged"), (3, "resolved"),
    ]  # fmt: skip
    assert rows.changed(replace(EVERYTHING, tenant="other"), Heard(), time.time_ns(), 9) == []
    assert rows.changed(EVERYTHING, Heard(), heard(first).changed_ns - 10**9, 9) == []


def test_what_people_did_is_told_the_latest_first(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save([FINDING])
    finding = rows.one("", FINDING.finding_id)
    rows.act(finding, "acknowledge", "key-1", "on it")
    rows.act(finding, "confirm", "key-2")
    told = rows.history("acme", FINDING.finding_id)
    assert [(one["action"], one["actor"], one["note"]) for one in told] == [
        ("confirm", "key-2", ""), ("acknowledge", "key-1", "on it"),
    ]  # fmt: skip
    assert rows.history("other", FINDING.finding_id) == []


@pytest.mark.parametrize("count", [3, 90])
def test_the_steps_of_the_evidence_come_with_those_nearest_to_them(
    store: Store, count: int
) -> None:
    steps = [step(span_id=f"s{n}", ts=NOW + timedelta(seconds=n)) for n in range(count)]
    store.insert("steps", steps)
    spans = [
        {"Tenant": "acme", "Received": NOW, "Timestamp": one["ts"], "TraceId": "t1",
         "SpanId": one["span_id"], "RetentionDays": 30}
        for one in steps
    ]  # fmt: skip
    store.insert("otel_traces", spans)
    StoredFindings(store).save([FINDING])
    rows = FindingRows(store)
    found = rows.steps(rows.one("acme", FINDING.finding_id))
    assert [one["span_id"] for one in found] == [f"s{n}" for n in range(min(count, 60))]
    assert [one["span_id"] for one in found if one["is_evidence"]] == ["s1", "s2"]
    assert found[0]["cost"] is None


def test_findings_are_counted_by_signature_and_state(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save([begun(1), begun(2), begun(3, tenant="other")])
    rows.act(rows.one("acme", f"{1:016x}"), "resolve", "key-1")
    counted = rows.counts("acme", NOW - timedelta(days=1))
    assert {(row["signature"], row["state"], row["findings"]) for row in counted} == {
        ("LOOP-01", "resolved", 1), ("LOOP-01", "open", 1),
    }  # fmt: skip
    assert rows.counts("acme", NOW + timedelta(days=1)) == []
