"""Governance of a running instance, over its API; who does something is whose key is sent."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from app.local import Api
from domain.access import Principal

Said = Mapping[str, Any]


class RemoteThresholds:
    """/v1/thresholds and /v1/proposals; tenants and people are those of the key."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def listed(self, tenant: str) -> list[Said]:
        """As `Thresholds.listed`."""
        return _many(self._api.call("GET", "/v1/thresholds"))

    def history(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """As `Thresholds.history`."""
        asked = urlencode({"agent": agent, "limit": rows_max})
        return _many(self._api.call("GET", f"/v1/threshold-history?{asked}"))

    def proposals(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """As `Thresholds.proposals`."""
        asked = urlencode({"agent": agent, "limit": rows_max})
        return _many(self._api.call("GET", f"/v1/proposals?{asked}"))

    def difference(self, tenant: str, agent: str, before: int, after: int) -> list[Said]:
        """As `Thresholds.difference`."""
        asked = urlencode({"agent": agent, "before": before, "after": after})
        return _many(self._api.call("GET", f"/v1/threshold-diff?{asked}"))

    def propose(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """As `Thresholds.propose`."""
        body = {"agent": agent, "thresholds": list(said), "why": why}
        return _one(self._api.call("POST", "/v1/proposals", body))

    def settle(self, by: Principal, agent: str, proposal_id: str, verdict: str, why: str) -> Said:
        """As `Thresholds.settle`."""
        path = f"/v1/proposals/{quote(proposal_id, safe='')}/{verdict}"
        return _one(self._api.call("POST", path, {"agent": agent, "why": why}))

    def tighten(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """As `Thresholds.tighten`."""
        return self._change(agent, why, change="tighten", thresholds=list(said))

    def roll_back(self, by: Principal, agent: str, version: int, why: str) -> Said:
        """As `Thresholds.roll_back`."""
        return self._change(agent, why, change="roll_back", version=version)

    def freeze(self, by: Principal, agent: str, why: str, *, thaw: bool = False) -> Said:
        """As `Thresholds.freeze`."""
        return self._change(agent, why, change="thaw" if thaw else "freeze")

    def _change(self, agent: str, why: str, **said: Any) -> Said:
        body = {"agent": agent, "why": why, **said}
        return _one(self._api.call("POST", "/v1/threshold-changes", body))


class RemoteAutonomy:
    """/v1/autonomy and /v1/tune."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def standing(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """As `AutonomyBoard.standing`."""
        asked = urlencode({"agent": agent, "limit": rows_max})
        return _many(self._api.call("GET", f"/v1/autonomy?{asked}"))

    def tune(self, by: Principal) -> list[Said]:
        """As `AutonomyBoard.tune`."""
        return _many(self._api.call("POST", "/v1/tune", {}))


class RemoteKills:
    """/v1/kills."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def listed(self, tenant: str, rows_max: int) -> list[Said]:
        """As `Kills.listed`."""
        return _many(self._api.call("GET", f"/v1/kills?limit={rows_max}"))

    def detail(self, tenant: str, switch_id: str) -> Said:
        """As `Kills.detail`."""
        return _one(self._api.call("GET", f"/v1/kills/{quote(switch_id, safe='')}"))

    def reach(self, by: Principal, said: Said) -> Said:
        """As `Kills.reach`."""
        return _one(self._api.call("POST", "/v1/kill-reach", dict(said)))

    def order(self, by: Principal, said: Said) -> Said:
        """As `Kills.order`."""
        return _one(self._api.call("POST", "/v1/kills", dict(said)))

    def release(self, by: Principal, switch_id: str, why: str) -> Said:
        """As `Kills.release`."""
        path = f"/v1/kills/{quote(switch_id, safe='')}/release"
        return _one(self._api.call("POST", path, {"why": why}))


def _one(answer: Any) -> Said:
    said: Said = answer
    return said


def _many(answer: Any) -> list[Said]:
    said: list[Said] = answer
    return said
