"""Mined rules as lists show them, beside the signatures of files."""

from typing import Any

from domain.tool_orders import RuleState
from storage.mined_rules import MinedRules
from storage.store import Store

WORDS = {
    "precedence": "{first_tool} before {second_tool}",
    "response": "{second_tool} after {first_tool}",
    "not_coexistence": "never both {first_tool} and {second_tool}",
}
MODES = {RuleState.PROMOTED: "on", RuleState.REJECTED: "off", RuleState.INFO: "shadow"}


def listed(store: Store, tenant: str = "") -> list[dict[str, Any]]:
    """Those of `tenant` (empty: of all), promoted ones first; none in a store that is older."""
    if not store.has_table("mined_rules"):
        return []
    return [
        {
            "signature": row["rule_id"],
            "mode": str(row["state"]),
            "severity": "medium" if row["state"] == RuleState.PROMOTED else "info",
            "prior": row["confidence"],
            "name": f"{row['scope']}: {WORDS[row['kind']].format(**row)}",
            "tags": [],
            "tenant": row["tenant"],
            "support": row["support"],
            "q": row["q"],
            "holds": bool(row["holds"]),
            "actor": row["actor"],
        }
        for row in MinedRules(store).listed(tenant)
    ]
