"""Builds the chain of every bad outcome when it has arrived, and again when late spans touch it."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from app.chains import STORED_WITHIN_NS, Chains
from app.periodic import Periodic
from domain.asked import EVER
from domain.chains import Budget
from domain.envelope import Signal
from domain.errors import InvalidInput, NotFound
from storage.built_chains import BuiltChains
from storage.store import Store

SECONDS = 0.5
CHAINS_AT_ONCE = 10
# More are built when somebody asks for them, or by a process that runs.
TO_THE_END_MAX = 1_000
# Of outcomes that came while nobody looked, or that a store which was down took late.
LATE, LATE_EVERY_S = timedelta(days=1), 600.0
RECENT = timedelta(hours=1)
# Older chains are built again when somebody asks.
TOUCHED, TOUCHED_EVERY_S = timedelta(days=7), 10.0
REFUSED_MAX = 10_000


class ChainMaking:
    """One look at a time, each bounded; what is left waits for the next one."""

    def __init__(
        self, store: Store, budget: Budget | None = None, chains: Chains | None = None
    ) -> None:
        """chains: of the process, so that what somebody asks for is not built here as well."""
        self._chains = chains or Chains(store, budget)
        self._built = BuiltChains(store)
        self._refused: set[tuple[str, str]] = set()
        self._stopped = self._is_warm = False
        self._late_at = self._touched_at = -LATE_EVERY_S
        self._touched_ns = time.time_ns()
        self._touched: deque[tuple[str, str]] = deque()

    def look(self) -> int:
        """Build what is wanted most; how many chains these are. Raises Unavailable."""
        self._warm()
        now = time.monotonic()
        since = RECENT
        if now - self._late_at >= LATE_EVERY_S:
            since, self._late_at = LATE, now
        made = 0
        if not self._touched and now - self._touched_at >= TOUCHED_EVERY_S:
            # What has just come need not wait for this look at all that came before.
            until_ns = time.time_ns()
            made += self._make_newest(since)
            self._touched.extend(self._outdated(until_ns))
            self._touched_at = now
        # The newest goes first each time: what comes meanwhile need not wait for the others.
        while made < CHAINS_AT_ONCE and (self._make_newest(since) or self._make_touched()):
            made += 1
        return made

    def _warm(self) -> None:
        """Before the first look: an outcome that comes soon after a start is answered soon too."""
        if not self._is_warm:
            self._chains.warm()
            self._is_warm = True

    def _make_newest(self, since: timedelta) -> int:
        wanted = self._built.unbuilt(datetime.now(UTC) - since, 1 + len(self._refused))
        return self._make([one for one in wanted if one not in self._refused][:1])

    def _make_touched(self) -> int:
        return self._make([self._touched.popleft()]) if self._touched else 0

    def _outdated(self, until_ns: int) -> Iterable[tuple[str, str]]:
        stored = (self._touched_ns - STORED_WITHIN_NS, until_ns)
        found = self._built.outdated(*stored, datetime.now(UTC) - TOUCHED, CHAINS_AT_ONCE)
        self._touched_ns = until_ns
        return found

    def to_the_end(self) -> int:
        """Those that are wanted, of whatever age, up to TO_THE_END_MAX; how many these are.

        Raises Unavailable.
        """
        total = 0
        while total < TO_THE_END_MAX:
            wanted = self._built.unbuilt(EVER, CHAINS_AT_ONCE + len(self._refused))
            if not (made := self._make(wanted)):
                break
            total += made
        return total

    def stop(self) -> None:
        """Begin no further chain."""
        self._stopped = True

    def _make(self, wanted: Iterable[tuple[str, str]]) -> int:
        made = 0
        for tenant, name in wanted:
            if self._stopped:
                break
            if (tenant, name) in self._refused:
                continue
            try:
                self._chains.chain(tenant, name)
                self._chains.settle()
                made += 1
            except (NotFound, InvalidInput):
                # It would be asked about again and again.
                self._refused.add((tenant, name))
        if len(self._refused) > REFUSED_MAX:
            self._refused.clear()
        return made


def periodic(store: Store, ready: Callable[[], bool], chains: Chains | None = None) -> Periodic:
    """As a process does it beside its passes."""
    making = ChainMaking(store, chains=chains)
    return Periodic("chains", SECONDS, making.look, ready, stop=making.stop, heeds=Signal.LOGS)
