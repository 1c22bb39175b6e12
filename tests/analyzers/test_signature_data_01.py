"""DATA-01: are stale inputs found by version and by time, and nothing that is current?"""

import random
from datetime import timedelta

import pytest

from domain import signatures
from domain.findings import Draft, Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import data_01
from tests.analyzers.signatures.data_01 import NOW, History, Row
from tests.analyzers.signatures.spans import FOLDER

SIGNATURE = signatures.parse((FOLDER / "data_01.yaml").read_text(), "data_01.yaml")
WHOLE = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1))


def put(store: Store, histories: list[History]) -> None:
    accesses = [row for history in histories for row in history.accesses]
    decisions = [row for history in histories for row in history.decisions]
    for table, rows in (("data_access", accesses), ("decisions", decisions)):
        if rows:
            store.insert(table, rows)


def found(store: Store, window: Window = WHOLE) -> list[Draft]:
    return list(StoredFindings(store).candidates(SIGNATURE, window))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_stale_input_is_found_and_nothing_else(store: Store, seed: int) -> None:
    cases = list(data_01.histories(seed, 5, 6))
    put(store, [history for _, history in cases])
    lanes = {draft.lane for draft in found(store)}
    assert lanes == {f"field:account:{each.name}|plan_rate" for stale, each in cases if stale}


def test_the_finding_says_what_was_read_and_who_had_written(store: Store) -> None:
    history = History("77")
    history.write(-90_000, "7")
    history.write(-72_060, "8", trace="human:rep")
    history.read(-120, "7", source_kind="cache")
    history.decide(-60)
    put(store, [history])
    (draft,) = found(store)
    assert draft.facts["as_read"] == "at version 7"
    assert (draft.facts["now_there"], draft.facts["writer"]) == ("version 8", "human:rep (crm)")
    assert draft.facts["behind_s"] == 72_000
    assert [str(one.role) for one in draft.evidence] == ["cause", "violation", "effect"]


def received(rows: list[Row], minutes: int) -> None:
    for row in rows:
        row["received"] = NOW + timedelta(minutes=minutes)


def test_whatever_comes_last_makes_the_same_finding(store: Store) -> None:
    """The write, the read or the decision may be late."""
    made = []
    for late in range(3):
        history = History(f"late{late}")
        data_01.numbered(history, random.Random(late))
        received(history.decisions if late == 2 else [history.accesses[1 + late]], 30)
        made.append(history)
    put(store, made)
    split = NOW + timedelta(minutes=20)
    before = found(store, Window(WHOLE.since, split))
    after = found(store, Window(split, WHOLE.until))
    assert not before
    assert sorted(draft.finding_id for draft in after) == sorted(
        draft.finding_id for draft in found(store)
    )
    assert len(after) == 3


def test_a_write_that_comes_after_its_read_is_a_decision_too(store: Store) -> None:
    history = History("implied")
    data_01.implied(history, random.Random(1))
    received([history.accesses[-1]], 30)
    put(store, [history])
    split = NOW + timedelta(minutes=20)
    after = found(store, Window(split, WHOLE.until))
    assert [draft.finding_id for draft in after] == [draft.finding_id for draft in found(store)]


def test_what_comes_days_later_takes_nothing_back(store: Store) -> None:
    history = History("implied")
    data_01.implied(history, random.Random(1))
    put(store, [history])
    before = found(store)
    later = History("implied")
    later.write(-1, "9", span_id="later")
    received(later.accesses, 2 * 24 * 60)
    put(store, [later])
    day = NOW + timedelta(days=2)
    after = found(store, Window(day - timedelta(minutes=5), day + timedelta(hours=1)))
    assert {draft.finding_id for draft in before} <= {draft.finding_id for draft in after}
