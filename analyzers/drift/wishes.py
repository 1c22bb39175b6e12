"""Counts as they would be if wishes came as often as in the baseline (direct standardisation)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from analyzers.drift.intent import RUNS_MIN
from analyzers.drift.metrics import OTHER, SEPARATOR
from domain.drift import WindowCounts

INTENTS_MAX = 20

Counted = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Wishes:
    """The runs of each intent in a baseline, and what they held on average, by name."""

    runs: Mapping[str, int]
    usual: Mapping[str, Counted]

    @classmethod
    def of(cls, windows: Sequence[WindowCounts]) -> Self:
        """Of the windows of a baseline; what is beyond the most frequent intents is one."""
        pooled: Counter[str] = Counter()
        for window in windows:
            pooled.update(window.counts)
        runs, held = _by_intent(pooled, None)
        named = sorted(runs, key=lambda intent: (-runs[intent], intent))
        kept = frozenset(named[:INTENTS_MAX]) | {OTHER}
        runs, held = _by_intent(pooled, kept)
        usual = {
            intent: {name: count / max(runs[intent], 1) for name, count in counted.items()}
            for intent, counted in held.items()
        }
        return cls(runs, usual if len(runs) > 1 else {})

    def standardised(self, window: WindowCounts) -> Counted:
        """By name, as if the window's runs had the baseline's intents.

        An intent of fewer than RUNS_MIN runs counts as in the baseline; one that the baseline does
        not know is left out. Empty: nothing that the baseline knows.
        """
        if not self.usual:
            return _summed(window.counts)
        found: defaultdict[str, float] = defaultdict(float)
        for counted in self.by_intent(window).values():
            for name, count in counted.items():
                found[name] += count
        return found

    def by_intent(self, window: WindowCounts) -> Mapping[str, Counted]:
        """The same of each intent by itself; empty: nothing that the baseline knows."""
        runs, held = _by_intent(window.counts, frozenset(self.runs) | {OTHER})
        if sum(runs[intent] for intent in self.runs) < RUNS_MIN:
            return {}
        total = sum(self.runs.values())
        found = {}
        for intent, weight in self.runs.items():
            enough = runs[intent] >= RUNS_MIN
            counted = held.get(intent, {}) if enough else self.usual.get(intent, {})
            scale = weight / total * window.traces / (runs[intent] if enough else 1)
            found[intent] = {name: scale * count for name, count in counted.items()}
        return found

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; `Wishes(**plain)` restores it."""
        return {"runs": dict(self.runs), "usual": {k: dict(v) for k, v in self.usual.items()}}


def _by_intent(
    counts: Mapping[str, int], kept: frozenset[str] | None
) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Runs of each intent, and what they held by name; intents that are not kept are one."""
    runs: Counter[str] = Counter()
    held: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key in sorted(counts):
        intent, _, name = key.partition(SEPARATOR)
        intent = intent if kept is None or intent in kept else OTHER
        if name:
            held[intent][name] += counts[key]
        else:
            runs[intent] += counts[key]
    return runs, held


def _summed(counts: Mapping[str, int]) -> Counted:
    """By name, whatever runs were for."""
    names = [key.partition(SEPARATOR)[2] for key in counts]
    total = dict(zip(names, counts.values(), strict=True))
    if len(total) < len(names):  # of several intents
        total = dict.fromkeys(names, 0)
        for name, count in zip(names, counts.values(), strict=True):
            total[name] += count
    total.pop("", None)
    return total
