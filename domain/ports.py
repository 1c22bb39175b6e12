"""What one package needs of another, as protocols that `app` connects."""

from typing import Protocol

from domain.envelope import Signal


class SegmentStore(Protocol):
    """Where spool records become rows."""

    def insert_segment(self, signal: Signal, records: bytes, token: str) -> None:
        """Store all of `records`, which carry `signal`, or nothing; blocks.

        Safe to repeat with the same `token`.
        Raises Refused when they can never be decoded, Unavailable when a later call may succeed.
        """
        ...
