"""How often is a limit published under which an action loses more dollars than tolerated?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.tuning import Label
from governance.dollar_limits import LIMITS, DollarEvidence

Floats = NDArray[np.float64]
TOLERATED = 4.0  # dollars a case
DELTA = 0.1
LABELS, WEEKS = 150, 26
# Harm by amount: four that are contested, and one that is safe.
LAWS: dict[str, Callable[[Floats], Floats]] = {
    "flat": lambda a: np.full_like(a, 0.015),
    "rising": lambda a: 0.002 + 0.03 * np.minimum(a / 2000, 1),
    "cliff": lambda a: np.where(a < 700, 0.006, 0.08),
    "rare and large": lambda a: np.where(a < 2000, 0.004, 0.15),
    "safe": lambda a: np.full_like(a, 0.002),
}


@dataclass(frozen=True, slots=True)
class Dollars:
    """One law of harm: the greatest safe limit, the certified one, and how often one was unsafe."""

    law: str
    runs: int
    oracle: float
    median: float
    unsafe: float
    unsafe_plug_in: float


def dollars(runs: int, seed: int) -> Iterator[Dollars]:
    """Amounts are lognormal, median 200 dollars, sigma 1.1."""
    for place, (name, law) in enumerate(LAWS.items()):
        amounts = np.random.default_rng(1).lognormal(np.log(200), 1.1, 2_000_000)
        losses = amounts * law(amounts)
        mean = {float(limit): losses[amounts <= limit].mean() for limit in LIMITS}
        safe = {limit: loss <= TOLERATED for limit, loss in mean.items()}
        found = [_run(law, seed + place * 10_000 + run) for run in range(runs)]
        yield Dollars(
            name,
            runs,
            max((limit for limit in mean if safe[limit]), default=0.0),
            float(np.median([ours[-1] for ours, _ in found])),
            float(np.mean([any(not safe[at] for at in ours if at) for ours, _ in found])),
            float(np.mean([any(not safe[at] for at in plug if at) for _, plug in found])),
        )


def _run(law: Callable[[Floats], Floats], seed: int) -> tuple[list[float], list[float]]:
    """Limits by week: ours, and the greatest whose mean loss so far is tolerated."""
    rng = np.random.default_rng(seed)
    evidence = DollarEvidence.begun(0.8, TOLERATED)
    ours, plug_in = [], []
    all_amounts: list[float] = []
    all_losses: list[float] = []
    for _ in range(WEEKS):
        amounts = rng.lognormal(np.log(200), 1.1, LABELS)
        harmed = rng.random(LABELS) < law(amounts)
        labels = [
            Label(0.9, bool(h), 1.0, amount=float(a)) for a, h in zip(amounts, harmed, strict=True)
        ]
        evidence = evidence.added(labels, 1.0)
        ours.append(float(max(evidence.certified(DELTA), default=0)))
        all_amounts.extend(amounts)
        all_losses.extend(amounts * harmed)
        plug_in.append(_plug_in(np.array(all_amounts), np.array(all_losses)))
    return ours, plug_in


def _plug_in(amounts: Floats, losses: Floats) -> float:
    held = [limit for limit in LIMITS if losses[amounts <= limit].mean() <= TOLERATED]
    return float(max(held, default=0))
