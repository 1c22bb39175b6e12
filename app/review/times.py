"""What time it is for the review, and until when the store knows what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import moments


def none() -> float:
    """Where everything is stored at once."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Times:
    """waiting_s: how long ago the oldest was received of what is not stored yet."""

    waiting_s: Callable[[], float] = none
    clock: moments.Clock = moments.now

    def known_until(self) -> datetime:
        """What was received before is stored."""
        return self.clock() - timedelta(seconds=self.waiting_s())


NOW = Times()
