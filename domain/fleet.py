"""How a fleet of agents does now: the same signals in the terminal and on the start page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

SLICES = 30
RATES = (("s", 1), ("min", 60), ("h", 3600), ("day", 86_400))
# Of the time that is looked at: who did nothing for longer is called silent.
SILENT_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent. Counts and USD of the time looked at; run_p95_ms 0 where no run ended.

    finding_share: findings, each shared out to its agents, so that it adds up.
    pulse: steps in each of 30 equal parts of that time, the oldest first.
    """

    tenant: str
    agent: str
    last_seen: datetime
    silent: bool
    steps: int
    failed: int
    decisions: int
    escalated: int
    blocked: int
    findings: int
    finding_share: float
    loops: int
    usd: float
    run_p95_ms: float
    pulse: Sequence[int]


@dataclass(frozen=True, slots=True)
class FleetNow:
    """All agents from `since` to `until`, the busiest first."""

    since: datetime
    until: datetime
    agents: Sequence[AgentNow]

    @property
    def signals(self) -> Mapping[str, float | None]:
        """Golden signals: rates a second, shares 0 to 1 (None of nothing), USD, counts.

        Shares are of all steps and decisions, so that busy agents weigh more.
        """
        seconds = (self.until - self.since).total_seconds()
        steps, decisions = self._sum("steps"), self._sum("decisions")
        return {
            "decisions_per_s": decisions / seconds,
            "escalated": self._sum("escalated") / decisions if decisions else None,
            "blocked": self._sum("blocked") / decisions if decisions else None,
            "failed": self._sum("failed") / steps if steps else None,
            "usd": self._sum("usd"),
            "agents": float(len(self.agents)),
            "silent": float(sum(agent.silent for agent in self.agents)),
            "findings": float(round(self._sum("finding_share"))),
        }

    def _sum(self, name: str) -> float:
        return float(sum(getattr(agent, name) for agent in self.agents))


def rate(per_s: float) -> str:
    """A rate in the shortest time in which something happens.

    >>> rate(12.3), rate(0.05), rate(0.0002), rate(0)
    ('12.3/s', '3/min', '17.3/day', '0/day')
    """
    unit, size = next((one for one in RATES if per_s * one[1] >= 1), RATES[-1])
    return f"{per_s * size:.3g}/{unit}"
