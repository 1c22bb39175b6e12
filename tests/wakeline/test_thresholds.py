"""Does an agent obey its limits, keep them while the service is away, and escalate in doubt?"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wakeline
from domain.errors import InvalidInput
from domain.thresholds import Limits, Oversight, Stage, Stop, Threshold, ThresholdDocument
from governance import documents, signing
from governance.board import key_id
from governance.documents import Question
from tests.collector.running import eventually
from wakeline import threshold_documents
from wakeline.testing import capture
from wakeline.threshold_documents import Case

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
REFUND = Threshold(
    "refund", Limits(0.8, 500.0), Stage.FULL, Oversight.ON_THE_LOOP, canary_salt="s1"
)
STOP = Stop("k-1", "wrong refunds", agent="clerk")


def document(version: int = 1, life_s: float = 3600.0, **fields: Any) -> ThresholdDocument:
    now = datetime.now(UTC) + timedelta(milliseconds=version)
    expires = now + timedelta(seconds=life_s)
    return replace(ThresholdDocument("acme", "clerk", version, now, expires, (REFUND,)), **fields)


class Service:
    """Hands out whatever document it was given last; `down` answers 503."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False
        self.private = PRIVATE
        self.headers: dict[str, str] = {}
        self.say(document())

    def say(self, said: ThresholdDocument, private: bytes = PRIVATE, spoil: bytes = b"") -> None:
        signed = documents.sealed(said, private, key_id(signing.public_key(private)))
        self.answer = (signed.body + spoil, signed.key_id, signed.signature)

    @property
    def etag(self) -> str:
        return f'"{hash(self.answer)}"'


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """Its address; a request with the tag of what it says waits a little for something else."""
    import base64

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(self.path)
            service.headers = {name.lower(): of for name, of in self.headers.items()}
            if service.down:
                return self._send(503, b"")
            if self.path == "/v1/threshold-keys":
                public = signing.public_key(service.private)
                return self._send(200, json.dumps({key_id(public): public.hex()}).encode())
            if self.headers.get("if-none-match") == service.etag:
                threading.Event().wait(0.02)
                return self._send(304, b"")
            body, key, signature = service.answer
            said = {
                "etag": service.etag,
                "x-wakeline-key-id": key,
                "x-wakeline-signature": base64.b64encode(signature).decode(),
            }
            return self._send(200, body, said)

        def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, text in ((headers or {}) | {"content-length": str(len(body))}).items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        wakeline.thresholds.disconnect()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that the SDK is connected to, with its key known."""
    made = Service()
    with listening(made) as url:
        wakeline.thresholds.connect(url, public_keys=[PUBLIC.hex()], folder=tmp_path)
        yield made


def ask(confidence: float = 0.9, amount: float = 100.0, **more: Any) -> Any:
    limits = wakeline.thresholds.get("clerk", "refund")
    return limits.decide(confidence, amount, case="case-1", **more)


def test_within_the_limits_it_proceeds_and_beyond_a_person_looks(service: Service) -> None:
    assert (ask().answer, ask().version) == ("proceed", 1)
    assert (ask(0.7).answer, "0.8" in ask(0.7).reason) == ("escalate", True)
    assert ask(amount=900.0).answer == "escalate"
    limits = wakeline.thresholds.get("clerk", "refund")
    assert (limits.confidence, limits.amount, limits.version) == (0.8, 500.0, 1)
    unknown = wakeline.thresholds.get("clerk", "delete")
    assert (unknown.confidence, unknown.decide(1.0).answer) == (None, "escalate")


def test_a_decision_is_recorded_with_the_version_that_it_was_taken_under(service: Service) -> None:
    with capture() as recorded, wakeline.case("case-1"):
        told = wakeline.thresholds.get("clerk", "refund").decide(0.9, 100.0)
        wakeline.thresholds.get("clerk", "refund").decide(0.1, record=False)
    made = recorded.decision("refund")
    assert made["wakeline.decision.id"] == told.decision_id
    assert made["wakeline.decision.threshold"] == 0.8
    assert made["wakeline.decision.threshold.version"] == "1"
    assert (made["wakeline.decision.outcome"], made["wakeline.decision.verdict"]) == (
        "allow", "proceed",
    )  # fmt: skip
    assert len(recorded.events) == 1


def test_facts_go_into_a_decision_of_ones_own(service: Service) -> None:
    with capture() as recorded, wakeline.decides("refund") as making:
        making.add(**ask(record=False).facts)
    assert recorded.decision("refund")["wakeline.decision.threshold"] == 0.8


def test_a_stop_is_obeyed_when_it_comes_and_a_drill_stops_nothing(service: Service) -> None:
    assert ask().answer == "proceed"
    service.say(document(2, stops=(replace(STOP, drill=True),)))
    eventually(lambda: ask().version == 2)
    assert ask().answer == "proceed"
    service.say(document(3, stops=(STOP,)))
    eventually(lambda: ask().answer == "stop")
    assert "wrong refunds" in ask().reason


def test_while_the_service_is_away_the_last_good_document_holds(
    service: Service, tmp_path: Path
) -> None:
    assert ask().answer == "proceed"
    service.down = True
    asked = len(service.asked)
    eventually(lambda: len(service.asked) > asked)
    assert ask().answer == "proceed"
    with listening(service) as url:  # another start of the agent, at a service that is away
        wakeline.thresholds.connect(url, public_keys=[PUBLIC.hex()], folder=tmp_path)
        assert ask().answer == "escalate"
        assert "503" in ask().reason


def test_after_a_start_the_kept_document_holds_until_it_expires(
    service: Service, tmp_path: Path
) -> None:
    service.say(document(life_s=1.0, stops=(replace(STOP, agent="", capability="pay"),)))
    endpoint = wakeline.thresholds._State.service
    assert endpoint is not None
    assert ask().answer == "proceed"
    service.down = True
    wakeline.thresholds.connect(endpoint.endpoint, public_keys=[PUBLIC.hex()], folder=tmp_path)
    assert ask().version == 1
    eventually(lambda: ask().answer == "escalate")
    assert "expired" in ask().reason
    assert ask(capability="pay").answer == "stop"  # stops outlive the document


@pytest.mark.parametrize("how", ["spoiled", "forged", "older", "another's", "no document"])
def test_what_is_not_from_the_service_or_not_for_this_agent_is_refused(
    service: Service, how: str
) -> None:
    service.say(document(5))
    assert ask().version == 5
    loose = replace(REFUND, limits=Limits(0.0))
    if how == "spoiled":
        service.say(document(6, thresholds=(loose,)), spoil=b" ")
    elif how == "forged":
        service.say(document(6, thresholds=(loose,)), private=bytes(32))
    elif how == "older":
        service.say(document(4, thresholds=(loose,)))
    elif how == "another's":
        service.say(document(6, thresholds=(loose,), agent="desk"))
    else:
        signature = signing.sign(PRIVATE, b"{}")
        service.answer = (b"{}", key_id(PUBLIC), signature)
    tag = service.etag
    eventually(lambda: wakeline.thresholds._State.pulling["clerk"].problem != "")
    assert (ask(0.1).answer, ask().version) == ("escalate", 5)
    assert service.headers.get("if-none-match") != tag


def test_the_keys_of_the_first_contact_are_the_only_ones_from_then_on(tmp_path: Path) -> None:
    service = Service()
    with listening(service) as url:
        wakeline.thresholds.connect(url, key="wk_1", folder=tmp_path)
        assert ask().version == 1
        assert service.headers["authorization"] == "Bearer wk_1"
        assert service.headers["x-wakeline-client"].endswith(f"/{os.getpid()}")
        service.private = bytes(32)
        service.say(document(2, thresholds=()), private=service.private)
        wakeline.thresholds.connect(url, folder=tmp_path)
        assert ask().version == 1
        eventually(lambda: "unknown key" in wakeline.thresholds._State.pulling["clerk"].problem)
        assert service.asked.count("/v1/threshold-keys") == 1


def test_without_a_service_everything_escalates() -> None:
    wakeline.thresholds.disconnect()
    told = wakeline.thresholds.get("clerk", "refund").decide(1.0)
    assert (told.answer, told.version, told.decision_id) == ("escalate", 0, "")
    assert "connect" in told.reason


def test_spoiled_files_are_as_good_as_none(service: Service, tmp_path: Path) -> None:
    assert ask().version == 1
    (file,) = tmp_path.rglob("*.json")
    endpoint = wakeline.thresholds._State.service
    assert endpoint is not None
    service.down = True
    for text in ("[", "[]", "{}", json.dumps({"body": 1})):
        file.write_text(text)
        wakeline.thresholds.connect(endpoint.endpoint, public_keys=[PUBLIC.hex()], folder=tmp_path)
        assert ask().answer == "escalate"


thresholds = st.builds(
    Threshold,
    action=st.sampled_from(["refund", "credit"]),
    limits=st.builds(
        Limits,
        st.none() | st.floats(0, 1),
        st.none() | st.floats(0, 1000),
    ),
    stage=st.sampled_from(Stage),
    oversight=st.sampled_from(Oversight),
    agent_version=st.sampled_from(["", "2.0"]),
    canary_salt=st.sampled_from(["", "s1"]),
)
stops = st.builds(
    Stop,
    switch_id=st.sampled_from(["k-1", "k-2"]),
    reason=st.just("r"),
    agent=st.sampled_from(["", "clerk", "desk"]),
    capability=st.sampled_from(["", "pay"]),
    share=st.sampled_from([0.0, 0.1, 0.5]),
    drill=st.booleans(),
)
questions = st.builds(
    Question,
    action=st.sampled_from(["refund", "credit", "other"]),
    case=st.text(max_size=3),
    confidence=st.none() | st.floats(0, 1),
    amount=st.none() | st.floats(0, 1000),
    agent_version=st.sampled_from(["", "1.0", "2.0"]),
    capability=st.sampled_from(["", "pay"]),
)


@settings(max_examples=200)
@given(
    st.lists(thresholds, max_size=4, unique_by=lambda one: (one.action, one.agent_version)),
    st.lists(stops, max_size=3),
    questions,
    st.booleans(),
)
def test_the_sdk_and_the_service_give_the_same_answer_to_everything(
    held: list[Threshold], stopped: list[Stop], question: Question, expired: bool
) -> None:
    said = document(thresholds=tuple(held), stops=tuple(stopped))
    at = said.expires_at if expired else said.issued_at
    body = documents.sealed(said, PRIVATE, "k").body
    told = documents.decide(documents.read(body), question, at)
    case = Case(
        question.action, question.case, question.confidence, question.amount,
        question.agent_version, question.capability,
    )  # fmt: skip
    read = threshold_documents.read(body)
    assert threshold_documents.decide(read, case, at) == (str(told.answer), told.reason)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"[" * 100_000, b'{"tenant": "a", "version": "x"}']
)
def test_the_sdk_takes_no_document_that_the_service_would_not(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        documents.read(body)
    with pytest.raises(ValueError, match=r"document|JSON|Expecting"):
        threshold_documents.read(body)
