"""A collector that really runs: its own event loop on a thread, real ports, a real spool."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import uvloop

from collector.config import CollectorConfig
from collector.pipeline import Collector, Pipeline
from domain.access import ANONYMOUS, Authenticator, Principal
from domain.ports import SegmentStore

WAIT_SECONDS_MAX = 100.0
PAUSE_SECONDS = 0.03
RETENTION_DAYS = 30


def thirty_days(tenant: str) -> int:
    return RETENTION_DAYS


class Everybody:
    """Authenticates all callers, as a collector on loopback does."""

    def authenticate(self, key: str | None) -> Principal:
        return ANONYMOUS


class Running:
    """Started on construction; use as a context manager, or `stop`."""

    def __init__(
        self,
        folder: Path,
        store: SegmentStore,
        config: CollectorConfig,
        authenticator: Authenticator | None = None,
        retention_days: Callable[[str], int] = thirty_days,
    ) -> None:
        self.config = config.model_copy(update={"http_port": 0, "grpc_port": 0})
        self.folder = folder
        self._make = (folder, self.config, store, authenticator or Everybody(), retention_days)
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()), name="collector")
        self._thread.start()
        assert self._started.wait(WAIT_SECONDS_MAX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def http_port(self) -> int:
        return self._collector.http_port

    @property
    def grpc_port(self) -> int:
        return self._collector.grpc_port

    @property
    def pipeline(self) -> Pipeline:
        return self._collector.pipeline

    def counted(self, name: str, **labels: str) -> int:
        """A counter's value now; labels that are not named are summed over."""
        return sum(
            int(sample.value)
            for metric in self.pipeline.telemetry.registry.collect()
            for sample in metric.samples
            if sample.name in {name, f"{name}_total"}
            and labels.items() <= dict(sample.labels).items()
        )

    def stop(self) -> bool:
        """Graceful; True when all that was acknowledged is stored."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        return self._drained

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._collector = Collector(Pipeline(*self._make), self.config)
        await self._collector.start()
        self._started.set()
        await self._stop.wait()
        self._drained = await self._collector.stop()


def eventually(condition: Callable[[], object], seconds_max: float = WAIT_SECONDS_MAX) -> None:
    """Returns as soon as `condition` holds; fails after a long time."""
    pause = threading.Event()
    for _ in range(int(seconds_max / PAUSE_SECONDS)):
        if condition():
            return
        pause.wait(PAUSE_SECONDS)
    raise AssertionError("it never happened")
