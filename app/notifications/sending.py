"""A bounded queue of messages and the thread that sends them, again and again, then no more."""

import json
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request

from app import outgoing
from app.notifications.config import NotificationsConfig
from app.notifications.messages import Channel

BACKOFF_SECONDS_MAX = 60.0
REASON_MAX = 300


@dataclass(frozen=True, slots=True)
class Message:
    """What one receiver is sent of one finding."""

    channel: Channel
    finding_id: str
    body: bytes


class Sender:
    """Sends in the background; what can not be delivered is a line of the dead letter file."""

    def __init__(
        self,
        config: NotificationsConfig,
        dead_letters: Path,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """jitter: 0 to 1, how much of each pause is waited, the half at least."""
        self._config = config
        self._dead_letters = dead_letters
        self._jitter = jitter
        self._waiting: queue.Queue[Message | None] = queue.Queue(config.queue_requests_max)
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self._opener = outgoing.opener()
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        """Queue it; returns at once."""
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            self._bury(message, "the queue is full")

    def stop(self, seconds_max: float) -> None:
        """No further pauses: what waits is tried once, as far as `seconds_max` allows."""
        self._stopping.set()
        end = time.monotonic() + seconds_max
        try:
            self._waiting.put(None, timeout=seconds_max)
        except queue.Full:
            return
        self._thread.join(max(0.0, end - time.monotonic()))

    def _run(self) -> None:
        while (message := self._waiting.get()) is not None:
            self._deliver(message)

    def _deliver(self, message: Message) -> None:
        reason = ""
        for attempt in range(self._config.attempts_max):
            reason, final = self._attempt(message)
            if not reason:
                return
            last = attempt + 1 == self._config.attempts_max
            if final or last or self._stopping.wait(self._pause(attempt)):
                break
        self._bury(message, reason)

    def _pause(self, attempt: int) -> float:
        longest = min(BACKOFF_SECONDS_MAX, self._config.backoff_seconds * 2.0**attempt)
        return longest * (0.5 + 0.5 * self._jitter())

    def _attempt(self, message: Message) -> tuple[str, bool]:
        """What went wrong, empty for nothing, and whether it would always."""
        headers = message.channel.headers(message.body, int(time.time()))
        request = Request(message.channel.url, message.body, headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._config.request_seconds_max):
                return "", True
        except HTTPError as error:
            with error:
                final = error.code < 500 and error.code not in outgoing.TRIED_AGAIN
                return f"it answered {error.code}", final
        except (OSError, HTTPException, ValueError) as error:
            return str(error)[:REASON_MAX] or type(error).__name__, False

    def _bury(self, message: Message, reason: str) -> None:
        """The URL stays out of it: it often holds a secret."""
        line = json.dumps({
            "at": datetime.now(UTC).isoformat(), "channel": message.channel.name,
            "finding_id": message.finding_id, "reason": reason, "body": message.body.decode(),
        })  # fmt: skip
        with self._writing:
            path = self._dead_letters
            path.parent.mkdir(parents=True, exist_ok=True)
            size = path.stat().st_size if path.exists() else 0
            if size and size + len(line) >= self._config.dead_letter_bytes_max // 2:
                path.replace(path.with_suffix(".old"))
            with path.open("a") as file:
                file.write(line + "\n")
