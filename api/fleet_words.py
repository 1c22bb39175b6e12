"""The fleet in words and small drawings, for the start page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api import rendering
from domain.fleet import AgentNow, FleetNow, rate

HEIGHT, STRIDE = 20, 4
NOTHING = "-"
# From which share on it is worth a look, and from which it is bad.
STEPS = {"escalated": (0.3, 0.5), "blocked": (0.1, 0.3), "failed": (0.05, 0.15)}
STATES = (("critical", "high"), ("medium", "look"))


@dataclass(frozen=True, slots=True)
class Signal:
    """A figure with its name; state and word are empty where all is well."""

    name: str
    value: str
    state: str = ""
    word: str = ""


def signals(fleet: FleetNow) -> Iterator[Signal]:
    """The golden ones, in the order in which somebody on call asks for them."""
    said = fleet.signals
    yield Signal("Decisions", rate(said["decisions_per_s"] or 0))
    yield _share("Left to others", "escalated", said["escalated"])
    yield _share("Blocked", "blocked", said["blocked"])
    yield _share("Failed steps", "failed", said["failed"])
    yield Signal("Spent", f"${said['usd']:,.2f}")
    yield Signal("Agents", f"{said['agents']:.0f}")
    yield _count("Silent", said["silent"])
    yield _count("Findings", said["findings"])


def _share(name: str, signal: str, value: float | None) -> Signal:
    look, bad = STEPS[signal]
    if value is None or value < look:
        return Signal(name, share(value))
    state, word = STATES[0] if value >= bad else STATES[1]
    return Signal(name, share(value), state, word)


def _count(name: str, value: float | None) -> Signal:
    return Signal(name, f"{value:.0f}", *(STATES[1] if value else ()))


def share(value: float | None) -> str:
    """In percent.

    >>> share(0.125), share(None)
    ('12.5 %', '-')
    """
    return NOTHING if value is None else f"{value * 100:.3g} %"


def agents(fleet: FleetNow, most: int) -> Iterator[Mapping[str, Any]]:
    """At most so many, the busiest first."""
    for agent in fleet.agents[:most]:
        yield {
            "agent": agent.agent, "silent": agent.silent, "steps": agent.steps,
            "failed": share(agent.failed / agent.steps if agent.steps else None),
            "decisions": agent.decisions,
            "escalated": share(agent.escalated / agent.decisions if agent.decisions else None),
            "run_p95": rendering.duration(agent.run_p95_ms / 1000) if agent.run_p95_ms else NOTHING,
            "usd": f"${agent.usd:,.2f}" if agent.usd else NOTHING,
            "findings": agent.findings, "last_seen": agent.last_seen.isoformat(),
            "bars": list(bars(agent)),
        }  # fmt: skip


def bars(agent: AgentNow) -> Iterator[Mapping[str, float]]:
    """Rectangles of the pulse: the highest is as high as there is room, none is invisible."""
    most = max(agent.pulse, default=0)
    for place, count in enumerate(agent.pulse):
        if count:
            height = max(1.0, round(HEIGHT * count / most, 1))
            yield {"x": place * STRIDE, "y": round(HEIGHT - height, 1), "height": height}
