"""Work that a process does now and then beside everything else, such as mining."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from domain.errors import InvalidInput, Unavailable

# A process that has just started has other things to do; nor is what failed tried again at once.
FIRST_SECONDS = 60.0

log = logging.getLogger("wakeline")


class Waits:
    """Says in the log what work waits for: once, until it is something else."""

    def __init__(self, name: str) -> None:
        """name: how the log calls the work."""
        self._name = name
        self._told = ""

    def say(self, problem: str, *, quiet: bool) -> None:
        """problem: empty when nothing is waited for any more; quiet: only remember it."""
        if problem and problem != self._told and not quiet:
            log.warning("%s waits: %s", self._name, problem)
        self._told = problem


class Periodic:
    """Calls `work` on a thread, `seconds` after it was done before, as long as the process runs."""

    def __init__(
        self,
        name: str,
        seconds: float,
        work: Callable[[], object],
        ready: Callable[[], bool],
        stop: Callable[[], object] = lambda: None,
    ) -> None:
        """name: how the log calls it; ready: whether it can be done at all, such as the schema;
        stop: called when it is to end, from another thread."""
        self.name = name
        self._seconds = seconds
        self._work = work
        self._ready = ready
        self._stop = stop
        self._stopping = asyncio.Event()
        self._waits = Waits(name)

    async def run(self) -> None:
        """Until `stop`."""
        pause = min(self._seconds, FIRST_SECONDS)
        while not await self._stops_within(pause):
            done = self._ready() and await asyncio.to_thread(self._try)
            pause = self._seconds if done else min(10 * self._seconds, FIRST_SECONDS)

    def stop(self) -> None:
        """Let `run` end after the call that is under way."""
        self._stopping.set()
        self._stop()

    def _try(self) -> bool:
        problem = ""
        try:
            self._work()
        except (Unavailable, InvalidInput) as error:
            problem = str(error)
        self._waits.say(problem, quiet=self._stopping.is_set())
        return not problem

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()
