"""What is shown of a stream: its state, and its drift score for policies."""

from dataclasses import dataclass
from math import isnan, log

from analyzers.drift.windows import TRACES_MIN
from domain.drift import State

RHO_LOW_POWER = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one stream after its last window.

    traces: of the last merged window. evidence: NaN before the end of the baseline, or when no
    channel varies enough. rho: the largest of its channels. paged: an alarm is open.
    traces_min: of a window that is read.
    """

    traces: int
    evidence: float
    threshold: float
    rho: float
    paged: bool = False
    traces_min: int = TRACES_MIN

    @property
    def state(self) -> State:
        """Never `no_drift` for a stream that could not have shown one."""
        if self.paged:
            return State.DRIFT
        if self.traces < self.traces_min:
            return State.TOO_FEW
        if isnan(self.evidence):
            return State.NOT_MONITORED
        if self.evidence >= self.threshold:
            return State.DRIFT
        return State.LOW_POWER if self.rho > RHO_LOW_POWER else State.NO_DRIFT

    @property
    def drift_score(self) -> float:
        """0 to 1, where 1 is the evidence of an alarm; by its logarithm, as evidence grows.

        NaN is no score: what is not monitored is not at rest.
        """
        if isnan(self.evidence):
            return self.evidence
        return min(max(log(max(self.evidence, 1.0)) / log(self.threshold), 0.0), 1.0)
