"""Retry storms: one error of one tool, into which calls of several runs are sent ever again."""

from collections.abc import Iterator
from dataclasses import replace

from domain import predicates
from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature

RELATION = "retry_storms"
NAMELESS = "an agent without a name"
COLUMNS = {
    "tool": "tool_name", "error": "error", "calls": "attempt_count", "a_minute": "a_minute",
    "per_call": "round(per_call, 1)", "runs": "traces",
}  # fmt: skip


def storms(signature: Signature, source: FindingSource, window: Window) -> Iterator[Draft]:
    """One for each error of a tool and hour that `window` touches, worded as LOOP-04.

    Healthy: pauses that grow, and many calls that each fail once. Raises Unavailable.
    """
    facts = {name: predicates.parse(column) for name, column in COLUMNS.items()}
    for draft in source.candidates(replace(signature, relation=RELATION, facts=facts), window):
        said, agents = draft.facts, tuple(filter(None, draft.agents))
        yield replace(draft, agents=agents, facts={
            **said,
            "agent": f"{len(agents)} agents" if len(agents) > 1 else (*agents, NAMELESS)[0],
            "tools": [str(said["tool"])],
            "errors": said["calls"],
            "new_results": 0,
            "spent": f"{said['a_minute']} in the worst minute",
            "from": draft.first_at.isoformat(),
            "until": draft.last_at.isoformat(),
            "besides": f"{said['runs']} runs met {said['error'] or 'an error'} and tried each call"
            f" {said['per_call']} times a minute, without longer and longer pauses",
        })  # fmt: skip
