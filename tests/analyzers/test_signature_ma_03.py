"""MA-03: are hand-offs that nobody took up found when their time is up, and no others?"""

from datetime import timedelta

import pytest

from domain.findings import Role, Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import ma_03
from tests.analyzers.signatures.ma_03 import NOW, RECEIVED, Passing
from tests.analyzers.signatures.spans import rule

SIGNATURE = rule("ma_03")
RIPE = RECEIVED + timedelta(seconds=SIGNATURE.wait_s)


def stored(store: Store, passings: list[Passing]) -> None:
    for table in ("handoffs", "steps", "links", "data_access", "messages"):
        store.insert(table, [row for each in passings for row in each.tables[table]])


@pytest.mark.parametrize("seed", [3, 4])
def test_dropped_handoffs_are_found_and_no_others(store: Store, seed: int) -> None:
    passings = ma_03.passings(seed)
    stored(store, passings)
    found = list(StoredFindings(store).candidates(SIGNATURE, Window(NOW - timedelta(days=2), NOW)))
    told = {draft.evidence[0].span_id for draft in found}
    assert told == {span for passing in passings for span in passing.to_find}
    assert len(told) == len(found) >= 20
    dropped = next(draft for draft in found if draft.facts["taker"] == "nobody_0")
    assert dropped.facts == {
        "giver": "triage", "taker": "nobody_0", "earlier": 5, "taken_share": 1.0,
        "work": "nobody_0-w9", "within_s": 14400,
        "ending": "did not take it up in time, though it had taken up 100 % of the 5 before",
    }  # fmt: skip
    (sent,) = (draft for draft in found if draft.facts["work"] == "message untaken_message_0-m9")
    assert sent.agents == ("untaken_message_0",)
    (ignored,) = (draft for draft in found if draft.facts["taker"] == "ignored_0")
    assert ignored.facts["ending"] == (
        "wrote 350 into order:ignored_0.amount without reading the 400 that came with it"
    )
    assert [one.role for one in ignored.evidence] == [Role.CAUSE, Role.VIOLATION]


def test_a_handoff_is_looked_at_once_when_its_time_is_up(store: Store) -> None:
    passings = ma_03.passings(3)
    stored(store, passings)
    source = StoredFindings(store)
    tick = timedelta(seconds=5)
    windows = [Window(at, at + tick) for at in (RECEIVED, RIPE - tick, RIPE, RIPE + tick)]
    counts = [len(list(source.candidates(SIGNATURE, window))) for window in windows]
    assert counts == [0, 0, 35, 0]
