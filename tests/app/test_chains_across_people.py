"""Does a chain go through what people and systems did, of which no span tells?"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.chains import Chains
from domain.chains import Budget
from tests.app import live
from tests.collector.running import WAIT_SECONDS_MAX, eventually

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CHANGE = {"entity": "account:77", "field": "plan_rate", "system": "crm", "actor": "rep"}


@pytest.fixture(scope="module")
def instance(module_data: Path) -> Iterator[live.Live]:
    """A process that asks for no keys."""
    with live.Live(module_data, {"analyzers": {"enabled": False}}) as running:
        yield running


def logged(name: str, at_s: int, **said: str | float) -> dict[str, Any]:
    """An OTLP log record of an event, as any sender writes it; `_` in keys stands for a dot."""
    attributes = [
        {
            "key": f"wakeline.{key.replace('__', '.')}",
            "value": {"stringValue" if isinstance(value, str) else "doubleValue": value},
        }
        for key, value in said.items()
    ]
    agent = {"key": "gen_ai.agent.name", "value": {"stringValue": "billing-agent"}}
    return {
        "timeUnixNano": str(at_s * 10**9), "eventName": name, "traceId": TRACE, "spanId": SPAN,
        "attributes": [*attributes, agent],
    }  # fmt: skip


def send(instance: live.Live, *records: Mapping[str, Any]) -> None:
    """The records, over OTLP."""
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}
    url = f"http://127.0.0.1:{instance.process.http_port}/v1/logs"
    assert httpx.post(url, json=body, timeout=WAIT_SECONDS_MAX).status_code == 200


def rows(instance: live.Live, query: str, count: int) -> list[str]:
    """Its lines, when there are as many, or after a while."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    found: list[str] = []
    while time.monotonic() < until and len(found) < count:
        found = instance.http.post("/ch/", content=f"{query} FORMAT TSV").text.splitlines()
        time.sleep(0.05)
    return found


def test_outcomes_of_any_otlp_sender_arrive(instance: live.Live) -> None:
    outcome = {"outcome__type": "dispute", "outcome__polarity": "-1"}
    one = logged("wakeline.outcome", 1_780_272_000, **outcome, outcome__target='["a:1"]')
    other = logged("wakeline.outcome", 1_780_272_000, **outcome, outcome__target='["a:2"]')
    for record in (one, other):
        del record["traceId"], record["spanId"]  # told by who knows of no span
    send(instance, one, other)
    query = "SELECT target[1], type, polarity FROM outcomes FINAL WHERE type = 'dispute' ORDER BY 1"
    assert rows(instance, query, 2) == ["a:1\tdispute\t-1", "a:2\tdispute\t-1"]


def test_the_change_that_an_agent_did_not_see_is_in_the_chain_of_the_reversal(
    instance: live.Live,
) -> None:
    first = {**CHANGE, "at": "2026-06-01T09:00:00Z", "new": 19.9, "version": 7}
    missed = {**CHANGE, "at": "2026-06-03T09:00:00Z", "new": 49.9, "old": 19.9, "version": 8}
    assert instance.http.post("/v1/audit", json=[first, missed]).json()["accepted"] == 2
    at_s = 1_780_480_800  # an hour after the change
    send(
        instance,
        logged(
            "wakeline.data.read", at_s, entity__ref="account:77", data__field="plan_rate",
            data__version="7", data__id="read:1", data__value_num=19.9,
        ),
        logged(
            "wakeline.data.write", at_s + 1, entity__ref="invoice:501", data__field="amount",
            data__id="write:1", data__value_num=120.0, data__version="2",
        ),
    )  # fmt: skip
    reversal = {
        "type": "reversal", "target": "write:1", "amount": 25, "outcome_id": "fin-1",
        "agent": "human:finance", "at": "2026-06-06T09:00:00Z",
    }  # fmt: skip
    assert instance.http.post("/v1/outcomes", json=reversal).json()["accepted"] == 1
    rows(instance, "SELECT 1 FROM data_access", 4)
    rows(instance, "SELECT 1 FROM outcomes WHERE outcome_id = 'fin-1'", 1)
    # An access can be read before what the other views make of the same segment.
    eventually(lambda: instance.http.get("/v1/status").json()["queue"]["segments"] == 0)
    patient = Chains(instance.process.store, Budget(seconds_max=WAIT_SECONDS_MAX))
    chain = patient.chain("default", "fin-1", fresh=True)
    assert {"human:rep", "billing-agent", "human:finance"} <= {node.agent for node in chain.nodes}
    root = chain.causes[0]
    assert root.node_id == f"{TRACE}/{SPAN}"
    assert "version 8" in root.reason
    assert "human:rep" in root.reason
