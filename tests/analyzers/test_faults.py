"""Are injected faults found among healthy runs, through intake, store and analysis?"""

from bench import faults
from storage.store import Store

SEED = 5
HEALTHY, EACH = 300, 2
ALARMS_MAX = 3


def test_faults_of_every_kind_are_found_and_healthy_runs_left_alone(store: Store) -> None:
    runs = faults.runs_of(HEALTHY, EACH, SEED)
    faults.store_runs(store, runs, SEED)
    found = faults.result(store, runs, SEED)
    assert not found.failed
    assert (found.runs, found.faulty) == (
        HEALTHY + EACH * len(found.kinds),
        EACH * len(found.kinds),
    )
    missed = {name: kind for name, kind in found.kinds.items() if kind.right < kind.injected}
    assert found.recall >= faults.TARGETS["recall"], missed
    assert found.precision >= faults.TARGETS["precision"], found.examples
    assert sum(found.false_alarms.values()) <= ALARMS_MAX, found.examples
    assert all(kind.right for kind in found.kinds.values()), missed


def test_runs_are_the_same_for_the_same_seed() -> None:
    one, again = (faults.runs_of(20, 1, SEED) for _ in range(2))
    assert [run.spans for run in one] == [run.spans for run in again]
    assert {run.role for run in one} > {"billing", "support", "procurement", "research", "coding"}
