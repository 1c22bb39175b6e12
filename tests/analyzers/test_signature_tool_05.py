"""TOOL-05: results that are empty for once."""

from storage.store import Store
from tests.analyzers.signatures import spans, tool_05


def test_acting_on_a_result_that_is_empty_for_once_is_found_and_nothing_else(store: Store) -> None:
    found = spans.check(store, tool_05.SUITE, lambda window: spans.drafts(store, "tool_05", window))
    assert {draft.facts["agent"] for draft in found} == {"clerk"}
