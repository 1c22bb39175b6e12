"""Numbers that tools are called with: which arguments are followed, by the bins of each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from analyzers.drift.metrics import ARROW
from analyzers.drift.shapes import Histogram
from analyzers.drift.windows import TRACES_MIN
from domain.drift import ChannelKind

ARGUMENTS_MAX = 20

Chosen = tuple[str, int, Sequence[int]]  # an argument, its first bin, and its pooled counts


def by_argument(counted: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Bins of each argument, of names such as `pay amount -> 37`; what has no bin is left out.

    >>> by_argument({"pay amount -> 37": 2, "__other": 9})
    {'pay amount': {'37': 2}}
    """
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for name, count in counted.items():
        argument, arrow, number = name.rpartition(ARROW)
        if arrow:
            found[argument][number] = count
    return dict(found)


def choose(baseline: Sequence[Mapping[str, float]]) -> list[Chosen]:
    """The most frequent arguments that have enough values in a window of a baseline on average.

    One more bin than the baseline shows at either end, for what is beyond it.
    """
    pooled: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for window in baseline:
        for argument, bins in by_argument(window).items():
            for number, count in bins.items():
                pooled[argument][int(number)] += round(count)
    often = sorted(pooled, key=lambda name: (-pooled[name].total(), name))[:ARGUMENTS_MAX]
    enough = TRACES_MIN * len(baseline)
    return [_chosen(name, pooled[name]) for name in often if pooled[name].total() >= enough]


def histograms(chosen: Sequence[Chosen], counted: Mapping[str, float]) -> list[Histogram | None]:
    """One an argument; None: the window has none of its values."""
    held = by_argument(counted)
    return [
        Histogram(held[name], first, pooled) if name in held else None
        for name, first, pooled in chosen
    ]


def level_kind(first: int) -> ChannelKind:
    """How the level of an argument is told: numbers below 0 have no ratios."""
    return ChannelKind.RATIO if first >= -1 else ChannelKind.SHAPE


def told(counts: Mapping[str, float], arguments_max: int = ARGUMENTS_MAX) -> list[str]:
    """The names of the most frequent arguments, with their bins in order, as a page shows them."""
    held = by_argument(counts)
    often = sorted(held, key=lambda name: (-sum(held[name].values()), name))[:arguments_max]
    return [f"{name}{ARROW}{number}" for name in often for number in sorted(held[name], key=int)]


def _chosen(name: str, pooled: Mapping[int, int]) -> Chosen:
    first, last = min(pooled) - 1, max(pooled) + 1
    return name, first, [pooled.get(number, 0) for number in range(first, last + 1)]
