"""Sends the facts of a file in batches, and keeps account of what is left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from app.event_files import BadRow, Row, Source
from app.otlp_files import StoredRequest
from app.recorded_events import encoded
from app.replaying import Send
from collector.intake import Encoding
from collector.receiver import Kind

BATCH_ROWS = 1_000
TOLD_ROWS_MAX = 1_000

T = TypeVar("T")


@dataclass(slots=True)
class Account:
    """What became of the rows; ignored: sound ones that say nothing, as a snapshot does.

    rejected: the first TOLD_ROWS_MAX of `bad`.
    """

    good: int = 0
    ignored: int = 0
    bad: int = 0
    rejected: list[BadRow] = field(default_factory=list)


class Import:
    """One file on its way; rows are sent in their order, so that of one id the last one stands."""

    def __init__(
        self,
        file: Source,
        now: datetime,
        on_bad: Callable[[BadRow], None],
        advance: Callable[[], None],
    ) -> None:
        self._file = file
        self._now = now
        self._on_bad = on_bad
        self._advance = advance
        self.account = Account()

    async def deliver(self, send: Send) -> None:
        """Every sound row, each batch when the one before is durable."""
        for batch in batches(self._good_rows(), BATCH_ROWS):
            body = encoded([event for row in batch for event in row.events])
            place = f"lines {batch[0].line} to {batch[-1].line}"
            if body:
                await send(StoredRequest(Kind.LOGS, Encoding.PROTOBUF, body, place, 0))
            self.account.good += sum(bool(row.events) for row in batch)
            self.account.ignored += sum(not row.events for row in batch)
            self._advance()

    async def check(self) -> None:
        """As `deliver`, but nothing is sent."""

        async def nowhere(request: StoredRequest) -> None:
            """What would be sent is well."""

        await self.deliver(nowhere)

    def _good_rows(self) -> Iterator[Row]:
        for row in self._file.rows(self._now):
            if isinstance(row, Row):
                yield row
                continue
            self.account.bad += 1
            if len(self.account.rejected) < TOLD_ROWS_MAX:
                self.account.rejected.append(row)
            self._on_bad(row)


def batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """
    >>> list(batches(iter("abcde"), 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    while batch := list(islice(items, size)):
        yield batch
