"""GOAL-02: runs that end too soon."""

from datetime import timedelta
from random import Random

from domain.findings import Window
from storage.store import Store
from tests.analyzers.signatures import goal_02, spans


def test_runs_that_end_as_a_success_too_soon_are_found_and_nothing_else(store: Store) -> None:
    _require(store)
    found = spans.check(store, goal_02.SUITE, lambda window: spans.drafts(store, "goal_02", window))
    ways = {"obligation", "effect", "cut", "plan", "budget"}
    assert {draft.facts["way"] for draft in found} == ways


def test_a_run_is_left_in_peace_until_nothing_came_for_ten_minutes(store: Store) -> None:
    spans.send(store, [spans.Case("open", goal_02.answer_cut(Random(1)))])
    soon = Window(spans.WINDOW.since, spans.RECEIVED + timedelta(minutes=9))
    assert spans.drafts(store, "goal_02", soon) == []
    later = Window(spans.WINDOW.since, spans.RECEIVED + timedelta(minutes=11))
    assert len(spans.drafts(store, "goal_02", later)) == 1


def _require(store: Store) -> None:
    row = {
        "generation": 1,
        "kind": "intent_required",
        "subject": goal_02.KIND,
        "allowed": ["adjust"],
    }
    store.insert("policy_permissions", [row])
