"""Many streams at once: what is named in a digest, and which transitions changed."""

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from analyzers.drift import channels
from analyzers.drift.arrays import Counts, Flags, Floats
from analyzers.drift.budget import e_bh
from analyzers.drift.settings import DAYS
from bench.drift.rows import Row, with_two_errors
from bench.drift.streams import CONCENTRATION
from bench.drift.watching import NEVER, Watch

QUIET = 60
Q = 0.1


def digest(many: int, seed: int) -> Iterator[Row]:
    """One stream in twenty changes by 1.5 to 4 sds between windows; days are t5."""
    rng = np.random.default_rng(seed)
    changed = np.arange(many) < many // 20
    shift = np.where(changed, rng.uniform(1.5, 4.0, many) * rng.choice([-1, 1], many), 0.0)
    watch = Watch(many, 1, (35_000.0,), DAYS, "digest")
    begins = DAYS.baseline_windows + QUIET
    rival = _DailyBH(many)
    for day in range(begins + 30):
        x = rng.standard_t(5, many) / np.sqrt(5 / 3) + shift * (day >= begins)
        said = watch.observe(x[:, None], day % 7)
        rival.observe(x, day)
        if day - begins + 1 in (7, 14, 30):
            yield from _digest_rows(said, changed, day - begins + 1, rival, many)
    early = float(np.mean(watch.first[0] < begins))
    yield Row(
        "P(alarm before)", f"{many} t5 streams, {QUIET} days, A=35,000", early, "<=",
        with_two_errors(QUIET / 35_000, many), many,
    )  # fmt: skip


def _digest_rows(
    said: Floats, changed: Flags, after: int, rival: "_DailyBH", many: int
) -> Iterator[Row]:
    named = e_bh(np.nan_to_num(said) / DAYS.memory_windows, Q)
    false = float(np.mean(~changed[named])) if len(named) else 0.0
    others = {"daily BH: ever flagged, false": float(np.mean(~changed[rival.ever]))}
    setting = f"{many} streams, 5 % changed, {after} days after"
    yield Row("false share of the digest", setting, false, "<=", Q, many, others)
    power = float(np.isin(np.flatnonzero(changed), named).mean())
    wanted = (">=", 0.9) if after == 14 else ("", 0.0)
    yield Row("found by the digest", setting, power, *wanted, many)


class _DailyBH:
    """Benjamini and Hochberg at 0.1 on each day's p values against a normal baseline."""

    def __init__(self, many: int) -> None:
        self.ever = np.zeros(many, np.bool_)
        self._seen: list[Floats] = []

    def observe(self, x: Floats, day: int) -> None:
        if day < DAYS.baseline_windows:
            self._seen.append(x)
            return
        known = np.array(self._seen)
        z = (x - known.mean(axis=0)) / known.std(axis=0, ddof=1)
        p = 2 * ndtr(-np.abs(z))
        order = np.argsort(p)
        under = np.flatnonzero(p[order] <= Q * np.arange(1, len(p) + 1) / len(p))
        if len(under) and day >= DAYS.baseline_windows + QUIET:
            self.ever[order[: under[-1] + 1]] = True


ROWS, COLUMNS = 9, 10
CELLS = 82
VISITS = 680


def localisation(points: float, many: int, seed: int) -> list[Row]:
    """One of 82 transitions gains `points` of its row, at about 1000 traces a day."""
    rng = np.random.default_rng(seed)
    usual = rng.dirichlet(np.full(COLUMNS, 8.0), ROWS)
    begins = DAYS.baseline_windows + QUIET
    watch = Watch(many * ROWS * COLUMNS, 1, (1.0,), DAYS, f"cells {points}")
    cells = ROWS * COLUMNS
    streams = np.arange(many)
    first, told = np.full(many, NEVER), {}
    for day in range(begins + 40):
        counts = _transitions(usual, (many, points if day >= begins else 0.0), rng)
        x = channels.share(counts, counts.sum(axis=-1, keepdims=True))
        each = watch.observe(x.reshape(-1, 1), day % 7).reshape(many, cells)[:, :CELLS]
        mean = np.nan_to_num(each).mean(axis=1)
        first = np.where((first == NEVER) & (mean >= 35_000), day, first)
        for stream in streams[first + 3 == day].tolist():
            told[stream] = (
                int(np.argmax(each[stream])),
                e_bh(each[stream] / DAYS.memory_windows, Q),
            )
    seen = [
        told[stream] for stream in streams.tolist() if stream in told and first[stream] >= begins
    ]
    setting = f"{100 * points:.0f} points in 1 of {CELLS} cells"
    right, other = 0, 1  # the cell that gains, and the one of its row that loses
    named = [set(cells.tolist()) for _, cells in seen]
    false = [len(cells - {right, other}) / max(len(cells), 1) for cells in named]
    recall = [right in cells for cells in named]
    return [
        Row(
            "median delay, days",
            f"{setting}, A=35,000",
            float(np.median(first - begins + 1)),
            runs=many,
        ),
        Row(
            "top cell right",
            setting,
            float(np.mean([top in (right, other) for top, _ in seen])),
            ">=",
            0.95,
            many,
        ),
        Row("false share of the cells named", setting, float(np.mean(false)), "<=", 0.10, many),
        Row("the cell is named", setting, float(np.mean(recall)), ">=", 0.9, many),
    ]


def _transitions(usual: Floats, moved: tuple[int, float], rng: np.random.Generator) -> Counts:
    """(streams, rows, columns) of a day; the first cell gains from the second of its row."""
    many, points = moved
    chances = usual.copy()
    chances[0, :2] = (0.12 + points, 0.22 - points)
    chances[0, 2:] *= 0.66 / chances[0, 2:].sum()
    varied = rng.gamma(CONCENTRATION * chances, size=(many, *chances.shape))
    varied /= varied.sum(axis=-1, keepdims=True)
    return rng.multinomial(rng.poisson(VISITS, (many, ROWS)), varied)
