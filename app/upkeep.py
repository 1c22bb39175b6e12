"""What a process does for its store while it runs: migrate it, and read the keys again."""

import asyncio
import contextlib
import logging

from app import stores
from app.settings import Settings
from domain.errors import InvalidInput, Unavailable
from governance.keys import KeyRing
from storage.store import Store

log = logging.getLogger("wakeline")


class Upkeep:
    """An embedded store is brought up before anything starts; a server when it answers."""

    def __init__(self, settings: Settings, store: Store, ring: KeyRing) -> None:
        self._settings = settings
        self._store = store
        self._ring = ring
        self._migrated = False
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
            for call in (self._migrate, self._ring.refresh):
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
        if not self._migrated:
            stores.bring_up(self._settings, self._store)
            self._migrated = True

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
