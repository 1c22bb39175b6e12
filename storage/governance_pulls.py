"""Who pulled which documents when, and what agents did meanwhile, as rows of the store."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from domain.kills import Act, Pull
from storage.store import Store

ROWS_MAX = 100_000


class GovernancePulls:
    """Of one store; all calls may block and raise Unavailable. An empty tenant is for all."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, pulls: Iterable[Pull]) -> None:
        """That clients pulled: any document (switch_id is empty), or one that told of a switch."""
        names = ("tenant", "switch_id", "agent", "client", "at")
        rows = [{name: getattr(pull, name) for name in names} for pull in pulls]
        if rows:
            self._store.insert("governance_pulls", rows)

    def heard(self, tenant: str, switch_id: str) -> dict[tuple[str, str], datetime]:
        """When each (agent, client) first pulled a document that told of the switch."""
        asked = {"tenant": tenant, "switch_id": switch_id, "rows_max": ROWS_MAX}
        rows = self._store.rows("governance_heard", **asked)
        return {(str(row["agent"]), row["client"]): _utc(row["first_at"]) for row in rows}

    def clients(self, tenant: str, since: datetime) -> list[Pull]:
        """The last pull of each client since then."""
        asked = {"tenant": tenant, "since": since, "rows_max": ROWS_MAX}
        return [
            Pull(str(row["tenant"]), str(row["agent"]), row["client"], _utc(row["last_at"]))
            for row in self._store.rows("governance_clients", **asked)
        ]

    def reach(self, since: datetime, scope: Mapping[str, str], rows_max: int) -> list[Any]:
        """What a switch would have stopped since then, by agent; scope: tenant, agent, tool."""
        asked = {"since": since, "rows_max": rows_max, **scope}
        rows = self._store.rows("governance_reach", **asked)
        return [
            row | {"amount": float(row["amount"]), "last_at": _utc(row["last_at"])} for row in rows
        ]

    def acts(self, between: tuple[datetime, datetime], scope: Mapping[str, str]) -> list[Act]:
        """Tools that were used between two times; scope: tenant, agent, tool."""
        since, until = between
        asked = {"since": since, "until": until, "rows_max": ROWS_MAX, **scope}
        rows = self._store.rows("governance_acts", **asked)
        return [Act(str(row["agent"]), _utc(row["ts"])) for row in rows]


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
