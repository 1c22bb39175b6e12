"""The contract of an analyzer: drafts for what was received in a window."""

from collections.abc import Iterable
from typing import Protocol

from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature


class Analyzer(Protocol):
    """Looks at the lanes that a window touches, wholly, and says what it finds there.

    Pure: the same rows give the same drafts, in whatever windows they came. What it found in a
    lane before and does not find again is retracted by the runner.
    """

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """Those that it may find."""
        ...

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        """Everything found in the lanes that received rows in `window`. Raises Unavailable."""
        ...
