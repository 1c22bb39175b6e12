"""What one package needs of another, as protocols that `app` connects."""

from typing import Protocol


class SegmentStore(Protocol):
    """Where spool records become rows."""

    def insert_segment(self, records: bytes, token: str) -> None:
        """Store all of `records` or nothing; blocks; safe to repeat with the same `token`.

        Raises Refused when they can never be decoded, Unavailable when a later call may succeed.
        """
        ...
