"""Two versions, and wishes that change: false alarms and what is found."""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from analyzers.drift import channels, compare, intent
from analyzers.drift.arrays import Counts, Floats
from analyzers.drift.settings import DAYS
from bench.drift.rows import Row
from bench.drift.streams import CONCENTRATION
from bench.drift.watching import Watch

LOOKS = 30


def compared(many: int, seed: int) -> list[Row]:
    """Differences of 30 days in sds between days; looked at every day."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(LOOKS, many))
    null = compare.differ(noise).max(axis=0) >= 20
    naive = np.zeros(many, np.bool_)
    for day in range(2, LOOKS + 1):
        naive |= stats.ttest_1samp(noise[:day], 0.0, axis=0).pvalue < 0.05
    found = compare.differ(noise + 1.0).max(axis=0) >= 20
    edge = compare.beyond(noise + 1.0, 1.0, -1).max(axis=0) >= 20
    inside = _equivalent(noise * 0.3, 0.5)
    t5 = rng.standard_t(5, (LOOKS, many))
    return [
        Row(
            "versions: false",
            "30 daily looks, normal",
            float(null.mean()),
            "<=",
            0.05,
            many,
            {"daily t-test": float(naive.mean())},
        ),
        Row(
            "versions: false",
            "30 daily looks, t5",
            float((compare.differ(t5).max(axis=0) >= 20).mean()),
            "<=",
            0.05,
            many,
        ),
        Row("versions: found", "1 sd apart, 30 days", float(found.mean()), runs=many),
        Row(
            "versions: falsely within",
            "1 sd apart, 1 sd allowed",
            float(edge.mean()),
            "<=",
            0.05,
            many,
        ),
        Row("versions: equivalent", "equal, sd 0.3, 0.5 allowed", float(inside.mean()), runs=many),
    ]


def _equivalent(differences: Floats, allowed: float) -> Floats:
    below = compare.beyond(differences, allowed, -1).max(axis=0)
    above = compare.beyond(differences, -allowed, 1).max(axis=0)
    found: Floats = np.minimum(below, above) >= 20
    return found


QUIET, AFTER = 60, 30
WISHES = np.array([0.5, 0.3, 0.2])
OTHER_WISHES = np.array([0.3, 0.3, 0.4])
ACTIONS = np.array([
    [0.60, 0.20, 0.10, 0.10],
    [0.10, 0.60, 0.20, 0.10],
    [0.10, 0.15, 0.15, 0.60],
])  # fmt: skip
RUNS = 600


def wishes(many: int, seed: int) -> Iterator[Row]:
    """Other wishes with the same answers, then the same wishes with other answers; A = 1000."""
    other = ACTIONS.copy()
    other[0] = (0.48, 0.20, 0.22, 0.10)
    for name, mix, actions in (("demand", OTHER_WISHES, ACTIONS), ("behaviour", WISHES, other)):
        raw, standard = _watched(many, seed, mix, actions)
        begins = DAYS.baseline_windows + QUIET
        alarmed = [float(np.mean(np.isfinite(_after(w, begins)))) for w in (raw, standard)]
        target = ("<=", 0.05) if name == "demand" else (">=", 0.95)
        yield Row(
            f"intent: {name} alone changes", f"alarms in {AFTER} days, A=1,000", alarmed[1],
            *target, many, {"mix as it is": alarmed[0]},
        )  # fmt: skip


def _after(watch: Watch, begins: int) -> Floats:
    """Days to the alarm; NaN: none in time."""
    waited = watch.delays(0, begins).astype(np.float64)
    return np.where(waited <= AFTER, waited, np.nan)


def _watched(many: int, seed: int, mix: Floats, actions: Floats) -> tuple[Watch, Watch]:
    """The mix of actions as it is, and as if wishes came as in the baseline."""
    rng = np.random.default_rng(seed)
    size = len(ACTIONS[0])
    raw = Watch(many, size, (1000.0,), DAYS, "raw")
    standard = Watch(many, size, (1000.0,), DAYS, "standardised")
    history: list[Counts] = []
    begins = DAYS.baseline_windows + QUIET
    for day in range(begins + AFTER):
        now = (mix, actions) if day >= begins else (WISHES, ACTIONS)
        history.append(_day(many, now, rng))
        if day == DAYS.baseline_windows - 1:
            for past in range(day + 1):
                _observe(raw, standard, history, past)
        elif day >= DAYS.baseline_windows:
            _observe(raw, standard, history, day)
    return raw, standard


def _observe(raw: Watch, standard: Watch, history: list[Counts], day: int) -> None:
    counts = history[day]
    baseline = np.sum(history[: DAYS.baseline_windows], axis=0)
    plain = counts.sum(axis=1)
    raw.observe(channels.share(plain, plain.sum(axis=1, keepdims=True)), day % 7)
    mixes, exposures = [], []
    for stream in range(len(counts)):
        one = counts[stream][None]
        mixes.append(intent.standardised(one, baseline[stream])[0])
        exposures.append(intent.standardised_exposure(one, baseline[stream]))
    exposure = np.array(exposures)
    standard.observe(channels.share(np.array(mixes) * exposure, exposure), day % 7)


def _day(many: int, now: tuple[Floats, Floats], rng: np.random.Generator) -> Counts:
    """(streams, intents, actions)."""
    mix, actions = now
    varied = rng.gamma(CONCENTRATION / 4 * mix, size=(many, len(mix)))
    wished = rng.multinomial(rng.poisson(RUNS, many), varied / varied.sum(axis=1, keepdims=True))
    answers = rng.gamma(CONCENTRATION * actions, size=(many, *actions.shape))
    return rng.multinomial(wished, answers / answers.sum(axis=-1, keepdims=True))
