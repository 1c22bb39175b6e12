"""Are lists of findings filtered, bounded, paged, and kept to the tenant of the key?"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api import application
from api.ports import Parts
from domain.access import ANONYMOUS, Principal, Scope
from domain.asked import FAR, Asked, Heard, Place
from domain.errors import NotFound, Unauthenticated, Unavailable
from tests.api.serving import served

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = {
    "all": ANONYMOUS,
    "reader": Principal("acme", frozenset({Scope.READ}), "key-1"),
    "sender": Principal("acme", frozenset({Scope.INGEST}), "key-2"),
}


def finding(number: int, **said: Any) -> dict[str, Any]:
    """As the reader tells it."""
    empty = dict.fromkeys(("verdict", "case_id", "lane"), "")
    nothing: dict[str, Any] = {"facts": {}, "tags": [], "agents": ["billing"]}
    flags = dict.fromkeys(("degraded", "shadow", "retracted"), False)
    first_at = (BEGAN - timedelta(minutes=number)).isoformat()
    times = {"first_at": first_at, "last_at": first_at, "found_at": first_at}
    return {
        "finding_id": f"{number:016x}", "signature": "LOOP-01", "signature_version": 1,
        "severity": "medium", "confidence": 0.9, "state": "open", "reason": "It did it again.",
        "tenant": "acme", "origin": "explicit", "trace_ids": ["t1"],
        "evidence": [{"trace_id": "t1", "span_id": "s1", "role": "cause"}],
        **empty, **nothing, **flags, **times, **said,
    }  # fmt: skip


class Reader:
    """Findings in memory; remembers what was asked."""

    def __init__(self, count: int) -> None:
        self.found = [finding(number) for number in range(count)]
        self.asked = Asked()
        self.heard: list[Heard] = []
        self.failure: Exception | None = None

    def authenticate(self, key: str | None) -> Principal:
        if key in KEYS:
            return KEYS[key]
        raise Unauthenticated("who?")

    def listed(self, asked: Asked, rows_max: int, place: Place) -> list[Mapping[str, Any]]:
        self.asked = asked
        if self.failure:
            raise self.failure
        before = (place.before, place.before_id)
        of = [
            row for row in self.found
            if (datetime.fromisoformat(row["first_at"]), row["finding_id"]) < before
        ]  # fmt: skip
        return list(of[:rows_max])

    def detail(self, tenant: str, finding_id: str) -> Mapping[str, Any]:
        if finding_id != "a1":
            raise NotFound(f"no finding has the id '{finding_id}'")
        beside = {"history": [], "steps": [{"span_id": "s1"}], "signature_name": tenant}
        return finding(0) | beside | {"verdicts": {"confirmed": 2, "dismissed": 1}}

    def changed(
        self, asked: Asked, after: Heard, rows_max: int
    ) -> Sequence[Mapping[str, Any]]:  # fmt: skip
        self.asked = asked
        self.heard.append(after)
        if self.failure:
            raise self.failure
        rows = [row | {"changed_ns": 1 + n} for n, row in enumerate(self.found)]
        return [
            row for row in rows
            if (row["changed_ns"], row["finding_id"]) > (after.changed_ns, after.finding_id)
        ][:rows_max]  # fmt: skip

    def signatures(self, tenant: str) -> Sequence[Mapping[str, Any]]:
        return [
            {"signature": "LOOP-01", "version": 1, "name": tenant, "severity": "low", "prior": 0.8,
             "tags": [], "lane": "trace", "mode": "on", "findings": {"open": 2}, "confirmed": 1,
             "dismissed": 0}
        ]  # fmt: skip


@pytest.fixture
def reader() -> Reader:
    return Reader(5)


@pytest.fixture
def client(reader: Reader) -> Iterator[httpx.Client]:
    part: Any = reader
    with served(application.build(Parts(*[part] * len(fields(Parts))))) as client:
        client.headers["x-api-key"] = "reader"
        yield client


def numbers(answer: httpx.Response) -> list[int]:
    return [int(item["finding_id"], 16) for item in answer.json()["items"]]


def test_pages_show_each_finding_once_though_others_come(
    client: httpx.Client, reader: Reader
) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        answer = client.get("/v1/findings", params={"limit": 2, "cursor": cursor})
        seen += numbers(answer)
        cursor = answer.json()["next_cursor"]
        reader.found.insert(0, finding(-len(reader.found)))
    assert seen == [0, 1, 2, 3, 4]


def test_filters_reach_the_store_as_they_are(client: httpx.Client, reader: Reader) -> None:
    hard = "' OR 1=1 -- \\ \n {tenant:String} %"
    asked = {
        "signature": hard, "agent": hard, "case": hard, "trace": hard, "text": hard,
        "state": "muted", "severity": "high", "since": "2026-01-02T00:00:00Z",
        "until": "2026-01-03T00:00:00+01:00", "shadow": "true",
    }  # fmt: skip
    assert client.get("/v1/findings", params=asked).status_code == 200
    assert reader.asked == Asked(
        tenant="acme", signature=hard, agent=hard, case_id=hard, trace_id=hard, text=hard,
        state="muted", severity_min=4, since=datetime(2026, 1, 2, tzinfo=UTC),
        until=datetime(2026, 1, 2, 23, tzinfo=UTC), shadow=True,
    )  # fmt: skip


def test_without_filters_it_is_the_last_month_and_what_was_taken_back_is_asked_for(
    client: httpx.Client, reader: Reader
) -> None:
    client.get("/v1/findings")
    month = datetime.now(UTC) - timedelta(days=30)
    assert abs(reader.asked.since - month) < timedelta(minutes=5)
    assert (reader.asked.until, reader.asked.shadow, reader.asked.retracted) == (FAR, False, False)
    client.get("/v1/findings?state=resolved")
    assert reader.asked.retracted


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "query.limit"),
        ({"limit": "501"}, "query.limit"),
        ({"limit": "x"}, "query.limit"),
        ({"state": "gone"}, "query.state"),
        ({"severity": "5"}, "query.severity"),
        ({"since": "yesterday"}, "query.since"),
        ({"since": "2026-01-01T00:00:00"}, "query.since"),
        ({"since": "1960-01-01T00:00:00Z"}, "since"),
        ({"until": "2400-01-01T00:00:00Z"}, "until"),
        ({"shadow": "perhaps"}, "query.shadow"),
        ({"text": "x" * 257}, "query.text"),
        ({"tenant": "other"}, "tenant"),
        ({"cursor": "x" * 513}, "query.cursor"),
        ({"cursor": "%%"}, "cursor"),
        ({"cursor": "ä"}, "cursor"),
        ({"cursor": cursor("{}")}, "cursor"),
        ({"cursor": cursor("[1, 2]")}, "cursor"),
        ({"cursor": cursor('["2026-01-01", "a"]')}, "cursor"),
        ({"cursor": cursor('["2026-01-01T00:00:00Z"]')}, "cursor"),
        ({"cursor": cursor('["0001-01-01T00:00:00Z", "a"]')}, "cursor"),
        ({"cursor": cursor("[" * 300)}, "cursor"),
    ],
    ids=range(21),
)
def test_nonsense_is_refused_by_the_name_of_its_field(
    query: dict[str, str], field: str, client: httpx.Client
) -> None:
    answer = client.get("/v1/findings", params=query)
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_a_key_sees_its_tenant_and_the_default_one_all(
    client: httpx.Client, reader: Reader
) -> None:
    for key, tenant, seen in (
        ("reader", "", "acme"), ("reader", "acme", "acme"), ("all", "", ""), ("all", "x", "x"),
    ):  # fmt: skip
        client.get("/v1/findings", params={"tenant": tenant}, headers={"x-api-key": key})
        assert reader.asked.tenant == seen
    assert client.get("/v1/findings/a1").json()["signature_name"] == "acme"
    assert client.get("/v1/signatures").json()[0]["name"] == "acme"


@pytest.mark.parametrize(
    "path", ["/v1/findings", "/v1/findings/a1", "/v1/signatures", "/v1/findings/stream"]
)
def test_only_readers_read(path: str, client: httpx.Client) -> None:
    assert client.get(path, headers={"x-api-key": "sender"}).status_code == 403
    assert client.get(path, headers={"x-api-key": "nobody"}).status_code == 401


def test_one_finding_comes_with_what_is_beside_it(client: httpx.Client) -> None:
    told = client.get("/v1/findings/a1").json()
    assert (told["steps"], told["history"]) == ([{"span_id": "s1"}], [])
    assert told["verdicts"] == {"confirmed": 2, "dismissed": 1}
    answer = client.get("/v1/findings/b'%20OR%201=1")
    assert answer.json() == {"error": "NotFound", "detail": "no finding has the id 'b' OR 1=1'"}


def test_a_store_that_is_down_is_come_back_to(client: httpx.Client, reader: Reader) -> None:
    reader.failure = Unavailable("down", 7.0)
    answer = client.get("/v1/findings")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
