"""Looks for findings to tell after each pass of the analyzers, and sends them on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from app.notifications import messages
from app.notifications.choosing import Choice
from app.notifications.config import NotificationsConfig
from app.notifications.sending import Message, Sender
from domain.asked import Asked
from domain.findings import Severity
from storage.findings import FindingRows

FOLDER = "notifications"
ROWS_MAX = 10_000
# Rows of other processes may be seen a little after the time that they bear.
OVERLAP = timedelta(minutes=1)
STOP_SECONDS_MAX = 3.0


class Notifier:
    """Tells all channels that the settings name; none: does nothing."""

    def __init__(self, config: NotificationsConfig, rows: FindingRows, data: Path) -> None:
        """data: the folder in which it remembers what was told, and keeps dead letters."""
        self._config = config
        self._rows = rows
        self._channels = messages.channels(config)
        folder = data / FOLDER
        self._choice = Choice(config, folder / "told.json", datetime.now(UTC))
        self._sender = Sender(config, folder / "dead.jsonl") if self._channels else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def look(self) -> int:
        """Queue what was found since the last look; how many findings. Raises Unavailable."""
        if self._sender is None:
            return 0
        now = datetime.now(UTC)
        asked = Asked(
            found_since=self._choice.since - OVERLAP,
            severity_min=int(Severity[self._config.severity_min.upper()]),
        )
        chosen = self._choice.of(self._rows.listed(asked, ROWS_MAX), now)
        for finding in chosen:
            link = self._link(str(finding["finding_id"]))
            for channel in self._channels:
                body = messages.encoded(channel.body(finding, link))
                self._sender.send(Message(channel, str(finding["finding_id"]), body))
        self._choice.remember(now)
        return len(chosen)

    def close(self) -> None:
        """Send what waits, for a few seconds."""
        if self._sender is not None:
            self._sender.stop(STOP_SECONDS_MAX)

    def _link(self, finding_id: str) -> str:
        base = self._config.page_url.rstrip("/")
        return f"{base}/findings/{finding_id}" if base else ""
