"""Which orders of tools hold in the runs that end well? Rules for a person to promote."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from analyzers.combinations import log_ways
from analyzers.false_discoveries import q_values
from domain.tool_orders import Constraint, OrderRule, PairCount

SUPPORT_MIN = 100
CONFIDENCE_MIN = 0.98
Q_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted over the good runs of one scope (a kind of intent, or an agent).

    cases:    all of the scope.
    applies:  those with the tool that asks for something: `second` of a precedence, else `first`.
    other:    those with the other tool.
    held:     of those where it applies, those that keep the constraint.
    order:    0 to 1: of runs with both tools, the share that would stand in this order by chance.
    """

    constraint: Constraint
    scope: str
    first: str
    second: str
    cases: int
    applies: int
    other: int
    held: int
    order: float = 1.0


def rules(pairs: Iterable[PairCount]) -> list[OrderRule]:
    """What the runs of one tenant keep to, surest first."""
    return without_implied(mine(counts(pairs)))


def without_implied(found: Sequence[OrderRule]) -> list[OrderRule]:
    """Those that no two others imply: of a chain of tools the links alone.

    Whatever breaks `a before c` breaks `a before b` or `b before c` too.
    """
    nexts: dict[tuple[Constraint, str, str], set[str]] = defaultdict(set)
    for rule in found:
        if rule.constraint is not Constraint.NOT_COEXISTENCE:
            nexts[rule.constraint, rule.scope, rule.first].add(rule.second)
    return [
        rule
        for rule in found
        if not any(
            rule.second in nexts.get((rule.constraint, rule.scope, between), ())
            for between in nexts.get((rule.constraint, rule.scope, rule.first), ())
        )
    ]


def counts(pairs: Iterable[PairCount]) -> Iterator[Count]:
    """Every constraint that two tools of one scope could keep to, where it applies often enough.

    Which those are depends on how often tools are called, not on their order, so that leaving out
    the rest before the correction is fair (Bourgon, Gentleman and Huber 2010).
    """
    scopes: dict[str, dict[tuple[str, str], PairCount]] = defaultdict(dict)
    for pair in pairs:
        scopes[pair.scope][pair.first, pair.second] = pair
    for scope, counted in scopes.items():
        runs = {second: pair.together for (first, second), pair in counted.items() if not first}
        tools = sorted(tool for tool in runs if tool)
        for first in tools:
            for second in tools:
                if first != second:
                    pair = counted.get((first, second)) or _never(scope, first, second)
                    yield from _of_pair(pair, runs)


def _never(scope: str, first: str, second: str) -> PairCount:
    return PairCount(scope, first, second, 0, 0, 0, 0.0, 0.0)


def _of_pair(pair: PairCount, runs: Mapping[str, int]) -> Iterator[Count]:
    named = (pair.scope, pair.first, pair.second, runs[""])
    first, second, both = runs[pair.first], runs[pair.second], max(1, pair.together)
    if second >= SUPPORT_MIN:
        order = pair.chance_precedes / both
        yield Count(Constraint.PRECEDENCE, *named, second, first, pair.precedes, order)
    if first >= SUPPORT_MIN:
        order = pair.chance_responds / both
        yield Count(Constraint.RESPONSE, *named, first, second, pair.responds, order)
    # The same of both directions: the rarer tool asks that the other be absent.
    if SUPPORT_MIN <= first <= second and (first < second or pair.first < pair.second):
        yield Count(Constraint.NOT_COEXISTENCE, *named, first, second, first - pair.together)


def mine(counted: Iterable[Count]) -> list[OrderRule]:
    """The rules, surest first. All counts go into the correction."""
    every = list(counted)
    found = [
        OrderRule(
            count.constraint, count.scope, count.first, count.second,
            support=count.applies, held=count.held, q=q,
        )
        for count, q in zip(every, q_values(list(map(chance, every))), strict=True)
        if q <= Q_MAX and _passes(count)
    ]  # fmt: skip
    return sorted(found, key=lambda rule: (rule.q, -rule.confidence, -rule.support))


def _passes(count: Count) -> bool:
    return count.applies >= SUPPORT_MIN and count.held / count.applies >= CONFIDENCE_MIN


def chance(count: Count) -> float:
    """How likely as many hold if both tools come independently, their calls in any order: the upper
    tail of a binomial. 1 for what is no rule in any case, which only makes others less sure."""
    if not _passes(count):
        return 1.0
    share = count.other / count.cases * count.order
    if count.constraint is Constraint.NOT_COEXISTENCE:
        share = 1 - count.other / count.cases
    if share in (0, 1):
        return float(share)
    tail = range(count.held, count.applies + 1)
    return min(1.0, sum(_exactly(hits, count.applies, share) for hits in tail))


def _exactly(hits: int, trials: int, share: float) -> float:
    return exp(log_ways(trials, hits) + hits * log(share) + (trials - hits) * log(1 - share))
