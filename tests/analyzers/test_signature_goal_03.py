"""GOAL-03: are writes that nobody read back found when their time is up, and no others?"""

from datetime import timedelta

import pytest

from app import tools
from domain import signatures
from domain.findings import Window
from domain.tools import parse
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import goal_03
from tests.analyzers.signatures.goal_03 import NOW
from tests.analyzers.signatures.spans import FOLDER

SIGNATURE = signatures.parse((FOLDER / "goal_03.yaml").read_text(), "goal_03.yaml")
TOOLS = """
tools:
  adjust: {kind: write, entity: "invoice:{args.id}", verify: {tool: get_invoice, within: 10m}}
  note: {kind: write, entity: "invoice:{args.id}"}
"""


@pytest.mark.parametrize("seed", [3, 4])
def test_unverified_writes_are_found_and_no_others(store: Store, seed: int) -> None:
    cases = list(goal_03.doings(seed))
    tools.store_rules(store, parse(TOOLS, "tools.yaml"), 1)
    store.insert("data_access", [row for _, doing in cases for row in doing.accesses])
    store.insert("steps", [row for _, doing in cases for row in doing.steps])
    window = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
    found = list(StoredFindings(store).candidates(SIGNATURE, window))
    assert {draft.lane for draft in found} == {
        f"trace:{doing.name}" for unverified, doing in cases if unverified
    }
    assert found[0].facts["verify_tool"] == "get_invoice"
    assert not found[0].raised
    # A day later nobody looks for it any more; what was found stays.
    later = Window(NOW + timedelta(days=2), NOW + timedelta(days=2, seconds=5))
    assert not list(StoredFindings(store).candidates(SIGNATURE, later))
