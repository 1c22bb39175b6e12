"""What an operator may set about tuning; all of it counts for labels that come later."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from governance.certificates import DELTA
from governance.tuner import Rules

ACTIONS_MAX = 1000


class ActionTuning(BaseModel):
    """Where one action of one agent is tuned otherwise; what is left out is as for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str
    action: str
    alpha: float | None = Field(None, gt=0, lt=0.5)
    amount_max: float | None = Field(None, gt=0)
    saved_dollars: float | None = Field(None, ge=0)
    tolerated_dollars: float | None = Field(None, gt=0)


class TuningConfig(BaseModel):
    """How limits are tuned from what the weekly review says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(
        True, description="Whether `wakeline up` and `analyze` propose and tighten by themselves."
    )
    look_seconds: float = Field(
        30.0, gt=0, le=86_400, description="Time between two looks for what is new."
    )
    alpha: float = Field(
        0.02, gt=0, lt=0.5, description="Share of harm tolerated in what agents do alone."
    )
    delta: float = Field(
        DELTA, gt=0, lt=1, description="Chance, in a term, that limits that harm more are proposed."
    )
    sensitivity: float = Field(
        1.0, gt=0, le=1, description="Share of harm that reviewers see at least; lowers alpha."
    )
    amount_max: float | None = Field(
        None, gt=0, description="In dollars, for the first limits of an action; none = any amount."
    )
    saved_dollars: float | None = Field(
        None,
        ge=0,
        description="Of a person's time, by each decision taken alone; with it the certified limit"
        " that is worth most is chosen, else the loosest.",
    )
    tolerated_dollars: float | None = Field(
        None,
        gt=0,
        description="That a case may lose on average; with it limits in dollars are tuned too.",
    )
    step_max: float = Field(
        0.05, gt=0, le=1, description="By how much confidence is lowered at once, at most."
    )
    dwell_days: int = Field(
        14, ge=0, le=365, description="Between two loosenings, and at a stage before the next."
    )
    gain_min: float = Field(
        0.02, ge=0, le=1, description="Share of decisions that a loosening brings at least."
    )
    revert_weeks: int = Field(
        52, ge=4, le=5200, description="Without more harm, one false revert in so many weeks."
    )
    term_weeks: int = Field(
        26, ge=4, le=104, description="Weeks that evidence is used for before it begins again."
    )
    actions: tuple[ActionTuning, ...] = Field(
        (),
        max_length=ACTIONS_MAX,
        description="Where an action is tuned otherwise: agent, action, and alpha, amount_max,"
        " saved_dollars or tolerated_dollars.",
    )

    def value(self, name: str, agent: str, action: str) -> Any:
        """A setting as it is for an action of an agent."""
        for one in self.actions:
            own = getattr(one, name)
            if (one.agent, one.action) == (agent, action) and own is not None:
                return own
        return getattr(self, name)

    def rules(self, agent: str, action: str) -> Rules:
        """What the tuner goes by with an action of an agent."""
        return Rules(
            alpha=self.value("alpha", agent, action),
            delta=self.delta,
            sensitivity=self.sensitivity,
            step_max=self.step_max,
            dwell_days=self.dwell_days,
            gain_min=self.gain_min,
            revert_weeks=self.revert_weeks,
            term_weeks=self.term_weeks,
        )
