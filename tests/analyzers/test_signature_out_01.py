"""OUT-01: is what still stands upon a reversed write found, and nothing else?"""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from analyzers.rules import RuleAnalyzer
from analyzers.runner import Runner
from domain.findings import Role, Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import out_01
from tests.analyzers.signatures.out_01 import NOW, RECEIVED, Reversal
from tests.analyzers.signatures.spans import rule

SIGNATURE = rule("out_01")
RIPE = RECEIVED + timedelta(seconds=SIGNATURE.wait_s)


def stored(store: Store, stories: list[tuple[bool, Reversal]]) -> None:
    for table in ("data_access", "outcomes"):
        store.insert(table, [row for _, story in stories for row in story.tables[table]])


@pytest.mark.parametrize("seed", [3, 4])
def test_what_stands_upon_a_reversed_write_is_found_and_nothing_else(
    store: Store, seed: int
) -> None:
    stories = out_01.reversals(seed)
    stored(store, stories)
    window = Window(NOW - timedelta(days=1), NOW)
    found = list(StoredFindings(store).candidates(SIGNATURE, window))
    assert {draft.lane for draft in found} == {
        f"trace:{story.name}-billing" for standing, story in stories if standing
    }
    assert len(found) == len({draft.finding_id for draft in found}) >= 20
    for draft in found:
        assert [one.role for one in draft.evidence] == [Role.CAUSE, Role.OUTCOME, Role.EFFECT]
        assert draft.facts["count"] == 1
        assert (draft.facts["undoer"], draft.facts["writer"]) == ("finance", "billing")
        again = draft.lane.startswith("trace:built_upon_again")
        assert draft.agents == (("reports",) if again else ("erp",))


def test_a_reversal_is_looked_at_once_an_hour_after_it_came(store: Store) -> None:
    stored(store, out_01.reversals(3))
    source = StoredFindings(store)
    tick = timedelta(seconds=5)
    windows = [Window(at, at + tick) for at in (RECEIVED, RIPE - tick, RIPE, RIPE + tick)]
    counts = [len(list(source.candidates(SIGNATURE, window))) for window in windows]
    assert counts == [0, 0, 30, 0]


def test_a_finding_ends_when_all_that_stood_was_written_anew(store: Store) -> None:
    story = Reversal("r", Random(1))
    story.build()
    story.post(4, entity="tax:r")
    story.post(4, entity="bare:r", field="")
    story.reverse()
    stored(store, [(True, story)])
    source = StoredFindings(store)
    runner = Runner([RuleAnalyzer(SIGNATURE)], source, source)
    since = NOW - timedelta(days=1)
    assert runner.run(Window(since, NOW), {}, {}).written == 1
    for number, (thing, ends) in enumerate(
        [("other:r", 0), ("ledger:r", 0), ("bare:r", 0), ("tax:r", 1)]
    ):
        later = datetime.now(UTC) + timedelta(minutes=number)
        mend = Reversal("r", Random(1))
        said = {"entity": thing, "version": "2", "received": later}
        mend.post(30, run="close", **said | ({"field": ""} if thing == "bare:r" else {}))
        store.insert("data_access", mend.tables["data_access"])
        window = Window(later - timedelta(seconds=5), later + timedelta(seconds=5))
        assert runner.run(window, {}, {}).retracted == ends
    after = Window(window.until, window.until + timedelta(seconds=5))
    assert runner.run(after, {}, {}).retracted == 0
