"""Do lineage and audit trails that are told over HTTP become reads and writes, once each?"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.app import live
from tests.collector.running import WAIT_SECONDS_MAX

CHANGE = {
    "entity": "account:77", "field": "plan_rate", "at": "2026-06-01T00:00:00Z", "actor": "rep",
    "system": "crm", "old": 19.9, "new": 49.9, "version": 8, "version_prev": 7, "id": "crm-1",
}  # fmt: skip
ROW = {
    "op": "u", "before": {"id": 501, "amount": 120}, "after": {"id": 501, "amount": 95},
    "source": {"name": "billing", "table": "invoices", "ts_ms": 1_780_272_000_000, "lsn": 5},
}  # fmt: skip
RUN = {
    "eventType": "COMPLETE",
    "eventTime": "2026-06-01T00:00:00Z",
    "run": {"runId": "r-1"},
    "job": {"namespace": "airflow", "name": "nightly"},
    "inputs": [{"namespace": "crm", "name": "accounts"}],
    "outputs": [{"namespace": "erp", "name": "lines"}],
}


@pytest.fixture(scope="module")
def instance(module_data: Path) -> Iterator[live.Live]:
    """A process that asks for no keys."""
    with live.Live(module_data, {"analyzers": {"enabled": False}}) as running:
        yield running


def rows(instance: live.Live, condition: str, count: int) -> list[dict[str, Any]]:
    """The accesses for which it holds, when there are as many, or after a while."""
    query = (
        f"SELECT * FROM data_access FINAL WHERE {condition} ORDER BY ts, field FORMAT JSONEachRow"
    )
    until = time.monotonic() + WAIT_SECONDS_MAX
    found: list[dict[str, Any]] = []
    while time.monotonic() < until and len(found) < count:
        answer = instance.http.post("/ch/", content=query)
        assert answer.status_code == 200, answer.text
        found = [json.loads(line) for line in answer.text.splitlines()]
        time.sleep(0.05)
    return found


def post(instance: live.Live, path: str, body: Any) -> httpx.Response:
    return instance.http.post(path, json=body)


def test_a_change_by_a_person_is_a_write_in_the_system_that_keeps_it(instance: live.Live) -> None:
    for _ in range(2):
        assert post(instance, "/v1/audit", CHANGE).json()["ids"] == ["crm-1"]
    (row,) = rows(instance, "entity = 'account:77'", 1)
    assert (row["access"], row["agent"], row["source"]) == ("write", "human:rep", "crm")
    assert (row["version"], row["version_prev"], row["data_id"]) == ("8", "7", "crm-1")
    assert (row["value_num"], row["value_num_prev"]) == (49.9, 19.9)
    assert (row["field"], row["ts"]) == ("plan_rate", "2026-06-01 00:00:00.000000000")
    assert row["trace_id"]
    assert row["span_id"]


def test_no_step_is_made_up_for_what_no_agent_did(instance: live.Live) -> None:
    post(instance, "/v1/audit", {**CHANGE, "entity": "account:78", "id": "crm-2"})
    (row,) = rows(instance, "entity = 'account:78'", 1)
    query = f"SELECT count() FROM steps WHERE trace_id = '{row['trace_id']}' FORMAT TSV"
    assert instance.http.post("/ch/", content=query).text == "0\n"


def test_rows_of_debezium_are_entities_of_the_type_that_is_said(instance: live.Live) -> None:
    sent = [ROW, {**ROW, "op": "r"}, {"op": "u"}]
    answer = post(instance, "/v1/audit?entity_type=invoices=invoice", sent).json()
    assert (answer["accepted"], answer["ignored"]) == (1, 1)
    assert answer["rejected"][0] == {
        "index": 2, "field": "key",
        "reason": 'it is missing: the columns that name the row, {"no": 7}',
    }  # fmt: skip
    (row,) = rows(instance, "entity = 'invoice:501'", 1)
    assert (row["field"], row["value_num"], row["value_num_prev"]) == ("amount", 95, 120)
    assert row["agent"] == "system:billing"


@pytest.mark.parametrize("query", ["entity_type=invoices", "entity_type==x", "entity_type=a=%07"])
def test_types_that_can_not_be_meant_are_told(query: str, instance: live.Live) -> None:
    answer = post(instance, f"/v1/audit?{query}", ROW)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "entity_type: TABLE=TYPE is needed, as accounts=account"


def test_a_run_that_ended_is_one_step_of_reads_and_writes_by_its_job(instance: live.Live) -> None:
    sent = [{**RUN, "eventType": "START"}, RUN, RUN]
    answer = post(instance, "/v1/lineage", sent).json()
    assert (answer["accepted"], answer["ids"], answer["ignored"]) == (2, ["r-1", "r-1"], 1)
    reading, writing = rows(instance, "agent = 'system:nightly'", 2)
    assert (reading["access"], reading["entity"]) == ("read", "dataset:crm/accounts")
    assert (writing["access"], writing["entity"]) == ("write", "dataset:erp/lines")
    assert (reading["trace_id"], reading["span_id"]) == (writing["trace_id"], writing["span_id"])
    assert reading["ts"] < writing["ts"]


def test_what_is_no_lineage_is_refused(instance: live.Live) -> None:
    answer = post(instance, "/v1/lineage", {**RUN, "job": {"name": "nightly"}})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "[0].job.namespace: it is missing"
