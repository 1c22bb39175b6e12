"""Sealed segments into the store, each as one insert; what the engine refuses is isolated."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue

from collector import records
from collector.dead_letters import SUFFIX, DeadLetter
from collector.records import Record
from collector.spool import Spool
from collector.telemetry import ITEMS, Telemetry
from domain.errors import Refused, Unavailable
from domain.ports import SegmentStore

BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Writer:
    """Threads that store segments, oldest first.

    Promises: a segment is deleted only after its insert returned; the token of an insert names the
    segment and the records in it, so a repeated insert stores nothing; an unreachable store is
    retried for ever with backoff; a refused segment is halved until the bad request is alone, and
    that one becomes a dead letter.
    """

    def __init__(self, store: SegmentStore, telemetry: Telemetry, threads: int = 1) -> None:
        self._store = store
        self._telemetry = telemetry
        self._queue: SimpleQueue[Path | None] = SimpleQueue()
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._waiting = 0
        self._threads_wanted = threads
        self._threads: list[threading.Thread] = []
        self.last_error = ""

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
        for thread in self._threads:
            thread.join()
        return drained

    def _run(self, spool: Spool) -> None:
        while (path := self._queue.get()) is not None and not self._stop.is_set():
            if self._store_segment(spool, path):
                with self._changed:
                    self._waiting -= 1
                    self._changed.notify_all()

    def _store_segment(self, spool: Spool, path: Path) -> bool:
        data = path.read_bytes()
        found = list(records.scan(data, torn_tail_is_damage=False))
        stored: list[Record] = []
        sound = [record for record in found if not record.damage]
        for record in found:
            if record.damage:
                self._bury(spool, path, data, record, record.damage)
        if not self._insert(spool, path, data, sound, stored):
            return False
        spool.recent.persist(record.request_id for record in stored)
        spool.release(path)
        self._observe(stored)
        return True

    def _insert(
        self, spool: Spool, path: Path, data: bytes, batch: Sequence[Record], stored: list[Record]
    ) -> bool:
        """Insert `batch`, halving it where refused; False when stopped before all was done."""
        if not batch:
            return True
        whole = batch[-1].end - batch[0].start == len(data)
        body = data if whole else b"".join(data[r.start : r.end] for r in batch)
        token = f"{spool.id}-{path.stem}-{batch[0].start}-{batch[-1].end}-{len(batch)}"
        try:
            if not self._retry(lambda: self._store.insert_segment(body, token)):
                return False
        except Refused as refusal:
            if len(batch) == 1:
                self._bury(spool, path, data, batch[0], str(refusal))
                return True
            middle = len(batch) // 2
            return all(
                self._insert(spool, path, data, half, stored)
                for half in (batch[:middle], batch[middle:])
            )
        stored.extend(batch)
        return True

    def _retry(self, insert: Callable[[], None]) -> bool:
        """Until it succeeds (True) or the writer is stopped (False)."""
        attempt = 0
        while True:
            try:
                insert()
            except Unavailable as error:
                self.last_error = str(error)
                self._telemetry.send_failed.inc()
                if self._stop.wait(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]):
                    return False
                attempt += 1
            else:
                self.last_error = ""
                return True

    def _bury(self, spool: Spool, path: Path, data: bytes, record: Record, reason: str) -> None:
        replayable = not record.damage
        body = data[record.start : record.end]
        if replayable:
            request = data[record.body_start : record.end]
            body = records.varint(len(request)) + request
            spool.recent.forget(record.request_id)
        name = f"{path.stem}-{record.start}{SUFFIX}"
        letter = DeadLetter(
            name, reason, record.tenant, record.signal.name.lower(), record.items, len(body),
            record.received_unix_nano, replayable,
        )  # fmt: skip
        spool.dead_letters.add(letter, body)
        self._telemetry.dead_letters.inc()

    def _observe(self, stored: Sequence[Record]) -> None:
        for signal, item in ITEMS.items():
            items = sum(record.items for record in stored if record.signal is signal)
            self._telemetry.sent.labels(item).inc(items)
        if stored:
            oldest = min(record.received_unix_nano for record in stored)
            self._telemetry.observe_lag((time.time_ns() - oldest) / 1e9)
