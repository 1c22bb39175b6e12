"""What a process does for its store while it runs: migrate it, and read the keys again."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

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
        self._stopping = asyncio.Event()
        self._failing = False

    async def prepare(self) -> None:
        """Raises what an embedded store answers; never waits for a server."""
        if self._store.embedded_path is not None:
            await asyncio.to_thread(stores.bring_up, self._settings, self._store)
            await asyncio.to_thread(self._ring.refresh)

    async def run(self) -> None:
        """Until `stop`. Raises Conflict when the server's schema is not the one of this version."""
        if self._store.embedded_path is None:
            await self._until_done(partial(stores.bring_up, self._settings, self._store))
        while not self._stopping.is_set():
            await self._until_done(self._ring.refresh)
            await self._pause()

    def stop(self) -> None:
        """Let `run` end after the call that is under way."""
        self._stopping.set()

    async def _until_done(self, call: Callable[[], object]) -> None:
        """Retry while the store is down or its schema is not there yet; say so once."""
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(call)
            except (Unavailable, InvalidInput) as error:
                if not self._failing:
                    log.warning("the store is not ready, the spool keeps what arrives: %s", error)
                self._failing = True
                await self._pause()
            else:
                if self._failing:
                    log.info("the store answers again")
                self._failing = False
                return

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._settings.auth.refresh_seconds)
