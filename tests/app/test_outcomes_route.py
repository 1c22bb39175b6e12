"""Are outcomes that are told over HTTP durable, stored once, and in the right hands?"""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.event_bodies import BYTES_MAX, ITEMS_MAX
from tests.app import live
from tests.collector.running import WAIT_SECONDS_MAX

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
REVERSAL = {"type": "reversal", "target": "write:1", "amount": 25, "at": "2026-06-01T00:00:00Z"}


@pytest.fixture(scope="module")
def instance(module_data: Path) -> Iterator[live.Live]:
    """A process that asks for keys."""
    settings = {
        "auth": {"mode": "required", "refresh_seconds": 0.05},
        "analyzers": {"enabled": False},
    }
    with live.Live(module_data, settings) as running:
        yield running


@pytest.fixture(scope="module")
def keys(instance: live.Live) -> dict[str, str]:
    """A key that ingests for one tenant, one for another, and one that only reads."""
    made = {}
    for name, tenant, scope in (
        ("ours", "acme", "ingest"), ("theirs", "umbrella", "ingest"), ("reader", "acme", "read"),
    ):  # fmt: skip
        body = {"tenant": tenant, "name": name, "scopes": [scope]}
        local = {"authorization": f"Bearer {instance.token}"}
        answer = instance.http.post("/v1/keys", json=body, headers=local)
        made[name] = answer.json()["key"]
    until = time.monotonic() + WAIT_SECONDS_MAX
    for key in made.values():  # they are in force a moment after they were made
        headers = {"x-api-key": key}
        while instance.http.get("/v1/status", headers=headers).status_code == 401:
            assert time.monotonic() < until
            time.sleep(0.02)
    return made


@pytest.fixture
def post(instance: live.Live, keys: dict[str, str]) -> Any:
    """Sends outcomes with a key."""

    def send(body: Any, key: str = "ours") -> httpx.Response:
        headers = {"x-api-key": keys.get(key, key)}
        if isinstance(body, bytes):
            return instance.http.post("/v1/outcomes", content=body, headers=headers)
        return instance.http.post("/v1/outcomes", json=body, headers=headers)

    return send


def rows(instance: live.Live, condition: str, count: int) -> list[list[str]]:
    """The outcomes for which it holds, when there are as many, or after a while."""
    query = (
        "SELECT tenant, outcome_id, type, toString(polarity), arrayStringConcat(target, ' '),"
        " toString(amount), case_id, agent, trace_id, toString(ts)"
        f" FROM outcomes FINAL WHERE {condition} ORDER BY tenant, outcome_id FORMAT TSV"
    )
    local = {"authorization": f"Bearer {instance.token}"}
    until = time.monotonic() + WAIT_SECONDS_MAX
    found: list[list[str]] = []
    while time.monotonic() < until:
        answer = instance.http.post("/ch/", content=query, headers=local)
        assert answer.status_code == 200, answer.text
        found = [line.split("\t") for line in answer.text.splitlines()]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    return found


def test_an_outcome_of_every_kind_of_target_becomes_a_row(instance: live.Live, post: Any) -> None:
    answer = post(
        [
            {**REVERSAL, "outcome_id": "kinds-1", "case_id": "c", "agent": "human:finance"},
            {"type": "SLA breach", "target": f"{TRACE}/{SPAN}", "outcome_id": "kinds-2"},
            {"type": "manual override", "target": ["Invoice:Ü-1"], "outcome_id": "kinds-3"},
        ]
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 3, "ids": ["kinds-1", "kinds-2", "kinds-3"], "ignored": 0, "rejected": [],
    }  # fmt: skip
    one, two, three = rows(instance, "outcome_id LIKE 'kinds-%'", 3)
    assert one[:8] == ["acme", "kinds-1", "reversal", "-1", "write:1", "25", "c", "human:finance"]
    assert one[9] == "2026-06-01 00:00:00.000000000"
    assert two[2:6] == ["sla_breach", "-1", f"span:{TRACE}-{SPAN}", "\\N"]
    assert three[2:5] == ["manual_override", "-1", "invoice:Ü-1"]
    assert len({row[8] for row in (one, two, three)}) == 3


def test_the_last_one_sent_under_an_id_stands_and_stands_alone(
    instance: live.Live, post: Any
) -> None:
    outcome = {**REVERSAL, "outcome_id": "again"}
    for amount, at in ((25, "2026-06-01T00:00:00Z"), (30, "2026-05-01T00:00:00Z")):
        assert post({**outcome, "amount": amount, "at": at}).json()["ids"] == ["again"]
        rows(instance, f"outcome_id = 'again' AND amount = {amount}", 1)
    post([{**outcome, "amount": 31}, {**outcome, "amount": 32}])
    rows(instance, "outcome_id = 'again' AND amount = 32", 1)
    (row,) = rows(instance, "outcome_id = 'again'", 1)
    assert row[5] == "32"


def test_an_outcome_without_an_id_is_called_by_its_content(instance: live.Live, post: Any) -> None:
    outcome = {**REVERSAL, "target": "write:nameless"}
    first, second = post(outcome).json()["ids"], post([outcome]).json()["ids"]
    assert first == second
    (row,) = rows(instance, "has(target, 'write:nameless')", 1)
    assert row[1] == first[0]


def test_tenants_do_not_meet(instance: live.Live, post: Any) -> None:
    for key in ("ours", "theirs"):
        assert post({**REVERSAL, "outcome_id": "shared"}, key).status_code == 200
    found = rows(instance, "outcome_id = 'shared'", 2)
    assert [row[0] for row in found] == ["acme", "umbrella"]


def test_good_ones_are_taken_and_bad_ones_told(instance: live.Live, post: Any) -> None:
    sent = [{**REVERSAL, "outcome_id": "good"}, {"type": "refund", "target": "a:1"}, 5]
    answer = post(sent)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [(one["index"], one["field"]) for one in answer.json()["rejected"]] == [
        (1, "type"), (2, ""),
    ]  # fmt: skip
    assert len(rows(instance, "outcome_id = 'good'", 1)) == 1


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 422, "the body is no JSON: Expecting value, line 1 column 1"),
        (b"{", 422, "no JSON"),
        (b"\xff\xfe", 422, "no JSON"),
        (b'{"type": "success\xe9"}', 422, "no JSON: it is not UTF-8"),
        (b'{"amount": NaN}', 422, "NaN is no number of JSON"),
        (b'{"amount": ' + b"9" * 5000 + b"}", 422, "no JSON"),
        (b"[" * 100_000, 422, "nested too deep"),
        (b"null", 422, "[0]: an object is needed"),
        (b'{"type": "success"}', 422, "[0].target: it is missing"),
        (b'[{"type": "a"}, {"type": "b"}]', 422, "[1].type: one of"),
        (b"[" + b",".join([b"0"] * (ITEMS_MAX + 1)) + b"]", 413, "over 10,000 long"),
        (b" " * (BYTES_MAX + 1), 413, f"over {BYTES_MAX} bytes"),
    ],
    ids=range(12),
)
def test_what_can_not_be_taken_is_refused_with_the_reason(
    body: bytes, status: int, told: str, post: Any
) -> None:
    answer = post(body)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text


@pytest.mark.parametrize(
    ("coding", "body", "status", "told"),
    [
        ("gzip", gzip.compress(b'{"type": "success", "target": "a:1"}'), 200, ""),
        ("gzip", gzip.compress(b'{"type": "success", "target": "a:1"}')[:-9], 422, "ends early"),
        ("gzip", b"{}", 422, "damaged"),
        ("gzip", gzip.compress(b" " * (BYTES_MAX + 1)), 413, "unpacked, the body is over"),
        ("br", b"", 415, "gzip or none"),
    ],
    ids=range(5),
)
def test_packed_bodies_are_read_as_far_as_plain_ones(
    coding: str, body: bytes, status: int, told: str, instance: live.Live, keys: dict[str, str]
) -> None:
    headers = {"x-api-key": keys["ours"], "content-encoding": coding}
    answer = instance.http.post("/v1/outcomes", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert told in answer.json().get("detail", "")


def test_nothing_at_all_is_nothing_to_refuse(post: Any) -> None:
    assert post([]).json() == {"accepted": 0, "ids": [], "ignored": 0, "rejected": []}


@pytest.mark.parametrize(("key", "status"), [("reader", 403), ("nobody", 401)])
def test_who_may_not_ingest_is_told_before_the_body_is_looked_at(
    key: str, status: int, post: Any
) -> None:
    assert post(b"{", key).status_code == status
