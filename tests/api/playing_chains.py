"""One object that plays all parts of the API, with chains made by hand behind it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from api import application
from api.ports import Parts
from domain.access import ANONYMOUS, Principal, Scope
from domain.chains import Chain
from domain.errors import NotFound, Unauthenticated
from domain.fleet import FleetNow
from tests.api.sample_chain import CHAINS
from tests.api.serving import served

KEYS = {
    None: ANONYMOUS,
    "reader": Principal("acme", frozenset({Scope.READ}), "key-1"),
    "sender": Principal("acme", frozenset({Scope.INGEST}), "key-2"),
}
BUILT = datetime(2026, 3, 7, 12, 1, tzinfo=UTC)


class Player:
    """Remembers what was asked; `failure` is raised instead of an answer."""

    def __init__(self, chains: Mapping[str, Chain] = CHAINS) -> None:
        self.chains = dict(chains)
        self.asked: list[tuple[str, str, bool]] = []
        self.failure: Exception | None = None

    def authenticate(self, key: str | None) -> Principal:
        if key in KEYS:
            return KEYS[key]
        raise Unauthenticated("who?")

    def chain(self, tenant: str, name: str, *, fresh: bool = False) -> Chain:
        self.asked.append((tenant, name, fresh))
        if self.failure:
            raise self.failure
        if name not in self.chains:
            raise NotFound(f"nothing is called '{name}'")
        return self.chains[name]

    def now(self, tenant: str, minutes: float) -> FleetNow:
        """A fleet without agents, for the start page."""
        until = datetime.now(UTC)
        return FleetNow(until - timedelta(minutes=minutes), until, ())

    def listed(self, tenant: str, chains_max: int) -> Sequence[Mapping[str, Any]]:
        self.asked.append((tenant, "", False))
        return [line(chain) for chain in self.chains.values()][:chains_max]


def line(chain: Chain) -> Mapping[str, Any]:
    """A chain as the list tells it."""
    first = chain.causes[0] if chain.causes else None
    return {
        "tenant": chain.tenant, "subject": chain.subject, "built": BUILT, "watermark": BUILT,
        "outcome_type": "reversal", "case_id": chain.nodes[-1].case_id, "cut": chain.cut,
        "agents": sorted({node.agent for node in chain.nodes}),
        "systems": sorted({node.system for node in chain.nodes} - {""}),
        "top_cause": first.node_id if first else "", "score": first.score if first else 0.0,
        "sentence": first.reason if first else "", "levels": chain.levels,
        "money_at_risk": dict(chain.blast_radius.money_at_risk), "nodes": len(chain.nodes),
        "live_writes": len(chain.blast_radius.live_writes),
    }  # fmt: skip


@contextmanager
def playing(player: Player) -> Iterator[httpx.Client]:
    """A client of an application behind which `player` plays every part."""
    part: Any = player
    with served(application.build(Parts(*[part] * len(fields(Parts))))) as client:
        yield client
