"""A store in which the demonstration was played, and what else dashboards are to show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import wakeline
from analyzers import registry
from analyzers.config import AnalyzersConfig
from analyzers.drift_config import DriftConfig
from app.analysis import Analysis
from app.chains import Chains
from app.demo import fleet
from app.demo.stories import carriers, compound, stale_field
from app.drift import Drift
from bench import drift_fleet
from domain.access import Principal, Scope
from domain.envelope import Signal
from domain.kills import KillScope, KillSwitch, Pull
from domain.thresholds import Limits, Threshold
from governance.desk import Desk, single
from governance.thresholds import Order, approve, propose, tighten
from storage import price_rows, prices
from storage.findings import FindingRows
from storage.governance import GovernanceChanges
from storage.governance_pulls import GovernancePulls
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, token
from wakeline import conventions
from wakeline.content import Content
from wakeline.recorder import Recorder, activate

TENANT = "acme"
NOW = datetime.fromtimestamp(RECEIVED_UNIX_NANO / 1e9, UTC)
RUNS, A_DAY, SEED = 1, 12, 1
CLAIMS, BURST = "claims-agent", 25
LOOPER, LOOP_TOOL, LOOP_CALLS = "refund-agent", "get_refund_status", 30
SECOND = 10**9
AGENT = carriers.AGENT
# The columns of the INSERT of opentelemetry-collector-contrib, clickhouseexporter; it knows no
# tenants.
UPSTREAM = "default"
SPAN_COLUMNS = (
    "Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName,"
    " ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode,"
    " StatusMessage, Events.Timestamp, Events.Name, Events.Attributes, Links.TraceId,"
    " Links.SpanId, Links.TraceState, Links.Attributes"
)
LOG_COLUMNS = (
    "Timestamp, TraceId, SpanId, TraceFlags, SeverityText, SeverityNumber, ServiceName, Body,"
    " ResourceSchemaUrl, ResourceAttributes, ScopeSchemaUrl, ScopeName, ScopeVersion,"
    " ScopeAttributes, LogAttributes, EventName"
)
BROKEN = "shop"
LOOKED_FOR = ("LOOP-01", "LOOP-02", "LOOP-03", "LOOP-04", "DATA-01", "MA-01")
# One agent, which moves a quarter of its calls to another tool six days ago.
DRIFTING = drift_fleet.Fleet(
    agents=1, days=44, runs=(60, 60), drifting=1, drift_from=38, points=0.25,
    first=(NOW - timedelta(days=44)).date(),
)  # fmt: skip
DRIFTED = "agent000"
OURS = (TENANT, DRIFTING.tenant, BROKEN)
MOVED = datetime.combine(DRIFTING.first, time(), UTC) + timedelta(days=DRIFTING.drift_from)


class Recording:
    """Services whose spans and events are kept in memory, and stored in one go: each segment costs
    the engine a fifth of a second, however small."""

    def __init__(self) -> None:
        self.spans = ExportTraceServiceRequest()
        self.events = ExportLogsServiceRequest()

    @contextmanager
    def __call__(self, service: str) -> Iterator[None]:
        resource = Resource({"service.name": service, "service.version": "1.0"})
        spans, logs = InMemorySpanExporter(), InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
        tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(spans))
        loggers = LoggerProvider(resource, shutdown_on_exit=False)
        loggers.add_log_record_processor(SimpleLogRecordProcessor(logs))
        tracer, logger = (
            tracers.get_tracer(conventions.SCOPE),
            loggers.get_logger(conventions.SCOPE),
        )
        before = activate(Recorder(tracer, logger, Content()))
        try:
            yield
        finally:
            activate(before)
        self.spans.MergeFrom(encode_spans(spans.get_finished_spans()))
        self.events.MergeFrom(encode_logs(logs.get_finished_logs()))

    def store_into(self, store: Store) -> None:
        """All that was recorded, through the real intake."""
        store.insert_segment(Signal.TRACES, record(self.spans, TENANT), token())
        store.insert_segment(Signal.LOGS, record(self.events, TENANT), token())


def play(store: Store) -> None:
    """All stories, and a loop that burns money, through the real intake."""
    services = Recording()
    fleet.send(services, NOW, RUNS, SEED, lambda: None)
    carriers.send(services, NOW, carriers.Volume(a_day=A_DAY), SEED, lambda: None)
    compound.send(services, NOW)
    stale_field.send(services, NOW)
    services.spans.MergeFrom(loop())
    claims(services)
    price_rows.renew(store, prices.table(prices.PricesConfig()).rows(NOW.date()))
    services.store_into(store)


def seed(store: Store) -> None:
    """All of that twice, and what the engines make of it: findings, the chain of the reversal,
    drift, governance."""
    play(store)
    as_upstream(store)
    settings = FindingRows(store)
    for signature in registry.catalogue():
        if signature.id not in LOOKED_FOR:  # which takes most of the time
            settings.set_mode(signature.id, "off", "human:ann")
    Analysis(store, AnalyzersConfig()).to_the_end()
    for tenant in (TENANT, UPSTREAM):
        Chains(store).chain(tenant, reversal(store), fresh=True)
    drift(store)
    govern(store)
    for table, rows in rows_of_others().items():
        store.insert(table, rows)


def as_upstream(store: Store) -> None:
    """All spans and log records again, written as the upstream exporter writes them."""
    for table, columns in (("otel_traces", SPAN_COLUMNS), ("otel_logs", LOG_COLUMNS)):
        store.command(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")


def claims(services: Recording) -> None:
    """An agent that decided alone, and later leaves all to people and sees much undone."""
    with services("claims"):
        for hours, outcome, became in ((2.5, "allow", "success"), (0.4, "escalate", "reversal")):
            for number in range(BURST):
                at = before(hours=hours, seconds=-number)
                with wakeline.agent(CLAIMS, at=at), wakeline.case(f"claim-{hours}-{number}"):
                    wakeline.decision("pay_claim", outcome=outcome, confidence=0.5)  # type: ignore[arg-type]
                    wakeline.outcome(became, "claim:1", at=at)  # type: ignore[arg-type]


def reversal(store: Store) -> str:
    """Name of the outcome that the story of the stale field ends with."""
    asked = f"SELECT DISTINCT outcome_id FROM outcomes WHERE case_id = '{stale_field.CASE}'"
    (row,) = store.selected(f"{asked} AND type = 'reversal'", "reversal")
    return f"outcome/{row['outcome_id']}"


def loop() -> ExportTraceServiceRequest:
    """An agent that asks the same thing over and over, and pays a model each time."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    add_pairs(
        resource.resource.attributes, [("service.name", "refunds"), ("service.version", "2.1")]
    )
    spans = resource.scope_spans.add().spans
    began = RECEIVED_UNIX_NANO - 1800 * SECOND
    root = _id(0)
    said: Sequence[tuple[str, dict[str, Any], int, int]] = [
        ("invoke_agent", {}, 0, 600),
        *(
            step
            for call in range(LOOP_CALLS)
            for step in (
                ("chat", _MODEL, 10 * call + 1, 3),
                ("execute_tool", _TOOL, 10 * call + 5, 2),
            )
        ),
    ]
    for number, (operation, attributes, at, lasts) in enumerate(said):
        span = spans.add(
            trace_id=b"\7" * 16, span_id=_id(number), name=operation,
            start_time_unix_nano=began + at * SECOND,
            end_time_unix_nano=began + (at + lasts) * SECOND,
        )  # fmt: skip
        if number:
            span.parent_span_id = root
        names = {"gen_ai.operation.name": operation, "gen_ai.agent.name": LOOPER}
        add_pairs(span.attributes, (names | attributes).items())
    spans[-1].status.code = 2  # type: ignore[assignment]
    return request


_MODEL = {
    "gen_ai.request.model": "gpt-4o", "gen_ai.provider.name": "openai",
    "gen_ai.usage.input_tokens": 20_000, "gen_ai.usage.output_tokens": 200,
}  # fmt: skip
_TOOL = {
    "gen_ai.tool.name": LOOP_TOOL, "gen_ai.tool.call.arguments": '{"refund": 7}',
    "gen_ai.tool.call.result": '{"status": "pending"}',
}  # fmt: skip


def _id(number: int) -> bytes:
    return (0x77 << 32 | number + 1).to_bytes(8, "big")


def rows_of_others() -> dict[str, list[dict[str, Any]]]:
    """What the collector, analyzers at work, and deployments write."""
    return {
        "changes": [change()],
        "platform": [*platform(), *platform(hours=2, bad=True)],
        "analyzer_progress": [
            {
                "analyzer": "signatures", "shard": 0, "shards": 1,
                "received_until": before(minutes=1), "revision": 1,
            }
        ],
    }  # fmt: skip


def drift(store: Store) -> None:
    """One agent moves a quarter of its calls to another tool; the engine closes and reads days."""
    drift_fleet.fill(store, DRIFTING)
    Drift(store, DriftConfig(by_hour=False, traces_min=30)).look(NOW, settled=True)


def govern(store: Store) -> None:
    """Limits that are proposed, approved and tightened, a stop, and pulls, as people do it; of
    another tenant's trail an entry is gone."""
    desk = Desk(GovernanceChanges(store))
    _limits(desk, TENANT, AGENT)
    _limits(desk, BROKEN, "seller")
    stop = KillSwitch(
        "k-1", KillScope.AGENT, "books what nobody asked for", "ann", before(hours=1),
        tenant=TENANT, agent=AGENT,
    )  # fmt: skip
    desk.order(stop, Principal(TENANT, frozenset(Scope), "ann"))
    GovernancePulls(store).keep([Pull(TENANT, AGENT, "pod-1", before(hours=2))])
    gone = f"DELETE WHERE tenant = '{BROKEN}' AND sequence = 2 SETTINGS mutations_sync = 1"
    store.command(f"ALTER TABLE governance_changes {gone}")


def _limits(desk: Desk, tenant: str, agent: str) -> None:
    ann, bob = (Principal(tenant, frozenset(Scope), name) for name in ("ann", "bob"))
    asked = Order(ann, before(hours=2.2), "costs too much")
    agreed = Order(bob, before(hours=2), "shown by replay")
    lower = Order(ann, before(hours=1.5), "much was taken back")
    limits, less = ([Threshold("book_air", Limits(sure, 500.0))] for sure in (0.8, 0.9))
    desk.change(tenant, agent, lambda state: single(propose(state, asked, "p1", limits)))
    desk.change(tenant, agent, lambda state: single(approve(state, agreed, "p1")))
    desk.change(tenant, agent, lambda state: single(tighten(state, lower, less)))


def change() -> dict[str, Any]:
    """Another prompt for the agent."""
    return {
        "tenant": TENANT, "received": NOW, "retention_days": 30, "ts": before(days=2),
        "trace_id": "", "span_id": "", "service": "carrier-selection", "agent": AGENT,
        "change_id": "change-1", "kind": "prompt", "what": "carrier prompt", "version": "8",
        "version_prev": "7", "agents": [AGENT], "note": "", "revision": 1,
    }  # fmt: skip


def platform(hours: float = 0, bad: bool = False) -> Iterator[dict[str, Any]]:
    """Every 15 s for ten minutes until so long ago; bad: the store does not take what comes."""
    for index in range(40):
        yield {
            "ts": before(hours=hours, seconds=15 * (40 - index)), "process": "up", "host": "demo",
            "queue_segments": 400 if bad else 1, "queue_bytes": 10**6,
            "queue_age_s": 900.0 if bad else 0.4, "dead_letters": 3 if bad else 0,
            "disk_free_bytes": 10**11, "lag_p50_s": 0.5, "lag_p99_s": 600.0 if bad else 1.5,
            "accepted_spans": 100 * index, "refused_spans": index, "failed_spans": 0,
            "stored_items": 100 * index, "cpu_s": 0.5 * index, "memory_bytes": 3 * 10**8,
        }  # fmt: skip


def before(**ago: float) -> datetime:
    """So long before the demonstration was over."""
    return NOW - timedelta(**ago)
