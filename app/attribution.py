"""Who and where, of a stored trace: its steps and findings, ranked."""

import re
from collections.abc import Iterator

from analyzers.attribution.ranking import ranked
from domain.asked import Asked
from domain.attribution import Attribution, Violation
from domain.errors import InvalidInput, NotFound
from domain.findings import Role
from storage.attribution import STEPS_MAX, TraceSteps
from storage.chain_rows import SEVERITY_WEIGHTS
from storage.findings import FindingRows
from storage.store import Store

FINDINGS_MAX = 1_000
SUSPECTS_MAX = 50
TRACE_ID = re.compile(r"[0-9a-f]{32}")


class StoredAttribution:
    """Attributions of the traces of a store (domain.attribution.Attributing)."""

    def __init__(self, store: Store) -> None:
        self._steps = TraceSteps(store)
        self._findings = FindingRows(store)

    def attribution(self, tenant: str, trace_id: str) -> Attribution:
        """Of one trace; `tenant` empty for any.

        Raises InvalidInput for what is no trace id, NotFound for a trace without steps.
        """
        named = trace_id.lower()
        if not TRACE_ID.fullmatch(named):
            raise InvalidInput("a trace is named by its id of 32 hex digits")
        owner, steps = self._steps.of(tenant, named)
        if not steps:
            raise NotFound(f"no step of a trace {named} is stored; look for it with `wakeline sql`")
        weighed = steps[:STEPS_MAX]
        basis, suspects = ranked(weighed, list(self._violations(owner, named)), SUSPECTS_MAX)
        return Attribution(
            tenant=owner,
            trace_id=named,
            basis=basis,
            confidence=suspects[0].agent_share,
            suspects=tuple(suspects),
            steps=len(weighed),
            cut=f"only its first {STEPS_MAX:,} steps" if len(steps) > STEPS_MAX else "",
        )

    def _violations(self, tenant: str, trace_id: str) -> Iterator[Violation]:
        """Of findings that stand and that nobody dismissed."""
        for row in self._findings.listed(Asked(tenant=tenant, trace_id=trace_id), FINDINGS_MAX):
            if row["verdict"] != "dismiss":
                weight = SEVERITY_WEIGHTS[row["severity"]] * row["confidence"]
                for one in row["evidence"]:
                    if one["trace_id"] == trace_id:
                        yield Violation(
                            span_id=one["span_id"],
                            role=Role(one["role"]),
                            finding_id=row["finding_id"],
                            signature=row["signature"],
                            weight=weight,
                            reason=row["reason"],
                        )
