"""The write-ahead log: a request is acknowledged when its record is on disk, and not before."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector import records, segments
from collector.config import SpoolConfig
from collector.dead_letters import DeadLetters
from collector.recent_requests import RecentRequests
from collector.records import Request
from collector.segments import Segment
from domain.errors import Unavailable

RETRY_AFTER_S = 5.0


class Spool:
    """Group commit: what arrives while one fsync runs is written by the next.

    `append` belongs to the event loop. Sealed segments are handed to `on_sealed`, oldest first,
    beginning with those that an earlier process left; whoever stores one calls `release`.
    Waiting bytes never exceed `bytes_max` by more than one commit.
    """

    def __init__(
        self, folder: Path, config: SpoolConfig, on_sealed: Callable[[Path], None]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.id = segments.spool_id(folder)
        self.recent = RecentRequests(folder, config.remembered_requests_max)
        self.dead_letters = DeadLetters(folder / "dead-letters")
        self._config = config
        self._on_sealed = on_sealed
        self._sizes = {path: path.stat().st_size for path in segments.waiting(folder)}
        self._waiting_bytes = sum(self._sizes.values())
        self._sizes_lock = threading.Lock()
        self._disk_full = False
        self._segment: Segment | None = None
        self._last_created_ns = 0
        self._batch: list[tuple[bytes, bytes]] = []
        self._pending: dict[bytes, asyncio.Future[None]] = {}
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def size_bytes(self) -> int:
        """Bytes on disk that are not stored yet, dead letters included."""
        active = self._segment.size_bytes if self._segment else 0
        return self._waiting_bytes + active + self.dead_letters.size_bytes

    @property
    def oldest_age_s(self) -> float:
        """Age of the oldest segment that waits; 0.0 when none does."""
        created = [int(path.stem) for path in self._sizes.copy()]
        if self._segment and self._segment.size_bytes:
            created.append(self._segment.created_ns)
        return (time.time_ns() - min(created)) / 1e9 if created else 0.0

    @property
    def waiting_segments(self) -> int:
        """Sealed segments that are not stored yet."""
        return len(self._sizes)

    def start(self) -> None:
        """Hand out what an earlier process left, and begin to commit."""
        for path in sorted(self._sizes):
            for record in records.scan(path.read_bytes(), torn_tail_is_damage=False):
                if not record.damage:
                    self.recent.add(record.request_id)
            self._on_sealed(path)
        self._task = asyncio.get_running_loop().create_task(self._commit_for_ever())

    async def append(self, request: Request) -> bool:
        """Make `request` durable. False: it was stored before, this is a repetition.

        Raises Unavailable when the spool or the disk is full or failing.
        """
        if request.request_id in self.recent:
            return False
        if (pending := self._pending.get(request.request_id)) is not None:
            await asyncio.shield(pending)
            return False
        self._refuse_when_full(len(request.body))
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(_mark_retrieved)
        self._pending[request.request_id] = future
        self._batch.append((request.request_id, records.encode(request, time.time_ns())))
        self._wake.set()
        await asyncio.shield(future)
        return True

    def release(self, path: Path) -> None:
        """`path` is stored: delete it."""
        path.unlink(missing_ok=True)
        with self._sizes_lock:
            self._waiting_bytes -= self._sizes.pop(path, 0)

    async def close(self) -> None:
        """Commit what was accepted, seal the last segment, end the task."""
        self._closing = True
        self._wake.set()
        if self._task:
            await self._task
        self._disk.shutdown()

    def _refuse_when_full(self, size: int) -> None:
        if self._closing:
            raise Unavailable("the collector is stopping; send again", RETRY_AFTER_S)
        if self.size_bytes + size > self._config.bytes_max:
            raise Unavailable("the spool is full; the store is behind or down", RETRY_AFTER_S)
        if self._disk_full and self._disk_is_full():
            raise Unavailable("the collector's disk is full", RETRY_AFTER_S)

    async def _commit_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while not (self._closing and not self._batch):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._seal_in_s())
            self._wake.clear()
            batch, self._batch = self._batch, []
            if batch:
                await self._commit(loop, batch)
            if self._segment and (self._closing or self._seal_in_s() == 0.0):
                await loop.run_in_executor(self._disk, self._seal)

    async def _commit(
        self, loop: asyncio.AbstractEventLoop, batch: list[tuple[bytes, bytes]]
    ) -> None:
        try:
            await loop.run_in_executor(
                self._disk, self._write, b"".join(record for _, record in batch)
            )
        except OSError as error:
            refusal = Unavailable(f"the collector's disk failed: {error.strerror}", RETRY_AFTER_S)
            for request_id, _ in batch:
                self._pending.pop(request_id).set_exception(refusal)
            return
        for request_id, _ in batch:
            self.recent.add(request_id)
            self._pending.pop(request_id).set_result(None)

    def _write(self, data: bytes) -> None:
        if self._segment is None:
            self._segment = Segment(self.folder, self._last_created_ns)
            self._last_created_ns = self._segment.created_ns
        self._segment.append(data)
        self._disk_full = self._disk_is_full()

    def _disk_is_full(self) -> bool:
        return segments.disk_free_bytes(self.folder) < self._config.disk_free_bytes_min

    def _seal(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        segment.close()
        if segment.size_bytes:
            with self._sizes_lock:
                self._sizes[segment.path] = segment.size_bytes
                self._waiting_bytes += segment.size_bytes
            self._on_sealed(segment.path)
        else:
            segment.path.unlink()

    def _seal_in_s(self) -> float | None:
        """Seconds until the active segment is due; None without one."""
        if self._segment is None:
            return None
        if self._segment.size_bytes >= self._config.segment_bytes_max:
            return 0.0
        age_ms = (time.time_ns() - self._segment.created_ns) / 1e6
        return max(self._config.segment_age_ms - age_ms, 0.0) / 1000


def _mark_retrieved(future: asyncio.Future[None]) -> None:
    """A client that went away must not leave an unread exception behind."""
    if not future.cancelled():
        future.exception()
