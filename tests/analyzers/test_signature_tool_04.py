"""TOOL-04: are writes left open by a time-out found, and those that were looked after not?"""

from datetime import timedelta

import pytest

from domain import signatures
from domain.findings import Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import tool_04
from tests.analyzers.signatures.goal_03 import NOW
from tests.analyzers.signatures.spans import FOLDER

SIGNATURE = signatures.parse((FOLDER / "tool_04.yaml").read_text(), "tool_04.yaml")


@pytest.mark.parametrize("seed", [3, 4])
def test_writes_left_open_are_found_and_no_others(store: Store, seed: int) -> None:
    cases = list(tool_04.doings(seed))
    store.insert("data_access", [row for _, doing in cases for row in doing.accesses])
    store.insert("steps", [row for _, doing in cases for row in doing.steps])
    window = Window(NOW - timedelta(hours=2), NOW + timedelta(seconds=1))
    found = list(StoredFindings(store).candidates(SIGNATURE, window))
    assert {draft.lane for draft in found} == {
        f"trace:{doing.name}" for left_open, doing in cases if left_open
    }
    assert {draft.raised for draft in found} == {True, False}
