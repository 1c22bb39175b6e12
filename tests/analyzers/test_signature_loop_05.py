"""LOOP-05: saying and planning the same again."""

from storage.store import Store
from tests.analyzers.signatures import loop_05, spans


def test_saying_the_same_again_is_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, loop_05.SUITE, lambda window: spans.drafts(store, "loop_05", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
