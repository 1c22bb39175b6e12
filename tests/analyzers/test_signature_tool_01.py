"""TOOL-01: tools that nobody offered."""

from storage.store import Store
from tests.analyzers.signatures import spans, tool_01


def test_calls_of_tools_that_were_not_offered_are_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, tool_01.SUITE, lambda window: spans.drafts(store, "tool_01", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
