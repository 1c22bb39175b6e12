"""What do runs that end badly have in common that others have not?

Suspiciousness as in spectrum-based fault localisation (Ochiai 1957; Abreu et al. 2007), certainty
by Fisher's exact test (1935), false discoveries held down as in Benjamini and Hochberg 1995.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, sqrt

from analyzers.combinations import log_ways
from analyzers.false_discoveries import q_values

RUNS_MIN = 20
Q_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """Runs in which something was seen.

    dimension:  agent_version, prompt, model, tool, policy_version, source_kind, read_age.
    part:       of which agent, policy or field; empty for models and tools.
    value:      what was seen; empty: anything, which is what all others are held against.
    bad, good:  runs that ended so.
    """

    dimension: str
    part: str
    value: str
    bad: int
    good: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell against the other runs of its part.

    others_bad, others_good:  runs of the part without the value.
    suspiciousness:           Ochiai: bad / sqrt(all bad x with the value), 0 to 1.
    p:                        chance of as many bad runs or more if the value meant nothing.
    q:                        the expected share of false ones among those with a p as small.
    """

    cell: Cell
    others_bad: int
    others_good: int
    suspiciousness: float
    p: float
    q: float

    @property
    def found(self) -> bool:
        """Whether it is surer than chance lets things be."""
        return self.q <= Q_MAX


def suspects(cells: Iterable[Cell]) -> list[Suspect]:
    """Of one tenant: first those that are found, each group the most suspicious first.

    What was seen, or not seen, in fewer than RUNS_MIN runs is left out: which those are does not
    depend on how runs ended. It says what goes together, not what caused it.
    """
    every = list(cells)
    totals = {(cell.dimension, cell.part): cell for cell in every if not cell.value}
    tested = [cell for cell in every if cell.value and _is_large(cell, totals)]
    chances = [_chance(cell, totals[cell.dimension, cell.part]) for cell in tested]
    told = [
        _suspect(cell, totals[cell.dimension, cell.part], p, q)
        for cell, p, q in zip(tested, chances, q_values(chances), strict=True)
    ]
    return sorted(told, key=lambda one: (not one.found, -one.suspiciousness, one.p, str(one.cell)))


def _is_large(cell: Cell, totals: Mapping[tuple[str, str], Cell]) -> bool:
    total = totals[cell.dimension, cell.part]
    runs = cell.bad + cell.good
    return runs >= RUNS_MIN and total.bad + total.good - runs >= RUNS_MIN


def _suspect(cell: Cell, total: Cell, p: float, q: float) -> Suspect:
    runs = cell.bad + cell.good
    return Suspect(
        cell,
        others_bad=total.bad - cell.bad,
        others_good=total.good - cell.good,
        suspiciousness=cell.bad / sqrt(max(1, total.bad) * runs),
        p=p,
        q=q,
    )


def _chance(cell: Cell, total: Cell) -> float:
    """The upper tail of the hypergeometric distribution."""
    runs, every = cell.bad + cell.good, total.bad + total.good
    most = min(runs, total.bad)
    ways = (
        exp(log_ways(total.bad, bad) + log_ways(total.good, runs - bad) - log_ways(every, runs))
        for bad in range(max(cell.bad, runs - total.good), most + 1)
    )
    return min(1.0, sum(ways))
