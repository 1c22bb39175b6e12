"""The write-ahead log: a request is acknowledged when its record is on disk, and not before."""

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from collector import records, segments
from collector.config import SpoolConfig
from collector.dead_letters import DeadLetters
from collector.recent_requests import RecentRequests
from collector.records import Record, Request
from collector.segments import Segment
from domain.errors import Unavailable

RETRY_AFTER_S = 5.0
# Accepted and not yet on disk. Callers give up on a disk that hangs; what they sent stays.
UNCOMMITTED_BYTES_MAX = 256 * 1024**2
# How many times the set age a segment may reach while others wait.
BACKLOG_FACTOR_MAX = 10

log = logging.getLogger("wakeline")


class Spool:
    """Group commit: what arrives while one fsync runs is written by the next.

    `append` belongs to the event loop; `_disk` is the one thread that writes segments. Sealed
    segments are handed to `on_sealed`, oldest first, beginning with those that an earlier process
    left; whoever stores one calls `release`. What waits, on disk or for it, never exceeds
    `bytes_max` by more than the head of one record.
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
        self._left = set(self._sizes)
        self._stored_before = self.recent.copy() if self._left else frozenset()
        self._last_created_ns = max(map(segments.created_ns, self._sizes), default=0)
        self._held_bytes = sum(self._sizes.values())
        self._held_lock = threading.Lock()
        self._disk_full = False
        self._segment: Segment | None = None
        self._batch: deque[tuple[bytes, bytes]] = deque()
        self._uncommitted_bytes = 0
        self._pending: dict[bytes, asyncio.Future[None]] = {}
        self._wake = asyncio.Event()
        self._recovered = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._hurried = False

    @property
    def size_bytes(self) -> int:
        """Bytes accepted that are not stored yet, dead letters included."""
        return self._held_bytes + self.dead_letters.size_bytes

    @property
    def oldest_age_s(self) -> float:
        """Age of the oldest segment that waits; 0.0 when none does."""
        created = [segments.created_ns(path) for path in self._sizes.copy()]
        active = self._segment
        if active and active.size_bytes:
            created.append(active.created_ns)
        return max((time.time_ns() - min(created)) / 1e9, 0.0) if created else 0.0

    @property
    def waiting_segments(self) -> int:
        """Sealed segments that are not stored yet."""
        return len(self._sizes)

    def start(self) -> None:
        """Read and hand out what an earlier process left, then begin to commit."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def append(self, request: Request) -> bool:
        """Make `request` durable. False: it was stored before, this is a repetition.

        Waits while the ids of segments that an earlier process left are read. Raises Unavailable
        when the spool or the disk is full or failing.
        """
        if not self._recovered.is_set():
            await self._recovered.wait()
        if request.request_id in self.recent:
            return False
        if (pending := self._pending.get(request.request_id)) is not None:
            await asyncio.shield(pending)
            return False
        self._refuse_when_full(len(request.body))
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(_mark_retrieved)
        self._pending[request.request_id] = future
        record = records.encode(request, time.time_ns())
        self._batch.append((request.request_id, record))
        self._uncommitted_bytes += len(record)
        self._hold(len(record))
        self._wake.set()
        await asyncio.shield(future)
        return True

    def hurry(self) -> None:
        """Seal now, unless others wait to be stored: somebody awaits what follows from it."""
        if self._segment and not self._sizes:
            self._hurried = True
            self._wake.set()

    def read(self, path: Path) -> bytes:
        """What was acknowledged of a sealed segment, and not what a failed write left behind it.

        Raises OSError.
        """
        with path.open("rb") as file:
            return file.read(self._sizes[path])

    def was_stored(self, path: Path, request_id: bytes) -> bool:
        """Whether an earlier process wrote down that it stored this record of a segment it left."""
        return path in self._left and request_id in self._stored_before

    def release(self, path: Path) -> None:
        """`path` is stored: delete it. Raises OSError."""
        path.unlink(missing_ok=True)
        self._left.discard(path)
        if not self._left:
            self._stored_before = frozenset()
        self._hold(-self._sizes.pop(path))

    async def close(self) -> None:
        """Commit what was accepted, seal the last segment, end the task."""
        self._closing = True
        self._wake.set()
        if self._task:
            await self._task
        self._disk.shutdown()

    def _hold(self, size_bytes: int) -> None:
        with self._held_lock:
            self._held_bytes += size_bytes

    def _refuse_when_full(self, size: int) -> None:
        if self._closing:
            raise Unavailable("the collector is stopping; send again", RETRY_AFTER_S)
        if self.size_bytes + size > self._config.bytes_max:
            raise Unavailable("the spool is full; the store is behind or down", RETRY_AFTER_S)
        if self._batch and self._uncommitted_bytes + size > UNCOMMITTED_BYTES_MAX:
            raise Unavailable("the collector's disk is slow; send again", RETRY_AFTER_S)
        if self._disk_full and self._disk_is_full():
            raise Unavailable("the collector's disk is full", RETRY_AFTER_S)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._disk, self._recover)
        self._recovered.set()
        while not (self._closing and not self._batch):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._seal_in_s())
            self._wake.clear()
            if batch := self._take():
                await self._commit(loop, batch)
            if self._batch:
                self._wake.set()
            if self._segment and (self._closing or self._seal_in_s() == 0.0):
                await loop.run_in_executor(self._disk, self._seal)

    def _take(self) -> list[tuple[bytes, bytes]]:
        """The next commit: at most what a segment may hold, but always one record."""
        batch = []
        room = self._config.segment_bytes_max - (self._segment.size_bytes if self._segment else 0)
        while self._batch and room > 0:
            batch.append(self._batch.popleft())
            room -= len(batch[-1][1])
        return batch

    async def _commit(
        self, loop: asyncio.AbstractEventLoop, batch: list[tuple[bytes, bytes]]
    ) -> None:
        size = sum(len(record) for _, record in batch)
        try:
            await loop.run_in_executor(self._disk, self._write, [record for _, record in batch])
        except (OSError, MemoryError) as error:
            self._hold(-size)
            refusal = Unavailable(f"the collector's disk failed: {error}", RETRY_AFTER_S)
            for request_id, _ in batch:
                self._pending.pop(request_id).set_exception(refusal)
        else:
            for request_id, _ in batch:
                self.recent.add(request_id)
                self._pending.pop(request_id).set_result(None)
        self._uncommitted_bytes -= size

    def _write(self, batch: list[bytes]) -> None:
        try:
            if self._segment is None:
                self._segment = Segment(self.folder, self._last_created_ns)
                self._last_created_ns = self._segment.created_ns
            self._segment.append(b"".join(batch))
        except (OSError, MemoryError):
            self._seal()
            raise
        self._disk_full = self._disk_is_full()

    def _disk_is_full(self) -> bool:
        return segments.disk_free_bytes(self.folder) < self._config.disk_free_bytes_min

    def _seal(self) -> None:
        segment, self._segment = self._segment, None
        self._hurried = False
        if segment is None:
            return
        segment.close()
        if segment.size_bytes:
            self._sizes[segment.path] = segment.size_bytes
            self._on_sealed(segment.path)

    def _seal_in_s(self) -> float | None:
        """Seconds until the active segment is due; None without one."""
        if self._segment is None:
            return None
        if self._hurried or self._segment.size_bytes >= self._config.segment_bytes_max:
            return 0.0
        # When the store is behind, fewer and larger segments let it catch up sooner.
        queued = max(len(self._sizes) - self._config.writers, 0)
        age_s = self._config.segment_age_ms / 1000 * min(1 + queued, BACKLOG_FACTOR_MAX)
        return max(age_s - self._segment.age_s, 0.0)

    def _recover(self) -> None:
        """Remember what waits on disk before repetitions of it are taken, then hand it out.

        Reads no more, from the newest segment back, than can be remembered.
        """
        left = sorted(self._left)
        found: deque[list[bytes]] = deque()
        room = self._config.remembered_requests_max
        for path in reversed(left):
            if self._closing:
                return
            if room > 0:
                found.appendleft(self._ids_in(path, newest=path == left[-1]))
                room -= len(found[0])
        for request_id in chain.from_iterable(found):
            self.recent.add(request_id)
        for path in left:
            self._on_sealed(path)

    def _ids_in(self, path: Path, *, newest: bool) -> list[bytes]:
        try:
            found = list(records.scan(path.read_bytes()))
            if newest and found and found[-1].damage == records.CUT_OFF:
                self._cut_off(path, found.pop())
        except OSError as error:
            log.warning("segment %s: %s", path.name, error)
            return []
        return [record.request_id for record in found if not record.damage]

    def _cut_off(self, path: Path, torn: Record) -> None:
        """Only the newest segment can have been open: `torn`, at its end, was being written when
        the process died, and was not acknowledged."""
        segments.cut(path, torn.start)
        self._sizes[path] = torn.start
        self._hold(torn.start - torn.end)


def _mark_retrieved(future: asyncio.Future[None]) -> None:
    """A client that went away must not leave an unread exception behind."""
    future.exception()
