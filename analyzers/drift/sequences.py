"""Do runs still take the same steps in the same order? Shares of transitions, rules of order.

A path is the tools of one closed run; `^` comes before the first and `$` after the last.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from analyzers.drift.arrays import Counts, Floats, Places
from analyzers.drift.budget import e_bh
from analyzers.drift.channels import COUNT_MIN, share
from domain.tool_orders import Constraint

START, END = "^", "$"
RARE = "rare"
SUPPORT_MIN = 200
CONFIDENCE_MIN = 0.98

Edge = tuple[str, str]
Path = Sequence[str]


def edges(path: Path) -> Iterator[Edge]:
    """From start to end.

    >>> list(edges(["plan", "refund"]))
    [('^', 'plan'), ('plan', 'refund'), ('refund', '$')]
    """
    yield from pairwise((START, *path, END))


def transitions(paths: Iterable[Path]) -> Counter[Edge]:
    """How often each is taken in the runs of a window."""
    return Counter(edge for path in paths for edge in edges(path))


@dataclass(frozen=True, slots=True)
class Cells:
    """The transitions that are channels of their own; the others of a row are one, `rare`."""

    cells: tuple[Edge, ...]

    def counts(self, windows: Sequence[Mapping[Edge, int]]) -> tuple[Counts, Counts]:
        """(windows, cells): how often each was taken, and how often its row was."""
        place = {cell: number for number, cell in enumerate(self.cells)}
        rows = {row: number for number, row in enumerate(dict.fromkeys(a for a, _ in self.cells))}
        taken = np.zeros((len(windows), len(place)), np.int64)
        visits = np.zeros((len(windows), len(rows)), np.int64)
        for window, counted in enumerate(windows):
            for (a, b), count in counted.items():
                if a in rows:
                    visits[window, rows[a]] += count
                number = place.get((a, b), place.get((a, RARE)))
                if number is not None:
                    taken[window, number] += count
        return taken, visits[:, [rows[a] for a, _ in self.cells]]

    def channels(self, windows: Sequence[Mapping[Edge, int]]) -> Floats:
        """(windows, cells): p(b given a); NaN where the row was not visited."""
        taken, visits = self.counts(windows)
        return np.where(visits > 0, share(taken, visits), np.nan)


def cells(baseline: Sequence[Mapping[Edge, int]], count_min: float = COUNT_MIN) -> Cells:
    """Those that a baseline shows often enough in a window, in a fixed order.

    A transition that nearly always follows is left out: its share tells of the few others.
    """
    total: Counter[Edge] = Counter()
    for window in baseline:
        total.update(window)
    enough = count_min * len(baseline)
    visits: Counter[str] = Counter()
    for (a, _), count in total.items():
        visits[a] += count
    frequent = {
        edge for edge, count in total.items() if min(count, visits[edge[0]] - count) >= enough
    }
    rest = visits.copy()
    for edge in frequent:
        rest[edge[0]] -= total[edge]
    pooled = {(a, RARE) for a, count in rest.items() if min(count, visits[a] - count) >= enough}
    return Cells((*sorted(frequent), *sorted(pooled - frequent)))


def needs_two(paths: Iterable[Path]) -> list[str]:
    """Tools after which the next step depends on the step before too, by Schwarz's BIC (1978).

    Only their rows deserve channels of three steps.
    """
    rows: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for path in paths:
        whole = (START, *path, END)
        for before, tool, after in zip(whole, whole[1:], whole[2:], strict=False):
            rows[tool][before, after] += 1
    return sorted(tool for tool, counted in rows.items() if _second_order(counted))


def _second_order(counted: Counter[tuple[str, str]]) -> bool:
    """Whether what comes before says more of what comes after than its parameters cost."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for (a, b), count in counted.items():
        before[a] += count
        after[b] += count
    total = before.total()
    gain = sum(
        count * log(count * total / (before[a] * after[b])) for (a, b), count in counted.items()
    )
    return gain > 0.5 * (len(before) - 1) * (len(after) - 1) * log(total)


def novel_in_baseline(windows: Sequence[Sequence[Path]]) -> list[int]:
    """Runs of each window that take a transition which no other window of the baseline shows.

    So counted, a window of the baseline is like one after it, whose runs are held against all.
    """
    shown = [{edge for path in paths for edge in edges(path)} for paths in windows]
    seen_in = Counter(edge for known in shown for edge in known)
    return [
        sum(any(seen_in[edge] == 1 for edge in edges(path)) for path in paths) for paths in windows
    ]


def novel(paths: Iterable[Path], known: frozenset[Edge]) -> int:
    """Runs that take a transition which the baseline does not know."""
    return sum(any(edge not in known for edge in edges(path)) for path in paths)


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """`first` and `second` as in domain.tool_orders; `second` empty: `first` at most once."""

    constraint: Constraint | None
    first: str
    second: str = ""

    def applies(self, path: Path) -> bool:
        """Whether the run has the tool that asks for something."""
        return (self.second if self.constraint is Constraint.PRECEDENCE else self.first) in path

    def held(self, path: Path) -> bool:
        """Whether a run to which it applies keeps it."""
        if self.constraint is None:
            return list(path).count(self.first) == 1
        if self.constraint is Constraint.NOT_COEXISTENCE:
            return self.second not in path
        if self.first not in path or self.second not in path:
            return False
        order = list(path)
        if self.constraint is Constraint.PRECEDENCE:
            return order.index(self.first) < order.index(self.second)
        return order[::-1].index(self.second) < order[::-1].index(self.first)


def rules(paths: Sequence[Path]) -> list[Rule]:
    """What nearly all runs of a baseline keep to, of those that apply to enough of them."""
    tools = {tool for path in paths for tool in path}
    return [rule for rule in candidates(tools) if is_kept(conformance(rule, paths))]


def candidates(tools: Collection[str]) -> list[Rule]:
    """All rules that these tools could keep to, in a fixed order."""
    named = sorted(tools)
    asked = [Rule(None, tool) for tool in named]
    for constraint in (Constraint.PRECEDENCE, Constraint.RESPONSE):
        asked += [Rule(constraint, a, b) for a in named for b in named if a != b]
    return asked


def is_kept(counted: tuple[int, int]) -> bool:
    """Whether a rule is one: of runs that keep it, and those to which it applies."""
    held, applies = counted
    return applies >= SUPPORT_MIN and held >= CONFIDENCE_MIN * applies


def conformance(rule: Rule, paths: Iterable[Path]) -> tuple[int, int]:
    """Runs that keep the rule, of those to which it applies: a share, so a channel."""
    applying = [path for path in paths if rule.applies(path)]
    return sum(map(rule.held, applying)), len(applying)


def localised(evidence: Floats, memory_windows: int, q: float = 0.1) -> Places:
    """Which cells changed, the surest first; NaN: a cell that says nothing yet."""
    return e_bh(np.nan_to_num(evidence, nan=0.0) / memory_windows, q)


@dataclass(frozen=True, slots=True)
class Drift:
    """How much each part has to do with a change; the shares of all cells sum up to 1.

    cells: of the conditional change, p1(a) p1(b|a) ln(p1(b|a) / p0(b|a)) each. rows: of the change
    in how often each tool is used, told apart, for one change upstream moves all below it.
    nats: what the conditional change sums up to, a step: the rate of Kullback and Leibler's
    divergence of the two Markov chains.
    """

    cells: Mapping[Edge, float]
    rows: Mapping[str, float]
    nats: float


def divergence(before: Mapping[Edge, int], after: Mapping[Edge, int]) -> Drift:
    """Which transitions changed how much; half a count is added to each, so none is impossible."""
    every = sorted(before.keys() | after.keys())
    if not every:
        return Drift({}, {}, 0.0)
    out = Counter(a for a, _ in every)
    uses = [_row_counts(counted, out) for counted in (before, after)]
    totals = [sum(use.values()) for use in uses]
    cells: dict[Edge, float] = {}
    for a, b in every:
        old, new = (
            (counted.get((a, b), 0) + 0.5) / use[a]
            for counted, use in zip((before, after), uses, strict=True)
        )
        cells[a, b] = uses[1][a] / totals[1] * new * float(np.log(new / old))
    nats = sum(cells.values())
    rows = {a: uses[1][a] / totals[1] - uses[0][a] / totals[0] for a in out}
    scale = 1.0 / nats if nats > 0 else 0.0
    return Drift({cell: part * scale for cell, part in cells.items()}, rows, nats)


def _row_counts(counted: Mapping[Edge, int], out: Counter[str]) -> dict[str, float]:
    use = {a: 0.5 * ways for a, ways in out.items()}
    for (a, _), count in counted.items():
        use[a] += count
    return use
