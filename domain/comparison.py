"""Two groups of runs side by side: what each run did, and what is said of the groups."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.drift import Effect
from domain.errors import InvalidInput

RUNS_MAX = 5_000
FILTERS_MAX = 4
FILTER_CHARS_MAX = 1_000
TRACE_ID = re.compile(r"[0-9a-f]{32}")


class Verdict(StrEnum):
    """Do the groups behave alike? `no_drift` only of groups that were able to say `drift`."""

    DRIFT = "drift"
    NO_DRIFT = "no_drift"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did, in numbers; no text and no name of an agent or a model.

    numbers: totals by name (steps, duration_ms, …); what is not recorded is left out.
    tools: those called, in order of time. decisions: how often each was taken.
    """

    trace_id: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    tools: Sequence[str] = ()
    decisions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Runs of one group, RUNS_MAX at most.

    matched: how many there are. missing: how many were named and are not stored.
    """

    runs: Sequence[Run]
    matched: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One channel in both groups.

    effect: from baseline to candidate, with an interval that holds for all channels at once.
    e_value: that this channel differs. named: by e-BH among all channels, at most a tenth of
    those named on average do not differ. equivalent: the whole interval counts as no change.
    """

    channel: str
    family: str
    effect: Effect
    e_value: float
    named: bool
    equivalent: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is said of two groups of runs.

    e_value: that they differ at all; it reaches 1 / `miss` with probability `miss` at most if they
    do not. p_value: the share of random halves that differ as much.
    baseline, candidate: how many runs were compared; runs in both groups, `shared`, are candidates
    only. cut: why these are not all; empty when they are.
    families: the e-value of each kind of behaviour; `e_value` weighs all kinds alike.
    """

    verdict: Verdict
    reason: str
    miss: float
    e_value: float
    p_value: float
    baseline: int
    candidate: int
    shared: int
    cut: str
    families: Mapping[str, float]
    channels: Sequence[Difference]


# A group is named by attributes that its runs have, or by their ids.
Named = Mapping[str, str] | Sequence[str]


class Comparing(Protocol):
    """Where comparisons come from. Calls may block and raise Unavailable."""

    def compared(self, tenant: str, baseline: Named, candidate: Named) -> Comparison:
        """Of two groups of runs of one tenant."""
        ...


def attributes(expression: str) -> dict[str, str]:
    """From `service.version=1.2,gen_ai.agent.name=x`; raises InvalidInput.

    >>> attributes("service.version=1.2, gen_ai.agent.name=x")
    {'service.version': '1.2', 'gen_ai.agent.name': 'x'}
    """
    found: dict[str, str] = {}
    for part in expression.split(","):
        key, equals, value = (one.strip() for one in part.partition("="))
        if not (key and equals and value) or key in found or len(part) > FILTER_CHARS_MAX:
            raise InvalidInput(
                f"'{part.strip()[:100]}' is no filter: a group is named as KEY=VALUE, each key"
                " once, joined by commas, or as @FILE of trace ids"
            )
        found[key] = value
    if len(found) > FILTERS_MAX:
        raise InvalidInput(f"{len(found)} filters: name a group by {FILTERS_MAX} at most")
    return found


def trace_ids(text: str) -> list[str]:
    """Ids of 32 hex digits, one a line, each once; raises InvalidInput with the line."""
    found: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        named = line.strip().lower()
        if named and not TRACE_ID.fullmatch(named):
            raise InvalidInput(f"line {number} is no trace id: write 32 hex digits a line")
        if named:
            found[named] = None
    if len(found) > RUNS_MAX:
        raise InvalidInput(f"{len(found):,} trace ids: a group has {RUNS_MAX:,} at most")
    return list(found)
