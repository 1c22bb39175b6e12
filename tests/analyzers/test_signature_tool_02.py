"""TOOL-02: arguments that stand in nothing before."""

from storage.store import Store
from tests.analyzers.signatures import spans, tool_02


def test_made_up_arguments_are_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, tool_02.SUITE, lambda window: spans.drafts(store, "tool_02", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
