"""A running instance in which people with keys govern agents, and what they say to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from app import moments
from domain.access import Scope
from tests.app.live import Live
from tests.collector.running import eventually

QUIET: Mapping[str, Any] = {
    "auth": {"mode": "required", "refresh_seconds": 0.05},
    "analyzers": {"enabled": False},
}
LIMITS = {"action": "refund", "confidence": 0.8, "amount": 500.0, "stage": "full",
          "oversight": "on_the_loop"}  # fmt: skip


BOTH = (Scope.READ, Scope.GOVERN)
EVERYBODY: Mapping[str, tuple[str, Sequence[Scope]]] = {
    "ann": ("acme", BOTH), "bob": ("acme", BOTH), "reader": ("acme", [Scope.READ]),
    "agent": ("acme", [Scope.INGEST]), "root": ("default", BOTH),
}  # fmt: skip


class People:
    """Ann and bob, who govern, a reader, and an agent, all of tenant acme; root governs the tenant
    default. They speak to an instance by their keys; `token` is its local one."""

    http: httpx.Client
    token: str
    keys: dict[str, str]

    def made(self) -> dict[str, str]:
        """New keys for all of them."""
        return {name: self.key(tenant, name, own) for name, (tenant, own) in EVERYBODY.items()}

    def key(self, tenant: str, name: str, scopes: Sequence[Scope]) -> str:
        """The text of a new key; wait until it is in force."""
        made = self.http.post(
            "/v1/keys", json={"tenant": tenant, "name": name, "scopes": list(scopes)},
            headers={"x-api-key": self.token},
        )  # fmt: skip
        return str(made.json()["key"])

    def id(self, who: str) -> str:
        """Of a person's key, as records name it."""
        return self.keys[who].split("_")[1]

    def get(self, who: str, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers={"x-api-key": self.keys[who], **headers})

    def post(self, who: str, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body, headers={"x-api-key": self.keys[who]})

    def propose(self, agent: str, **limits: Any) -> str:
        """Ann proposes; the id of her proposal."""
        made = self.post(
            "ann", "/v1/proposals", agent=agent, thresholds=[{**LIMITS, **limits}], why="evidence"
        )
        assert made.status_code == 201, made.text
        return str(made.json()["proposal_id"])

    def approve(self, agent: str, proposal_id: str, who: str = "bob") -> httpx.Response:
        path = f"/v1/proposals/{proposal_id}/approve"
        return self.post(who, path, agent=agent, why="agreed")

    def in_force(self, agent: str, **limits: Any) -> None:
        """Proposed by ann and approved by bob."""
        assert self.approve(agent, self.propose(agent, **limits)).status_code == 200


class Governed(Live, People):
    """With keys of everybody."""

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, Any] = QUIET,
        *,
        collect: bool = True,
        clock: moments.Clock = moments.now,
    ) -> None:
        super().__init__(data, settings, collect=collect, clock=clock)
        self.keys = self.made()
        eventually(lambda: self.process.ring.in_force == len(self.keys))
