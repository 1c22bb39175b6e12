"""Orders of tools in the store: what is counted, what was mined of it, what people said of that."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from domain.errors import NotFound
from domain.tool_orders import OrderRule, PairCount, RuleState
from storage.store import Store

OUTCOMES_MAX = 100_000
# The most frequent names of one run; pairs grow with its square.
TOOLS_MAX = 64
PAIRS_MAX = 500_000
RULES_MAX = 10_000
# What was counted is written again when it is this old, or passes no more.
COUNTED_AGAIN = timedelta(days=1)
COUNTS = ("precedes", "responds", "chance_precedes", "chance_responds")


class MinedRules:
    """Those of all tenants, or of one; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def counted(
        self, since: datetime, until: datetime, tenant: str = ""
    ) -> Iterable[tuple[str, list[PairCount]]]:
        """How often tools come before each other in runs that ended well, by tenant; of what was
        received in [since, until)."""
        rows = self._store.rows(
            "tool_orders",
            since=since,
            until=until,
            tenant=tenant,
            outcomes_max=OUTCOMES_MAX,
            tools_max=TOOLS_MAX,
            rows_max=PAIRS_MAX,
        )
        for name, some in groupby(rows, key=lambda row: str(row["tenant"])):
            yield name, [_pair(row) for row in some]

    def listed(self, tenant: str = "", rule_id: str = "") -> list[dict[str, Any]]:
        """As they stand: promoted ones first, then the surest."""
        asked = {"tenant": tenant, "rule_id": rule_id, "rows_max": RULES_MAX}
        rows = self._store.rows("mined_rules", **asked)
        times = ("mined_at", "decided_at")
        return [row | {name: row[name].replace(tzinfo=UTC) for name in times} for row in rows]

    def keep(self, tenant: str, rules: Sequence[OrderRule], now: datetime) -> int:
        """Record what was mined of a tenant's runs; rules that were not found again hold no more.

        How many rows were written: none for what says the same as a day ago or less.
        """
        known = {row["rule_id"]: row for row in self.listed(tenant)}
        found = {rule.rule_id(tenant): _row(tenant, rule, now) for rule in rules}
        rows = [row for name, row in found.items() if _is_news(row, known.get(name), now)]
        rows += [
            _again(row, at=now, holds=False)
            for name, row in known.items()
            if row["holds"] and name not in found
        ]
        if rows:
            self._store.insert("mined_rules", rows)
        return len(rows)

    def decide(self, rule_id: str, state: RuleState, actor: str, tenant: str = "") -> None:
        """Record what somebody says of a rule, in one tenant or wherever it was mined.

        Raises NotFound when no rule has the id.
        """
        known = self.listed(tenant, rule_id)
        if not known:
            raise NotFound(f"no mined rule has the id '{rule_id}'; see `wakeline signatures list`")
        now = datetime.now(UTC)
        said = {"state": str(state), "actor": actor, "at": now}
        self._store.insert("mined_rules", [_again(row, **said) for row in known])


def _pair(row: Mapping[str, Any]) -> PairCount:
    return PairCount(
        str(row["scope"]),
        str(row["first_tool"]),
        str(row["second_tool"]),
        row["together"],
        *(row[name] for name in COUNTS),
    )


def _row(tenant: str, rule: OrderRule, now: datetime) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "rule_id": rule.rule_id(tenant),
        "kind": str(rule.constraint),
        "scope": rule.scope,
        "first_tool": rule.first,
        "second_tool": rule.second,
        "support": rule.support,
        "held": rule.held,
        "confidence": rule.confidence,
        "q": rule.q,
        "holds": True,
        "state": "",
        "actor": "",
        "at": now,
        "revision": time.time_ns(),
    }


def _again(row: Mapping[str, Any], **said: Any) -> dict[str, Any]:
    """A further row of a rule that is known."""
    names = (
        "tenant", "rule_id", "kind", "scope", "first_tool", "second_tool", "support", "held",
        "confidence", "q", "holds",
    )  # fmt: skip
    kept = {name: row[name] for name in names}
    return kept | {"state": "", "actor": ""} | said | {"revision": time.time_ns()}


def _is_news(row: Mapping[str, Any], known: Mapping[str, Any] | None, now: datetime) -> bool:
    return known is None or not known["holds"] or now - known["mined_at"] >= COUNTED_AGAIN
