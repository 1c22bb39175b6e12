"""Effects, decisions, intents and writes as rows, told apart by trace; policies as a file."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.policies import Policies
from domain.findings import Draft, Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures.spans import RECEIVED, rule

Row = dict[str, Any]
BEGAN = RECEIVED - timedelta(days=3)
# Long after the rows came, so that what had to follow is overdue.
WINDOW = Window(RECEIVED - timedelta(seconds=1), RECEIVED + timedelta(hours=1))

# All rows of an insert have the same columns.
EMPTY: Mapping[str, Row] = {
    "effects": {"tool": "", "decision_id": "", "intent_id": ""},
    "decisions": dict.fromkeys(
        (
            "tool", "decision_id", "policy_id", "policy_version", "approval_id", "approval_state",
            "approval_source",
        ), "",
    ) | dict.fromkeys(("confidence", "threshold")),
    "intents": {"amount_limit": None},
    "data_access": {"intent_id": ""},
}  # fmt: skip


@dataclass
class Story:
    """What happens in one case; `at` in h since its begin."""

    name: str
    rng: random.Random
    rows: list[tuple[str, Row]] = field(default_factory=list)

    def effect(self, at: float, delta: float, **said: Any) -> None:
        """What an agent did."""
        own = {
            "entity": f"invoice:{self.name}",
            "kind": "refund",
            "metric": "cash",
            "unit": "EUR",
            "delta": delta,
            "status": "Ok",
        }
        self._add("effects", at, own | said)

    def decision(self, at: float, **said: Any) -> None:
        """What an agent decided, or somebody approved."""
        self._add("decisions", at, {"action": "refund"} | said)

    def intent(self, at: float, **said: Any) -> None:
        """What a run is for."""
        own = {"kind": "refund", "metric": "cash", "direction": -1, "intent_id": self.name}
        self._add("intents", at, own | {"target": [f"invoice:{self.name}"]} | said)

    def write(self, at: float, **said: Any) -> None:
        """A change of the invoice by another run."""
        own = {"entity": f"invoice:{self.name}", "field": "amount", "access": "write"}
        shared = {"trace_id": f"{self.name}-other", "as_of": BEGAN, "status": "Ok"}
        self._add("data_access", at, own | shared | said)

    def _add(self, table: str, at: float, said: Mapping[str, Any]) -> None:
        shared = {
            "tenant": "acme",
            "received": RECEIVED,
            "retention_days": 30,
            "ts": BEGAN + timedelta(hours=at),
            "trace_id": f"{self.name}-run",
            "span_id": f"{self.name}-{len(self.rows)}",
            "agent": "billing",
            "case_id": self.name,
            "origin": "explicit",
            "revision": 1,
        }
        self.rows.append((table, {**shared, **EMPTY[table], **said}))


Maker = Callable[[Story], None]


@dataclass(frozen=True)
class Suite:
    """Kinds of stories to find and of others, under a policies.yaml."""

    signature: str
    policies: str
    positives: tuple[Maker, ...]
    traps: tuple[Maker, ...]

    def stories(self, seed: int) -> list[tuple[bool, Story]]:
        """At least 20 to find and 50 others."""
        rng = random.Random(seed)
        found = []
        for positive, makers, least in ((True, self.positives, 20), (False, self.traps, 50)):
            for make in makers:
                for number in range(-(-least // len(makers))):
                    found.append((positive, Story(f"{make.__name__}-{number}", rng)))
                    make(found[-1][1])
        return found


def put(store: Store, stories: Iterable[Story]) -> list[Row]:
    """Store all that happens in them; what was stored."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for story in stories:
        for table, row in story.rows:
            tables[table].append(row)
    for table, rows in tables.items():
        store.insert(table, rows)
    return [row for rows in tables.values() for row in rows]


def check(store: Store, suite: Suite, seed: int) -> list[Draft]:
    """Precision and recall over stories are 1, facts are filled, evidence is of rows that exist."""
    stories = suite.stories(seed)
    Policies(store).apply(suite.policies)
    rows = put(store, [story for _, story in stories])
    found = list(StoredFindings(store).candidates(rule(suite.signature), WINDOW))
    spans = {(row["trace_id"], row["span_id"]) for row in rows}
    for draft in found:
        assert all(value not in ("", None) for value in draft.facts.values())
        assert {(one.trace_id, one.span_id) for one in draft.evidence} <= spans
        assert len({(one.trace_id, one.span_id) for one in draft.evidence}) == len(draft.evidence)
    told = {draft.evidence[0].span_id.rpartition("-")[0] for draft in found}
    expected = {story.name for positive, story in stories if positive}
    assert told == expected, (sorted(told - expected), sorted(expected - told))
    assert len({draft.finding_id for draft in found}) == len(found)
    return found
