"""What the store makes of the recorded emitters, as rows that a person can read and check."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector import intake, records
from domain.envelope import Signal
from storage.store import Store
from tests.contracts.segments import RETENTION_DAYS, record, span_id, token

FOLDER = Path(__file__).parent
EMITTERS = tuple(sorted(path.parent.name for path in FOLDER.glob("*/spans.otlp.jsonl")))
CALLS = "calls"  # the tenant of the plain calls that give hashes their texts
# Ids that another recording would draw anew.
DRAWN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}")

TEXTS = ("arguments", "result")
HASHES = "arguments_state, arguments_hash, result_state, result_hash"
STEP = """name, operation, agent, agent_version, tool, tool_call_id, model, provider,
    conversation_id, finish_reason, if(status = 'Unset', '', status) AS status, error_type,
    control_flow,
    CAST(mapFilter((name, count) -> count > 0, map(
        'input', input_tokens, 'output', output_tokens, 'cache_read', cache_read_tokens,
        'cache_write', cache_write_tokens, 'reasoning', reasoning_tokens,
        'rolled_up', rolled_up_tokens)), 'Map(String, UInt32)') AS tokens,
    if(cost_origin = 'reported', round(cost, 9), NULL) AS cost"""
DECISION = """agent, action, tool, outcome, confidence, threshold, policy_id, verdict,
    approval_state, approval_source, decision_id"""

Row = dict[str, Any]
# Arguments and results by column, state and hash.
Texts = Mapping[tuple[str, str, str], Any]


def requests(emitter: str) -> Iterator[tuple[Signal, bytes]]:
    """The recorded OTLP/JSON requests of one emitter."""
    for line in (FOLDER / emitter / "spans.otlp.jsonl").read_bytes().splitlines():
        yield Signal.LOGS if line.startswith(b'{"resourceLogs"') else Signal.TRACES, line


def expected(emitter: str) -> dict[str, Any]:
    """What a careful reader of the recording expects; columns that are left out are empty."""
    found: dict[str, Any] = json.loads((FOLDER / emitter / "expected.json").read_text())
    return found


def versions(emitter: str) -> dict[str, str]:
    """What was installed when it was recorded; what tells most comes first."""
    found: dict[str, str] = json.loads((FOLDER / emitter / "versions.json").read_text())[
        "recorded_with"
    ]
    return found


def load(store: Store) -> None:
    """Send every recording through the intake, each as a tenant of its own."""
    now = time.time_ns()
    segments: dict[Signal, list[bytes]] = {signal: [] for signal in Signal}
    for emitter in EMITTERS:
        for signal, line in requests(emitter):
            batch = intake.read(signal, intake.Encoding.JSON, emitter, line)
            segments[signal].append(records.encode(batch.request(emitter, RETENTION_DAYS), now))
    for signal, parts in segments.items():
        store.insert_segment(signal, b"".join(parts), token())


def load_calls(store: Store, steps: Iterable[Row]) -> Texts:
    """Send plain tool calls with the arguments and results of `steps`; these by their hashes."""
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    sent: dict[str, tuple[str, Any]] = {}
    for column, value in _values(steps):
        number = span_id(len(sent) + 1)
        sent[number.hex()] = column, value
        span = scope_spans.spans.add(trace_id=b"\1" * 16, span_id=number)
        span.attributes.add(key="gen_ai.operation.name").value.string_value = "execute_tool"
        plain = value if isinstance(value, str) else json.dumps(value)
        span.attributes.add(key=f"gen_ai.tool.call.{column}").value.string_value = plain
    store.insert_segment(Signal.TRACES, record(request, CALLS), token())
    return {
        (column, row[f"{column}_state"], row[f"{column}_hash"]): value
        for row in _read(store, HASHES + ", span_id", "steps", CALLS)
        for column, value in [sent[row["span_id"]]]
    }


def stored_steps(store: Store, emitter: str, texts: Texts) -> list[Row]:
    """The steps in the order in which they began."""
    rows = _read(store, f"{STEP}, {HASHES}", "steps", emitter)
    return [_plain(_with_texts(row, texts)) for row in rows]


def stored_decisions(store: Store, emitter: str) -> list[Row]:
    """What was decided, in the order of time."""
    return [_plain(row) for row in _read(store, DECISION, "decisions", emitter)]


def stored_handoffs(store: Store, emitter: str) -> list[Row]:
    """Who handed over to whom, in the order of time."""
    return [_plain(row) for row in _read(store, "from_agent, to_agent", "handoffs", emitter)]


def stored_counts(store: Store, emitter: str) -> Row:
    """How many links of each kind, ends of messages of each operation, and model responses."""
    kinds = [row["kind"] for row in _read(store, "kind", "links", emitter)]
    operations = [row["operation"] for row in _read(store, "operation", "messages", emitter)]
    responses = {row["response_id"] for row in _read(store, "response_id", "steps", emitter)}
    return _plain(
        {
            "links": Counter(kinds),
            "messages": Counter(operations),
            "responses": len(responses - {""}),
        }
    )


def _values(steps: Iterable[Row]) -> Iterator[tuple[str, Any]]:
    """The distinct arguments and results."""
    for column in TEXTS:
        for text in {json.dumps(step[column]): None for step in steps if column in step}:
            yield column, json.loads(text)


def _read(store: Store, columns: str, table: str, tenant: str) -> list[Row]:
    span = "effect_span_id" if table == "links" else "span_id"
    answer = store.read_only(
        f"SELECT {columns} FROM {table} FINAL WHERE tenant = '{tenant}' ORDER BY ts, {span}",
        "JSONEachRow",
    )
    return [json.loads(line) for line in answer.splitlines()]


def _with_texts(row: Row, texts: Texts) -> Row:
    """With texts in place of hashes; a text that nobody expects shows as its state."""
    for column in TEXTS:
        state, digest = row.pop(f"{column}_state"), row.pop(f"{column}_hash")
        unknown = None if state == "none" else f"<{state}>"
        row[column] = texts.get((column, state, digest), unknown)
    return row


def _plain(row: Row) -> Row:
    """Without what is empty and with `#` for what is drawn anew at each recording."""
    return {
        key: DRAWN.sub("#", value) if isinstance(value, str) and key not in TEXTS else value
        for key, value in row.items()
        if value or (key in TEXTS and value is not None)
    }
