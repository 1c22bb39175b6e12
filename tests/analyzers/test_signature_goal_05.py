"""GOAL-05: one of several candidates, taken unasked."""

from storage.store import Store
from tests.analyzers.signatures import goal_05, spans


def test_taking_one_of_several_unasked_is_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, goal_05.SUITE, lambda window: spans.drafts(store, "goal_05", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
