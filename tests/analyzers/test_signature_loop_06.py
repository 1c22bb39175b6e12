"""LOOP-06: is work that goes to and fro found, and fields that swing, and nothing else?"""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from analyzers import registry, runner
from analyzers.catalog.ping_pong import PingPong
from domain.asked import Asked
from domain.findings import Draft, Origin, Window
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.analyzers.signatures import loop_06
from tests.analyzers.signatures.loop_06 import NOW, Case
from tests.analyzers.signatures.spans import rule

SECOND = timedelta(seconds=1)
WINDOW = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
PING_PONG = PingPong(rule("loop_06"))


def put(store: Store, cases: Sequence[Case]) -> None:
    for table, rows in (
        ("handoffs", [row | {"lane": _lane(row)} for case in cases for row in case.handoffs]),
        ("data_access", [row for case in cases for row in case.writes]),
        ("effects", [row for case in cases for row in case.effects]),
    ):
        if rows:
            store.insert(table, rows)


def _lane(row: loop_06.Row) -> int:
    return zlib.crc32((row["work_item_id"] or row["case_id"] or row["trace_id"]).encode())


def found(store: Store, window: Window = WINDOW) -> list[Draft]:
    return list(PING_PONG.drafts(StoredFindings(store), window))


@pytest.mark.parametrize("seed", [5, 6])
def test_what_goes_back_and_forth_is_found_and_nothing_else(store: Store, seed: int) -> None:
    cases = list(loop_06.cases(seed))
    put(store, [case for _, case in cases])
    lanes = {draft.lane for draft in found(store)}
    assert sum(loops for loops, _ in cases) >= 20
    assert sum(not loops for loops, _ in cases) >= 50
    wrong = [case.name for loops, case in cases if bool(lanes.intersection(case.lanes)) != loops]
    assert wrong == []


def handed(**said: Any) -> Case:
    case = Case("c1")
    for number in range(8):
        names = ["triage", "billing"][:: 1 - 2 * (number % 2)]
        case.pass_on(number, *names, **said)
    return case


def test_hand_offs_are_told_with_what_was_not_written(store: Store) -> None:
    put(store, [handed()])
    (draft,) = found(store)
    assert draft.facts == {
        "agents": ["billing", "triage"], "did": "handed work-c1 to and fro", "rounds": 4,
        "turns": 8, "turns_are": "hand-offs", "period": 2, "seconds": 420.0,
        "why": "nothing is known to have been written to the case", "way": "handoff",
    }  # fmt: skip
    assert (draft.case_id, draft.origin) == ("c1", Origin.INFERRED)
    assert [one.span_id for one in draft.evidence] == [
        "c1-0.000", "c1-1.000", "c1-2.000", "c1-6.000", "c1-7.000",
    ]  # fmt: skip
    finding = runner.finding(draft, PING_PONG.signature, {}, {})
    assert finding.reason == (
        "billing and triage handed work-c1 to and fro 4 times within 7.0 min (8 hand-offs);"
        " nothing is known to have been written to the case."
    )


def test_where_something_was_written_before_it_is_surer(store: Store) -> None:
    case = handed()
    case.write(0, "triage", 5)
    put(store, [case])
    (draft,) = found(store)
    assert draft.origin is Origin.EXPLICIT
    assert draft.facts["why"] == "nothing was written to the case in between"


def test_a_field_is_told_with_who_fights_over_it(store: Store) -> None:
    case = Case("i1")
    for number in range(7):
        case.write(number, ["a", "b"][number % 2], number % 2 + 1, field="", origin="inferred")
    put(store, [case])
    (draft,) = found(store)
    assert (draft.lane, draft.origin) == ("field:item:i1|", Origin.INFERRED)
    assert draft.facts["did"] == "changed item:i1 back and forth"
    assert (draft.facts["rounds"], draft.facts["turns"]) == (3, 7)


@pytest.mark.parametrize(("written_at", "first"), [(6.5, 7), (8.5, 0)])
def test_the_longer_of_two_stretches_is_told(store: Store, written_at: float, first: int) -> None:
    case = handed()
    case.write(written_at, "triage", 5)
    for number in range(8, 16):
        case.pass_on(number, *["triage", "billing"][:: 1 - 2 * (number % 2)])
    put(store, [case])
    (draft,) = found(store)
    assert draft.facts["turns"] == 9
    assert draft.first_at == case.handoffs[first]["ts"]


def test_a_late_write_takes_it_back_and_leaves_others(store: Store) -> None:
    other = handed(work_item_id="work-9", case_id="c9")
    put(store, [handed(), other])
    findings = StoredFindings(store)
    run = runner.Runner([PING_PONG], findings, findings)
    assert run.run(WINDOW, {}, {}).written == 2
    late = Case("c1")
    for number in (2, 5):
        late.write(number + 0.5, "billing", number, received=NOW + timedelta(seconds=10))
    put(store, [late])
    after = Window(WINDOW.until, WINDOW.until + timedelta(minutes=1))
    assert run.run(after, {}, {}).retracted == 1
    (kept,) = FindingRows(store).listed(Asked(), 9)
    assert kept["lane"] == "handoff:work-9"


def test_the_same_is_found_in_whatever_windows_it_comes(store: Store) -> None:
    cases = [case for loops, case in loop_06.cases(3) if loops]
    for number, row in enumerate(row for case in cases for row in case.handoffs + case.writes):
        row["received"] = NOW + timedelta(seconds=number % 3 * 5)
    put(store, cases)
    latest: dict[str, Draft] = {}
    for turn in range(3):
        began = NOW + timedelta(seconds=turn * 5 - 1)
        latest |= {one.finding_id: one for one in found(store, Window(began, began + 5 * SECOND))}
    whole = found(store, Window(NOW - SECOND, NOW + 20 * SECOND))
    assert {one.finding_id: one for one in whole} == {
        one.finding_id: latest[one.finding_id] for one in whole
    }


def test_tenants_and_parts_are_apart(store: Store) -> None:
    case = handed()
    for row in case.handoffs[::2]:
        row["tenant"] = "other"
    put(store, [case, handed(work_item_id="work-2")])
    (draft,) = found(store)
    assert draft.lane == "handoff:work-2"
    parts = [found(store, replace(WINDOW, shard=part, shards=2)) for part in (0, 1)]
    assert sorted(map(len, parts)) == [0, 1]


def test_it_is_an_analyzer_of_the_registry() -> None:
    assert [one.id for one in PING_PONG.signatures] == ["LOOP-06"]
    assert PING_PONG in registry.analyzers()
