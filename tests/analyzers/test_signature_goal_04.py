"""GOAL-04: context that was lost."""

from storage.store import Store
from tests.analyzers.signatures import goal_04, spans


def test_looking_up_again_what_was_lost_is_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, goal_04.SUITE, lambda window: spans.drafts(store, "goal_04", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
