"""What each agent contributes to a common loss: the Shapley value (Shapley, 1953).

It is the average, over all orders in which agents might have acted, of what each one adds to the
loss of those before it. It is the only share that is efficient (sums to the loss), symmetric,
nothing for whoever adds nothing, and additive over losses. A share of a loss is no blame for it.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

EXACT_PLAYERS_MAX = 12
SAMPLES = 2_000
NORMAL_95 = 1.96

Worth = Callable[[AbstractSet[str]], float]


class Term(Protocol):
    """A part of a loss."""

    @property
    def players(self) -> frozenset[str]:
        """Who may have to do with it."""
        ...

    def value(self, group: AbstractSet[str]) -> float:
        """What it comes to if only `group` had acted, not less than 0."""
        ...


@dataclass(frozen=True, slots=True)
class Own:
    """A loss that one agent makes alone."""

    agent: str
    worth: float

    @property
    def players(self) -> frozenset[str]:
        """The one."""
        return frozenset({self.agent})

    def value(self, group: AbstractSet[str]) -> float:
        """All or nothing."""
        return self.worth if self.agent in group else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A loss that is there only where two agents act."""

    one: str
    other: str
    worth: float

    @property
    def players(self) -> frozenset[str]:
        """The two."""
        return frozenset({self.one, self.other})

    def value(self, group: AbstractSet[str]) -> float:
        """All or nothing."""
        return self.worth if self.players <= group else 0.0


@dataclass(frozen=True, slots=True)
class Against:
    """A metric that goes another way than its `holders` want: direction 1 = up, -1 = down.

    moves: how far each agent moved it. In a group without a holder nobody minds.
    """

    direction: int
    holders: frozenset[str]
    moves: Mapping[str, float]

    @property
    def players(self) -> frozenset[str]:
        """Holders and movers."""
        return self.holders.union(self.moves)

    def value(self, group: AbstractSet[str]) -> float:
        """How far the group's net movement goes the wrong way."""
        if self.holders.isdisjoint(group):
            return 0.0
        net = sum(moved for agent, moved in self.moves.items() if agent in group)
        return max(0.0, -self.direction * net)


@dataclass(frozen=True, slots=True)
class Beyond:
    """A metric that is moved further than `limit` allows, either way."""

    limit: float
    moves: Mapping[str, float]

    @property
    def players(self) -> frozenset[str]:
        """The movers."""
        return frozenset(self.moves)

    def value(self, group: AbstractSet[str]) -> float:
        """By how much the group's net movement exceeds the limit."""
        net = sum(moved for agent, moved in self.moves.items() if agent in group)
        return max(0.0, abs(net) - self.limit)


@dataclass(frozen=True, slots=True)
class Share:
    """What an agent contributes; `margin`: half of the 95 % interval, 0 where it is exact."""

    agent: str
    amount: float
    margin: float = 0.0


def loss(terms: Iterable[Term], group: AbstractSet[str]) -> float:
    """What `group` would have lost alone, v(S)."""
    return math.fsum(term.value(group) for term in terms)


def players(terms: Iterable[Term]) -> list[str]:
    """All that may have to do with it, by name."""
    return sorted(frozenset[str]().union(*(term.players for term in terms)))


def shares(terms: Sequence[Term], seed: str) -> list[Share]:
    """The share of each agent, the largest first; they sum to the loss of all.

    Own and pair terms in closed form; others exactly with up to 12 agents, else from 2,000 orders
    that follow from `seed`.
    """
    simple = [term for term in terms if isinstance(term, Own | Pair)]
    other = [term for term in terms if not isinstance(term, Own | Pair)]
    amounts = dict.fromkeys(players(terms), 0.0) | closed_form(simple)
    margins: dict[str, float] = {}
    taking_part = players(other)
    if len(taking_part) <= EXACT_PLAYERS_MAX:
        more = exact(taking_part, lambda group: loss(other, group))
    else:
        more, margins = sampled(taking_part, lambda group: loss(other, group), seed)
    for agent, amount in more.items():
        amounts[agent] += amount
    made = (Share(agent, amount, margins.get(agent, 0.0)) for agent, amount in amounts.items())
    return sorted(made, key=lambda share: (-round(share.amount, 9), share.agent))


def closed_form(terms: Iterable[Own | Pair]) -> dict[str, float]:
    """Of own and pair terms: one's own, and half of each pair that one is in."""
    amounts: dict[str, float] = {}
    for term in terms:
        for agent in term.players:
            amounts[agent] = amounts.get(agent, 0.0) + term.worth / len(term.players)
    return amounts


def exact(agents: Sequence[str], worth: Worth) -> dict[str, float]:
    """Of any loss, over all 2^n groups."""
    count = len(agents)
    groups = [
        frozenset(agents[place] for place in range(count) if mask >> place & 1)
        for mask in range(1 << count)
    ]
    worths = [worth(group) for group in groups]
    weights = [
        math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        for size in range(count)
    ]
    return {
        agent: math.fsum(
            weights[len(groups[mask])] * (worths[mask | 1 << place] - worths[mask])
            for mask in range(1 << count)
            if not mask >> place & 1
        )
        for place, agent in enumerate(agents)
    }


def sampled(
    agents: Collection[str], worth: Worth, seed: str, samples: int = SAMPLES
) -> tuple[dict[str, float], dict[str, float]]:
    """Of any loss, from `samples` orders (Castro, Gomez and Tejada, 2009): the mean of each agent,
    and half of its 95 % interval."""
    added: dict[str, list[float]] = {agent: [] for agent in agents}
    for order in _orders(agents, seed, samples):
        group: frozenset[str] = frozenset()
        before = worth(group)
        for agent in order:
            group |= {agent}
            after = worth(group)
            added[agent].append(after - before)
            before = after
    means = {agent: math.fsum(each) / samples for agent, each in added.items()}
    margins = {
        agent: NORMAL_95 * math.sqrt(_variance(each, means[agent]) / samples)
        for agent, each in added.items()
    }
    return means, margins


def _variance(values: Sequence[float], mean: float) -> float:
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _orders(agents: Collection[str], seed: str, samples: int) -> Iterator[list[str]]:
    """Orders as if by chance, the same for the same seed."""
    for number in range(samples):
        key = f"{seed}|{number}".encode()[-64:]
        yield sorted(agents, key=lambda agent: _mixed(agent, key))


def _mixed(agent: str, key: bytes) -> bytes:
    return hashlib.blake2b(agent.encode(), key=key, digest_size=8).digest()
