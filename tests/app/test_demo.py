"""Does the demonstration show what its agents did, and say so when it can not?"""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from app.commands.demo import RUNS, arrived
from app.demo.fleet import AGENTS
from domain.errors import Unavailable
from storage.store import Store
from tests.app.commands import FREE_PORTS, execute, invoke, told_so_far, while_running
from tests.collector.running import eventually

SPANS = {agent.name: RUNS * (1 + 2 * (len(agent.tools) + 1)) for agent in AGENTS}


def test_it_shows_what_every_agent_did_and_ends(tmp_path: Path) -> None:
    data = tmp_path / "fresh"
    outcome = execute("demo", "--exit", "--data", data, *FREE_PORTS)
    assert (outcome.code, outcome.err) == (0, "")
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    for agent, spans in SPANS.items():
        assert [agent, str(RUNS), str(spans), "0"] in rows
    assert f"wakeline status --data {data}" in outcome.out
    services = invoke("status", "--data", data, "--format", "json").json["services"]
    assert sum(service["spans"] for service in services) == sum(SPANS.values())


def test_it_stays_until_it_is_stopped_and_avoids_ports_in_use(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        def visit(announced: dict[str, Any]) -> None:
            assert str(port) not in announced["otlp_url"] + announced["api_url"]
            eventually(lambda: "Ctrl-C stops it.\n" in told_so_far())

        outcome = while_running(visit, data, "demo", ports=("--http-port", port, "--port", port))
    assert (outcome.code, outcome.err) == (0, "")
    interrupted = while_running(lambda _: None, data, "demo")
    assert interrupted.refused() == "stopped before the demonstration was over"


def test_spans_that_do_not_arrive_are_an_error_in_one_line(store: Store) -> None:
    async def wait() -> None:
        await arrived(store, 840, asyncio.Event(), seconds_max=0.2)

    with pytest.raises(Unavailable, match=r"^0 of 840 spans are queryable after 0\.2 s; "):
        asyncio.run(wait())


def test_waiting_ends_when_it_is_told_to(store: Store) -> None:
    async def wait() -> None:
        stop = asyncio.Event()
        stop.set()
        await arrived(store, 1, stop)

    with pytest.raises(Unavailable, match="stopped before the demonstration was over"):
        asyncio.run(wait())
