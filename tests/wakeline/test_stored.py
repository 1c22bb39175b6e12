"""What the SDK records is found in a running Wakeline, as spans and as events."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx

from tests.app.commands import Instance
from tests.collector.running import eventually
from tests.wakeline.sink import run

SCRIPT = """
import wakeline
wakeline.init("billing-agent", endpoint="{endpoint}")
with wakeline.case("case-1"), wakeline.agent("billing") as run:
    rate = wakeline.read("account:77", "plan_rate", version=7, value=19.9)
    wakeline.decision("adjust", inputs=[rate], confidence=0.9)
wakeline.outcome("reversal", ["account:77", run.ref])
"""


def rows(instance: Instance, table: str) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{instance.announced['api_url']}/ch/",
        params={"query": f"SELECT * FROM {table} ORDER BY Timestamp FORMAT JSONEachRow"},
    )
    return [json.loads(line) for line in answer.raise_for_status().text.splitlines()]


def test_spans_and_events_are_stored_and_belong_together(
    schema_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(schema_folder, tmp_path / "store", symlinks=True)
    with Instance(tmp_path, WAKELINE_ANALYZERS__ENABLED="false") as instance:
        run(SCRIPT.format(endpoint=instance.announced["otlp_url"]))
        eventually(
            lambda: (
                len(rows(instance, "otel_traces")) == 2 and len(rows(instance, "otel_logs")) == 3
            )
        )
        spans, events = rows(instance, "otel_traces"), rows(instance, "otel_logs")
    read, decision, outcome = events
    assert [event["EventName"] for event in events] == [
        "wakeline.data.read",
        "wakeline.decision",
        "wakeline.outcome",
    ]
    assert [event["SpanId"] for event in events] == [
        spans[0]["SpanId"],
        spans[0]["SpanId"],
        spans[1]["SpanId"],
    ]
    assert {event["ServiceName"] for event in events} == {"billing-agent"}
    assert read["LogAttributesNumber"] == {"wakeline.data.value_num": 19.9}
    assert json.loads(decision["LogAttributes"]["wakeline.decision.inputs"]) == [
        read["LogAttributes"]["wakeline.data.id"]
    ]
    assert json.loads(outcome["LogAttributes"]["wakeline.outcome.target"]) == [
        "account:77",
        f"span:{spans[0]['TraceId']}-{spans[0]['SpanId']}",
    ]
