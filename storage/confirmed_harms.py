"""Harm that needs no statistics: critical findings that people said are so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.autonomy import HardHarm
from storage.store import Store

ROWS_MAX = 10_000
# Signatures of what no policy allows: limits, scopes and approvals.
OF_POLICIES = "GOV-"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A finding; at: when somebody first said that it is so."""

    finding_id: str
    harm: HardHarm
    agents: tuple[str, ...]
    at: datetime


def confirmed(store: Store, tenant: str) -> Sequence[Confirmed]:
    """Of a tenant, the newest first. Raises Unavailable."""
    return [
        Confirmed(
            row["finding_id"],
            HardHarm.POLICY_VIOLATION
            if row["signature"].startswith(OF_POLICIES)
            else HardHarm.HARM,
            tuple(row["agents"]),
            row["confirmed_at"].replace(tzinfo=UTC),
        )
        for row in store.rows("governance_harms", tenant=tenant, rows_max=ROWS_MAX)
    ]
