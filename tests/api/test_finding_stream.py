"""Does a listener hear of every change once, and can none of them hold up the rest?"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import httpx
import pytest

from api import application
from api.ports import Parts
from api.routes import finding_stream
from domain.asked import EVER, Heard
from domain.errors import Unavailable
from tests.api.serving import served
from tests.api.test_finding_reading import Reader, finding

PATH = "/v1/findings/stream"


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    for name, value in (("LOOK_SECONDS", 0.01), ("PING_SECONDS", 1), ("STREAMS_MAX", 2)):
        monkeypatch.setattr(finding_stream, name, value)
    return Reader(3)


@contextmanager
def client_of(reader: Reader) -> Iterator[httpx.Client]:
    part: Any = reader
    with served(application.build(Parts(*[part] * len(fields(Parts))))) as client:
        client.headers["x-api-key"] = "reader"
        yield client


@pytest.fixture
def client(reader: Reader) -> Iterator[httpx.Client]:
    with client_of(reader) as client:
        yield client


@contextmanager
def listening(client: httpx.Client, last: str = "", **filters: str) -> Iterator[Iterator[str]]:
    """The lines of the stream."""
    headers = {"last-event-id": last} if last else {}
    with client.stream("GET", PATH, headers=headers, params=filters) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def event(lines: Iterator[str]) -> dict[str, str]:
    """The next one, with the comments before it left out."""
    said: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            said[name] = value
        elif said:
            return said
    return said


def test_what_comes_is_told_in_order_with_an_id_to_go_on_from(client: httpx.Client) -> None:
    with listening(client, "0.") as lines:
        begin, *told = [event(lines) for _ in range(4)]
    assert begin == {"id": "0.", "retry": "2000"}
    assert [each["event"] for each in told] == ["finding"] * 3
    assert [json.loads(each["data"])["finding_id"] for each in told] == [
        f"{number:016x}" for number in range(3)
    ]
    assert "changed_ns" not in json.loads(told[0]["data"])
    with listening(client, told[0]["id"]) as lines:
        event(lines)
        assert [event(lines)["id"] for _ in range(2)] == [each["id"] for each in told[1:]]


def test_who_is_cut_off_before_the_first_event_goes_on_where_he_began(
    client: httpx.Client, reader: Reader
) -> None:
    with listening(client) as lines:
        first = event(lines)["id"]
    with listening(client, first) as lines:
        event(lines)
    assert reader.heard[-1].changed_ns == int(first.partition(".")[0]) > 0


def test_filters_hold_and_old_findings_are_heard_of_too(
    client: httpx.Client, reader: Reader
) -> None:
    with listening(client, "0.", severity="high", agent="billing", tenant="acme") as lines:
        event(lines), event(lines)
    asked = reader.asked
    assert (asked.tenant, asked.agent, asked.severity_min, asked.since) == (
        "acme", "billing", 4, EVER,
    )  # fmt: skip


def test_a_quiet_stream_is_kept_alive(client: httpx.Client, reader: Reader) -> None:
    reader.found = []
    with listening(client) as lines:
        assert any(line.startswith(": ping") for line in lines)


def test_a_store_that_is_down_for_a_while_ends_no_stream(
    client: httpx.Client, reader: Reader
) -> None:
    reader.failure = Unavailable("down")
    with listening(client, "0.") as lines:
        event(lines)
        reader.failure = None
        assert event(lines)["event"] == "finding"


@pytest.mark.parametrize("last", ["x", "1e3.a", "-1.a", "9" * 20, "1." + "x" * 200])
def test_an_id_that_is_none_is_refused(last: str, client: httpx.Client) -> None:
    answer = client.get(PATH, headers={"last-event-id": last})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    assert "last-event-id: " in answer.json()["detail"]
    assert client.get(PATH, params={"tenant": "other"}).status_code == 422


def test_the_largest_id_is_of_a_time_that_the_store_can_hold() -> None:
    assert finding_stream.heard("9" * 19) == Heard(2**63 - 1)


def test_streams_over_the_bound_are_to_come_back_later(client: httpx.Client) -> None:
    with listening(client) as one, listening(client) as two:
        event(one), event(two)
        answer = client.get(PATH)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    opened(client)


def opened(client: httpx.Client) -> None:
    """Waits until a stream can be opened."""
    while True:
        with client.stream("GET", PATH) as answer:
            if answer.status_code == 200:
                return


def test_a_client_that_takes_nothing_makes_room(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding_stream, "STREAMS_MAX", 1)
    monkeypatch.setattr(finding_stream, "SEND_SECONDS_MAX", 0.2)
    reader.found = [finding(n, reason="x" * 100_000) for n in range(100)]
    with client_of(reader) as client, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((client.base_url.host, client.base_url.port))
        head = f"GET {PATH} HTTP/1.1\r\nhost: x\r\nx-api-key: reader\r\nlast-event-id: 0.\r\n\r\n"
        slow.sendall(head.encode())
        said = b""
        while b"retry: " not in said:
            said += slow.recv(64)
        opened(client)
