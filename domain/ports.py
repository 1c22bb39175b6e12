"""What one package needs of another, as protocols that `app` connects."""

from collections.abc import Iterable
from typing import Protocol

from domain.cases import CaseSource
from domain.envelope import Signal
from domain.findings import Draft, Window
from domain.lanes import Lanes
from domain.signatures import Signature


class SegmentStore(Protocol):
    """Where spool records become rows."""

    def insert_segment(self, signal: Signal, records: bytes, token: str) -> None:
        """Store all of `records`, which carry `signal`, or nothing; blocks.

        Safe to repeat with the same `token`.
        Raises Refused when they can never be decoded, Unavailable when a later call may succeed.
        """
        ...


class FindingSource(Protocol):
    """What analyzers read. All calls may block and raise Unavailable."""

    def candidates(self, signature: Signature, window: Window) -> Iterable[Draft]:
        """What the signature's rule says of the lanes that received rows in `window`."""
        ...

    def lanes(self, view: str, window: Window) -> Lanes:
        """The steps of all lanes of a view (tool, text, handoff, field, error) that received
        rows in `window`, the newest STEPS_MAX of each."""
        ...

    def cases(self) -> CaseSource:
        """What agents did in business cases."""
        ...
