"""Two groups of stored runs side by side, for commands and routes."""

from collections.abc import Mapping
from dataclasses import replace
from threading import BoundedSemaphore

from domain.comparison import Comparison, Group, Named
from domain.errors import Unavailable
from storage.compare import ComparedRuns
from storage.store import Store

# Each takes a processor for seconds.
AT_ONCE_MAX = 2
SECONDS = 5.0


class StoredComparing:
    """Comparisons of the runs of a store (domain.comparison.Comparing)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._free = BoundedSemaphore(AT_ONCE_MAX)

    def compared(self, tenant: str, baseline: Named, candidate: Named) -> Comparison:
        """Of two groups of runs of one tenant. Raises Unavailable, also while two others are."""
        if not self._free.acquire(blocking=False):
            raise Unavailable(f"{AT_ONCE_MAX} comparisons are under way: ask again", SECONDS)
        try:
            return self._compared(tenant, baseline, candidate)
        finally:
            self._free.release()

    def _compared(self, tenant: str, baseline: Named, candidate: Named) -> Comparison:
        from analyzers.drift import groups  # scipy takes its time to import

        runs = ComparedRuns(self._store, tenant)
        old, new = (_group(runs, named) for named in (baseline, candidate))
        cuts = filter(None, (_cut("baseline", old), _cut("candidate", new)))
        return replace(groups.compare(old.runs, new.runs), cut="; ".join(cuts))


def _group(runs: ComparedRuns, named: Named) -> Group:
    return runs.having(named) if isinstance(named, Mapping) else runs.named(named)


def _cut(name: str, group: Group) -> str:
    """Why not all runs that were asked for are compared; empty when all are."""
    if group.missing:
        return f"{group.missing:,} of the {name} runs named are not stored"
    if group.matched > len(group.runs):
        return f"only the latest {len(group.runs):,} of {group.matched:,} {name} runs"
    return ""
