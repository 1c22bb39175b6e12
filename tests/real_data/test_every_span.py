"""Is every column of every span of real traces what protobuf parsing gives, after a real replay?

The environment variable WAKELINE_REAL_DATA names a folder with `*/dev.otlp.pb` files, which hold
length-delimited requests. Without it there is nothing to test.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.access import DEFAULT_TENANT
from storage.config import RetentionConfig
from storage.store import Store
from tests.contracts.expected_rows import Envelope, Row, differences, expected_spans, stored_rows

# Taken out of the environment: `wakeline` refuses variables that name no setting of its own.
FOLDER = os.environ.pop("WAKELINE_REAL_DATA", "")
FILES = sorted(Path(FOLDER).glob("*/dev.otlp.pb")) if FOLDER else []

pytestmark = pytest.mark.skipif(not FILES, reason="WAKELINE_REAL_DATA names no traces")


def requests(path: Path) -> Iterator[ExportTraceServiceRequest]:
    """Every length-delimited message of the file, by nothing but protobuf."""
    data = path.read_bytes()
    at = 0
    while at < len(data):
        length = shift = 0
        while True:
            byte = data[at]
            length |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        yield ExportTraceServiceRequest.FromString(data[at : at + length])
        at += length


def replay(path: Path, data: Path) -> str:
    """What `wakeline replay` prints, run as users run it."""
    command = [sys.executable, "-m", "app", "replay", str(path), "--data", str(data)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=500)
    assert not done.returncode, done.stderr
    return done.stdout


def stored(data: Path) -> dict[str, Row]:
    with Store(f"chdb://{data / 'store'}") as store:
        return stored_rows(store, "otel_traces", DEFAULT_TENANT)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_replayed_file_is_stored_as_it_was_sent(path: Path, tmp_path: Path) -> None:
    envelope = Envelope(DEFAULT_TENANT, 0, RetentionConfig().default_days)
    expected: dict[str, Row] = {}
    spans = count = 0
    for request in requests(path):
        count += 1
        expected |= expected_spans(request, envelope)
        spans += sum(len(s.spans) for r in request.resource_spans for s in r.scope_spans)
    assert len(expected) == spans, "span ids repeat"

    before = time.time_ns()
    assert replay(path, tmp_path) == f"{count} requests taken, 0 of them stored before\n"
    after = time.time_ns()
    rows = stored(tmp_path)
    assert len(rows) == spans
    for key, row in rows.items():
        assert before < row["Received"] < after
        expected[key]["Received"] = row["Received"]
    assert not differences(rows, expected)

    assert replay(path, tmp_path) == f"{count} requests taken, {count} of them stored before\n"
    assert not differences(stored(tmp_path), expected)
