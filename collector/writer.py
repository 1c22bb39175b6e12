"""Sealed segments into the store, each as one insert; what the engine refuses is isolated."""

import hashlib
import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from collector import records
from collector.dead_letters import SUFFIX, DeadLetter
from collector.records import Record
from collector.spool import Spool
from collector.telemetry import ITEMS, Telemetry
from domain.envelope import Signal
from domain.errors import Refused, TooLarge, WakelineError
from domain.ports import SegmentStore

BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
# Segments that fail for themselves are few; when more fail the store is down, and the tokens of all
# that would be tried in turn would be more than it remembers.
FAILING_MAX = 8
# After a stop, for an insert that is under way.
JOIN_SECONDS_MAX = 10.0

log = logging.getLogger("wakeline")


@dataclass(frozen=True, slots=True)
class _Work:
    """A segment while it is being stored; `settled`: where records begin that are done."""

    spool: Spool
    path: Path
    data: bytes
    settled: set[int]


class Writer:
    """Threads that store segments, oldest first.

    Promises: a segment is deleted only after all of it is stored or set aside; the token of an
    insert names its records, so a repeated insert stores nothing; a refused segment is halved until
    the bad request is alone, and that one becomes a dead letter.

    Whatever else the store answers is tried again for ever, each round with backoff. After a round
    the segment goes to the end of the queue, so that one that fails for itself holds up nobody,
    unless FAILING_MAX do. A segment for which the store lacks memory, in all tries of a round, is
    halved too, but what is not refused never becomes a dead letter. Nothing else is halved: an
    insert that failed may have reached some tables, and only the same token makes good without
    storing twice.
    """

    def __init__(self, store: SegmentStore, telemetry: Telemetry, threads: int = 1) -> None:
        self._store = store
        self._telemetry = telemetry
        self._queue: SimpleQueue[Path | None] = SimpleQueue()
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._waiting = 0
        self._settled: dict[Path, set[int]] = {}
        self._errors: dict[Path, str] = {}
        self._threads_wanted = threads
        self._threads: list[threading.Thread] = []

    @property
    def last_error(self) -> str:
        """Of a segment whose last try failed; empty when there is none."""
        errors = list(self._errors.values())
        return errors[-1] if errors else ""

    def put(self, path: Path) -> None:
        """Queue a sealed segment."""
        with self._changed:
            self._waiting += 1
        self._queue.put(path)

    def start(self, spool: Spool) -> None:
        """Begin to store what is queued."""
        for number in range(self._threads_wanted):
            thread = threading.Thread(
                target=self._run, args=(spool,), name=f"writer-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def wait(self, seconds: float) -> bool:
        """Until all that is queued is stored (True), at most so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting == 0, seconds)

    def stop(self, drain_seconds: float) -> bool:
        """Drain, then end the threads; True when all is stored.

        What is not stored stays in the spool for the next start.
        """
        drained = self.wait(drain_seconds)
        self._stop.set()
        for _ in self._threads:
            self._queue.put(None)
        deadline_s = time.monotonic() + JOIN_SECONDS_MAX
        for thread in self._threads:
            thread.join(max(deadline_s - time.monotonic(), 0))
        return drained

    def _run(self, spool: Spool) -> None:
        while (path := self._queue.get()) is not None and not self._stop.is_set():
            while not (stored := self._store_segment(spool, path)) and not self._may_wait():
                pass
            if stored:
                self._errors.pop(path, None)
                with self._changed:
                    self._waiting -= 1
                    self._changed.notify_all()
            else:
                self._queue.put(path)

    def _may_wait(self) -> bool:
        """Whether a failing segment may let others pass; when many fail, all would."""
        return self._stop.is_set() or len(self._errors) <= FAILING_MAX

    def _store_segment(self, spool: Spool, path: Path) -> bool:
        """False: not all is done, try again."""
        try:
            if path.exists():
                settled = self._settled.setdefault(path, set())
                work = _Work(spool, path, spool.read(path), settled)
                if not self._settle(work):
                    return False
            else:
                log.error("segment %s was removed by somebody else", path.name)
            self._settled.pop(path, None)
            spool.release(path)
        except Exception as error:  # noqa: BLE001 - a thread that dies would end storing for good
            # Without its message, which may quote what was sent.
            stack = "".join(traceback.format_tb(error.__traceback__))
            log.error("segment %s failed by %s:\n%s", path.name, type(error).__name__, stack)
            self._note(path, error)
            self._stop.wait(BACKOFF_S[-1])
            return False
        return True

    def _settle(self, work: _Work) -> bool:
        left = [r for r in records.scan(work.data) if r.start not in work.settled]
        for record in left:
            if record.damage:
                self._bury(work, record, record.damage)
        stored = work.spool.was_stored
        sound = [r for r in left if not r.damage and not stored(work.path, r.request_id)]
        # Each signal lands in a table of its own: a view costs by all that lands, used or not.
        done = [self._insert(work, [r for r in sound if r.signal is s]) for s in Signal]
        return all(done)

    def _insert(self, work: _Work, batch: Sequence[Record]) -> bool:
        """Insert `batch`, all of one signal, halving it where refused; False: not all is done."""
        if not batch:
            return True
        whole = sum(record.end - record.start for record in batch) == len(work.data)
        body = work.data if whole else b"".join(work.data[r.start : r.end] for r in batch)
        signal, token = batch[0].signal, _token(work, batch)
        try:
            if not self._retry(work.path, partial(self._store.insert_segment, signal, body, token)):
                return False
        except (Refused, TooLarge) as error:
            return self._halve(work, batch, error)
        work.spool.recent.persist(record.request_id for record in batch)
        work.settled.update(record.start for record in batch)
        self._observe(signal, batch)
        return True

    def _halve(self, work: _Work, batch: Sequence[Record], error: Refused | TooLarge) -> bool:
        if len(batch) > 1:
            middle = len(batch) // 2
            done = [self._insert(work, half) for half in (batch[:middle], batch[middle:])]
            return all(done)
        if isinstance(error, TooLarge):
            return False
        self._bury(work, batch[0], str(error))
        return True

    def _retry(self, path: Path, insert: Callable[[], None]) -> bool:
        """True: stored. False: given up for this round.

        Raises Refused at once, TooLarge when no try failed in another way.
        """
        reasons: list[WakelineError] = []
        for wait_s in BACKOFF_S:
            if self._stop.is_set():
                return False
            try:
                insert()
            except Refused:
                raise
            except WakelineError as error:
                reasons.append(error)
                self._note(path, error)
                self._stop.wait(wait_s)
            else:
                return True
        if all(isinstance(reason, TooLarge) for reason in reasons):
            raise reasons[-1]
        return False

    def _note(self, path: Path, error: Exception) -> None:
        self._errors.pop(path, None)
        self._errors[path] = str(error) or type(error).__name__
        self._telemetry.send_failed.inc()

    def _bury(self, work: _Work, record: Record, reason: str) -> None:
        replayable = not record.damage
        body = work.data[record.start : record.end]
        if replayable:
            request = work.data[record.body_start : record.end]
            body = records.varint(len(request)) + request
        name = f"{work.path.stem}-{record.start}{SUFFIX}"
        letter = DeadLetter(
            name, reason, record.tenant, record.signal.name.lower(), record.items, len(body),
            record.received_unix_nano, replayable,
        )  # fmt: skip
        work.spool.dead_letters.add(letter, body)
        work.settled.add(record.start)
        # From now on it may be sent again.
        work.spool.recent.forget(record.request_id)
        self._telemetry.dead_letters.inc()

    def _observe(self, signal: Signal, stored: Sequence[Record]) -> None:
        self._telemetry.sent.labels(ITEMS[signal]).inc(sum(record.items for record in stored))
        oldest = min(record.received_unix_nano for record in stored)
        self._telemetry.observe_lag((time.time_ns() - oldest) / 1e9)


def _token(work: _Work, batch: Sequence[Record]) -> str:
    """Equal for the same records of the same segment, after a restart too."""
    starts = b",".join(b"%d" % record.start for record in batch)
    digest = hashlib.blake2b(starts, digest_size=12).hexdigest()
    return f"{work.spool.id}-{work.path.stem}-{digest}"
