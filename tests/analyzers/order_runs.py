"""Runs that call tools in some order and end well or badly, as rows and as plain counts."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from domain.tool_orders import PairCount
from storage.store import Store
from tests.storage.test_findings import step

NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(hours=6)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Run:
    """What one run called; failed: positions of calls that failed; good: None if nobody said."""

    calls: Sequence[str]
    kind: str = "refund"
    good: bool | None = True
    agent: str = "billing"
    tenant: str = "acme"
    failed: frozenset[int] = field(default_factory=frozenset)

    @property
    def scope(self) -> str:
        """As mining calls it."""
        return f"intent {self.kind}" if self.kind else f"agent {self.agent}"

    @property
    def done(self) -> list[str]:
        """Calls that did not fail."""
        return [tool for number, tool in enumerate(self.calls) if number not in self.failed]


def trace_id(number: int) -> str:
    return f"{number:032x}"


def store_runs(
    store: Store, runs: Sequence[Run], first: int = 1, received: datetime = BEGAN
) -> list[str]:
    """Store them, each in a trace of its own from number `first` on; the trace ids."""
    steps: list[dict[str, Any]] = []
    intents: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    for number, run in enumerate(runs, start=first):
        trace = trace_id(number)
        began = BEGAN + number * SECOND / 10
        named = {
            "tenant": run.tenant, "received": received, "trace_id": trace, "agent": run.agent,
        }  # fmt: skip
        steps += [
            step(**named, span_id=f"{trace[-8:]}{at:08x}", ts=began + at * SECOND, tool=tool,
                 status="Error" if at in run.failed else "Ok")
            for at, tool in enumerate(run.calls)
        ]  # fmt: skip
        said = named | {"retention_days": 30, "ts": began, "span_id": f"{trace[-8:]}ffff0000"}
        if run.kind:
            intents.append(said | {"intent_id": trace, "kind": run.kind, "revision": 1})
        if run.good is not None:
            ended = {
                "ts": began + 3600 * SECOND, "trace_id": f"{trace[:-1]}x", "outcome_id": trace,
                "type": "success" if run.good else "complaint", "polarity": 1 if run.good else -1,
                "target": [f"span:{trace}-{trace[-16:]}"], "revision": 1,
            }  # fmt: skip
            outcomes.append(said | ended)
    spans = [
        {"Tenant": row["tenant"], "Received": row["received"], "Timestamp": row["ts"],
         "TraceId": row["trace_id"], "SpanId": row["span_id"], "RetentionDays": 30}
        for row in steps
    ]  # fmt: skip
    tables = {"steps": steps, "intents": intents, "outcomes": outcomes, "otel_traces": spans}
    for table, rows in tables.items():
        if rows:
            store.insert(table, rows)
    return [trace_id(first + number) for number in range(len(runs))]


def pairs(runs: Iterable[Run]) -> list[PairCount]:
    """What tool_orders.sql has to count of the good ones, counted one by one."""
    found: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0] * 5)
    for run in runs:
        calls = run.done
        if not run.good or not calls:
            continue
        for first, second in product(["", *sorted(set(calls))], repeat=2):
            if (first == second and first) or (first and not second):
                continue
            counted = found[run.scope, first, second]
            counted[0] += 1
            if first:
                counted[1] += calls.index(first) < calls.index(second)
                counted[2] += calls[::-1].index(second) < calls[::-1].index(first)
                share = calls.count(first) / (calls.count(first) + calls.count(second))
                counted[3] += share
                counted[4] += 1 - share
    return [PairCount(*key, *map(int, one[:3]), *one[3:]) for key, one in sorted(found.items())]


def healthy(rng: random.Random, kind: str = "refund") -> list[str]:
    """Refunds are checked before they are paid and read back after; they are told of or noted down,
    and policies are looked up, now and then, at any time."""
    calls = ["get_order", "check_limit"]
    calls += ["check_limit"] * (rng.random() < 0.2)
    calls += ["pay", "get_refund"]
    calls.insert(rng.randrange(len(calls) + 1), rng.choice(["send_mail", "write_note"]))
    for tool in ("search_policy", "get_customer"):
        if rng.random() < 0.5:
            calls.insert(rng.randrange(len(calls) + 1), tool)
    return calls


def careless(rng: random.Random, tools: int = 12) -> list[str]:
    """Tools that have nothing to do with each other, some in nearly every run, some in few."""
    calls = [
        f"tool_{number}"
        for number in range(tools)
        for _ in range(1 + (rng.random() < 0.3))
        if rng.random() < (number + 0.3) / tools
    ]
    rng.shuffle(calls)
    return calls
