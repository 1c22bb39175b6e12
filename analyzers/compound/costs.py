"""What clashes cost: money by metric and unit, each once, and states by a declared worth."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from analyzers.compound.assembly import Case
from analyzers.compound.clashes import Clash, Condition, Rates, takes_back
from analyzers.compound.shares import Against, Beyond, Own, Pair, Term, loss, players
from domain.cases import Found
from domain.chain_records import Effect

MONEY = (Condition.AGAINST_AIM, Condition.BEYOND_LIMIT, Condition.TWICE)
STATES = (Condition.OPPOSITE, Condition.LEFT_OPEN)
OF_FINDINGS = {
    "LOOP-06": Condition.OSCILLATION,
    "DATA-03": Condition.LOST_UPDATE,
    "GOV-05": Condition.POLICY_SKEW,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """When harm is worth telling.

    loss_min:    the least loss that counts, in any unit.
    value_share: and at least this share of what the case is about.
    within:      longest time between two effects that clash; a longer pause begins another case.
    state_worth: what an opposite state or an open obligation counts as, in the unit of the loss.
    runs_max:    most runs of a case without an id.
    """

    loss_min: float
    value_share: float
    within: timedelta
    state_worth: float
    rates: Rates
    runs_max: int


def money(case: Case, clashes: Iterable[Clash], rules: Rules) -> dict[str, list[Term]]:
    """Terms by unit. One metric may be moved against an aim, beyond a limit and twice at once: it
    is counted in the way that makes the most of it, and in no other."""
    sorted_out: dict[tuple[str, str], dict[Condition, list[Clash]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for clash in clashes:
        key = clash.second.metric, rules.rates.unit(clash.second)
        sorted_out[key][clash.condition].append(clash)
    found: dict[str, list[Term]] = defaultdict(list)
    for (_, unit), by_condition in sorted_out.items():
        ways = (
            _against(case, by_condition[Condition.AGAINST_AIM], rules.rates),
            _beyond(case, by_condition[Condition.BEYOND_LIMIT], rules),
            _twice(by_condition[Condition.TWICE], rules.rates),
        )
        found[unit] += max(ways, key=lambda terms: loss(terms, frozenset(players(terms))))
    return found


def _against(case: Case, clashes: Sequence[Clash], rates: Rates) -> list[Term]:
    terms: list[Term] = []
    for direction in (1, -1):
        some = [clash for clash in clashes if clash.direction == direction]
        if not some:
            continue
        wrong = {clash.second for clash in some}
        one = some[0].second
        moves: dict[str, float] = defaultdict(float)
        for effect in case.effects:
            alike = effect.metric == one.metric and rates.unit(effect) == rates.unit(one)
            delta = rates.delta(effect)
            if alike and (effect in wrong or direction * delta > 0 or takes_back(effect)):
                moves[effect.agent] += delta
        holders = frozenset(clash.first.agent for clash in some)
        terms.append(Against(direction, holders, dict(moves)))
    return terms


def _beyond(case: Case, clashes: Iterable[Clash], rules: Rules) -> list[Term]:
    """Of each thing when it was worst."""
    worst: dict[str, Beyond] = {}
    for clash in clashes:
        second = clash.second
        moves: dict[str, float] = defaultdict(float)
        for effect in case.effects:
            if _alike(effect, second) and effect.at <= second.at <= effect.at + rules.within:
                moves[effect.agent] += rules.rates.delta(effect)
        term = Beyond(clash.limit, dict(moves))
        known = worst.get(second.entity)
        if known is None or term.value(term.players) > known.value(known.players):
            worst[second.entity] = term
    return list(worst.values())


def _alike(one: Effect, other: Effect) -> bool:
    return (one.entity, one.metric, one.unit) == (other.entity, other.metric, other.unit)


def _twice(clashes: Iterable[Clash], rates: Rates) -> list[Term]:
    """Each time that it was made good again, with whoever did so last before."""
    last = {clash.second: clash for clash in sorted(clashes, key=lambda one: one.first.at)}
    return [
        Pair(
            clash.first.agent,
            clash.second.agent,
            min(abs(rates.delta(clash.first)), abs(rates.delta(clash.second))),
        )
        for clash in last.values()
    ]


def states(clashes: Iterable[Clash], worth: float) -> list[Term]:
    """A pair for each thing that two brought into opposite states, or obligation left open."""
    found: dict[tuple[str, ...], Term] = {}
    for clash in clashes:
        first, second = clash.first, clash.second
        key: tuple[str, ...] = (first.entity, *sorted({first.agent, second.agent}))
        if clash.condition is Condition.LEFT_OPEN:
            key = (first.opens,)
        found.setdefault((clash.condition, *key), Pair(first.agent, second.agent, worth))
    return list(found.values())


def still_open(case: Case) -> dict[str, str]:
    """Who opened each obligation that nobody closed."""
    closed = {effect.closes for effect in case.effects}
    return {
        effect.opens: effect.agent
        for effect in reversed(case.effects)
        if effect.opens and effect.opens not in closed
    }


def obligations(case: Case, clashes: Iterable[Clash], worth: float) -> list[Term]:
    """What is still open is its opener's own, unless another one settled the thing over it."""
    settled = {one.first.opens for one in clashes if one.condition is Condition.LEFT_OPEN}
    return [Own(who, worth) for name, who in still_open(case).items() if name not in settled]


def of_findings(
    findings: Iterable[Found], agents: Sequence[str], worth: float
) -> Mapping[Condition, list[Term]]:
    """Pairs of agents of whom other signatures say that they do not go together: C5 to C7."""
    found: dict[Condition, list[Term]] = defaultdict(list)
    for each in findings:
        condition = OF_FINDINGS.get(each.signature)
        both = combinations(sorted(set(each.agents).intersection(agents)), 2)
        if condition:
            found[condition] += [Pair(one, other, worth) for one, other in both]
    return found


def gap(terms: Sequence[Term]) -> float:
    """v(N) - max v({i}): what is lost beyond the most that one agent would have lost alone."""
    everyone = players(terms)
    alone = max((loss(terms, {agent}) for agent in everyone), default=0.0)
    return loss(terms, frozenset(everyone)) - alone


def least(case: Case, unit: str, rules: Rules, amounts: Iterable[float] = ()) -> float:
    """Tau: what has to be lost in the unit; amounts: that were decided on in the unit."""
    moved = sum(
        abs(rules.rates.delta(effect))
        for effect in case.effects
        if rules.rates.unit(effect) == unit
    )
    return max(rules.loss_min, rules.value_share * max([moved, *amounts]))
