"""Runs of an agent that never was, from a seed."""

import numpy as np

from domain.comparison import Run

TOOLS = ("search", "read", "write", "pay")


def runs(
    many: int, seed: int, name: str = "r", longer: float = 1.0, pays: float = 0.25
) -> list[Run]:
    """Runs of some ten steps; longer: by this factor; pays: the share of its calls that pay."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(many):
        calls = 1 + int(rng.poisson(8 * longer))
        shares = [(1 - pays) / 3] * 3 + [pays]
        tools = tuple(TOOLS[place] for place in rng.choice(4, calls, p=shares))
        failed = float(rng.binomial(calls, 0.05))
        numbers = {
            "steps": 2.0 * calls, "tool_calls": float(calls), "failed_calls": failed,
            "duration_ms": float(1000 * calls * rng.lognormal(0, 0.5)),
        }  # fmt: skip
        decided = {"refund: approved": 1} if rng.random() < 0.5 else {"refund: refused": 1}
        found.append(Run(f"{name}{number}", numbers, tools, decided))
    return found
