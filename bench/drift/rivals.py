"""What others call drift, copied in numpy from their released rules, on the same windows.

Evidently 0.7: Jensen-Shannon distance or Wasserstein / sd >= 0.1 for references of more than 1000
rows, else chi-square or Kolmogorov-Smirnov at p < 0.05; PSI >= 0.1 on request. NannyML 0.13: beyond
mean +- 3 sd of the reference chunks. river 0.26: PageHinkley, ADWIN, KSWIN, event by event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from analyzers.drift.arrays import Counts, Flags, Floats

DISTANCE = 0.1
P = 0.05
CHUNK_SDS = 3.0

# (baseline windows, streams, columns), (streams, columns) -> which streams are said to drift
Rule = Callable[[Counts, Counts], Flags]


def _parts(counts: Counts) -> Floats:
    found: Floats = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return found


def _js(p: Floats, q: Floats, base: float) -> Floats:
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(x > 0, x * np.log(x / middle), 0.0).sum(axis=-1) for x in (p, q)]
    found: Floats = np.sqrt(np.maximum(sum(terms), 0.0) / 2 / np.log(base))
    return found


def js(reference: Counts, current: Counts) -> Flags:
    """Evidently's default for columns of categories."""
    return _js(_parts(reference.sum(axis=0)), _parts(current), np.e) >= DISTANCE


def psi(reference: Counts, current: Counts) -> Flags:
    """Evidently's PSI; empty bins count as 0.0001."""
    p, q = (np.maximum(_parts(one), 1e-4) for one in (reference.sum(axis=0), current))
    found: Flags = ((q - p) * np.log(q / p)).sum(axis=-1) >= DISTANCE
    return found


def chi_square(reference: Counts, current: Counts) -> Flags:
    """Evidently's default for small references."""
    p = _parts(reference.sum(axis=0))
    expected = np.maximum(p * current.sum(axis=-1, keepdims=True), 1e-9)
    statistic = ((current - expected) ** 2 / expected).sum(axis=-1)
    found: Flags = stats.chi2.sf(statistic, current.shape[-1] - 1) < P
    return found


def kolmogorov(reference: Counts, current: Counts) -> Flags:
    """Evidently's default for numbers and small references; on the bins of the histogram."""
    pooled = reference.sum(axis=0)
    apart = np.abs(np.cumsum(_parts(pooled) - _parts(current), axis=-1)).max(axis=-1)
    n, m = pooled.sum(axis=-1), current.sum(axis=-1)
    found: Flags = stats.kstwobign.sf(apart * np.sqrt(n * m / (n + m))) < P
    return found


def wasserstein(values: Floats) -> Rule:
    """Evidently's default for numbers; `values`: what each bin stands for."""

    def rule(reference: Counts, current: Counts) -> Flags:
        p, q = _parts(reference.sum(axis=0)), _parts(current)
        way = (np.abs(np.cumsum(p - q, axis=-1))[:, :-1] * np.diff(values)).sum(axis=-1)
        mean = p @ values
        found: Flags = way / np.sqrt(p @ values**2 - mean**2) >= DISTANCE
        return found

    return rule


def chunks(reference: Counts, current: Counts) -> Flags:
    """NannyML's: the distance to the reference, against the distances of its own chunks."""
    p = _parts(reference.sum(axis=0))
    own = _js(p[None], _parts(reference), 2.0)
    limit = own.mean(axis=0) + CHUNK_SDS * own.std(axis=0)
    found: Flags = _js(p, _parts(current), 2.0) > limit
    return found


@dataclass(slots=True)
class Rivals:
    """Rules that look at each day against the first `baseline` days.

    flagged: days on which each stream was said to drift, by rule. first: the first of them.
    """

    rules: dict[str, Rule]
    streams: int
    baseline: int
    reference: list[Counts] = field(default_factory=list)
    flagged: dict[str, Counts] = field(default_factory=dict)
    first: dict[str, Counts] = field(default_factory=dict)
    day: int = 0

    def observe(self, counts: Counts) -> None:
        """(streams, columns) of the next day."""
        if self.day < self.baseline:
            self.reference.append(counts)
        else:
            reference = np.array(self.reference)
            for name, rule in self.rules.items():
                said = rule(reference, counts)
                first = self.first.setdefault(name, np.full(self.streams, 1 << 30))
                first[said & (first > self.day)] = self.day
                self.flagged.setdefault(name, np.zeros(self.streams, np.int64))[said] += 1
        self.day += 1

    def days_a_year(self) -> dict[str, float]:
        """On which a stream is said to drift, on average."""
        days = self.day - self.baseline
        return {name: float(said.mean()) / days * 365 for name, said in self.flagged.items()}


def page_hinkley(values: Iterable[float]) -> int:
    """Alarms of river's PageHinkley with its defaults: threshold 50, delta 0.005, alpha 0.9999."""
    alarms = seen = 0
    mean = rise = fall = lowest = highest = 0.0
    for value in values:
        seen += 1
        mean += (value - mean) / seen
        rise = 0.9999 * rise + (value - mean - 0.005)
        fall = 0.9999 * fall + (value - mean + 0.005)
        lowest, highest = min(lowest, rise), max(highest, fall)
        if seen >= 30 and max(rise - lowest, highest - fall) > 50.0:
            alarms += 1
            seen = 0
            mean = rise = fall = lowest = highest = 0.0
    return alarms


def kswin(values: Floats, rng: np.random.Generator) -> int:
    """Alarms of river's KSWIN with its defaults: the last 30 of 100 against 30 of the others."""
    least = next(
        d / 30 for d in range(1, 31) if stats.kstwo.sf(d / 30, 15) <= 0.005
    )  # two samples of 30 are as one of 15
    alarms, start = 0, 0
    for end in range(100, len(values) + 1):
        if end - start < 100:
            continue
        window = values[end - 100 : end]
        old, new = np.sort(rng.choice(window[:70], 30, replace=False)), np.sort(window[70:])
        both = np.concatenate([old, new])
        apart = np.searchsorted(old, both, "right") - np.searchsorted(new, both, "right")
        if np.abs(apart).max() / 30 >= least - 1e-9:
            alarms, start = alarms + 1, end - 30
    return alarms


class Adwin:
    """river's ADWIN with its defaults: delta 0.002, looked at every 32 events, 5 buckets a size."""

    def __init__(self) -> None:
        self.alarms = 0
        self._rows: list[list[tuple[float, float]]] = [[]]  # of (sum, inner variance) by size 2^row
        self._seen = 0

    def observe(self, value: float) -> None:
        """The next event."""
        self._rows[0].append((value, 0.0))
        row = 0
        while len(self._rows[row]) > 5:
            (a, va), (b, vb) = self._rows[row][:2]
            del self._rows[row][:2]
            if row + 1 == len(self._rows):
                self._rows.append([])
            size = 2.0**row
            self._rows[row + 1].append((a + b, va + vb + (a - b) ** 2 / (2 * size)))
            row += 1
        self._seen += 1
        if self._seen % 32 == 0:
            alarmed = False
            while self._cut():
                alarmed = True
            self.alarms += alarmed

    def _cut(self) -> bool:
        """Drops the oldest bucket if some older part differs from the newer."""
        buckets = [
            (2.0**row, total, inner)
            for row in range(len(self._rows) - 1, -1, -1)
            for total, inner in self._rows[row]
        ]
        size, total, inner = np.array(buckets).T
        old, n = np.cumsum(size)[:-1], float(size.sum())
        if n <= 10 or not len(old):
            return False
        mean = total.sum() / n
        variance = (inner.sum() + (size * (total / size - mean) ** 2).sum()) / n
        new = n - old
        apart = np.abs(np.cumsum(total)[:-1] / old - (total.sum() - np.cumsum(total)[:-1]) / new)
        harmonic = 1.0 / (1.0 / np.maximum(old - 4, 0.5) + 1.0 / np.maximum(new - 4, 0.5))
        log = np.log(2.0 * np.log(n) / 0.002)
        limit = np.sqrt(2.0 / harmonic * variance * log) + 2.0 / 3.0 / harmonic * log
        if not np.any((apart > limit) & (old >= 5) & (new >= 5)):
            return False
        last = next(row for row in range(len(self._rows) - 1, -1, -1) if self._rows[row])
        del self._rows[last][0]
        return True
