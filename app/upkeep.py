"""What a process does for its store while it runs: migrate it, read the keys again, and let spans
inherit what only those above them say."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app import stores
from app.settings import Settings
from domain.envelope import Signal
from domain.errors import InvalidInput, Unavailable
from governance.keys import KeyRing
from storage import derivation
from storage.store import Store

# Parents are sent when they end, after their children: look again at what came this long ago.
INHERIT_AGAIN = timedelta(minutes=2)
# Then a span that nobody above names an agent for is its service's.
INHERIT_UNTIL = timedelta(minutes=10)
# What a store that was down took late is found by a look this far back, now and then.
LATE = timedelta(days=1)
LATE_EVERY = timedelta(hours=1)

log = logging.getLogger("wakeline")


class Migrated:
    """A store that takes segments only when all of the schema is there: a landing table whose views
    are not made yet would take them and keep nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ready = False
        self.after: Callable[[Signal], None] = lambda signal: None

    def insert_segment(self, signal: Signal, records: bytes, token: str) -> None:
        """As the store's, and tells `after`; raises Unavailable until `ready`."""
        if not self.ready:
            raise Unavailable(
                "the schema is not there yet; it is brought up when the store answers"
            )
        self._store.insert_segment(signal, records, token)
        self.after(signal)


class Upkeep:
    """An embedded store is brought up before anything starts; a server when it answers."""

    def __init__(self, settings: Settings, store: Store, ring: KeyRing, *, derive: bool) -> None:
        """derive: whether this process also makes rows from rows."""
        self._derive = derive
        self._derived_until = self._late_until = datetime.now(UTC) - LATE
        self._settings = settings
        self._store = store
        self._ring = ring
        self.segments = Migrated(store)
        self._stopping = asyncio.Event()
        self._told = ""

    async def prepare(self) -> None:
        """Raises what an embedded store answers; never waits for a server."""
        if self._store.embedded_path is not None:
            await asyncio.to_thread(self._migrate)
            await asyncio.to_thread(self._ring.refresh)

    async def run(self) -> None:
        """Until `stop`. Raises Conflict when the server's schema is not the one of this version."""
        while not self._stopping.is_set():
            problems = []
            # Keys are read also while a migration has to wait: senders must not.
            for call in (self._migrate, self._ring.refresh, self._inherit):
                try:
                    await asyncio.to_thread(call)
                except (Unavailable, InvalidInput) as error:
                    problems.append(str(error))
            self._tell(problems[0] if problems else "")
            await self._pause()

    def stop(self) -> None:
        """Let `run` end after the call that is under way."""
        self._stopping.set()

    def _migrate(self) -> None:
        if not self.segments.ready:
            stores.bring_up(self._settings, self._store)
            self.segments.ready = True

    def _inherit(self) -> None:
        if not self._derive or not self.segments.ready:
            return
        now = datetime.now(UTC)
        old_before = now - INHERIT_UNTIL
        if now - self._late_until > LATE_EVERY:
            derivation.inherit(self._store, now - LATE, now, old_before)
            self._late_until = now
        else:
            recent = min(self._derived_until, now) - INHERIT_AGAIN
            derivation.inherit(self._store, recent, now, old_before)
            derivation.inherit(self._store, old_before - INHERIT_AGAIN, old_before, old_before)
        self._derived_until = now

    def _tell(self, problem: str) -> None:
        """Each problem once, and its end."""
        if problem and problem != self._told:
            log.warning("the store is not ready, the spool keeps what arrives: %s", problem)
        elif self._told and not problem:
            log.info("the store is ready again")
        self._told = problem

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._settings.auth.refresh_seconds)
