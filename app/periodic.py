"""Work that a process does now and then beside everything else, such as mining."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from domain.envelope import Signal
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
        heeds: Signal | None = None,
    ) -> None:
        """name: how the log calls it; ready: whether it can be done at all, such as the schema;
        stop: called when it is to end, from another thread; heeds: what it is wanted for as soon
        as it is stored."""
        self.name = name
        self.heeds = heeds
        self._seconds = seconds
        self._work = work
        self._ready = ready
        self._stop = stop
        self._stopping = False
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waits = Waits(name)

    async def run(self) -> None:
        """Until `stop`."""
        self._loop = asyncio.get_running_loop()
        pause = min(self._seconds, FIRST_SECONDS)
        while not await self._stops_within(pause):
            done = self._ready() and await asyncio.to_thread(self._try)
            pause = self._seconds if done else min(10 * self._seconds, FIRST_SECONDS)

    def soon(self) -> None:
        """Let the next call begin as soon as it can; from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """Let `run` end after the call that is under way."""
        self._stopping = True
        self._woken.set()
        self._stop()

    def _try(self) -> bool:
        problem = ""
        try:
            self._work()
        except (Unavailable, InvalidInput) as error:
            problem = str(error)
        self._waits.say(problem, quiet=self._stopping)
        return not problem

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        return self._stopping
