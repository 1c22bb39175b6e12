"""How the page of a finding tells it: a headline, what follows, and who contributed how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADLINE_MAX = 160


@dataclass(frozen=True, slots=True)
class Contribution:
    """One agent's part of a loss; size: of 0 to 1, against the largest; text: share and amount.

    A negative amount is what an agent's part made smaller.
    """

    agent: str
    amount: float
    size: float
    text: str


def headline(reason: str) -> tuple[str, str]:
    """The sentence of a finding, parted after its first full stop where it is long."""
    if len(reason) <= HEADLINE_MAX:
        return reason, ""
    first, stop, rest = reason.partition(". ")
    return (f"{first}.", rest) if stop else (reason, "")


def contributions(facts: Mapping[str, Any]) -> Sequence[Contribution]:
    """Of a compound failure, as its facts name them; of any other finding none."""
    named = [each.rpartition("=") for each in facts.get("contributions", ())]
    parts = [(agent, float(amount)) for agent, _, amount in named]
    largest = max((abs(amount) for _, amount in parts), default=0.0) or 1.0
    return [
        Contribution(agent, amount, abs(amount) / largest, text.removeprefix(f"{agent} "))
        for (agent, amount), text in zip(parts, facts.get("shares", ()), strict=True)
    ]
