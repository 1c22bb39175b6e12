"""Does the demonstration stay, end, avoid ports in use, and say so when it can not be shown?"""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from app.commands.demo import stored
from app.demo.services import Collector
from domain.errors import Unavailable
from tests.app.commands import invoke, told_so_far, while_running
from tests.collector.running import eventually

SMALL = ("demo", "--a-day", 10)


def test_it_stays_until_it_is_stopped_and_avoids_ports_in_use(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        def visit(announced: dict[str, Any]) -> None:
            assert str(port) not in announced["otlp_url"] + announced["api_url"]
            eventually(lambda: "Ctrl-C stops it.\n" in told_so_far())

        outcome = while_running(visit, data, *SMALL, ports=("--http-port", port, "--port", port))
    assert (outcome.code, outcome.err) == (0, "")
    errors = invoke("sql", "--data", data, "SELECT count() FROM steps FINAL WHERE status = 'Error'")
    assert errors.out == "0\n"


def test_stopped_early_it_says_so_in_one_line(data: Path) -> None:
    interrupted = while_running(lambda _: None, data, *SMALL)
    assert interrupted.refused() == "stopped before the demonstration was over"


def test_what_is_not_stored_in_time_is_an_error_in_one_line() -> None:
    async def wait() -> None:
        await stored(lambda: 1536, asyncio.Event(), seconds_max=0.2)

    with pytest.raises(Unavailable, match=r"^1\.5 KiB are not queryable after 0\.2 s; "):
        asyncio.run(wait())


def test_waiting_ends_when_it_is_told_to() -> None:
    async def wait() -> None:
        stop = asyncio.Event()
        stop.set()
        await stored(lambda: 1, stop)

    with pytest.raises(Unavailable, match="stopped before the demonstration was over"):
        asyncio.run(wait())


def test_the_exporters_of_the_user_are_set_aside_and_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = {
        "OTEL_SDK_DISABLED": "true",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc",
        "no_proxy": "example.org",
    }
    for name, text in theirs.items():
        monkeypatch.setenv(name, text)
    before = dict(os.environ)
    for service, protocol in (("crm", "http/protobuf"), ("billing", "grpc")):
        with Collector(grpc_port=1, http_port=1)(service):
            ours = {name: text for name, text in os.environ.items() if name.startswith("OTEL_")}
            assert ours == {"OTEL_EXPORTER_OTLP_PROTOCOL": protocol}
            assert os.environ["no_proxy"] == "127.0.0.1"
        assert dict(os.environ) == before
