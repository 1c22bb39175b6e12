"""How far an agent acts by itself in one kind of action, and what changed it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.thresholds import Oversight, Stage


class PageChannel(StrEnum):
    """What a drift page may be about; any open one holds a promotion back."""

    CONFIDENCE = "confidence"
    DECISION_MIX = "decision_mix"
    TOOL_MIX = "tool_mix"
    INTENT = "intent"
    ERROR = "error"
    OUTCOME = "outcome"


class HardHarm(StrEnum):
    """What sends an agent back to shadow at once, whatever statistics say."""

    HARM = "hard_harm"
    POLICY_VIOLATION = "policy_violation"


@dataclass(frozen=True, slots=True)
class Autonomy:
    """Where an agent's action stands; pages: channels of drift pages that are still open."""

    agent: str
    action: str
    stage: Stage
    since: datetime
    oversight: Oversight = Oversight.IN_CONTROL
    pages: frozenset[PageChannel] = frozenset()


@dataclass(frozen=True, slots=True)
class StageEvidence:
    """Whether limits are certified by labels of this very stage, and of which one."""

    stage: Stage
    certified: bool
