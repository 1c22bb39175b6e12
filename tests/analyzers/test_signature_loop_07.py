"""LOOP-07: runs that run away."""

from random import Random

from storage.store import Store
from tests.analyzers.signatures import loop_07, spans


def test_runs_that_run_away_are_found_and_nothing_else(store: Store) -> None:
    store.insert("run_totals", loop_07.history(Random(7)))
    spans.check(store, loop_07.SUITE, lambda window: spans.drafts(store, "loop_07", window))
