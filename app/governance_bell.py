"""Wakes all who wait for a change, on whichever event loop they wait."""

import asyncio
from collections.abc import Callable
from threading import Lock


class Bell:
    """Thread-safe."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._lock = Lock()

    async def wait(self, seconds: float, unless: Callable[[], bool]) -> None:
        """Until it rings, or so long; not at all if `unless` holds by now, so that nothing is
        missed that came between a look and this call."""
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.add(future)
        try:
            if not unless():
                await asyncio.wait({future}, timeout=seconds)
        finally:
            with self._lock:
                self._waiting.discard(future)

    def ring(self) -> None:
        """From any thread."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for future in waiting:
            future.get_loop().call_soon_threadsafe(_wake, future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
