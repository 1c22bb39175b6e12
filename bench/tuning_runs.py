"""How often does a way of tuning publish an unsafe threshold, and what does it allow?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from scipy.special import betaincinv

from bench.populations import (
    ALPHA,
    EDGES,
    SHARES,
    Floats,
    Population,
    populations,
    reach,
    weekly_counts,
)
from domain.tuning import Decided, Label, TuningWeek
from governance.certificates import DELTA, STARTS, WEEKS_MIN, certificates, evenly
from governance.evidence import GRID, Counted, Weighted, log_e_safe
from governance.recalibration import calibrated
from governance.tuner import Key, Rules, begun, loosened, revert_statistic, weekly

WEEKS = 26
LABELS = (50, 150, 600)
ONE_START: Mapping[float, float] = {0.8: 1.0}
NEVER = -1


@dataclass(frozen=True, slots=True)
class Published:
    """One way of tuning in one setting.

    unsafe:      share of runs in which a threshold with more than alpha harm was ever published.
    autonomy_*:  mean share of cases above the published threshold, in week 8 and 26.
    """

    rule: str
    unsafe: float
    autonomy_8: float
    autonomy_26: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A population at so many labels a week, under all ways of tuning."""

    population: str
    labels: int
    runs: int
    oracle: float
    rules: Sequence[Published]

    def of(self, rule: str) -> Published:
        """The figures of one way."""
        return next(one for one in self.rules if one.rule == rule)


def settings(runs: int, seed: int) -> Iterator[Setting]:
    """All populations at all numbers of labels."""
    for place, population in enumerate(populations()):
        for labels in LABELS:
            counts = weekly_counts(population, labels, (runs, WEEKS), seed + place * 1000 + labels)
            yield Setting(
                population.name,
                labels,
                runs,
                population.oracle(),
                [_published(rule, chosen, population) for rule, chosen in _rules(*counts)],
            )


def _rules(harms: Floats, labels: Floats) -> Iterator[tuple[str, Floats]]:
    """(name, place of the published threshold by run and week, -1 for none)."""
    yield "plug-in", _loosest(harms <= ALPHA * labels)
    upper = betaincinv(harms + 1, np.maximum(labels - harms, 1e-9), 1 - DELTA)
    yield "Clopper-Pearson", _loosest(upper <= ALPHA)
    sup = np.maximum.accumulate(log_e_safe(harms, labels, ALPHA), axis=1)
    yield "1 start", _certified(sup, harms, labels, ONE_START)
    yield "Wakeline", _certified(sup, harms, labels, STARTS)


def _loosest(holds: np.ndarray) -> Floats:
    last = len(GRID) - 1 - np.argmax(holds[..., ::-1], axis=2)
    return np.where(holds.any(axis=2), last, NEVER)


def _certified(sup: Floats, harms: Floats, labels: Floats, starts: Mapping[float, float]) -> Floats:
    """By the certificates of the product, which are asked only where one could hold at all."""
    chosen = np.full(sup.shape[:2], NEVER)
    blank = Counted.begun(ALPHA)
    enough = math.log(1 / DELTA)
    for run, week in np.argwhere(sup.max(axis=2) >= enough):
        evidence = replace(
            blank,
            harms=tuple(harms[run, week].astype(int).tolist()),
            labels=tuple(labels[run, week].astype(int).tolist()),
            sup=tuple(sup[run, week].tolist()),
            weeks=int(week) + 1,
        )
        held = certificates(evidence, ALPHA, DELTA, starts, WEEKS_MIN)
        if held:
            chosen[run, week] = GRID.index(held[-1].threshold)
    return chosen


def _published(rule: str, chosen: Floats, population: Population) -> Published:
    risks = np.r_[population.risks(), 0.0]  # nothing published is safe
    reached = np.r_[reach(), 0.0]
    return Published(
        rule,
        float((risks[chosen] > ALPHA + 1e-12).any(axis=1).mean()),
        float(reached[chosen[:, 7]].mean()),
        float(reached[chosen[:, -1]].mean()),
    )


@dataclass(frozen=True, slots=True)
class InOperation:
    """The whole tuner with all its brakes, each proposal being approved: monotone, 150 labels."""

    runs: int
    autonomy_8: float
    autonomy_26: float
    unsafe: float


def in_operation(runs: int, seed: int) -> InOperation:
    """Hysteresis, dwell and least gain included."""
    population = populations()[-1]
    found = [_operated(population, seed + run) for run in range(runs)]
    safe = dict(zip(GRID, population.risks() <= ALPHA, strict=True))
    reached = np.array([[share for share, _ in weeks] for weeks in found])
    unsafe = np.mean([any(at is not None and not safe[at] for _, at in weeks) for weeks in found])
    return InOperation(
        runs, float(reached[:, 7].mean()), float(reached[:, -1].mean()), float(unsafe)
    )


def _operated(population: Population, seed: int) -> list[tuple[float, float | None]]:
    rng = np.random.default_rng(seed)
    state, told = begun(Key("carrier", "book"), Rules(ALPHA)), []
    for week in range(WEEKS):
        labels = _labels(population, 150, rng)
        decided = [Decided(str(n), label.confidence) for n, label in enumerate(labels)]
        ended = date(2026, 1, 5) + timedelta(weeks=week)
        state, advice = weekly(state, TuningWeek(ended, tuple(labels), tuple(decided)))
        if advice is not None and advice.direction == "loosen":
            state = loosened(state, advice.after, ended)
        at = state.limits.confidence
        told.append((0.0 if at is None else float(reach()[GRID.index(at)]), at))
    return told


@dataclass(frozen=True, slots=True)
class Targeted:
    """Weighted evidence: unsafe in the flat population, first certificate in the safe one."""

    uniform: float
    runs: int
    unsafe_flat: float
    first_week_monotone: float
    certified_monotone: float


def targeted(uniform: float, runs: int, seed: int) -> Targeted:
    """150 labels a week of 5000 cases, so much of it uniform, the rest by a noisy classifier."""
    flat, safe = populations()[0], populations()[-1]
    unsafe = [_first_week(flat, uniform, seed + run) for run in range(runs)]
    weeks = [_first_week(safe, uniform, seed + 10_000 + run) for run in range(runs)]
    certified = [week for week in weeks if week is not None]
    return Targeted(
        uniform,
        runs,
        float(np.mean([week is not None for week in unsafe])),
        float(np.median(certified)) if certified else float("nan"),
        len(certified) / runs,
    )


def _first_week(population: Population, uniform: float, seed: int) -> int | None:
    rng = np.random.default_rng(seed)
    evidence = Weighted.begun(ALPHA)
    for week in range(1, WEEKS + 1):
        places = rng.choice(len(SHARES), size=5000, p=SHARES)
        m = np.clip(population.harm[places] * rng.lognormal(0, 0.7, 5000), 0.005, 0.995)
        q = np.sqrt(m * (1 - m))
        pi = np.minimum(1, 150 * (uniform / 5000 + (1 - uniform) * q / q.sum()))
        harmed = rng.random(5000) < population.harm[places]
        drawn = np.flatnonzero(rng.random(5000) < pi)
        confidence = np.r_[0.4, EDGES[:-1]]
        labels = [Label(float(confidence[places[n]]), bool(harmed[n]), float(pi[n])) for n in drawn]
        evidence = evidence.added(labels, 150 * uniform / 5000 or float(pi.min()))
        if certificates(evidence, ALPHA):
            return week
    return None


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """An agent that is surest where it is wrong, with and without a calibration on 8 weeks."""

    labels: int
    runs: int
    unsafe: float
    autonomy_26: float
    unsafe_plain: float
    autonomy_26_plain: float


def recalibrated(runs: int, seed: int) -> Iterator[Recalibrated]:
    """The bump with 15 % less harm: 0.80 to 0.94 are unsafe thresholds, looser ones safe."""
    bump = populations()[2]
    population = replace(bump, harm=0.85 * bump.harm)
    safe = dict(zip(GRID, population.risks() <= ALPHA, strict=True))
    reached = dict(zip(GRID, reach(), strict=True))
    for labels in (150, 600):
        told = [_calibrated_run(population, labels, seed + run) for run in range(runs)]
        unsafe = np.mean([[at is not None and not safe[at] for at in one] for one in told], axis=0)
        share = np.mean([[0 if at is None else reached[at] for at in one] for one in told], axis=0)
        yield Recalibrated(labels, runs, *map(float, (unsafe[0], share[0], unsafe[1], share[1])))


def _calibrated_run(
    population: Population, labels: int, seed: int
) -> tuple[float | None, float | None]:
    """Thresholds in week 26, by edges of pools and by the whole grid."""
    rng = np.random.default_rng(seed)
    weeks = [_labels(population, labels, rng) for _ in range(WEEKS)]
    grid = calibrated(label for week in weeks[:8] for label in week).grid()
    pools, plain = Counted.begun(ALPHA, grid), Counted.begun(ALPHA)
    for number, week in enumerate(weeks):
        plain = plain.added(week, 1.0)
        pools = pools.added(week, 1.0) if number >= 8 else pools
    held = certificates(pools, ALPHA, starts=evenly(grid)), certificates(plain, ALPHA)
    first, second = (found[-1].threshold if found else None for found in held)
    return first, second


def _labels(population: Population, count: int, rng: np.random.Generator) -> list[Label]:
    places = rng.choice(len(SHARES), size=count, p=SHARES)
    confidences = np.r_[0.4, EDGES[:-1]][places]
    harmed = rng.random(count) < population.harm[places]
    return [Label(float(c), bool(h), 1.0) for c, h in zip(confidences, harmed, strict=True)]


@dataclass(frozen=True, slots=True)
class Reverts:
    """Weeks until harm that rose from 0.8 % is reverted, at A = 520 weeks; inf where most never."""

    harm: float
    labels: int
    runs: int
    median_weeks: float


def reverts(runs: int, seed: int) -> Iterator[Reverts]:
    """13 quiet weeks, then 26 with more harm; harm of 0.8 % shows false reverts."""
    for harm in (0.008, 0.05, 0.10):
        for labels in (30, 75, 150):
            weeks = [_revert_week(harm, labels, seed + run) for run in range(runs)]
            yield Reverts(harm, labels, runs, float(np.median(weeks)))


def _revert_week(harm: float, labels: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    seen = [(int(rng.binomial(labels, 0.008)), labels) for _ in range(13)]
    for week in range(1, WEEKS + 1):
        seen.append((int(rng.binomial(labels, harm)), labels))
        if revert_statistic(tuple(seen), ALPHA) >= 520:
            return week
    return float("inf")
