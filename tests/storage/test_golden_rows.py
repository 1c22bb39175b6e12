"""Are recorded OTLP requests stored as the recorded rows, to the letter?

The equality test says that nothing is lost; this one that nothing is spelled differently tomorrow.
"""

import json
from pathlib import Path

import pytest

from collector import intake, records
from domain.envelope import Signal
from storage.store import Store
from tests.contracts.expected_rows import stored_rows
from tests.contracts.segments import RECEIVED_UNIX_NANO, TENANT, token

GOLDEN = Path(__file__).parents[1] / "golden"
TABLES = {Signal.TRACES: "otel_traces", Signal.LOGS: "otel_logs"}


@pytest.mark.parametrize("signal", Signal)
def test_a_recorded_request_becomes_the_recorded_rows(store: Store, signal: Signal) -> None:
    lines = (GOLDEN / "every_value.otlp.jsonl").read_bytes().splitlines()
    sent = lines[list(Signal).index(signal)]
    batch = intake.read(signal, intake.Encoding.JSON, TENANT, sent)
    segment = records.encode(batch.request(TENANT, 30), RECEIVED_UNIX_NANO)
    store.insert_segment(signal, segment, token())

    rows = stored_rows(store, TABLES[signal], TENANT)
    for row in rows.values():
        assert row.pop("Received") == RECEIVED_UNIX_NANO
    recorded = json.loads((GOLDEN / f"every_value.{TABLES[signal]}.json").read_text())
    assert rows == recorded
