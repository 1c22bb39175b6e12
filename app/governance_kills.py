"""Kill switches: ordered, released, and what they reach."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app import governance_told as told
from app import moments
from app.governance_documents import Documents
from domain.access import DEFAULT_TENANT, Principal
from domain.errors import InvalidInput, NotFound
from domain.kills import Heard, KillScope, KillSwitch, Pull
from governance import kill
from governance.desk import Desk, who
from governance.thresholds import Order
from storage.governance import GovernanceChanges
from storage.governance_pulls import GovernancePulls
from storage.store import Store

Said = Mapping[str, Any]
REACH = timedelta(days=1)
REACH_ROWS_MAX = 1000
# A client that did not pull for so long before an order is taken to have ended.
ALIVE = timedelta(minutes=10)
MINUTES_MAX = 366 * 24 * 60


class Kills:
    """Of one store. Keys of the tenant `default` may stop all tenants, others their own."""

    def __init__(self, store: Store, documents: Documents) -> None:
        self._desk = Desk(GovernanceChanges(store))
        self._pulls = GovernancePulls(store)
        self._documents = documents

    def listed(self, tenant: str, rows_max: int) -> list[Said]:
        """Of the tenant and of all tenants, the newest first, as they are now."""
        self._documents.refresh()
        now = datetime.now(UTC)
        found = self._documents.board.switches(tenant)
        return [told.switch(one, now) for one in found[:rows_max]]

    def order(self, by: Principal, said: Said) -> Said:
        """Stop agents at once. said: scope, reason, and perhaps tenant, agent, capability,
        minutes, recovery (staged or at_once), drill. Raises InvalidInput, PermissionDenied."""
        now = datetime.now(UTC)
        switch = _switch(by, said, now)
        try:
            return told.switch(self._desk.order(switch, by), now)
        finally:
            self._documents.refresh()

    def release(self, by: Principal, switch_id: str, why: str) -> Said:
        """End a stop; its recovery begins. Raises NotFound, Conflict, PermissionDenied."""
        now = datetime.now(UTC)
        switch = self._one(by.tenant, switch_id)
        try:
            ended = self._desk.release(switch.tenant, switch_id, Order(by, now, why))
        finally:
            self._documents.refresh()
        return told.switch(ended, now)

    def detail(self, tenant: str, switch_id: str) -> Said:
        """A switch with its clients: who has heard of it, who has not, and what they did since.

        Raises NotFound.
        """
        switch, now = self._one(tenant, switch_id), datetime.now(UTC)
        self._documents.write_pulls()
        heard = self._heard(switch)
        scope = _scope(switch)
        acts = self._pulls.acts((switch.ordered_at, kill.end_of(switch) or now), scope)
        times = kill.stop_times(switch, _by_agent(heard), acts)
        return {
            **told.switch(switch, now),
            "agents": [
                {
                    "agent": one.agent,
                    "heard_s": one.heard_s,
                    "acts_after_order": one.acts_after_order,
                    "acts_after_hearing": one.acts_after_hearing,
                }
                for one in times
            ],
            "clients": [
                {"agent": agent, "client": client, "heard_at": at and moments.iso(at)}
                for (agent, client), at in sorted(heard.items())
            ],
        }

    def reach(self, by: Principal, said: Said) -> Said:
        """What a switch would stop, by what agents did in the last day. Raises InvalidInput."""
        now = datetime.now(UTC)
        switch = _switch(by, {"reason": "a question", **said}, now)
        kill.checked(switch)
        rows = self._pulls.reach(now - REACH, _scope(switch), REACH_ROWS_MAX)
        agents = {row["agent"] for row in rows}
        clients = {
            (one.agent, one.client)
            for one in self._clients(switch, now)
            if switch.agent in ("", one.agent)
        }
        return {
            "scope": str(switch.scope),
            "since": moments.iso(now - REACH),
            "agents": [
                {name: row[name] for name in ("tenant", "agent", *COUNTS)}
                | {"last_at": moments.iso(row["last_at"])}
                for row in rows
            ],
            "totals": {name: sum(row[name] for row in rows) for name in COUNTS},
            "clients": len(clients),
            # These act without asking: a switch does not reach them.
            "agents_that_never_pull": sorted(agents - {agent for agent, _ in clients}),
        }

    def _one(self, tenant: str, switch_id: str) -> KillSwitch:
        self._documents.refresh()
        for one in self._documents.board.switches(tenant):
            if one.switch_id == switch_id:
                return one
        raise NotFound(f"no kill switch has the id '{switch_id}'")

    def _clients(self, switch: KillSwitch, at: datetime) -> list[Pull]:
        """Who pulled shortly before `at` or since, of the tenant that the switch stops."""
        since = at - ALIVE
        stored = self._pulls.clients(switch.tenant, since)
        return [*stored, *self._documents.pulls.seen(switch.tenant, since)]

    def _heard(self, switch: KillSwitch) -> dict[tuple[str, str], datetime | None]:
        heard = self._pulls.heard(switch.tenant, switch.switch_id)
        asked = {
            (one.agent, one.client)
            for one in self._clients(switch, switch.ordered_at)
            if switch.agent in ("", one.agent)
        }
        return {key: heard.get(key) for key in asked | heard.keys()}


COUNTS = ("steps", "traces", "cases", "decisions", "amount")


def _by_agent(heard: Mapping[tuple[str, str], datetime | None]) -> list[Heard]:
    """An agent knows when all of its clients do."""
    times: dict[str, list[datetime | None]] = {}
    for (agent, _), at in heard.items():
        times.setdefault(agent, []).append(at)
    return [
        Heard(agent, None if None in each else max(at for at in each if at))
        for agent, each in times.items()
    ]


def _switch(by: Principal, said: Said, now: datetime) -> KillSwitch:
    scope = KillScope(said["scope"])
    minutes = said.get("minutes")
    tenant = said.get("tenant") or by.tenant
    if scope is KillScope.GLOBAL:
        if by.tenant != DEFAULT_TENANT:
            raise InvalidInput(f"scope: only keys of '{DEFAULT_TENANT}' stop all tenants")
        tenant = said.get("tenant", "")
    return KillSwitch(
        switch_id=f"k-{secrets.token_hex(4)}",
        scope=scope,
        reason=said["reason"],
        ordered_by=who(by),
        ordered_at=now,
        tenant=tenant,
        agent=said.get("agent", ""),
        capability=said.get("capability", ""),
        until=None if minutes is None else now + timedelta(minutes=minutes),
        recovery=() if said.get("recovery") == "at_once" else kill.STAGED,
        drill=bool(said.get("drill")),
    )


def _scope(switch: KillSwitch) -> dict[str, str]:
    return {"tenant": switch.tenant, "agent": switch.agent, "tool": switch.capability}
