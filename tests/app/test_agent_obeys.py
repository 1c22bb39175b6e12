"""Does an agent with the SDK obey what people decide, as soon as they do?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import wakeline
from tests.app.governed import Governed
from tests.collector.running import eventually
from wakeline.testing import capture


@pytest.fixture
def live(data: Path, tmp_path: Path) -> Iterator[Governed]:
    with Governed(data) as running:
        url = running.process.api_url
        wakeline.thresholds.connect(url, key=running.keys["agent"], folder=tmp_path / "kept")
        yield running
        wakeline.thresholds.disconnect()


def answer(action: str = "refund") -> str:
    limits = wakeline.thresholds.get("clerk", action)
    return limits.decide(0.9, 100.0, case="case-1", capability="pay").answer


def test_limits_stops_and_drills_reach_the_agent_and_are_seen_to(live: Governed) -> None:
    assert answer() == "escalate"
    live.in_force("clerk")
    eventually(lambda: answer() == "proceed")
    with capture() as recorded:
        assert answer() == "proceed"
    made = recorded.decision("refund")
    assert made["wakeline.decision.threshold.version"] == "1"
    drill = {"scope": "agent", "agent": "clerk", "reason": "exercise", "drill": True}
    drilled = live.post("ann", "/v1/kills", **drill).json()["switch_id"]

    def heard() -> bool:
        found = live.get("reader", f"/v1/kills/{drilled}").json()
        return any(one["heard_s"] is not None for one in found["agents"])

    eventually(heard)
    assert answer() == "proceed"
    stop = {"scope": "capability", "capability": "pay", "reason": "leak", "recovery": "at_once"}
    switch = live.post("ann", "/v1/kills", **stop).json()["switch_id"]
    eventually(lambda: answer() == "stop")
    live.post("bob", f"/v1/kills/{switch}/release", why="mended")
    eventually(lambda: answer() == "proceed")
    nothing = [{"action": "refund", "confidence": None}]
    live.post("ann", "/v1/threshold-changes", agent="clerk", change="tighten",
              thresholds=nothing, why="drift")  # fmt: skip
    eventually(lambda: answer() == "escalate")


def test_nobody_who_waits_keeps_a_process_from_ending(live: Governed) -> None:
    path, headers = "/v1/thresholds/x?wait=50", {"x-api-key": live.keys["agent"]}
    tag = {"if-none-match": live.get("agent", "/v1/thresholds/x").headers["etag"]}
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(lambda: live.get("agent", path, **tag).status_code)
        with live.http.stream("GET", "/v1/threshold-stream/x", headers=headers) as stream:
            lines = stream.iter_lines()
            assert any(line.startswith("data: ") for line in lines)
            live.stop()
            assert not any(line.startswith("data: ") for line in lines)
        assert waiting.result() == 304
