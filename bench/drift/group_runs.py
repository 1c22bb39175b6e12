"""Two groups of simulated runs: how often are like ones called different, and others found?"""

from collections.abc import Iterator, Sequence

import numpy as np

from analyzers.drift.groups import MISS, compare
from bench.drift.rows import Row
from domain.comparison import Run, Verdict

TOOLS = ("search", "read", "write", "pay", "ask", "plan", "think", "close")
USUAL = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
# Runs of one agent differ from each other by much more than chance: in their mix, and in length.
CONCENTRATION = 8.0
SIGMA = 0.6


def compared(many: int, seed: int) -> Iterator[Row]:
    """Like groups of several sizes; then longer runs, another mix, slower tools."""
    for sizes in ((12, 25), (40, 40), (30, 120)):
        found = [drifted(sizes, number, seed) for number in range(many)]
        setting = f"like groups of {sizes[0]} and {sizes[1]} runs"
        yield Row("groups: called different", setting, float(np.mean(found)), "<=", MISS, many)
    pays = USUAL + np.array([-0.1, -0.1, 0, 0.2, 0, 0, 0, 0])
    for name, change in (
        ("twice as long", {"longer": 2.0}),
        ("20 points of the mix", {"shares": pays}),
        ("1.5 times slower", {"slower": 1.5}),
    ):
        found = [drifted((40, 40), number, seed + 1, **change) for number in range(many // 3)]
        yield Row(f"groups: found, {name}", "40 and 40 runs", float(np.mean(found)), runs=many // 3)


def drifted(
    sizes: tuple[int, int],
    number: int,
    seed: int,
    longer: float = 1.0,
    slower: float = 1.0,
    shares: np.ndarray = USUAL,
) -> bool:
    """Whether the second group, so changed, is called different."""
    rng = np.random.default_rng([seed, number])
    old = _runs(rng, f"{number} old", sizes[0], USUAL, (1.0, 1.0))
    new = _runs(rng, f"{number} new", sizes[1], shares, (longer, slower))
    return compare(old, new).verdict is Verdict.DRIFT


def _runs(
    rng: np.random.Generator, name: str, many: int, shares: np.ndarray, times: tuple[float, float]
) -> Sequence[Run]:
    """times: longer, slower."""
    found = []
    for number in range(many):
        calls = 1 + int(rng.poisson(10 * times[0] * rng.lognormal(0, SIGMA)))
        mix = rng.dirichlet(CONCENTRATION * shares)
        tools = tuple(TOOLS[place] for place in rng.choice(len(TOOLS), calls, p=mix))
        numbers = {
            "steps": 2.0 * calls + 1.0,
            "tool_calls": float(calls),
            "failed_calls": float(rng.binomial(calls, 0.06)),
            "duration_ms": times[1] * 900.0 * calls * float(rng.lognormal(0, SIGMA)),
        }
        found.append(Run(f"{name} {number}", numbers, tools))
    return found
