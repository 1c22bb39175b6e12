"""The analyzer of one rule file: the store runs its statement."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature


@dataclass(frozen=True, slots=True)
class RuleAnalyzer:
    """Finds what the relation and the predicates of `signature` say."""

    signature: Signature

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The one of its file."""
        return (self.signature,)

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        """One for each row of the statement."""
        return source.candidates(self.signature, window)
