"""Is every way of changing the record of changes noticed, at the row where it happened?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit_trail import AuditRecord, Change
from domain.errors import InvalidInput
from domain.thresholds import Limits, Stage
from governance import audit
from governance.canonical import canonical, instant, plain

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def change(number: int = 0, **fields: Any) -> Change:
    given = {
        "tenant": "acme", "at": NOON + timedelta(minutes=number), "who": "ann",
        "action": "threshold.tightened", "subject": "clerk/refund",
        "before": {"confidence": 0.8}, "after": {"confidence": 0.9}, "why": f"reason {number}",
    }  # fmt: skip
    return Change(**{**given, **fields})


def chain(length: int) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for number in range(length):
        previous = records[-1] if records else None
        records.append(audit.recorded(change(number), previous))
    return records


def test_a_chain_that_nobody_touched_holds() -> None:
    records = chain(5)
    found = audit.verify(records, head=records[3].sha256)
    assert (found.holds, found.records, found.head) == (True, 5, records[-1].sha256)
    assert audit.verify([]).holds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("who", "bob"),
        ("at", NOON + timedelta(microseconds=1)),
        ("action", "threshold.loosened"),
        ("subject", "clerk/credit"),
        ("before", None),
        ("after", {"confidence": 0.1}),
        ("why", ""),
        ("tenant", "beta"),
    ],
)
def test_an_altered_field_is_found_in_its_row(field: str, value: Any) -> None:
    records = chain(5)
    records[2] = replace(records[2], change=replace(records[2].change, **{field: value}))
    found = audit.verify(records)
    assert (found.broken_at, found.broken) == (3, "record 3 was altered")


def test_a_row_that_was_written_anew_breaks_the_one_after_it() -> None:
    records = chain(5)
    records[2] = audit.recorded(change(2, who="mallory"), records[1])
    found = audit.verify(records)
    assert (found.broken_at, found.broken) == (4, "record 4 does not follow the one before it")


def test_a_row_that_is_gone_or_moved_is_found() -> None:
    records = chain(5)
    assert audit.verify(records[:2] + records[3:]).broken_at == 3
    assert audit.verify(records[1:]).broken_at == 1
    moved = [records[0], records[2], records[1], *records[3:]]
    assert "were moved" in audit.verify(moved).broken


def test_rows_that_were_cut_off_at_the_end_are_missed_by_a_head_that_is_known() -> None:
    records = chain(5)
    assert audit.verify(records[:3]).holds  # the chain alone can not tell
    found = audit.verify(records[:3], head=records[4].sha256)
    assert (found.broken_at, found.holds) == (4, False)
    assert "missing at the end" in found.broken


@given(st.integers(2, 8), st.data())
def test_any_single_change_is_found(length: int, data: st.DataObject) -> None:
    records = chain(length)
    at = data.draw(st.integers(0, length - 1))
    how = data.draw(st.sampled_from(["why", "sha256", "previous", "sequence", "remove"]))
    if how == "remove":
        del records[at]
    elif how == "why":
        records[at] = replace(records[at], change=replace(records[at].change, why="other"))
    elif how == "sequence":
        records[at] = replace(records[at], sequence=records[at].sequence + 7)
    else:
        zeros: dict[str, Any] = {how: "0" * 64}
        records[at] = replace(records[at], **zeros)
    found = audit.verify(records, head=chain(length)[-1].sha256)
    assert not found.holds
    assert found.broken_at in (at + 1, at + 2)


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"who": ""}, "who"), ({"action": ""}, "action"), ({"why": "x" * 5000}, "why")],
    ids=["who", "action", "why"],
)
def test_a_change_that_says_too_little_or_too_much_is_refused(
    fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        audit.recorded(change(**fields), None)


def test_a_chain_belongs_to_one_tenant() -> None:
    with pytest.raises(InvalidInput, match="tenant"):
        audit.recorded(change(tenant="beta"), chain(1)[0])


def test_one_value_has_one_text() -> None:
    value = {"stage": Stage.HALF, "limits": Limits(0.8, None), "at": NOON, "day": date(2026, 1, 2)}
    shuffled = dict(reversed(value.items()))
    text = (
        b'{"at":"2026-11-28T12:00:00.000000+00:00","day":"2026-01-02",'
        b'"limits":{"amount":null,"confidence":0.8},"stage":2}'
    )
    assert canonical(plain(value)) == canonical(plain(shuffled)) == text
    assert plain(frozenset({"b", "a"})) == ["a", "b"]
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    assert instant(tokyo) == instant(NOON)


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", datetime(2026, 1, 1), nested(40)],  # noqa: DTZ001 - the point of it
    ids=["object", "bytes", "no-zone", "deep"],
)
def test_what_has_no_one_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        plain(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_can_not_say_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput, match="JSON"):
        canonical(value)
