"""What two agents did that does not go together, by the conditions C1 to C8, before it is asked
what they knew of each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from analyzers.compound.assembly import Case
from domain.cases import MAKES_GOOD, OPPOSITES, Intent
from domain.chain_records import Effect

SAME_SHARE = 0.01
# First words of kinds after which nobody looks at a thing again.
ENDS = frozenset({
    "close", "settle", "resolve", "complete", "finish", "archive", "pay", "release", "ship",
    "approve", "cancel",
})  # fmt: skip
BOTH_WAYS = OPPOSITES.union((other, one) for one, other in OPPOSITES)
TAKES_BACK = "revers"
HUMAN = "human"


class Condition(StrEnum):
    """Why two effects do not go together, as in sentences."""

    OPPOSITE = "C1 opposite kinds"
    TWICE = "C2 the same made good twice"
    AGAINST_AIM = "C3 against a declared aim"
    LEFT_OPEN = "C4 settled while an obligation is open"
    OSCILLATION = "C5 oscillation"
    LOST_UPDATE = "C6 lost update"
    POLICY_SKEW = "C7 different policy versions"
    BEYOND_LIMIT = "C8 together beyond the limit"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two effects of different agents and runs; limit: of C8; intent: of C3, that of `first`."""

    condition: Condition
    first: Effect
    second: Effect
    intent: Intent | None = None
    limit: float = 0.0

    @property
    def direction(self) -> int:
        """Where the intent of `first` wants the metric to go."""
        return self.intent.direction if self.intent else 0


@dataclass(frozen=True, slots=True)
class Rates:
    """What units are worth in others (`weights` of the rule): hour -> (40, EUR)."""

    rates: Mapping[str, tuple[float, str]]

    def unit(self, effect: Effect) -> str:
        """The unit in which its delta is counted."""
        return self.rates.get(effect.unit, (1.0, effect.unit))[1]

    def delta(self, effect: Effect) -> float:
        """Its delta in that unit."""
        return (effect.delta or 0.0) * self.rate(effect.unit)

    def rate(self, unit: str) -> float:
        """What one of `unit` counts."""
        return self.rates.get(unit, (1.0, unit))[0]


def rates(text: str) -> Rates:
    """Of `hour=40 EUR, USD=0.92 EUR`. Raises ValueError for what is not so written."""
    found = {}
    for one in filter(None, map(str.strip, text.split(","))):
        unit, _, worth = one.partition("=")
        amount, _, other = worth.strip().partition(" ")
        found[unit.strip()] = (float(amount), other.strip())
    return Rates(found)


def clashes(case: Case, within: timedelta, rates: Rates) -> list[Clash]:
    """All of C1 to C4 and C8; C5 to C7 are other signatures' findings."""
    closed = {effect.closes for effect in case.effects} - {""}
    intents = defaultdict(list)
    for intent in case.intents:
        intents[intent.ref.trace_id].append(intent)
    found: list[Clash] = []
    for first, second in _pairs(case.effects, within):
        found += _of_pair(first, second, closed, intents)
        found += _against(first, second, intents[first.ref.trace_id])
        # An aim that was declared in time counts also when its agent acts afterwards.
        found += _against(second, first, intents[second.ref.trace_id])
    return [*found, *_beyond(case.effects, within, intents, rates)]


def _pairs(effects: tuple[Effect, ...], within: timedelta) -> Iterator[tuple[Effect, Effect]]:
    """Each two, the earlier one first, by agents of which the later one is no human: what people
    read is not recorded."""
    for place, second in enumerate(effects):
        if second.agent.lower().startswith(HUMAN):
            continue
        for first in effects[:place]:
            apart = first.agent != second.agent and first.ref.trace_id != second.ref.trace_id
            if apart and second.at - first.at <= within:
                yield first, second


def _of_pair(
    first: Effect, second: Effect, closed: set[str], intents: Mapping[str, list[Intent]]
) -> Iterator[Clash]:
    if not first.entity or first.entity != second.entity or takes_back(second):
        return
    if (first.kind, second.kind) in BOTH_WAYS:
        yield Clash(Condition.OPPOSITE, first, second)
    if _same(first, second) and not _meant(first, second, intents):
        yield Clash(Condition.TWICE, first, second)
    if first.opens and first.opens not in closed and _ends(second):
        yield Clash(Condition.LEFT_OPEN, first, second)


def _ends(effect: Effect) -> bool:
    return effect.kind.partition("_")[0] in ENDS


def takes_back(effect: Effect) -> bool:
    """Whether its kind says that it takes something back."""
    return effect.kind.startswith(TAKES_BACK)


def _same(first: Effect, second: Effect) -> bool:
    one, other = first.delta or 0.0, second.delta or 0.0
    of_one = (first.kind, first.metric, first.unit) == (second.kind, second.metric, second.unit)
    alike = one * other > 0 and abs(one - other) <= SAME_SHARE * abs(one)
    return of_one and alike and first.kind.startswith(MAKES_GOOD)


def _meant(first: Effect, second: Effect, intents: Mapping[str, list[Intent]]) -> bool:
    """Whether one intent allows for both."""
    total = abs((first.delta or 0.0) + (second.delta or 0.0))
    runs = (first.ref.trace_id, second.ref.trace_id)
    limits = (each.limit for run in runs for each in intents[run] if each.metric == first.metric)
    return any(limit is not None and limit >= total for limit in limits)


def _against(holder: Effect, mover: Effect, aims: Iterable[Intent]) -> Iterator[Clash]:
    """C3; the aim was there when the other moved."""
    for aim in aims:
        wrong = aim.metric == mover.metric and aim.direction * (mover.delta or 0.0) < 0
        known = holder.at < mover.at or aim.at <= mover.at
        if wrong and known and not takes_back(mover):
            yield Clash(Condition.AGAINST_AIM, holder, mover, aim)
            return


def _beyond(
    effects: tuple[Effect, ...],
    within: timedelta,
    intents: Mapping[str, list[Intent]],
    rates: Rates,
) -> Iterator[Clash]:
    """C8: all effects on one thing together, each agent's own within the limit."""
    alike = defaultdict(list)
    for effect in effects:
        if effect.entity:
            alike[effect.entity, effect.metric, effect.unit].append(effect)
    for some in alike.values():
        for place, second in enumerate(some):
            until = [one for one in some[: place + 1] if second.at - one.at <= within]
            limit = _limit(until, intents)
            nets: dict[str, float] = defaultdict(float)
            for one in until:
                nets[one.agent] += one.delta or 0.0
            over = abs(sum(nets.values())) > limit > 0
            if not over or any(abs(net) > limit for net in nets.values()) or takes_back(second):
                continue
            counted = limit * rates.rate(second.unit)
            for first, _ in _pairs_with(second, until):
                yield Clash(Condition.BEYOND_LIMIT, first, second, limit=counted)


def _limit(effects: Iterable[Effect], intents: Mapping[str, list[Intent]]) -> float:
    """The most that any intent of these runs allows of the metric, 0 where none says."""
    return max(
        (
            intent.limit or 0.0
            for effect in effects
            for intent in intents[effect.ref.trace_id]
            if intent.metric == effect.metric
        ),
        default=0.0,
    )


def _pairs_with(second: Effect, earlier: list[Effect]) -> Iterator[tuple[Effect, Effect]]:
    for first in earlier:
        apart = first.agent != second.agent and first.ref.trace_id != second.ref.trace_id
        same_way = (first.delta or 0.0) * (second.delta or 0.0) > 0
        if apart and same_way and not second.agent.lower().startswith(HUMAN):
            yield first, second
