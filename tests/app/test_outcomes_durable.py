"""Is an outcome that was acknowledged on disk, and one that can not be there refused for now?"""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from app.recorded_events import Recorder
from domain.access import ANONYMOUS
from domain.errors import Conflict
from tests.app import live
from tests.app.commands import Instance, invoke
from tests.collector.running import WAIT_SECONDS_MAX

REVERSAL = {"type": "reversal", "target": "write:1", "amount": 25, "at": "2026-06-01T00:00:00Z"}


def test_a_full_spool_says_when_to_come_back_and_takes_nothing_of_it(data: Path) -> None:
    little = {
        "collector": {"spool": {"bytes_max": 1024**2}},
        "analyzers": {"enabled": False},
    }
    with live.Live(data, little) as running:
        many = [{**REVERSAL, "outcome_id": f"{'x' * 200}{number}"} for number in range(9000)]
        answer = running.http.post("/v1/outcomes", json=many)
        assert (answer.status_code, answer.json()["error"]) == (503, "Unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert running.http.post("/v1/outcomes", json=many[:9]).json()["accepted"] == 9
    asked = invoke("sql", "--data", data, "SELECT count() FROM outcomes FINAL")
    assert asked.out.splitlines()[-1] == "9"


def test_what_was_acknowledged_survives_a_kill(own_data: Path) -> None:
    with Instance(own_data, WAKELINE_ANALYZERS__ENABLED="false") as killed:
        url = killed.announced["api_url"]
        answer = httpx.post(f"{url}/v1/outcomes", json=REVERSAL, timeout=WAIT_SECONDS_MAX)
        killed.end(signal.SIGKILL)
    (outcome_id,) = answer.json()["ids"]
    with live.Live(own_data, {"analyzers": {"enabled": False}}):
        """Stores what the spool kept."""
    query = "SELECT outcome_id FROM outcomes FINAL"
    assert invoke("sql", "--data", own_data, "--format", "TSV", query).out == f"{outcome_id}\n"


def test_a_process_without_a_collector_sends_the_teller_to_one() -> None:
    told = Recorder(None).record(ANONYMOUS, [])
    with pytest.raises(Conflict, match="API port of a collector"):
        asyncio.run(told)
