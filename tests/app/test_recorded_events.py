"""Does whatever JSON there is become log records or a reason, and nothing else?"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from app.recorded_events import encoded
from domain import audit_events, change_events, lineage_events, outcomes
from domain.fields import BadField
from domain.recorded_events import RecordedEvent, check
from wakeline import conventions as names

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(
        ["success", "deploy", "invoice:1", "COMPLETE", "2026-06-01T00:00:00Z", "u", "c", "d"]
    )
)  # fmt: skip
KEYS = st.text(max_size=4) | st.sampled_from(
    [
        *outcomes.FIELDS, *audit_events.FIELDS, *lineage_events.FIELDS, *change_events.FIELDS, "op",
        "before", "after", "source", "key", "payload", "ts_ms", "table", "name", "namespace",
        "runId", "facets", "columnLineage", "fields", "inputFields", "version", "datasetVersion",
    ]
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=20,
)
Read = Callable[..., tuple[str, list[RecordedEvent]]]
READERS: tuple[Read, ...] = (
    outcomes.read, audit_events.read, lineage_events.read, change_events.read,
)  # fmt: skip

CHANGE = {"kind": "deploy", "what": "billing"}
OUTCOME = {"type": "success", "target": "invoice:1"}
ACCESS = {"entity": "invoice:1", "at": "2026-06-01T00:00:00Z", "system": "crm"}
ROW = {
    "op": "u", "before": {"id": 1}, "after": {"id": 1, "a": 2},
    "source": {"name": "crm", "table": "t", "ts_ms": 5},
}  # fmt: skip
RUN = {
    "eventType": "COMPLETE", "eventTime": "2026-06-01T00:00:00Z", "run": {"runId": "r"},
    "job": {"namespace": "n", "name": "j"}, "inputs": [{"namespace": "n", "name": "d"}],
}  # fmt: skip
SOUND: tuple[tuple[Read, dict[str, Any]], ...] = (
    (outcomes.read, OUTCOME),
    (audit_events.read, ACCESS),
    (audit_events.read, ROW),
    (lineage_events.read, RUN),
    (change_events.read, CHANGE),
)


def recorded_or_refused(read: Read, item: object) -> None:
    """Any other error fails the test."""
    with suppress(BadField):
        encoded(read(item, NOW)[1])


@given(JSON)
def test_any_json_is_recorded_or_refused(item: object) -> None:
    for read in READERS:
        recorded_or_refused(read, item)


@given(st.dictionaries(KEYS, JSON, max_size=2))
def test_what_is_sound_but_for_a_field_or_two_is_recorded_or_refused(other: dict[str, Any]) -> None:
    for read, sound in SOUND:
        recorded_or_refused(read, {**sound, **other})


def test_a_record_is_as_the_sdk_would_send_it() -> None:
    sent = {**OUTCOME, "outcome_id": "o", "amount": 2.5, "polarity": 1, "target": ["a:1", "b:2"]}
    _, events = outcomes.read(sent, NOW)
    _, more = audit_events.read({**ACCESS, "reversible": True}, NOW)
    request = ExportLogsServiceRequest.FromString(encoded([*events, *more]))
    services = [resource.resource.attributes[0] for resource in request.resource_logs]
    assert [(one.key, one.value.string_value) for one in services] == [
        ("service.name", "outcomes"), ("service.name", "crm"),
    ]  # fmt: skip
    first, second = (resource.scope_logs[0].log_records[0] for resource in request.resource_logs)
    assert first.event_name == names.OUTCOME
    assert first.time_unix_nano == int(NOW.timestamp()) * 10**9
    assert (len(first.trace_id), len(first.span_id)) == (16, 8)
    said = {one.key: one.value for one in first.attributes}
    assert said[names.OUTCOME_AMOUNT].double_value == 2.5
    assert said[names.OUTCOME_POLARITY].int_value == 1
    targets = said[names.OUTCOME_TARGET].array_value.values
    assert [one.string_value for one in targets] == ["a:1", "b:2"]
    told = {one.key: one.value for one in second.attributes}
    assert told[names.DATA_REVERSIBLE].bool_value


def test_nothing_is_an_empty_request() -> None:
    assert encoded(check([], lambda item: ("", [])).events) == b""
