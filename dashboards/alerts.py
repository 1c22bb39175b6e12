"""Alert rules: a statement, the value from which it is bad, and what who is called reads first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.statements import SOURCE_UID, TABLE, Query, question

RUNBOOKS = "https://github.com/wakeline/wakeline/blob/main/docs/runbooks"
EXPRESSION = "__expr__"
# Spans are here within seconds; what is looked at ends so long ago.
INGEST_LAG_S = 60


@dataclass(frozen=True, slots=True)
class Alert:
    """Fires for each set of labels whose number is above `above` for `for_`.

    minutes:   how far back the statement looks.
    no_data:   what no rows mean: nothing to complain of, or silence that is itself the alarm.
    """

    name: str
    title: str
    above: float
    minutes: int
    for_: str
    severity: Literal["page", "ticket"]
    summary: str
    board: str
    no_data: Literal["OK", "Alerting"] = "OK"

    @property
    def uid(self) -> str:
        """For ever."""
        return f"wakeline-{self.name.replace('_', '-')}"


ALERTS: tuple[Alert, ...] = (
    Alert(
        "heartbeat_lost", "Heartbeat lost", 1, 360, "5m", "page",
        "{{ $labels.agent }} is silent for {{ $values.B }} times its usual pauses.", "fleet",
    ),
    Alert(
        "escalation_rate", "Too much is left to people", 0.3, 60, "10m", "ticket",
        "{{ $labels.agent }} leaves {{ humanizePercentage $values.B.Value }} of its decisions"
        " to others.",
        "agent",
    ),
    Alert(
        "loop_burning_money", "A loop burns money", 1, 60, "0s", "page",
        "{{ $labels.agent }} spent {{ $values.B }} USD in runs with a loop within an hour.",
        "loops",
    ),
    Alert(
        "drift_page", "An agent behaves otherwise than before", 0, 1440, "0s", "page",
        "{{ $labels.agent }} has drifted: {{ $values.B }} alarms within a day.", "drift",
    ),
    Alert(
        "stale_inputs", "Decisions on overwritten values", 0, 60, "0s", "ticket",
        "{{ $labels.agent }} decided on a value that had been overwritten.", "freshness",
    ),
    Alert(
        "reversal_rate", "Much is taken back", 0.1, 1440, "10m", "ticket",
        "{{ humanizePercentage $values.B.Value }} of the outcomes of {{ $labels.tenant }}"
        " are reversals.",
        "governance",
    ),
    Alert(
        "ingest_lag", "Spans are queryable late", 120, 10, "5m", "ticket",
        "Spans that {{ $labels.process }} takes are queryable after {{ $values.B }} s.", "platform",
        "Alerting",
    ),
    Alert(
        "queue_age", "Spans wait to be stored", 300, 10, "5m", "page",
        "The oldest segment of {{ $labels.process }} waits for {{ $values.B }} s.", "platform",
        "Alerting",
    ),
    Alert(
        "dead_letters", "Dead letters", 0, 10, "0s", "ticket",
        "{{ $labels.process }} set {{ $values.B }} requests aside.", "platform",
    ),
    Alert(
        "audit_chain_broken", "The audit trail is broken", 0, 43200, "0s", "page",
        "{{ $values.B }} entries of {{ $labels.tenant }} do not follow from the one before.",
        "governance",
    ),
)  # fmt: skip


def provisioned() -> dict[str, Any]:
    """The content of dashboards/provisioning/alerting/rules.yaml."""
    rules = [rule(alert) for alert in ALERTS]
    group = {"orgId": 1, "name": "wakeline", "folder": "Wakeline", "interval": "1m", "rules": rules}
    return {"apiVersion": 1, "groups": [group]}


def rule(alert: Alert) -> dict[str, Any]:
    """One rule: the statement, its last value, and whether that is too much."""
    return {
        "uid": alert.uid,
        "title": alert.title,
        "condition": "C",
        "for": alert.for_,
        "noDataState": alert.no_data,
        "execErrState": "Error",
        "labels": {"severity": alert.severity, "product": "wakeline"},
        "annotations": {
            "summary": alert.summary,
            "description": question(f"alerts/{alert.name}"),
            "runbook_url": f"{RUNBOOKS}/{alert.name}.md",
            "__dashboardUid__": f"wakeline-{alert.board}",
        },
        "data": list(_data(alert)),
    }


def _data(alert: Alert) -> Iterator[Mapping[str, Any]]:
    asked = Query(f"alerts/{alert.name}", form=TABLE).to_json()
    yield {
        "refId": "A", "datasourceUid": SOURCE_UID, "model": asked,
        "relativeTimeRange": {"from": alert.minutes * 60 + INGEST_LAG_S, "to": INGEST_LAG_S},
    }  # fmt: skip
    last = {"type": "reduce", "expression": "A", "reducer": "last", "refId": "B"}
    yield {"refId": "B", "datasourceUid": EXPRESSION, "model": last}
    evaluator = {"type": "gt", "params": [alert.above]}
    compared = {
        "type": "threshold", "expression": "B", "refId": "C",
        "conditions": [{"evaluator": evaluator}],
    }  # fmt: skip
    yield {"refId": "C", "datasourceUid": EXPRESSION, "model": compared}
