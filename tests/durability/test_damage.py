"""Does a damaged record cost its own request alone, and is that said?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from collector import records, segments
from collector.records import Record
from storage.store import Store
from tests.collector.otlp_requests import padded, trace_id_of, traces
from tests.collector.running import eventually
from tests.durability.load import HttpClient
from tests.durability.processes import ROOT, Database, Wakeline

REQUESTS = 12
# Sealed at this size, segments hold four requests each.
SETTINGS = {"WAKELINE_COLLECTOR__SPOOL__SEGMENT_BYTES_MAX": "4096"}


def found_in(paths: list[Path]) -> Iterator[tuple[Path, Record]]:
    for path in paths:
        for record in records.scan(path.read_bytes()):
            yield path, record


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_only_damaged_requests_become_dead_letters(tmp_path: Path) -> None:
    database = Database(tmp_path / "database")
    messages = [padded(traces(os.urandom(8)), 1000) for _ in range(REQUESTS)]
    wakeline = Wakeline(
        tmp_path / "data", "--store", database.dsn, role="collect", settings=SETTINGS
    )
    with wakeline:
        client = HttpClient(wakeline.address)
        for message in messages:
            client.send(message.SerializeToString())
        wakeline.kill()
        client.close()
        paths = segments.waiting(tmp_path / "data" / "spool")
        found = list(found_in(paths))
        assert len(found) == REQUESTS
        assert len(paths) == 3
        # A body, a length, two neighbours, and a sealed segment that lost its end.
        flip(found[1][0], found[1][1].end - 1)
        flip(found[2][0], found[2][1].start)
        flip(found[4][0], found[4][1].end - 1)
        flip(found[5][0], found[5][1].end - 1)
        segments.cut(found[7][0], found[7][1].end - 1)
        with database:
            wakeline.start()
            eventually(lambda: not segments.waiting(tmp_path / "data" / "spool"))
            check_doctor(tmp_path / "data", database)
            assert wakeline.terminate() == 0
    with Store(f"chdb://{database.folder}") as store:
        traces_stored = store.read_only("SELECT TraceId FROM otel_traces", "TSV").decode().split()
    expected = [trace_id_of(messages[n]) for n in range(REQUESTS) if n not in {1, 2, 4, 5, 7}]
    assert sorted(traces_stored) == sorted(expected)


def check_doctor(data: Path, database: Database) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "app", "doctor", "--format", "json", "--data", str(data),
         "--store", database.dsn],
        cwd=ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert answer.returncode == 1, answer.stderr
    said = json.loads(answer.stdout)
    letters = [problem for problem in said["problems"] if problem.startswith("Dead letter")]
    reasons = [
        records.BAD_CHECKSUM, records.BAD_LENGTH, records.BAD_CHECKSUM, records.BAD_CHECKSUM,
        records.CUT_OFF,
    ]  # fmt: skip
    assert len(letters) == len(reasons)
    for letter, reason in zip(letters, reasons, strict=True):
        assert reason in letter
