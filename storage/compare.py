"""Runs as `wakeline compare` looks at them: named by attributes or ids, and what each did."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.comparison import FILTERS_MAX, RUNS_MAX, Group, Run
from storage.store import Store

# An id is 40 bytes of a request's address.
IDS_AT_ONCE = 200
CALLS_MAX = 2_000
DECISIONS_MAX = 200_000
AGENT = "gen_ai.agent.name"
NUMBERS = (
    "steps", "tool_calls", "model_calls", "tools_used", "failed_calls", "repeated_calls",
    "duration_ms", "input_tokens", "output_tokens", "cost_micro_usd", "result_bytes",
    "said_bytes", "argument_bytes",
)  # fmt: skip
# Where 0 means that nobody wrote it down.
RECORDED = {
    "duration_ms", "input_tokens", "output_tokens", "cost_micro_usd", "result_bytes", "said_bytes",
    "argument_bytes",
}  # fmt: skip


class ComparedRuns:
    """Those of the store, of one tenant. Calls may block and raise Unavailable."""

    def __init__(self, store: Store, tenant: str) -> None:
        self._store = store
        self._tenant = tenant

    def having(self, attributes: Mapping[str, str]) -> Group:
        """The latest runs that have all these attributes, RUNS_MAX at most; where an agent is
        among them, other agents' steps do not count. At most FILTERS_MAX attributes."""
        places = dict.fromkeys(range(1, FILTERS_MAX + 1), ("", ""))
        places |= dict(enumerate(attributes.items(), start=1))
        names = {f"key_{place}": key for place, (key, _) in places.items()}
        values = {f"value_{place}": value for place, (_, value) in places.items()}
        rows = self._store.rows(
            "compare_matches", tenant=self._tenant, runs_max=RUNS_MAX, **names, **values
        )
        ids = [row["trace_id"] for row in rows]
        matched = int(rows[0]["matched"]) if rows else 0
        return Group(self._runs(ids, attributes.get(AGENT, "")), matched)

    def named(self, trace_ids: Sequence[str]) -> Group:
        """Those of these ids that are stored."""
        found = self._runs(trace_ids, "")
        return Group(found, len(found), missing=len(set(trace_ids)) - len(found))

    def _runs(self, trace_ids: Sequence[str], agent: str) -> list[Run]:
        return [
            run
            for start in range(0, len(trace_ids), IDS_AT_ONCE)
            for run in self._some(trace_ids[start : start + IDS_AT_ONCE], agent)
        ]

    def _some(self, trace_ids: Sequence[str], agent: str) -> list[Run]:
        asked = {"tenant": self._tenant, "trace_ids": list(trace_ids)}
        runs = self._store.rows(
            "compare_runs", agent=agent, calls_max=CALLS_MAX, runs_max=len(trace_ids), **asked
        )
        said = self._store.rows("compare_texts", runs_max=len(trace_ids), **asked)
        decided = self._store.rows(
            "compare_decisions", agent=agent, rows_max=DECISIONS_MAX, **asked
        )
        bytes_of = {row["trace_id"]: row for row in said}
        decisions: dict[str, dict[str, int]] = {}
        for row in decided:
            decisions.setdefault(row["trace_id"], {})[row["decision"]] = row["times"]
        return [
            _run(row | bytes_of.get(row["trace_id"], {}), decisions.get(row["trace_id"], {}))
            for row in runs
        ]


def _run(row: Mapping[str, Any], decisions: Mapping[str, int]) -> Run:
    numbers = {name: float(row[name]) for name in NUMBERS if row.get(name) or name not in RECORDED}
    return Run(row["trace_id"], numbers, tuple(row["tools"]), decisions)
