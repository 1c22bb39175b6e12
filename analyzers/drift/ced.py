"""The conformal e-detector: has a channel changed, with a stated rate of false alarms?

Each closed window is held against its stratum, ranked among the windows before it, turned into a
standard normal score, freed of what the window before already said, and summed up over every time
at which a change may have begun. Sources: Shin, Ramdas and Rinaldo (2023) for e-detectors, Vovk et
al. (2021) for conformal ones, Conover et al. (2017) for the scores.
"""

import numpy as np
import numpy.typing as npt

from analyzers.drift import evidence, residuals, scores
from analyzers.drift.arrays import Floats, Keys, Places
from analyzers.drift.memory import Memory, fresh
from analyzers.drift.seeds import uniforms
from analyzers.drift.settings import DAYS, Settings

BLOCK_CHANNELS = 2048  # what of their history stays in the processor's cache
RHO_MAX = 0.9
# What a correlation of neighbouring windows is taken for until enough series say: that of one alone
# is off by 0.2, and one that is off by more than that raises many times as many false alarms.
RHO_USUAL, RHO_USUAL_SERIES, RHO_SERIES_ENOUGH = 0.3, 2, 20


class Ced:
    """A block of channels with one window clock.

    keys:     of `seeds.keys`, one a channel.
    families: a number a channel; those of one metric share their estimate of rho. Without: all.
    streams:  a number a channel; those of one stream vary together. Without: each alone.
    memory:   as it was left; without: of channels of which nothing has been seen.

    >>> from analyzers.drift.seeds import keys
    >>> ced = Ced(keys([("acme", "billing", "error_rate")]), Settings(strata=1, rho=0.0))
    >>> rng = np.random.default_rng(1)
    >>> said = [float(ced.observe(rng.normal(size=1), 0, day)[0]) for day in range(60)]
    >>> said += [float(ced.observe(rng.normal(4, size=1), 0, day)[0]) for day in range(60, 70)]
    >>> said[59] < 100, said[69] > 35_000
    (True, True)
    """

    def __init__(
        self,
        keys: Keys,
        settings: Settings = DAYS,
        families: Places | None = None,
        memory: Memory | None = None,
        streams: Places | None = None,
    ) -> None:
        self.settings = settings
        self.memory = memory or fresh(len(keys), settings)
        self._keys = keys
        self._families = np.zeros(len(keys), np.intp) if families is None else families
        self._streams = np.arange(len(keys)) if streams is None else streams

    def observe(self, x: Floats, stratum: npt.ArrayLike, window: int) -> Floats:
        """The evidence of each channel after this window; NaN: none yet.

        x: one value a channel; NaN: this window does not count for it. stratum: of the window, or
        one a channel. window: its number, of which the seeded ranks are made.
        """
        memory, seen = self.memory, np.isfinite(x)
        strata = np.broadcast_to(np.asarray(stratum, np.intp), x.shape)
        learning = memory.count < self.settings.baseline_windows
        self._learn(np.flatnonzero(seen & learning), x, strata)
        watched = np.flatnonzero(seen & ~learning & memory.monitored)
        chance = uniforms(self._keys, window)
        for start in range(0, len(watched), BLOCK_CHANNELS):
            rows = watched[start : start + BLOCK_CHANNELS]
            self._watch(rows, x[rows], strata[rows], chance[rows])
        return memory.evidence.copy()

    def since(self, windows: int) -> Floats:
        """The evidence that each channel changed just before its last `windows` windows.

        For a change whose time is known beforehand, such as a deploy: 1 / miss is enough on any
        day. NaN: fewer windows are known.
        """
        memory, settings = self.memory, self.settings
        total = np.zeros(len(memory.scored))
        for place in range(windows):
            total += memory.whitened[:, place]
        ratio = evidence.likelihood_ratio(total, windows, settings.shift_sds, settings.side)
        return np.where(memory.scored >= windows, ratio, np.nan)

    def restart(self, rows: Places) -> None:
        """After an alarm: what was said is forgotten, what was seen stays."""
        self.memory.scored[rows] = 0
        self.memory.evidence[rows] = 0.0

    def begin_epoch(self, rows: Places) -> None:
        """A new normal: these channels learn a baseline again, from their next window on."""
        self.memory.forget(rows)

    def _learn(self, rows: Places, x: Floats, strata: Places) -> None:
        memory = self.memory
        self._remember(rows, x[rows], strata[rows])
        ended = rows[memory.count[rows] == self.settings.baseline_windows]
        if len(ended):
            self._end_baseline(ended)

    def _remember(self, rows: Places, x: Floats, strata: Places) -> None:
        memory = self.memory
        place = memory.count[rows] % self.settings.history_windows
        full = memory.count[rows] >= self.settings.history_windows
        memory.in_stratum[rows[full], memory.stratum[rows[full], place[full]]] -= 1
        memory.value[rows, place] = x
        memory.stratum[rows, place] = strata
        memory.in_stratum[rows, strata] += 1
        memory.count[rows] += 1

    def _end_baseline(self, rows: Places) -> None:
        memory, size = self.memory, self.settings.baseline_windows
        value, stratum = memory.value[rows, :size], memory.stratum[rows, :size]
        different = np.diff(np.sort(value, axis=1), axis=1)
        distinct = 1 + np.count_nonzero(different, axis=1)
        memory.monitored[rows] = distinct >= self.settings.distinct_min
        for number in range(self.settings.strata):
            memory.middle[rows, number] = residuals.middles(value, stratum == number)
        found = residuals.residuals(value, stratum, memory.middle[rows], memory.in_stratum[rows])
        memory.autocorrelation[rows] = autocorrelations(found.astype(np.float64))
        for family in np.unique(self._families[rows]).tolist():
            memory.rho[rows[self._families[rows] == family]] = self._rho(family)

    def _rho(self, family: int) -> float:
        if self.settings.rho is not None:
            return self.settings.rho
        found = self.memory.autocorrelation
        known = (self._families == family) & np.isfinite(found)
        series = len(np.unique(self._streams[known]))
        return pooled_rho(found[known], self.settings.baseline_windows, series)

    def _watch(self, rows: Places, x: Floats, strata: Places, chance: Floats) -> None:
        memory, settings = self.memory, self.settings
        self._remember(rows, x, strata)
        width = int(min(memory.count[rows].max(), settings.history_windows))
        value, stratum = memory.value[rows, :width], memory.stratum[rows, :width]
        memory.middle[rows, strata] = residuals.middles(value, stratum == strata[:, None])
        found = residuals.residuals(value, stratum, memory.middle[rows], memory.in_stratum[rows])
        each = np.arange(len(rows))
        place = (memory.count[rows] - 1) % settings.history_windows
        new = found[each, place].copy()
        found[each, place] = np.nan
        if settings.like_alone:
            found[stratum != strata[:, None]] = np.nan
        held = np.isfinite(new)  # else it is alone in its stratum: nothing to hold it against
        score = scores.normal_scores(new[held], found[held], chance[held], settings)
        self._add(rows[held], score)

    def _add(self, rows: Places, score: Floats) -> None:
        memory, settings = self.memory, self.settings
        rho = memory.rho[rows]
        whitened = memory.whitened[rows]
        whitened[:, 1:] = whitened[:, :-1]
        whitened[:, 0] = (score - rho * memory.last_score[rows]) / np.sqrt(1.0 - rho * rho)
        memory.whitened[rows] = whitened
        memory.last_score[rows] = score
        memory.scored[rows] = np.minimum(memory.scored[rows] + 1, settings.memory_windows)
        latest_first = np.ascontiguousarray(whitened.T, np.float64)
        memory.evidence[rows] = evidence.shiryaev_roberts(
            latest_first, memory.scored[rows], settings.shift_sds, settings.side
        )


def autocorrelations(residual: Floats) -> Floats:
    """Of each row with itself one window later; NaN for a row that never varies."""
    residual = np.nan_to_num(residual)
    power = np.zeros(len(residual))
    shared = np.zeros(len(residual))
    for column in range(residual.shape[1]):  # in order, so that no other row can change the sum
        power += residual[:, column] ** 2
        if column:
            shared += residual[:, column] * residual[:, column - 1]
    nothing = np.full(len(residual), np.nan)
    found: Floats = np.divide(shared, power, out=nothing, where=power > 0)
    return found


def pooled_rho(autocorrelation: Floats, baseline_windows: int, series: int) -> float:
    """The median, freed of the bias of short series (Marriott and Pope 1954), 0 to 0.9.

    series: how many of them vary by themselves; few are drawn towards what is usual, as the mean
    of a normal posterior is.

    >>> round(pooled_rho(np.array([0.1, 0.3, 0.5]), 28, series=20), 3)
    0.379
    >>> round(pooled_rho(np.array([0.8]), 28, series=1), 3)
    0.5
    """
    if not len(autocorrelation):
        return 0.0
    middle = float(np.median(autocorrelation))
    found = min(max(middle + (1.0 + 4.0 * middle) / baseline_windows, 0.0), RHO_MAX)
    if series >= RHO_SERIES_ENOUGH:
        return found
    return (series * found + RHO_USUAL_SERIES * RHO_USUAL) / (series + RHO_USUAL_SERIES)
