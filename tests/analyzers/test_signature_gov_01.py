"""GOV-01: is acting below the stated threshold found, and what was approved left alone?"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.policies import Policies
from domain.findings import Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import gov_01, policies
from tests.analyzers.signatures.spans import RECEIVED, WINDOW, rule

KINDS = {
    "below": (0.5, 0.8, {}, True),
    "percent": (50.0, 0.8, {}, True),
    "denied": (0.5, 0.8, {"approval_id": "a", "approval_state": "denied"}, True),
    "approved": (0.5, 0.8, {"approval_id": "a", "approval_state": "approved"}, True),
    "sure": (0.9, 0.8, {}, True),
    "sure in percent": (90.0, 0.8, {}, True),
    "exactly": (0.8, 0.8, {}, True),
    "no threshold": (0.5, None, {}, True),
    "not carried out": (0.5, 0.8, {}, False),
}
LATE = RECEIVED + timedelta(minutes=10)
POSITIVE = ("below", "percent", "denied")


def rows(seed: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Table, kind and row; ten of each kind."""
    rng = random.Random(seed)
    for number, kind in enumerate(sorted(KINDS) * 10):
        confidence, threshold, more, carried_out = KINDS[kind]
        trace = f"{rng.getrandbits(120):028x}{number:04x}"
        shared = {
            "tenant": "acme",
            "received": RECEIVED,
            "retention_days": 30,
            "ts": RECEIVED,
            "trace_id": trace,
            "agent": "clerk",
            "decision_id": f"d-{number}",
            "origin": "explicit",
            "revision": 1,
        }
        said = {"confidence": confidence, "threshold": threshold, "action": "refund"}
        said |= {"approval_id": "", "approval_state": ""} | more
        yield "decisions", kind, shared | said | {"span_id": "1"}
        if carried_out:
            yield "effects", kind, shared | {"span_id": "2", "kind": "refund", "received": LATE}


@pytest.mark.parametrize("seed", [1, 2])
def test_acting_below_the_threshold_is_found_and_nothing_else(store: Store, seed: int) -> None:
    made = list(rows(seed))
    for table in ("decisions", "effects"):
        store.insert(table, [row for name, _, row in made if name == table])
    found = list(StoredFindings(store).candidates(rule("gov_01"), WINDOW))
    expected = {
        row["trace_id"] for name, kind, row in made if name == "decisions" and kind in POSITIVE
    }
    assert {draft.evidence[0].trace_id for draft in found} == expected
    assert len(found) == 30
    assert {len(draft.evidence) for draft in found} == {2}
    parts = (Window(WINDOW.since, LATE), Window(LATE, WINDOW.until))
    split = [list(StoredFindings(store).candidates(rule("gov_01"), part)) for part in parts]
    assert split == [[], found]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_policies_ask_for_and_approvals_in_the_case_count(store: Store, seed: int) -> None:
    found = policies.check(store, gov_01.SUITE, seed)
    assert {draft.facts["asked_by"] for draft in found} == {
        "policy sureness version 1", "policy closing version 7", "its own threshold",
    }  # fmt: skip
    assert {draft.facts["asked"] for draft in found} == {0.8, 0.9, 0.95}


def test_an_approval_that_is_heard_of_late_takes_it_back(store: Store) -> None:
    story = policies.Story("late", random.Random(0))
    gov_01.below_the_policy(story)
    gov_01.decides(story, 0.99, trace_id="late-3")
    Policies(store).apply(gov_01.POLICIES)
    for table, row in story.rows:
        store.insert(table, [row])
    stored, signature = StoredFindings(store), rule("gov_01")
    said = []
    for turn in range(2):
        seen = Window(RECEIVED + timedelta(minutes=turn), RECEIVED + timedelta(minutes=turn + 1))
        said.append([draft.lane for draft in stored.candidates(signature, seen)])
        approval = {"tool": "pay", "approval_state": "approved", "trace_id": "late-2"}
        story.decision(0, **approval, received=seen.until)
        store.insert("decisions", [story.rows[-1][1]])
    assert said == [["case:late"], []]
