"""Which numbers of a window are followed: chosen by a baseline when an epoch begins, then fixed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import asin, log2, nan, sqrt
from typing import Any, cast

import numpy as np

from analyzers.drift import argument_values, sequences
from analyzers.drift.arrays import Floats
from analyzers.drift.channels import columns
from analyzers.drift.intent import (
    CALIBRATION_MIN,
    Model,
    Run,
    alignment,
    learn,
    off_in_baseline,
    off_intent,
)
from analyzers.drift.metrics import ARROW, METRICS, OTHER, SEPARATOR, Form, Metric, bin_level
from analyzers.drift.shapes import Histogram, Shape, shapes
from analyzers.drift.wishes import Counted, Wishes
from domain.drift import Channel, ChannelKind, Stream, WindowCounts
from domain.tool_orders import Constraint

# A rare share is followed from half an event a window on: ranks are fair among equal windows too.
RARE_COUNT_MIN = 0.5
RULES_MAX = 20
TOOLS_MAX = 20  # the most frequent ones: pairs grow with its square
SHAPES = ("location", "spread", "skew", "upper tail", "lower tail")
LEVEL, NOVEL, BROKEN = "level", "novel transition", "kept: "
ODD, ALIGNED = "odd for its intent", "alignment with intents"
# The most frequent ones: what is odd is held against these.
RUNS_KEPT_MAX = 400
EXPOSURES_MAX = 56
NOTHING = 1e-9  # counts that are weighted are no whole numbers
NO_RUNS = 0.5  # stands for none, of which there is no logarithm


@dataclass(frozen=True)
class Plan:
    """The channels of one stream; what they are computed from is plain, so that JSON holds it.

    chosen: by form: names; edges; the first bin and pooled counts; known edges, rules and runs;
    and runs_each, how many there were in windows.
    """

    stream: Stream
    wishes: Wishes
    chosen: Mapping[str, Any]

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """In the order of `values`."""
        metric = METRICS[self.stream.metric]
        named: list[tuple[str, ChannelKind]]
        if metric.form is Form.SHARES:
            named = [(name, metric.kind) for name in self.chosen["names"]]
            named += [(OTHER, metric.kind)] * self.chosen["other"]
            named += [(ALIGNED, ChannelKind.SHAPE)] * self._aligned
        elif metric.form is Form.CELLS:
            named = [(ARROW.join(edge), metric.kind) for edge in self.chosen["edges"]]
        elif metric.form is Form.PATHS:
            named = [(NOVEL, metric.kind)]
            named += [(ODD, metric.kind)] * bool(self._runs)
            named += [(BROKEN + _told(rule), metric.kind) for rule in self.chosen["rules"]]
        elif metric.form is Form.RUNS:
            named = [(LEVEL, metric.kind)]
        elif metric.form is Form.VALUES:
            named = [
                (f"{argument}: {name}", kind)
                for argument, first, _ in self.chosen["values"]
                for name, kind in _of_histogram(argument_values.level_kind(first))
            ]
        else:
            named = _of_histogram(metric.kind)
        return tuple(Channel(self.stream, name, kind) for name, kind in named)

    def values(self, window: WindowCounts) -> list[float]:
        """One a channel; all NaN: the window does not count."""
        return values_of_many([(self, window)])[0]

    def read(self, window: WindowCounts, of: Sequence[Shape | None]) -> list[float]:
        """As `values`; of: the shapes of its `histograms`."""
        form = METRICS[self.stream.metric].form
        if form in (Form.BINS, Form.VALUES):
            scale = self._scale(window)
            return [value for shape in of for value in self._of_shape(shape, scale)]
        if form is Form.PATHS:
            return self._of_paths(window.counts, self._scale(window))
        if form is Form.RUNS:
            return [log2(max(window.traces, NO_RUNS))]
        counted = self.wishes.standardised(window)
        if not counted:
            return [nan] * len(self.channels)
        scale = self._scale(window)
        if form is Form.SHARES:
            aligned = [self._alignment(window)] if self._aligned else []
            return self._of_shares(counted, scale) + aligned
        return self._of_cells(counted, scale)

    def histograms(self, window: WindowCounts) -> list[Histogram | None]:
        """Of a metric that is read by them; None: the window does not count for it."""
        form = METRICS[self.stream.metric].form
        if form not in (Form.BINS, Form.VALUES):
            return []
        counted = self.wishes.standardised(window)
        if form is Form.VALUES:
            return argument_values.histograms(self.chosen["values"], counted)
        pooled = self.chosen["pooled"]
        return [Histogram(counted, self.chosen["first"], pooled) if counted else None]

    def shares(
        self, windows: Sequence[WindowCounts], counts: Sequence[tuple[int, int]]
    ) -> list[float]:
        """As `values` tells shares: one a window, of (count, of)."""
        return [
            _share(count, of, self._scale(window)) if of else nan
            for window, (count, of) in zip(windows, counts, strict=True)
        ]

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; `restored` is the way back."""
        return {"wishes": self.wishes.plain(), "chosen": dict(self.chosen)}

    def _scale(self, window: WindowCounts) -> float:
        """How many runs a window of the baseline had for each of this one; 1 in older plans.

        The share of none, or of all, depends on nothing but how many were counted: of each window
        it is told as of one in the baseline, or demand alone would move it.
        """
        known = self.chosen.get("runs_each", ())
        if not known or not window.traces:
            return 1.0
        return float(known[window.number % len(known)] / window.traces)

    def _of_shares(self, counted: Counted, scale: float) -> list[float]:
        total = sum(counted.values())
        held = [counted.get(name, 0.0) for name in self.chosen["names"]]
        rest = [total - sum(held)] * self.chosen["other"]
        return [_share(count, total, scale) for count in held + rest]

    @property
    def _aligned(self) -> bool:
        """Whether it is asked how much intents tell of what is done; plans from before are not."""
        return bool(self.chosen.get("aligned")) and bool(self.wishes.usual)

    def _alignment(self, window: WindowCounts) -> float:
        """As if intents came as in the baseline, for demand alone must not move it."""
        held = self.wishes.by_intent(window)
        names = [*self.chosen["names"], OTHER]
        places = {name: place for place, name in enumerate(names)}
        table = np.zeros((len(held), len(names)))
        for row, counted in enumerate(held.values()):
            for name, count in counted.items():
                table[row, places.get(name, len(names) - 1)] += count
        return alignment(table)

    def _of_cells(self, counted: Counted, scale: float) -> list[float]:
        visits: Counter[str] = Counter()
        rare: Counter[str] = Counter()
        chosen = {ARROW.join(edge) for edge in self.chosen["edges"]}
        for name, count in counted.items():
            row = name.partition(ARROW)[0]
            visits[row] += count  # type: ignore[assignment]
            rare[row] += 0 if name in chosen else count  # type: ignore[assignment]
        return [
            _share(
                rare[a] if b == sequences.RARE else counted.get(f"{a}{ARROW}{b}", 0.0),
                visits[a],
                scale,
            )
            if visits[a]
            else nan
            for a, b in self.chosen["edges"]
        ]

    def _of_shape(self, shape: Shape | None, scale: float) -> list[float]:
        if shape is None:
            return [nan] * (1 + len(SHAPES))
        level = bin_level(METRICS[self.stream.metric], shape.mean)
        # Standardised counts are weighted: rounding them would make few runs look like others.
        tails = (_share(tail, shape.size, scale) for tail in (shape.upper, shape.lower))
        return [level, *shape.moments, *tails]

    @property
    def _runs(self) -> Sequence[Any]:
        """What was usual, as [intent, path, runs]; plans from before hold none."""
        return cast(Sequence[Any], self.chosen.get("runs", ()))

    @cached_property
    def _usual(self) -> Model:
        known = {(intent, tuple(path)): count for intent, path, count in self._runs}
        return learn(known, known)

    @cached_property
    def _known(self) -> frozenset[sequences.Edge]:
        return frozenset((a, b) for a, b in self.chosen["edges"])

    @cached_property
    def _rules(self) -> list[sequences.Rule]:
        return [
            sequences.Rule(Constraint(name) if name else None, first, second)
            for name, first, second in self.chosen["rules"]
        ]

    def _of_paths(self, counts: Mapping[str, int], scale: float) -> list[float]:
        runs = paths_of(counts)
        total = sum(runs.values())
        novel = sum(n for path, n in runs.items() if sequences.novel([path], self._known))
        return [
            _share(novel, total, scale) if total else nan,
            *[_share(*off_intent(self._usual, runs_of(counts)), scale) if total else nan]
            * bool(self._runs),
            *(_share(*found, scale) if found[1] else nan for found in _kept(self._rules, runs)),
        ]


def values_of_many(asked: Sequence[tuple[Plan, WindowCounts]]) -> list[list[float]]:
    """`Plan.values` of each plan and window; quicker than one by one."""
    histograms = [chosen.histograms(window) for chosen, window in asked]
    read = iter(shapes([one for many in histograms for one in many if one]))
    return [
        chosen.read(window, [next(read) if one else None for one in many])
        for (chosen, window), many in zip(asked, histograms, strict=True)
    ]


def _of_histogram(level: ChannelKind) -> list[tuple[str, ChannelKind]]:
    shapes = [ChannelKind.SHAPE] * 3 + [ChannelKind.SHARE] * 2
    return [(LEVEL, level), *zip(SHAPES, shapes, strict=True)]


def restored(stream: Stream, plain: Mapping[str, Any]) -> Plan:
    """From what `Plan.plain` gave."""
    return Plan(stream, Wishes(**plain["wishes"]), plain["chosen"])


def plan(stream: Stream, baseline: Sequence[WindowCounts]) -> Plan:
    """By these windows and by them alone; a plan without channels follows nothing."""
    wishes = Wishes.of(baseline)
    chosen = _choose(METRICS[stream.metric], wishes, baseline)
    runs = [window.traces for window in baseline[:EXPOSURES_MAX]]
    return Plan(stream, wishes, chosen | {"runs_each": runs})


def _choose(metric: Metric, wishes: Wishes, baseline: Sequence[WindowCounts]) -> dict[str, Any]:
    if metric.form is Form.PATHS:
        return _choose_paths(baseline)
    if metric.form is Form.RUNS:
        return {}
    counted = [wishes.standardised(window) for window in baseline]
    counted = [window for window in counted if window]
    if metric.form is Form.SHARES:
        return _choose_shares(counted, metric.only)
    if metric.form is Form.CELLS:
        found = sequences.cells([_edges(window) for window in counted])
        return {"edges": [list(edge) for edge in found.cells]}
    if metric.form is Form.VALUES:
        return {"values": argument_values.choose(counted)}
    return _choose_bins(counted)


def values_of(plan_: Plan, baseline: Sequence[WindowCounts]) -> Floats:
    """(windows, channels) of the plan's own baseline.

    A window of it is asked for transitions that no other window of it shows, and for runs that are
    odd beside those of the others, so that it is like one that comes after it.
    """
    x = np.array(values_of_many([(plan_, window) for window in baseline]))
    if METRICS[plan_.stream.metric].form is Form.PATHS:
        x[:, 0] = plan_.shares(baseline, _novel_in(baseline))
        if any(channel.name == ODD for channel in plan_.channels):
            off = off_in_baseline([runs_of(window.counts) for window in baseline])
            x[:, 1] = plan_.shares(baseline, off)
    return x


def runs_of(counts: Mapping[str, int]) -> Counter[Run]:
    """How many runs of each intent took each path; what was not kept is left out."""
    found: Counter[Run] = Counter()
    for name, count in counts.items():
        intent, *path = name.split(SEPARATOR)
        if path and path != [""] and path != [OTHER]:
            found[intent, tuple(path)] += count
    return found


def paths_of(counts: Mapping[str, int]) -> Counter[tuple[str, ...]]:
    """The same, whatever they were for."""
    return _whatever_for(runs_of(counts))


def _whatever_for(runs: Mapping[Run, int]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for (_, path), count in runs.items():
        found[path] += count
    return found


def _share(count: float, of: float, scale: float = 1.0) -> float:
    """scale: of `of`, where there is nothing else that the share could follow from."""
    if count <= NOTHING:
        count, of = 0.0, of * scale
    elif of - count <= NOTHING:
        count = of = of * scale
    return 2.0 * asin(sqrt((max(count, 0.0) + 0.375) / (of + 0.75)))


def _choose_shares(counted: Sequence[Counted], only: str) -> dict[str, Any]:
    names = sorted({name for window in counted for name in window})
    if only:
        mean = sum(window.get(only, 0.0) for window in counted) / max(len(counted), 1)
        return {"names": [only] * (mean >= RARE_COUNT_MIN), "other": False}
    if not names:
        return {"names": [], "other": False}
    table = np.array([[window.get(name, 0.0) for name in names] for window in counted])
    found = columns(np.rint(table).astype(np.int64))
    kept = [names[place] for place in found.kept]
    return {"names": kept, "other": bool(found.other), "aligned": bool(kept)}


def _edges(window: Counted) -> dict[sequences.Edge, int]:
    found: dict[sequences.Edge, int] = {}
    for name, count in window.items():
        a, arrow, b = name.partition(ARROW)
        if arrow:
            found[a, b] = round(count)
    return found


def _choose_bins(counted: Sequence[Counted]) -> dict[str, Any]:
    """One more bin than the baseline shows at either end, for what is beyond it."""
    pooled: defaultdict[int, float] = defaultdict(float)
    for window in counted:
        for name, count in window.items():
            pooled[int(name)] += count
    first, last = min(pooled, default=0) - 1, max(pooled, default=0) + 1
    held = [round(pooled[number]) for number in range(first, last + 1)]
    return {"first": first, "pooled": held}


def _choose_paths(baseline: Sequence[WindowCounts]) -> dict[str, Any]:
    runs: Counter[Run] = Counter()
    for window in baseline:
        runs.update(runs_of(window.counts))
    pooled = _whatever_for(runs)
    known = sorted({edge for path in pooled for edge in sequences.edges(path)})
    tools = Counter(tool for path, n in pooled.items() for tool in set(path) for _ in range(n))
    asked = sequences.candidates([tool for tool, _ in tools.most_common(TOOLS_MAX)])
    counted = zip(asked, _kept(asked, pooled), strict=True)
    rules = [rule for rule, found in counted if sequences.is_kept(found)]
    told = [[rule.constraint or "", rule.first, rule.second] for rule in rules[:RULES_MAX]]
    often = sorted(runs.items(), key=lambda one: (-one[1], one[0]))[:RUNS_KEPT_MAX]
    usual = [[intent, list(path), count] for (intent, path), count in often]
    enough = runs.total() >= CALIBRATION_MIN
    edges = [list(edge) for edge in known]
    return {"edges": edges, "rules": told, "runs": usual if enough else []}


def _novel_in(baseline: Sequence[WindowCounts]) -> list[tuple[int, int]]:
    windows = [paths_of(window.counts) for window in baseline]
    shown = [{edge for path in paths for edge in sequences.edges(path)} for paths in windows]
    seen_in = Counter(edge for known in shown for edge in known)
    often = frozenset(edge for edge, times in seen_in.items() if times > 1)
    return [
        (sum(n for path, n in paths.items() if sequences.novel([path], often)), paths.total())
        for paths in windows
    ]


def _kept(
    rules: Sequence[sequences.Rule], runs: Mapping[tuple[str, ...], int]
) -> list[tuple[int, int]]:
    """Of each rule, the runs that keep it and those to which it applies."""
    found = []
    for rule in rules:
        applying = {path: n for path, n in runs.items() if rule.applies(path)}
        held = sum(n for path, n in applying.items() if rule.held(path))
        found.append((held, sum(applying.values())))
    return found


def _told(rule: Sequence[str]) -> str:
    constraint, first, second = rule
    return f"{first} once" if not constraint else f"{constraint} {first}{ARROW}{second}"
