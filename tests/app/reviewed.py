"""A week in which agents decided things, as spans and events that are stored for real."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain import weeks
from domain.envelope import Signal
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import TENANT, record, span_id, token

SECOND = 10**9
WEEK = 202602  # always the same, so that the same decisions are drawn
RETENTION_DAYS = 20_000
AGENT, VERSION = "clerk", "2.1"


@dataclass(frozen=True)
class Run:
    """A run that reads an account, decides, writes, and perhaps comes to a bad end."""

    number: int
    action: str = "refund"
    amount: float | None = 40.0
    week: int = WEEK
    agent: str = AGENT
    fails: bool = False

    @property
    def decision(self) -> str:
        """Its id."""
        return f"d-{self.week}-{self.number:03}"

    @property
    def at(self) -> datetime:
        """When it begins: one each hour of the week."""
        return weeks.bounds(self.week)[0] + timedelta(hours=self.number % 160, minutes=5)

    @property
    def trace_id(self) -> bytes:
        return (self.week * 1000 + self.number).to_bytes(16)

    def events(self) -> Iterator[tuple[str, float, Mapping[str, Any]]]:
        """Name, seconds after its beginning, and attributes."""
        entity, own = f"account:{self.number}", {"wakeline.case.id": f"case-{self.number}"}
        yield "wakeline.data.read", 1, own | {
            "wakeline.data.id": f"read:{self.decision}", "wakeline.entity.ref": entity,
            "wakeline.data.field": "plan", "wakeline.data.version": "7",
            "wakeline.data.value_num": 12.5, "wakeline.data.source": "crm",
            "wakeline.data.as_of": int((self.at - timedelta(hours=20)).timestamp()) * SECOND,
        }  # fmt: skip
        amount = {} if self.amount is None else {"wakeline.decision.amount": self.amount}
        yield "wakeline.decision", 2, own | amount | {
            "wakeline.decision.id": self.decision, "wakeline.decision.action": self.action,
            "wakeline.decision.outcome": "allow", "wakeline.decision.confidence": 0.91,
            "wakeline.decision.currency": "USD", "wakeline.policy.id": "refunds",
            "wakeline.decision.threshold.version": "1", "wakeline.decision.verdict": "within",
            "wakeline.decision.inputs": [f"read:{self.decision}"],
        }  # fmt: skip
        yield "wakeline.data.write", 3, own | {
            "wakeline.data.id": f"write:{self.decision}", "wakeline.entity.ref": entity,
            "wakeline.data.field": "balance", "wakeline.data.source": "billing",
            "wakeline.decision.id": self.decision,
        }  # fmt: skip
        if self.fails:
            yield "wakeline.outcome", 90_000, own | {
                "wakeline.outcome.id": f"outcome:{self.decision}",
                "wakeline.outcome.type": "complaint",
                "wakeline.outcome.target": [f"write:{self.decision}"],
            }  # fmt: skip


def runs(count: int, week: int = WEEK, **more: Any) -> list[Run]:
    """So many, of which every third answers instead of refunding, and every tenth fails."""
    return [
        Run(number, "answer" if number % 3 == 0 else "refund",
            None if number % 3 == 0 else 10.0 * number, week, fails=number % 10 == 4, **more)
        for number in range(1, count + 1)
    ]  # fmt: skip


def store_runs(
    store: Store,
    *wanted: Run,
    tenants: Iterable[str] = (TENANT,),
    after: timedelta = timedelta(days=1),
) -> None:
    """Two inserts, whatever their number, the same for each tenant; received so long after the last
    of them began."""
    last = max(run.at for run in wanted) + after
    received = int(last.timestamp()) * SECOND
    spans, logs = _requests(wanted)
    for signal, request in ((Signal.TRACES, spans), (Signal.LOGS, logs)):
        records = (record(request, tenant, RETENTION_DAYS, received) for tenant in tenants)
        store.insert_segment(signal, b"".join(records), token())


def _requests(
    wanted: Iterable[Run],
) -> tuple[ExportTraceServiceRequest, ExportLogsServiceRequest]:
    spans, logs = ExportTraceServiceRequest(), ExportLogsServiceRequest()
    for run in wanted:
        began = int(run.at.timestamp()) * SECOND
        attributes = {"gen_ai.agent.name": run.agent, "gen_ai.agent.version": VERSION}
        added = spans.resource_spans.add().scope_spans.add().spans.add(
            trace_id=run.trace_id, span_id=span_id(run.number), name=f"invoke_agent {run.agent}",
            start_time_unix_nano=began, end_time_unix_nano=began + 10 * SECOND,
        )  # fmt: skip
        add_pairs(added.attributes, {**attributes, "gen_ai.operation.name": "invoke_agent"}.items())
        events = logs.resource_logs.add().scope_logs.add().log_records
        for name, after_s, more in run.events():
            event = events.add(
                event_name=name, trace_id=run.trace_id, span_id=span_id(run.number),
                time_unix_nano=began + int(after_s * SECOND),
            )  # fmt: skip
            add_pairs(event.attributes, {**attributes, **more}.items())
    return spans, logs
