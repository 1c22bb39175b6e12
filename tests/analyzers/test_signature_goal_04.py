"""GOAL-04: context that was lost."""

from storage.store import Store
from tests.analyzers.signatures import goal_04, spans


def test_what_is_no_longer_known_is_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, goal_04.SUITE, lambda window: spans.drafts(store, "goal_04", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
    ways = {str(draft.facts["again"]).partition(",")[0] for draft in found}
    assert ways == {
        "looked up one thing again that it knew",
        "looked up 2 things again that it knew",
        "asked again",
        "took account:7.rate to be other than it had read",
    }
    losses = {str(draft.facts["lost"]).rpartition(" from ")[0] for draft in found}
    assert losses == {"", "fell"}
    assert "got other instructions in mid-run" in {draft.facts["lost"] for draft in found}
