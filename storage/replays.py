"""What agents decided, replayed under other limits, and what of it was undone; computed in SQL."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.thresholds import Limits
from storage.store import Store

WEEKS_MAX = 200
ABOVE_ALL = 2.0  # no confidence is


@dataclass(frozen=True, slots=True)
class Asked:
    """Decisions of an agent's action in [since, until); agent_version: empty for all."""

    tenant: str
    agent: str
    action: str
    since: datetime
    until: datetime
    agent_version: str = ""


class Replays:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def replayed(
        self, asked: Asked, before: Limits, after: Limits, harmful: Mapping[str, bool]
    ) -> dict[str, Any]:
        """What would have changed, by the names of governance.replay.Replay.

        harmful: whether a decision was harm, of those that people looked at.
        """
        row = self._store.rows(
            "tuning_replay",
            **_place(asked), **_edges("before", before), **_edges("after", after),
            until=asked.until,
            judged=sorted(harmful), harmful=sorted(one for one, bad in harmful.items() if bad),
        )[0]  # fmt: skip
        count = max(1, row["decisions"])
        shares = {
            f"autonomy_{when}": row.pop(f"alone_{when}") / count for when in ("before", "after")
        }
        return {**row, **shares, "examples": tuple(row["examples"])}

    def reversals(self, asked: Asked) -> list[tuple[int, int]]:
        """(undone, taken alone) of each week since `since` in which anything was taken alone."""
        rows = self._store.rows("tuning_reversals", **_place(asked), rows_max=WEEKS_MAX)
        return [(row["reversed"], row["alone"]) for row in rows]


def _place(asked: Asked) -> dict[str, Any]:
    names = ("tenant", "agent", "action", "since", "agent_version")
    return {name: getattr(asked, name) for name in names}


def _edges(when: str, limits: Limits) -> dict[str, float]:
    confidence = ABOVE_ALL if limits.confidence is None else limits.confidence
    amount = math.inf if limits.amount is None else limits.amount
    return {f"{when}_confidence": confidence, f"{when}_amount": amount}
