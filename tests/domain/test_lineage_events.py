"""Do completed runs of OpenLineage become the reads and writes of their job?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import lineage_events
from domain.fields import BadField
from domain.recorded_events import RecordedEvent
from wakeline import conventions as names

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
RATES = {"namespace": "crm", "name": "accounts"}
LINES = {"namespace": "erp", "name": "lines"}


def version(text: str) -> dict[str, Any]:
    """The facets of a dataset of this version."""
    return {"version": {"_producer": "p", "_schemaURL": "s", "datasetVersion": text}}


RUN = {
    "eventType": "COMPLETE",
    "eventTime": "2026-06-01T00:00:00Z",
    "run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8"},
    "job": {"namespace": "airflow", "name": "nightly"},
    "inputs": [{**RATES, "facets": version("7")}],
    "outputs": [LINES],
    "producer": "https://example.org",
}
COLUMNS = {
    "columnLineage": {
        "fields": {
            "amount": {"inputFields": [{**RATES, "field": "rate"}, {**RATES, "field": "rate"}]},
            "account": {"inputFields": [{**RATES, "field": "id"}]},
        }
    }
}


def events(item: object) -> list[RecordedEvent]:
    """What records the item."""
    return lineage_events.read(item, NOW)[1]


def told(item: object) -> list[tuple[Any, ...]]:
    """Kind, entity, field and version of each access."""
    kept = (names.ENTITY_REF, names.DATA_FIELD, names.DATA_VERSION)
    return [
        (event.name.rpartition(".")[2], *(event.attributes.get(name, "") for name in kept))
        for event in events(item)
    ]


def test_a_job_has_read_its_inputs_before_it_wrote_its_outputs() -> None:
    assert told(RUN) == [
        ("read", "dataset:crm/accounts", "", "7"),
        ("write", "dataset:erp/lines", "", ""),
    ]
    reading, writing = events(RUN)
    assert reading.at_ns < writing.at_ns == 1_780_272_000_000_000_000
    assert (reading.trace_id, reading.span_id) == (writing.trace_id, writing.span_id)
    assert {event.attributes[names.AGENT_NAME] for event in events(RUN)} == {"system:nightly"}
    assert [event.attributes[names.DATA_SOURCE] for event in events(RUN)] == ["crm", "erp"]


def test_column_lineage_tells_which_columns_came_from_which() -> None:
    run = {**RUN, "outputs": [{**LINES, "facets": {**COLUMNS, **version("v2")}}]}
    assert told(run) == [
        ("read", "dataset:crm/accounts", "", "7"),
        ("write", "dataset:erp/lines", "", "v2"),
        ("write", "dataset:erp/lines", "amount", "v2"),
        ("read", "dataset:crm/accounts", "rate", "7"),
        ("write", "dataset:erp/lines", "account", "v2"),
        ("read", "dataset:crm/accounts", "id", "7"),
    ]


def test_a_run_sent_again_is_the_same_and_another_run_is_not() -> None:
    assert events(RUN) == events(RUN)
    other = events({**RUN, "run": {"runId": "b"}})
    assert {event.span_id for event in other}.isdisjoint(event.span_id for event in events(RUN))


@pytest.mark.parametrize(
    "other",
    [{"eventType": "START"}, {"eventType": "FAIL"}, {"eventType": None}, {"run": None}],
)
def test_what_is_no_completed_run_leaves_nothing(other: dict[str, Any]) -> None:
    assert events({**RUN, **other}) == []


def test_a_dataset_is_called_as_agents_call_it_where_it_says_so() -> None:
    called = {**LINES, "facets": {"wakeline_entity": {"entity": "Ledger:9"}}}
    assert told({**RUN, "outputs": [called]})[1] == ("write", "ledger:9", "", "")


def test_a_run_may_only_write() -> None:
    assert told({**RUN, "inputs": None}) == [("write", "dataset:erp/lines", "", "")]


def test_a_run_that_ends_with_1970_reads_no_earlier() -> None:
    assert [event.at_ns for event in events({**RUN, "eventTime": "1970-01-01T00:00Z"})] == [0, 0]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("text", ""),
        ({**RUN, "eventTime": None}, "eventTime"),
        ({**RUN, "run": {"runId": None}}, "run.runId"),
        ({**RUN, "run": []}, "run"),
        ({**RUN, "job": {"name": "n"}}, "job.namespace"),
        ({**RUN, "job": {"namespace": "n"}}, "job.name"),
        ({**RUN, "inputs": {}}, "inputs"),
        ({**RUN, "inputs": [RATES, {"namespace": "crm"}]}, "inputs[1].name"),
        ({**RUN, "inputs": [{**RATES, "facets": 5}]}, "inputs[0].facets"),
        ({**RUN, "inputs": [{**RATES, "name": str(n)} for n in range(5001)]}, ""),
    ],
    ids=range(10),
)
def test_what_is_wrong_is_named_with_its_field(wrong: object, field: str) -> None:
    with pytest.raises(BadField) as refused:
        events(wrong)
    assert refused.value.field == field
