"""Does what was redacted stay out of the spool, the dead letters and the tables, however sent?"""

import os
from pathlib import Path
from typing import Any

import grpc
import pytest

from domain.errors import Refused, Unavailable
from tests.collector.conftest import Connect, Launch, Select
from tests.collector.memory_store import MemoryStore, Numbers
from tests.collector.otlp_requests import logs, trace_id_of, traces
from tests.collector.running import eventually

SECRETS = ("tell-nobody", "alice", "ann@example.org", "4111111111111111", "sesame")
REDACTION = {
    "keys": {"http.request.header.*": "drop", "password": "mask"},
    "patterns": ["email", "credit_card"],
    "content": "hash",
    "pseudonymise": True,
}
WAYS = ["protobuf-identity", "json-identity", "grpc-identity"]


def spans() -> Any:
    """Three spans full of SECRETS; the arguments of the first two are equal."""
    request = traces(b"span-one", b"span-two", b"span-3rd")
    one, two, other = request.resource_spans[0].scope_spans[0].spans
    arguments = "gen_ai.tool.call.arguments"
    text(one, arguments, '{"amount": 5, "note": "tell-nobody"}')
    text(two, arguments, '{"note":"tell-nobody","amount":5.0}')
    text(other, arguments, '{"note":"tell-nobody","amount":6}')
    text(one, "http.request.header.cookie", "sesame")
    text(one, "wakeline.entity.ref", "customer:alice")
    targets = two.attributes.add(key="wakeline.intent.target").value.array_value
    targets.values.add(string_value="customer:alice")
    text(other, "user.id", "alice")
    other.status.message = "no account of ann@example.org"
    text(one.events.add(name="sent to ann@example.org"), "to", '["ann@example.org"]')
    text(one.links.add(), "password", "sesame")
    text(request.resource_spans[0].resource, "owner", "ann@example.org")
    text(request.resource_spans[0].scope_spans[0].scope, "card", "4111111111111111")
    return request


def records() -> Any:
    """Two records full of SECRETS."""
    request = logs("card 4111 1111 1111 1111 of ann@example.org", "4111111111111111")
    scope = request.resource_logs[0].scope_logs[0]
    text(scope.log_records[0], "enduser.id", "alice")
    pair = scope.log_records.add().body.kvlist_value.values.add(key="password")
    pair.value.string_value = "sesame"
    return request


def text(owner: Any, key: str, value: str) -> None:
    owner.attributes.add(key=key).value.string_value = value


def written(folder: Path) -> bytes:
    """Every byte of every file, and every name, but for the key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(os.fsencode(path) + path.read_bytes() for path in files)


def leaked(data: bytes) -> list[str]:
    plain = data.replace(b" ", b"").replace(b"\\", b"")
    return [secret for secret in SECRETS if secret.encode() in plain]


def sent(launch: Launch, connect: Connect, way: str, **settings: Any) -> tuple[Any, Any]:
    """A running collector that has acknowledged the spans and the records."""
    running = launch(redaction=REDACTION, **settings)
    peer = connect(way, running)
    request = spans()
    assert peer.export(request).code is grpc.StatusCode.OK
    assert peer.export(records(), "logs").code is grpc.StatusCode.OK
    return running, request


def down(numbers: Numbers) -> None:
    raise Unavailable("the store is away", 60.0)


def refuse(numbers: Numbers) -> None:
    raise Refused("the store can not decode it")


def test_what_is_sent_holds_every_secret() -> None:
    data = spans().SerializeToString() + records().SerializeToString()
    assert leaked(data) == list(SECRETS)


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_the_spool(launch: Launch, connect: Connect, way: str) -> None:
    running, _ = sent(
        launch, connect, way, store=MemoryStore(down), spool={"drain_seconds": 0.0}
    )  # fmt: skip
    running.stop()
    data = written(running.folder)
    assert b"span-one" in data
    assert not leaked(data)


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_a_dead_letter(launch: Launch, connect: Connect, way: str) -> None:
    running, _ = sent(launch, connect, way, store=MemoryStore(refuse))
    eventually(lambda: len(running.pipeline.spool.dead_letters) == 2)
    data = written(running.folder / "dead-letters")
    assert b"span-one" in data
    assert not leaked(data)


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_the_tables_and_equal_values_still_meet(
    launch: Launch, connect: Connect, rows: Select, way: str
) -> None:
    running, request = sent(launch, connect, way)
    assert running.stop()
    stored = rows(f"SELECT * FROM otel_traces WHERE TraceId = '{trace_id_of(request)}'")
    assert not leaked(repr(stored).encode())
    assert not leaked(repr(rows("SELECT * FROM otel_logs")).encode())
    spans_by_id = {bytes.fromhex(row["SpanId"]): row["SpanAttributes"] for row in stored}
    one, two, other = (spans_by_id[name] for name in (b"span-one", b"span-two", b"span-3rd"))
    arguments = "gen_ai.tool.call.arguments"
    assert one[arguments] == two[arguments] != other[arguments]
    assert one["wakeline.entity.ref"] == f"customer:{other['user.id']}"
    assert two["wakeline.intent.target"] == f'["{one["wakeline.entity.ref"]}"]'


def test_what_is_sent_again_is_known_by_the_bytes_as_sent(launch: Launch, connect: Connect) -> None:
    running, request = sent(launch, connect, "protobuf-identity")
    connect("protobuf-identity", running).export(request)
    assert running.pipeline.telemetry.repeated_count == 1
