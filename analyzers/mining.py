"""Which orders of tools hold in the cases that end well? Rules for a person to promote.

Constraints as in Declare (Pesic and van der Aalst 2006); false discoveries are held down as in
Benjamini and Hochberg 1995.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log

SUPPORT_MIN = 100
CONFIDENCE_MIN = 0.98
Q_MAX = 0.05


class Constraint(StrEnum):
    """precedence: `second` only after `first`; response: after `first` comes `second`;
    not_coexistence: never both."""

    PRECEDENCE = "precedence"
    RESPONSE = "response"
    NOT_COEXISTENCE = "not_coexistence"


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted over the good cases of one scope (a kind of intent, or an agent).

    cases:   all of the scope.
    applies: those with the tool that asks for something: `second` of a precedence, else `first`.
    other:   those with the other tool.
    held:    of those where it applies, those that keep the constraint.
    """

    constraint: Constraint
    scope: str
    first: str
    second: str
    cases: int
    applies: int
    other: int
    held: int


@dataclass(frozen=True, slots=True)
class MinedRule:
    """A count that passed; q: the expected share of false ones among all up to this."""

    count: Count
    confidence: float
    q: float


def mine(counts: Iterable[Count]) -> list[MinedRule]:
    """The rules, surest first. All counts go into the correction, also those too rare to pass."""
    ranked = sorted(((_chance(count), count) for count in counts), key=lambda pair: pair[0])
    found = []
    q = 1.0
    for rank in range(len(ranked), 0, -1):
        p, count = ranked[rank - 1]
        q = min(q, p * len(ranked) / rank)
        if count.applies >= SUPPORT_MIN and count.held / count.applies >= CONFIDENCE_MIN:
            found.append(MinedRule(count, count.held / count.applies, q))
    return [rule for rule in reversed(found) if rule.q <= Q_MAX]


def _chance(count: Count) -> float:
    """How likely as many hold if both tools come independently: the upper tail of a binomial.

    The order is not part of it, which makes precedence and response harder to pass.
    """
    if not count.cases:
        return 1.0
    share = count.other / count.cases
    if count.constraint is Constraint.NOT_COEXISTENCE:
        share = 1 - share
    if share in (0, 1):
        return float(share or not count.held)
    return min(1.0, sum(_exactly(k, count.applies, share) for k in _tail(count)))


def _tail(count: Count) -> range:
    return range(count.held, count.applies + 1)


def _exactly(hits: int, trials: int, share: float) -> float:
    ways = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    return exp(ways + hits * log(share) + (trials - hits) * log(1 - share))
