"""One line of the acceptance table: a figure beside its target and beside what others do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt


@dataclass(frozen=True, slots=True)
class Row:
    """relation: "<=" or ">="; without, there is no target. runs: how many it is taken over."""

    metric: str
    setting: str
    measured: float
    relation: str = ""
    target: float = 0.0
    runs: int = 0
    rivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether it holds; None without a target."""
        if not self.relation:
            return None
        above = float(self.measured - self.target) * (1.0 if self.relation == ">=" else -1.0)
        return above >= -1e-9


def with_two_errors(bound: float, runs: int) -> float:
    """A share that a true chance of `bound` exceeds in one of forty sets of `runs`."""
    return bound + 2.0 * sqrt(bound * (1.0 - bound) / runs)
