"""Does `wakeline replay --endpoint` send everything, wait when it must, and tell refusals?"""

import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from app import replaying
from tests.app import stored
from tests.app.commands import invoke

REJECTING = ExportTraceServiceResponse()
REJECTING.partial_success.rejected_spans = 2


class Receiver(ThreadingHTTPServer):
    """A peer that gives the answers of its list, then 200 to everything; keeps what it was sent.

    HANG_UP ends the connection without an answer.
    """

    def __init__(self, *answers: tuple[int, dict[str, str], bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.answers = deque(answers)
        self.received: list[tuple[str, str, str | None, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=[0.01]).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        key = self.headers.get("authorization")
        self.server.received.append((self.path, self.headers["content-type"], key, body))
        status, headers, answer = self.server.answers.popleft() if self.server.answers else OK
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


HANG_UP: tuple[int, dict[str, str], bytes] = (0, {}, b"")
OK: tuple[int, dict[str, str], bytes] = (200, {}, b"")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def test_every_kind_goes_to_its_path_with_the_key(tmp_path: Path) -> None:
    files = (
        stored.messages(tmp_path / "spans.pb", stored.traces(0)),
        stored.messages(tmp_path / "logs.pb.gz", stored.logs(0)),
        stored.lines(tmp_path / "metrics.jsonl", stored.metrics()),
    )
    with Receiver() as peer:
        outcome = invoke("replay", *files, "--endpoint", peer.url, "--key", "wk_1_2")
    assert (outcome.code, outcome.out, outcome.err) == (0, "3 requests taken\n", "")
    bearer = "Bearer wk_1_2"
    assert peer.received == [
        ("/v1/traces", "application/x-protobuf", bearer, stored.traces(0).SerializeToString()),
        ("/v1/logs", "application/x-protobuf", bearer, stored.logs(0).SerializeToString()),
        ("/v1/metrics", "application/json", bearer, stored.line(stored.metrics())),
    ]


def test_the_key_may_come_from_the_environment(
    spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKELINE_KEY", "wk_3_4")
    with Receiver() as peer:
        assert invoke("replay", spans, "--endpoint", peer.url).code == 0
    assert {key for _, _, key, _ in peer.received} == {"Bearer wk_3_4"}


def test_a_busy_endpoint_is_waited_for(spans: Path) -> None:
    busy = [(503, {"retry-after": "0"}, b""), (429, {"retry-after": "0"}, b"")]
    with Receiver(*busy) as peer:
        outcome = invoke("replay", spans, "--endpoint", peer.url)
    assert (outcome.code, outcome.out) == (0, "3 requests taken\n")
    assert len(peer.received) == 5


def test_an_endpoint_that_stays_busy_is_given_up(
    spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "TRIES_MAX", 2)
    with Receiver(*[(502, {"retry-after": "0"}, b"")] * 6) as peer:
        outcome = invoke("replay", spans, "--endpoint", peer.url)
    assert outcome.refused().endswith(" stays busy or away; send again later")
    assert outcome.out == "0 requests taken\n"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "answers 401 Unauthorized: --key names a key with the scope ingest"),
        (403, "answers 403 Forbidden: --key names a key with the scope ingest"),
        (400, "spans.pb, byte 0: "),
        (404, "refuses it with 404 Not Found"),
        (302, "refuses it with 302 Found"),
    ],
)
def test_a_refusal_is_told(status: int, told: str, tmp_path: Path) -> None:
    file = stored.messages(tmp_path / "spans.pb", stored.traces(0))
    with Receiver((status, {"location": "/"}, b"")) as peer:
        outcome = invoke("replay", file, "--endpoint", peer.url)
    assert told in outcome.refused()
    assert outcome.out == "0 requests taken\n"


@pytest.mark.parametrize(
    ("name", "answer", "rejected"),
    [
        ("spans.pb", REJECTING.SerializeToString(), True),
        ("spans.jsonl", b'{"partialSuccess": {"rejectedSpans": "2", "later": 1}}', True),
        ("spans.jsonl", b"{}", False),
        ("spans.pb", b"<html>", False),
        ("spans.jsonl", b"<html>", False),
    ],
)
def test_rejected_spans_are_counted_where_the_endpoint_says_so(
    name: str, answer: bytes, rejected: bool, tmp_path: Path
) -> None:
    write = stored.lines if name.endswith("jsonl") else stored.messages
    with Receiver((200, {}, answer)) as peer:
        outcome = invoke("replay", write(tmp_path / name, stored.traces(0)), "--endpoint", peer.url)
    assert outcome.out == f"1 request taken{', 2 spans rejected' if rejected else ''}\n"


def test_nobody_at_the_endpoint_is_told_at_once(spans: Path) -> None:
    for endpoint in ("http://127.0.0.1:1", "http://nowhere.invalid", "no address"):
        outcome = invoke("replay", spans, "--endpoint", endpoint)
        assert outcome.refused().startswith(f"{endpoint} does not answer: ")


def test_what_comes_before_damage_is_sent(tmp_path: Path) -> None:
    file = stored.write(tmp_path / "cut.pb", stored.delimited(stored.traces(0)) + b"\x7f")
    with Receiver() as peer:
        outcome = invoke("replay", file, "--endpoint", peer.url)
    assert "the message is cut off" in outcome.refused()
    assert (outcome.out, len(peer.received)) == ("1 request taken\n", 1)


def test_an_endpoint_that_is_away_for_a_while_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "IN_FLIGHT_MAX", 1)
    file = stored.messages(tmp_path / "spans.pb", *map(stored.traces, range(2)))
    with Receiver(OK, HANG_UP) as peer:
        outcome = invoke("replay", file, "--endpoint", peer.url)
    assert (outcome.code, outcome.out) == (0, "2 requests taken\n")
    assert len(peer.received) == 3
