"""Are findings of a running instance read, followed and acted on within the tenant of the key?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.access import Scope
from storage.findings import StoredFindings
from tests.app.live import Live
from tests.app.test_keys_on_the_wire import REFRESH_SECONDS, made
from tests.collector.running import WAIT_SECONDS_MAX
from tests.storage.test_findings import FINDING
from tests.storage.test_findings_read import begun

SETTINGS = {
    "auth": {"mode": "required", "refresh_seconds": REFRESH_SECONDS},
    "analyzers": {"enabled": False},
}
HARD = ("'", "' OR '1'='1", "\\", "\\'", "{tenant:String}", "a\nb\tc", "\x00", "--", "%", "ä\u2028")
SCOPES = (Scope.READ, Scope.GOVERN)


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, SETTINGS) as running:
        stored = StoredFindings(running.process.store)
        stored.save(
            [replace(FINDING, finding_id="a1"), replace(FINDING, finding_id="b1", tenant="b")]
        )
        yield running


def caller(live: Live, tenant: str) -> httpx.Client:
    key = made(live, *SCOPES, tenant=tenant)
    headers = {"authorization": f"Bearer {key}"}
    return httpx.Client(base_url=live.process.api_url, headers=headers, timeout=WAIT_SECONDS_MAX)


@pytest.fixture(scope="module")
def acme(live: Live) -> Iterator[httpx.Client]:
    with caller(live, "acme") as client:
        yield client


@pytest.fixture(scope="module")
def default(live: Live) -> Iterator[httpx.Client]:
    with caller(live, "default") as client:
        yield client


def ids(client: httpx.Client, **asked: str) -> set[str]:
    return {item["finding_id"] for item in client.get("/v1/findings", params=asked).json()["items"]}


def test_each_key_reads_and_acts_in_its_tenant(acme: httpx.Client, default: httpx.Client) -> None:
    assert ids(acme, agent="billing") == {"a1"}
    assert ids(default, agent="billing") == {"a1", "b1"}
    assert ids(default, agent="billing", tenant="b") == {"b1"}
    assert acme.get("/v1/findings/b1").status_code == 404
    said = {"action": "acknowledge", "note": "on it"}
    assert acme.post("/v1/findings/b1/actions", json=said).status_code == 404
    assert acme.post("/v1/findings/a1/actions", json=said).json()["state"] == "acknowledged"
    assert default.get("/v1/findings/b1").json()["state"] == "open"


def test_one_is_told_whole(acme: httpx.Client) -> None:
    acme.post("/v1/findings/a1/actions", json={"action": "confirm"})
    acme.post(
        "/v1/findings/a1/actions", json={"action": "mute", "muted_until": "2100-01-01T00:00:00Z"}
    )
    told = acme.get("/v1/findings/a1").json()
    assert (told["state"], told["verdict"], told["facts"]) == ("muted", "confirm", FINDING.facts)
    assert told["verdicts"] == {"confirmed": 1, "dismissed": 0}
    assert [one["muted_until"] for one in told["history"]][:2] == [
        "2100-01-01T00:00:00+00:00", None,
    ]  # fmt: skip
    assert told["steps"] == []
    acme.post("/v1/findings/a1/actions", json={"action": "unmute"})


def test_a_signature_is_off_for_the_tenant_that_says_so(
    acme: httpx.Client, default: httpx.Client
) -> None:
    def mode(client: httpx.Client) -> Any:
        rows = client.get("/v1/signatures").json()
        return next(row["mode"] for row in rows if row["signature"] == "LOOP-02")

    assert acme.put("/v1/signatures/LOOP-02", json={"mode": "off"}).status_code == 200
    assert (mode(acme), mode(default)) == ("off", "on")
    rows = {row["signature"]: row for row in default.get("/v1/signatures").json()}
    assert sum(rows["LOOP-01"]["findings"].values()) >= 2


@pytest.mark.parametrize("name", ["signature", "agent", "case", "trace", "text"])
def test_values_that_look_like_sql_are_values(name: str, acme: httpx.Client) -> None:
    for hard in HARD:
        answer = acme.get("/v1/findings", params={name: hard})
        assert (answer.status_code, answer.json().get("items")) == (200, []), (hard, answer.text)


def test_a_listener_who_comes_again_misses_nothing(live: Live, acme: httpx.Client) -> None:
    stored = StoredFindings(live.process.store)
    new = ("heard",)
    stored.save([begun(1, agents=new), begun(2, agents=new, tenant="b")])
    heard, last = events(acme, "0.", 2)
    stored.save([begun(3, agents=new), begun(1, agents=new, facts={"n": 2})])
    again, _ = events(acme, last, 2)
    assert sorted(heard + again) == sorted(["a1", *(f"{n:016x}" for n in (1, 3, 1))])


def events(client: httpx.Client, last: str, count: int) -> tuple[list[str], str]:
    """The ids of the next findings, and where the stream was left."""
    found: list[str] = []
    headers = {"last-event-id": last}
    with client.stream("GET", "/v1/findings/stream", headers=headers) as answer:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            last = value if name == "id" else last
            if name == "data":
                found.append(json.loads(value)["finding_id"])
            if len(found) == count:
                break
    return found, last
