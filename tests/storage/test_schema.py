"""Do the tables keep what other tools expect of them: names, types, pruning, retention, size?"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.envelope import Signal
from domain.errors import Refused
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, logs, record, span_id, spans, token
from tests.contracts.store_contract import number

DAY_NS = 86_400 * 10**9
MAP = "Map(LowCardinality(String), String)"
# What the Grafana plugin's OTel mode, its dashboards and HyperDX read of the upstream tables.
UPSTREAM_TRACES = {
    "Timestamp": "DateTime64(9)",
    "TraceId": "String",
    "SpanId": "String",
    "ParentSpanId": "String",
    "TraceState": "String",
    "SpanName": "LowCardinality(String)",
    "SpanKind": "LowCardinality(String)",
    "ServiceName": "LowCardinality(String)",
    "ResourceAttributes": MAP,
    "ScopeName": "String",
    "ScopeVersion": "String",
    "SpanAttributes": MAP,
    "Duration": "UInt64",
    "StatusCode": "LowCardinality(String)",
    "StatusMessage": "String",
    "Events.Timestamp": "Array(DateTime64(9))",
    "Events.Name": "Array(LowCardinality(String))",
    "Events.Attributes": f"Array({MAP})",
    "Links.TraceId": "Array(String)",
    "Links.SpanId": "Array(String)",
    "Links.TraceState": "Array(String)",
    "Links.Attributes": f"Array({MAP})",
    "ResourceAttributeItems": "Array(String)",
    "SpanAttributeItems": "Array(String)",
}
UPSTREAM_LOGS = {
    "Timestamp": "DateTime64(9)",
    "TraceId": "String",
    "SpanId": "String",
    "TraceFlags": "UInt8",
    "SeverityText": "LowCardinality(String)",
    "SeverityNumber": "UInt8",
    "ServiceName": "LowCardinality(String)",
    "Body": "String",
    "ResourceSchemaUrl": "LowCardinality(String)",
    "ResourceAttributes": MAP,
    "ScopeSchemaUrl": "LowCardinality(String)",
    "ScopeName": "String",
    "ScopeVersion": "LowCardinality(String)",
    "ScopeAttributes": MAP,
    "LogAttributes": MAP,
    "EventName": "String",
}
UPSTREAM_TRACE_TIMES = {
    "TraceId": "String",
    "Start": "SimpleAggregateFunction(min, DateTime)",
    "End": "SimpleAggregateFunction(max, DateTime)",
}


def answers(store: Store, statement: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in store.read_only(statement, "JSONEachRow").splitlines()]


def types(store: Store, table: str) -> dict[str, str]:
    columns = answers(
        store, f"SELECT name, type FROM system.columns WHERE table = '{table}' ORDER BY position"
    )
    return {column["name"]: column["type"] for column in columns}


@pytest.mark.parametrize(
    ("table", "upstream"),
    [
        ("otel_traces", UPSTREAM_TRACES),
        ("otel_logs", UPSTREAM_LOGS),
        ("otel_traces_trace_id_ts", UPSTREAM_TRACE_TIMES),
    ],
)
def test_upstream_columns_have_upstream_types(
    store: Store, table: str, upstream: dict[str, str]
) -> None:
    assert upstream.items() <= types(store, table).items()


@pytest.mark.parametrize("table", ["otel_traces", "otel_logs"])
def test_columns_of_our_own_have_defaults_or_are_empty(store: Store, table: str) -> None:
    upstream = UPSTREAM_TRACES if table == "otel_traces" else UPSTREAM_LOGS
    own = types(store, table).keys() - upstream.keys()
    assert {"Tenant", "Received", "RetentionDays", "Flags", "ResourceDroppedAttributesCount"} <= own
    store.command(f"INSERT INTO {table} (TraceId) VALUES ('00')")
    assert number(store, f"count() FROM {table} WHERE Tenant = 'default'") == 1


def test_a_map_is_kept_in_buckets_so_that_one_key_reads_fast(store: Store) -> None:
    for table in ("otel_traces", "otel_logs"):
        definition = store.read_only(f"SHOW CREATE TABLE {table}", "TSVRaw").decode()
        assert "map_serialization_version = 'with_buckets'" in definition
        # Maps of few keys are kept whole, and small parts in one file: segments are written faster.
        assert "map_buckets_min_avg_size = 8" in definition
        assert "min_bytes_for_wide_part = 268435456" in definition


def fill_hours(store: Store, hours: int = 30, spans_an_hour: int = 3000) -> str:
    """Spans of many services over many hours; the trace id of one trace among them."""
    store.command(
        "INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ServiceName, SpanName)"
        f" SELECT now() - INTERVAL {hours} HOUR + toIntervalMillisecond("
        f" intDiv(number * 3600000, {spans_an_hour})), lower(hex(intDiv(number, 10))),"
        " lower(hex(number)), concat('service-', toString(number % 40)),"
        f" concat('span-', toString(number % 7)) FROM numbers({hours * spans_an_hour})"
    )
    return f"{hours * spans_an_hour // 20:X}".lower()


def granules(store: Store, statement: str) -> tuple[int, int]:
    """How many granules the primary key left to read, and of how many."""
    plan = store.read_only(f"EXPLAIN indexes = 1 {statement}", "TSVRaw").decode()
    key = plan[plan.index("PrimaryKey") :]
    left, _, all_of_them = key[key.index("Granules: ") + 10 :].split("\n")[0].partition("/")
    return int(left), int(all_of_them)


def test_a_time_filter_reads_only_its_hours(store: Store) -> None:
    fill_hours(store)
    left, of = granules(
        store,
        "SELECT max(Duration) FROM otel_traces WHERE SpanName = 'span-1'"
        " AND Timestamp > now() - INTERVAL 20 HOUR AND Timestamp < now() - INTERVAL 19 HOUR",
    )
    assert of >= 10
    assert left <= 3


# The statement that the Grafana plugin makes for its trace panel, in its own words.
TRACE_PANEL = """
WITH '{trace_id}' AS trace_id,
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_start,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_end
SELECT "TraceId" AS traceID, "SpanId" AS spanID, "ParentSpanId" AS parentSpanID,
    "ServiceName" AS serviceName, "SpanName" AS operationName,
    multiply(toUnixTimestamp64Nano("Timestamp"), 0.000001) AS startTime,
    multiply("Duration", 0.000001) AS duration,
    arrayMap(key -> map('key', key, 'value', "SpanAttributes"[key]),
        mapKeys("SpanAttributes")) AS tags,
    arrayMap(key -> map('key', key, 'value', "ResourceAttributes"[key]),
        mapKeys("ResourceAttributes")) AS serviceTags,
    if("StatusCode" IN ('Error', 'STATUS_CODE_ERROR'), 2, 0) AS statusCode,
    arrayMap((name, timestamp, attributes) -> tuple(name,
        toString(toUnixTimestamp64Milli(timestamp)),
        arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes)))
        ::Tuple(name String, timestamp String, fields Array(Map(String, String))),
        "Events".Name, "Events".Timestamp, "Events".Attributes) AS logs,
    arrayMap((traceID, spanID, attributes) -> tuple(traceID, spanID,
        arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes)))
        ::Tuple(traceID String, spanID String, tags Array(Map(String, String))),
        "Links".TraceId, "Links".SpanId, "Links".Attributes) AS references,
    "SpanKind" AS kind, "StatusMessage" AS statusMessage, "TraceState" AS traceState
FROM "otel_traces"
WHERE traceID = trace_id AND "Timestamp" >= trace_start AND "Timestamp" <= trace_end
LIMIT 1000
"""


def test_a_trace_is_found_by_its_id_without_reading_the_rest(store: Store) -> None:
    trace_id = fill_hours(store)
    statement = TRACE_PANEL.format(trace_id=trace_id)
    assert len(answers(store, statement)) == 10
    left, of = granules(store, statement)
    assert of >= 10
    assert left <= 2


def test_the_trace_panel_shows_a_span_with_all_that_it_has(store: Store) -> None:
    request = spans("pay")
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="k").value.int_value = 7
    span.events.add(name="retry", time_unix_nano=5_000_000).attributes.add(key="e")
    span.links.add(trace_id=b"\2" * 16, span_id=b"\3" * 8)
    span.status.code = 2  # type: ignore[assignment]  # an error, as any int of an enum
    store.insert_segment(Signal.TRACES, record(request), token())
    (shown,) = answers(store, TRACE_PANEL.format(trace_id="01" * 16))
    assert shown["tags"] == [{"key": "k", "value": "7"}]
    assert shown["serviceTags"] == [{"key": "service.name", "value": "billing"}]
    assert (shown["statusCode"], shown["kind"], shown["duration"]) == (2, "Internal", 5)
    assert shown["logs"] == [
        {"name": "retry", "timestamp": "5", "fields": [{"key": "e", "value": ""}]}
    ]
    assert shown["references"] == [{"traceID": "02" * 16, "spanID": "03" * 8, "tags": []}]


DASHBOARD_QUERIES = [
    "SELECT toStartOfInterval(Timestamp, INTERVAL 60 second) AS time, SeverityText AS metric,"
    " count() AS count FROM otel_logs WHERE Timestamp >= toDateTime(0) AND ServiceName IN"
    " ('billing') AND positionCaseInsensitive(Body, 'a') > 0 GROUP BY time, metric ORDER BY time",
    "SELECT Timestamp AS timestamp, Body AS body, SeverityText AS level, LogAttributes AS labels,"
    " TraceId AS traceID, ResourceAttributes['service.namespace'] AS namespace FROM otel_logs"
    " ORDER BY Timestamp DESC LIMIT 200",
    "SELECT parent.ServiceName AS source, child.ServiceName AS target, count() AS calls"
    " FROM otel_traces AS child INNER JOIN otel_traces AS parent"
    " ON child.ParentSpanId = parent.SpanId AND child.TraceId = parent.TraceId"
    " GROUP BY source, target",
    "SELECT ServiceName, quantile(0.99)(Duration) AS p99, countIf(StatusCode IN ('Error',"
    " 'STATUS_CODE_ERROR')) / count() AS errors FROM otel_traces WHERE SpanKind = 'Internal'"
    " GROUP BY ServiceName",
    "SELECT topK(1)(ResourceAttributes['service.version'])[1] AS version FROM otel_traces",
    "SELECT count() FROM otel_traces WHERE has(SpanAttributeItems, 'k=v')"
    " OR has(ResourceAttributeItems, 'service.name=billing')",
]


@pytest.mark.parametrize("statement", DASHBOARD_QUERIES)
def test_what_bundled_dashboards_ask_is_answered(store: Store, statement: str) -> None:
    store.insert_segment(Signal.TRACES, record(spans("plan", "act")), token())
    store.insert_segment(Signal.LOGS, record(logs("a", "b")), token())
    answers(store, statement)


def test_the_times_of_a_trace_stay_within_what_a_reader_can_add_a_second_to(store: Store) -> None:
    for start_unix_nano in (1, 2**63 - 1, 2**63, 2**64 - 10**8, RECEIVED_UNIX_NANO):
        request = spans("plan", start_unix_nano=start_unix_nano)
        store.insert_segment(Signal.TRACES, record(request), token())
    (times,) = answers(
        store,
        "SELECT toString(min(Start)) AS s, toUnixTimestamp(max(End) + 1) > toUnixTimestamp(now())"
        " AS later FROM otel_traces_trace_id_ts",
    )
    assert times["later"] == 1
    # The span with a sound clock is found however wrong the others are.
    found = answers(store, TRACE_PANEL.format(trace_id="01" * 16))
    assert any(abs(span["startTime"] - RECEIVED_UNIX_NANO / 10**6) < 1 for span in found)


def test_retention_classes_and_days_of_receipt_have_parts_of_their_own(store: Store) -> None:
    today = (RECEIVED_UNIX_NANO // DAY_NS) * DAY_NS + DAY_NS // 2
    segment = b"".join(
        record(spans("plan"), "acme", days, today - age * DAY_NS)
        for days, age in ((30, 0), (30, 0), (400, 0), (400, 1))
    )
    store.insert_segment(Signal.TRACES, segment, token())
    partitions = answers(
        store,
        "SELECT partition, sum(rows) AS rows FROM system.parts"
        " WHERE table = 'otel_traces' AND active GROUP BY partition ORDER BY partition",
    )
    assert [row["rows"] for row in partitions] == [2, 1, 1]


@pytest.mark.parametrize("signal", Signal)
def test_what_is_past_its_retention_goes_part_by_part(store: Store, signal: Signal) -> None:
    table = "otel_traces" if signal is Signal.TRACES else "otel_logs"
    send = spans if signal is Signal.TRACES else logs
    store.command(f"SYSTEM STOP TTL MERGES {table}")
    for days, age_days in ((30, 29), (30, 31), (400, 31), (400, 401)):
        received = RECEIVED_UNIX_NANO - age_days * DAY_NS
        store.insert_segment(
            signal, record(send(f"{days} {age_days}"), f"{days}", days, received), token()
        )
    store.command(f"SYSTEM START TTL MERGES {table}")
    store.command(f"OPTIMIZE TABLE {table} FINAL")
    kept = answers(store, f"SELECT Tenant, RetentionDays FROM {table} ORDER BY RetentionDays")
    assert [row["RetentionDays"] for row in kept] == [30, 400]
    definition = store.read_only(f"SHOW CREATE TABLE {table}", "TSVRaw").decode()
    assert "ttl_only_drop_parts = 1" in definition


def test_the_senders_clock_does_not_decide_how_long_a_row_is_kept(store: Store) -> None:
    request = spans("plan", start_unix_nano=1)
    store.insert_segment(Signal.TRACES, record(request), token())
    store.command("OPTIMIZE TABLE otel_traces FINAL")
    assert number(store, "count() FROM otel_traces WHERE Timestamp < '1970-01-02'") == 1


def many_spans(count: int) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    for index in range(count):
        scope_spans.spans.add(trace_id=b"\1" * 16, span_id=span_id(index + 1))
    return request


def test_a_request_with_many_spans_is_one_part_and_one_token(store: Store) -> None:
    segment, same = record(many_spans(120_000)), token()
    for _ in range(2):
        store.insert_segment(Signal.TRACES, segment, same)
    assert number(store, "count() FROM otel_traces") == 120_000
    assert number(store, "uniqExact(SpanId) FROM otel_traces") == 120_000
    assert number(store, "uniqExact(_part) FROM otel_traces") == 1


def test_many_requests_are_stored_whole_or_not_at_all(store: Store) -> None:
    # More rows than one block of the engine's usual size.
    segment, same = record(many_spans(1)) * 70_000, token()
    with pytest.raises(Refused):
        store.insert_segment(Signal.TRACES, segment[:-1], same)
    assert number(store, "count() FROM otel_traces") == 0
    for _ in range(2):
        store.insert_segment(Signal.TRACES, segment, same)
    assert number(store, "count() FROM otel_traces") == 70_000


COUNTING = """
import sys
from storage.store import Store
with Store(sys.argv[1]) as store:
    print(store.read_only(sys.argv[2], "TSV").decode().strip())
"""


def test_a_store_reads_the_same_in_another_time_zone(own_store: Store) -> None:
    # Hours of the primary key are UTC's: in a zone that is half an hour off they would not match.
    hour_ns = 3600 * 10**9
    first = RECEIVED_UNIX_NANO // hour_ns * hour_ns - 5 * hour_ns
    own_store.command(
        "INSERT INTO otel_traces (Timestamp, SpanName)"
        f" SELECT fromUnixTimestamp64Nano({first} + toInt64(number) * 100000000), 'plan'"
        " FROM numbers(144000)"
    )
    own_store.close()
    statement = (
        "SELECT count() FROM otel_traces WHERE SpanName = 'plan' AND"
        f" Timestamp >= fromUnixTimestamp64Nano({first + hour_ns * 7 // 4})"
        f" AND Timestamp < fromUnixTimestamp64Nano({first + hour_ns * 2})"
    )
    for zone in ("UTC", "Asia/Kolkata"):
        counted = subprocess.run(
            [sys.executable, "-c", COUNTING, own_store.dsn, statement],
            env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        assert counted.stdout == "9000\n"
