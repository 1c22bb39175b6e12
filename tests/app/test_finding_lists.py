"""Does the command list findings in parts, and does an open stream let an instance stop?"""

import json
from pathlib import Path

import httpx
import pytest

from app.commands import findings
from storage.findings import StoredFindings
from storage.store import Store
from tests.app.commands import invoke
from tests.app.live import Live
from tests.collector.running import WAIT_SECONDS_MAX
from tests.storage.test_findings_read import begun


def test_an_instance_that_stops_ends_its_streams(data: Path) -> None:
    with Live(data, {"analyzers": {"enabled": False}}) as running:
        url = f"{running.process.api_url}/v1/findings/stream"
        with httpx.Client(timeout=WAIT_SECONDS_MAX) as client, client.stream("GET", url) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("id: ")
            running.stop()
            assert all(not line.startswith("data") for line in lines)


def test_a_list_is_gone_on_with_where_it_ended(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "ROWS_AT_ONCE", 2)
    with Store(f"chdb://{data / 'store'}") as store:
        StoredFindings(store).save([begun(n) for n in range(5)])
    where = ("--format", "json", "--data", data)

    def listed(*words: object) -> tuple[list[int], str]:
        outcome = invoke("findings", *words, *where)
        assert outcome.code == 0, outcome
        rows = [json.loads(line) for line in outcome.out.splitlines()]
        return [int(row["finding_id"], 16) for row in rows], outcome.err.partition("--cursor ")[2]

    assert listed("--all") == ([0, 1, 2, 3, 4], "")
    some, cursor = listed("--limit", "3")
    assert (some, listed("--cursor", cursor.strip())[0]) == ([0, 1, 2], [3, 4])
    assert listed("--text", "DID IT", "--case", "case-1")[0] == [0, 1, 2, 3, 4]
    assert listed("--case", "case-2")[0] == listed("--text", "nothing")[0] == []
    assert "cursor: " in invoke("findings", "--cursor", "%%", *where).refused()
