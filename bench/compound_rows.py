"""Business cases as rows of the typed tables: what agents mean, read, write, do and tell."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LASTS = timedelta(days=20)
TABLES = ("effects", "intents", "data_access", "links", "messages", "handoffs", "decisions")


@dataclass
class CaseRows:
    """One case. Each agent acts in a run of its own; `at` in h; versions count up by field.

    lost: what its agents lose together by the words of whoever made it, None = not said.
    """

    kind: str
    name: str
    now: datetime
    rng: random.Random
    label: str = ""
    unit: str = "EUR"
    lost: float | None = None
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    written: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def thing(self) -> str:
        """What most of it is about."""
        return f"invoice:{self.name}"

    def run(self, agent: str) -> str:
        """The trace of the agent's run."""
        return f"{self.name}-{agent}"

    def effect(self, at: float, agent: str, kind: str, delta: float = 0, **said: Any) -> None:
        """What an agent did."""
        own = {"kind": kind, "metric": "cash", "delta": delta, "unit": self.unit, "status": "Ok"}
        empty = {"opens": "", "closes": "", "entity": self.thing, "decision_id": ""}
        self._add("effects", at, agent, own | empty | said)

    def intent(self, at: float, agent: str, direction: int, **said: Any) -> None:
        """Where an agent wants a metric to go."""
        own = {"kind": "task", "metric": "cash", "direction": direction, "amount_limit": None}
        own |= {"target": [], "intent_id": self.run(agent)}
        self._add("intents", at, agent, own | said)

    def write(self, at: float, agent: str, thing: str = "", name: str = "") -> None:
        """An agent writes a field of its own of the thing."""
        key = (thing or self.thing, name or f"by_{agent}")
        self.written[key] = self.written.get(key, 0) + 1
        self._access(at, agent, "write", key, self.written[key])

    def read(self, at: float, agent: str, of: str, back: int = 0, **said: Any) -> None:
        """An agent reads what `of` wrote, `back` versions before the newest."""
        key = (said.pop("thing", self.thing), said.pop("name", f"by_{of}"))
        self._access(at, agent, "read", key, self.written.get(key, 0) - back, **said)

    def decide(self, at: float, agent: str, amount: float) -> None:
        """An agent decides about an amount."""
        own = {"decision_id": self.run(agent), "action": "act", "outcome": "allow", "inputs": []}
        self._add("decisions", at, agent, own | {"amount": amount, "currency": self.unit})

    def link(self, at: float, cause: str, effect: str) -> None:
        """The run of `effect` says that it is because of that of `cause`."""
        own = {"effect_trace_id": self.run(effect), "cause_trace_id": self.run(cause)}
        ends = {"effect_span_id": "e", "cause_span_id": "c"}
        self.tables["links"].append(self._stored(at) | own | ends)

    def message(self, at: float, sender: str, taker: str) -> None:
        """One agent tells another something over a queue."""
        for agent, operation in ((sender, "send"), (taker, "process")):
            own = {"message_id": f"m-{self.name}", "operation": operation}
            run = {"trace_id": self.run(agent), "span_id": f"{operation}-{self.name}"}
            self.tables["messages"].append(self._stored(at) | own | run)

    def handoff(self, at: float, giver: str, taker: str) -> None:
        """Work goes on."""
        self._add("handoffs", at, giver, {"from_agent": giver, "to_agent": taker, "lane": 1})

    def everywhere(self, **said: Any) -> None:
        """Say it of every row that has the column."""
        for rows in self.tables.values():
            for row in rows:
                row.update((key, value) for key, value in said.items() if key in row)

    def _access(
        self, at: float, agent: str, access: str, key: tuple[str, str], version: int, **said: Any
    ) -> None:
        own = {"entity": key[0], "field": key[1], "access": access, "version": f"{version}"}
        self._add("data_access", at, agent, own | {"as_of": NEVER, "status": "Ok"} | said)

    def _add(self, table: str, at: float, agent: str, said: Mapping[str, Any]) -> None:
        count = sum(map(len, self.tables.values()))
        run = {"agent": agent, "trace_id": self.run(agent), "span_id": f"{self.name}-{count}"}
        shared = {"case_id": self.name, "origin": "explicit"}
        self.tables[table].append(self._stored(at) | run | shared | dict(said))

    def _stored(self, at: float) -> Row:
        began = self.now - LASTS
        return {
            "tenant": "acme", "received": self.now, "retention_days": 30, "revision": 1,
            "ts": began + timedelta(hours=at),
        }  # fmt: skip
