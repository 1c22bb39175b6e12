"""Findings and the steps of their evidence in a store, as analyzers leave them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.findings import Evidence, Finding, Origin, Role, Severity
from storage.findings import StoredFindings
from storage.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'


def finding(number: int, **said: object) -> Finding:
    """One of agent billing, so many seconds ago; `said` is different."""
    at = NOW - timedelta(seconds=number)
    usual: dict[str, object] = {
        "finding_id": f"{number:016x}",
        "signature": "LOOP-01",
        "signature_version": 1,
        "severity": Severity.HIGH,
        "confidence": 0.8,
        "tenant": "default",
        "agents": ("billing",),
        "lane": f"trace:t{number}",
        "case_id": "case-1",
        "first_at": at,
        "last_at": at,
        "evidence": (
            Evidence(f"t{number}", f"c{number}", Role.CAUSE),
            Evidence(f"t{number}", f"v{number}", Role.VIOLATION),
        ),
        "reason": f"billing repeated get_invoice {number} times.",
        "facts": {"calls": number, "lasted_s": 72000.5, "tools": ["a", "b"], "sure": True},
        "tags": ("mast:1.3",),
        "mute_key": "LOOP-01|billing",
        "origin": Origin.EXPLICIT,
        "degraded": False,
        "shadow": False,
    }
    return Finding(**(usual | said))  # type: ignore[arg-type]


def keep(store: Store, findings: Sequence[Finding]) -> None:
    """With a step for each evidence span, and one beside it."""
    StoredFindings(store).save(findings)
    store.insert("steps", [
        {
            "tenant": one.tenant, "retention_days": 30, "received": NOW, "revision": 1,
            "trace_id": span.trace_id, "span_id": span.span_id, "agent": one.agents[0],
            "ts": one.first_at + timedelta(seconds=at), "duration_ns": 5 * 10**8, "tool": tool,
            "operation": "execute_tool", "name": "execute_tool", "cost": 0.25, "input_tokens": 12,
        }
        for one in findings
        for at, (span, tool) in enumerate((
            (one.evidence[0], "get_invoice"),
            (Evidence(one.evidence[0].trace_id, f"b{one.finding_id}", Role.CAUSE), "beside"),
            (one.evidence[-1], "get_invoice"),
        ))
    ])  # fmt: skip
    store.insert("otel_traces_trace_id_ts", [
        {
            "TraceId": span.trace_id, "Tenant": one.tenant, "RetentionDays": 30,
            "Start": one.first_at, "End": one.last_at + timedelta(seconds=5),
            "ReceivedDate": NOW.date(),
        }
        for one in findings
        for span in one.evidence[:1]
    ])  # fmt: skip
