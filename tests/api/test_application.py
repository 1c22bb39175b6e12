"""Does every route answer in JSON, tell no secret, and stay small?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from api import application
from api.bodies import BYTES_MAX
from api.ports import Parts
from domain.access import ANONYMOUS, Principal, Scope
from domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Unauthenticated,
    Unavailable,
    WakelineError,
)
from domain.marked_yaml import FILE_BYTES_MAX
from tests.api.serving import served

READER = Principal("acme", frozenset({Scope.READ}))
KEYS = {"all": ANONYMOUS, "reader": READER}


class Product:
    """All parts of the API in memory; `failure` is what the next calls raise."""

    failure: Exception | None = None

    def authenticate(self, key: str | None) -> Principal:
        if key in KEYS:
            return KEYS[key]
        raise Unavailable("no keys yet", 3.4) if key == "early" else Unauthenticated("who?")

    def health(self) -> Mapping[str, Any]:
        return self._answer({"spans_last_hour": 3})

    def status(self) -> Mapping[str, Any]:
        return self._answer({"store": {"reachable": True}})

    def coverage(self, days: int, agent: str) -> Mapping[str, Any]:
        return self._answer(
            {"days": days, "since": None, "agents_total": 0, "agents": [], "unknown_keys": []}
        )

    def text(self) -> bytes:
        return b"# HELP a b\n# TYPE a gauge\na 1.0\n"

    def create(self, tenant: str, name: str, scopes: Iterable[Scope]) -> Mapping[str, Any]:
        return self._answer({"tenant": tenant, "name": name, "scopes": list(scopes)})

    def listed(self) -> list[Mapping[str, Any]]:
        return [self._answer({"key_id": "1"})]

    def revoke(self, key_id: str) -> Mapping[str, Any]:
        return self._answer({"key_id": key_id})

    def apply(self, text: str, since: datetime | None, until: datetime | None) -> Mapping[str, Any]:
        derived = {"derived_since": since and since.isoformat(), "derived_until": None}
        return self._answer({"applied_at": "now", "tools": len(text), "notes": [], **derived})

    def in_force(self, tools_max: int, after: str) -> Mapping[str, Any]:
        rules = [{"tool": after, "most": tools_max}]
        beside: dict[str, Any] = {"volatile_args": [], "hubs": {}}
        return self._answer({"applied_at": None, "tools_total": 1, "tools": rules, **beside})

    def act(
        self, key: tuple[str, str], action: str, actor: str, note: str,
        muted_until: datetime | None,
    ) -> Mapping[str, Any]:  # fmt: skip
        said = {"signature": "LOOP-01", "state": f"{key[0]}|{action}|{actor}", "verdict": note}
        return self._answer({"finding_id": key[1], "muted_until": muted_until, **said})

    def set_mode(
        self, signature: str, mode: str, actor: str, tenant: str = ""
    ) -> Mapping[str, Any]:
        return self._answer({"signature": signature, "mode": f"{mode}|{actor}|{tenant}"})

    def _answer(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.failure:
            raise self.failure
        return value


@pytest.fixture(scope="module")
def product() -> Product:
    return Product()


@pytest.fixture(scope="module")
def anybody(product: Any) -> Iterator[httpx.Client]:
    with served(application.build(Parts(*[product] * len(fields(Parts))))) as client:
        yield client


@pytest.fixture
def client(anybody: httpx.Client, product: Product) -> Iterator[httpx.Client]:
    """A caller who may do everything."""
    product.failure = None
    anybody.headers["x-api-key"] = "all"
    yield anybody
    anybody.headers.pop("x-api-key", None)
    product.failure = None


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (InvalidInput("odd"), 422),
        (NotFound("gone"), 404),
        (Conflict("taken"), 409),
        (WakelineError("other"), 500),
    ],
)
def test_our_errors_are_json_with_their_class(
    failure: WakelineError, status: int, client: httpx.Client, product: Product
) -> None:
    product.failure = failure
    answer = client.get("/v1/status")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json() == {"error": type(failure).__name__, "detail": str(failure)}


def test_a_store_that_is_down_is_503_with_the_time_to_come_again(
    client: httpx.Client, product: Product
) -> None:
    product.failure = Unavailable("down", 7.6)
    for path in ("/v1/status", "/healthz"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "8")
        assert answer.json() == {"error": "Unavailable", "detail": "down"}
    assert client.head("/healthz").status_code == 503


def test_a_fault_tells_nothing_of_itself(client: httpx.Client, product: Product) -> None:
    product.failure = RuntimeError("secret of the inside")
    # Not on a connection that others use: the server closes it.
    answer = httpx.get(client.base_url.join("/v1/status"), headers={"x-api-key": "all"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "InternalError", "detail": "a fault of Wakeline's own; its log says more",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nowhere", 404, "NotFound"),
        ("GET", "/v1/keys/1", 405, "MethodNotAllowed"),
        ("POST", "/healthz", 405, "MethodNotAllowed"),
        ("GET", "/docs", 404, "NotFound"),
        ("GET", "/redoc", 404, "NotFound"),
    ],
)
def test_what_is_not_there_is_json_too(
    method: str, path: str, status: int, error: str, client: httpx.Client
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "body: Field required"),
        (b"{", "body.1: JSON decode error"),
        (b"{}", "body.scopes: Field required"),
        (b'{"scopes": []}', "body.scopes: List should have at least 1 item"),
        (b'{"scopes": ["all"]}', "body.scopes.0: Input should be"),
        (b'{"scopes": ["read"], "scope": 1}', "body.scope: Extra inputs are not permitted"),
        (b'{"scopes": ["read"], "tenant": ""}', "body.tenant: String should have at least 1"),
    ],
)
def test_a_body_that_does_not_fit_is_told_by_field(
    body: bytes, complaint: str, client: httpx.Client
) -> None:
    answer = client.post("/v1/keys", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    assert complaint in answer.json()["detail"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(chunked: bool, client: httpx.Client) -> None:
    body = b" " * (BYTES_MAX + 1)
    # Not on a connection that others use: the server may close it with a part unread.
    answer = httpx.post(
        client.base_url.join("/v1/keys"),
        content=iter([body]) if chunked else body,
        headers={"content-type": "application/json", "x-api-key": "all"},
    )
    assert (answer.status_code, answer.json()["error"]) == (413, "RequestEntityTooLarge")
    assert answer.json()["detail"] == f"the body is over {BYTES_MAX} bytes"


def test_a_key_is_made_listed_and_revoked(client: httpx.Client) -> None:
    made = client.post("/v1/keys", json={"scopes": ["read"], "name": "n"})
    assert made.status_code == 201
    assert made.json() == {"tenant": "default", "name": "n", "scopes": ["read"]}
    assert client.get("/v1/keys").json() == [{"key_id": "1"}]
    assert client.delete("/v1/keys/2").json() == {"key_id": "2"}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "body: Invalid JSON: EOF"),
        (b"[]", "body: Input should be an object"),
        (b"{}", "body.text: Field required"),
        (b'{"text": "", "from": 1}', "body.from: Extra inputs are not permitted"),
        (b'{"text": "\\ud800"}', "body: Invalid JSON: "),
        (b'{"text": "", "since": "2026-01-01T00:00:00"}', "body.since: Input should have timezone"),
        (b'{"text": "", "until": "soon"}', "body.until: Input should be a valid datetime"),
    ],
)
def test_a_body_that_is_read_after_access_is_told_by_field_too(
    body: bytes, complaint: str, client: httpx.Client
) -> None:
    answer = client.put("/v1/tools", content=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    assert complaint in answer.json()["detail"]


def test_the_body_of_a_tools_yaml_is_large_but_bounded(client: httpx.Client) -> None:
    body = {"text": "é" * (FILE_BYTES_MAX // 2), "since": "2026-01-01T00:00:00Z"}
    answer = client.put("/v1/tools", json=body)
    assert answer.json()["tools"] == FILE_BYTES_MAX // 2
    assert answer.json()["derived_since"] == "2026-01-01T00:00:00+00:00"
    # Not on a connection that others use: the server may close it with a part unread.
    url, key = client.base_url.join("/v1/tools"), {"x-api-key": "all"}
    answer = httpx.put(url, content=b" " * (3 * FILE_BYTES_MAX + 1), headers=key)
    assert answer.status_code == 413


def test_the_rules_in_force_are_asked_for_in_pages(client: httpx.Client) -> None:
    assert client.get("/v1/tools").json()["tools"] == [{"tool": "", "most": 1000}]
    answer = client.get("/v1/tools", params={"limit": 5, "after": "a&b"})
    assert answer.json()["tools"] == [{"tool": "a&b", "most": 5}]
    for limit in ("0", "1001", "all"):
        assert client.get("/v1/tools", params={"limit": limit}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/status"), ("GET", "/metrics"), ("GET", "/v1/coverage"), ("GET", "/v1/keys"),
        ("POST", "/v1/keys"), ("DELETE", "/v1/keys/1"), ("GET", "/v1/tools"), ("PUT", "/v1/tools"),
        ("PUT", "/v1/policies"),
    ],
)  # fmt: skip
def test_a_closed_route_is_closed_before_anything_is_read(
    method: str, path: str, client: httpx.Client
) -> None:
    governs = path.startswith("/v1/keys") or method == "PUT"
    scope = "govern" if governs else "read"
    for key, status in (("wrong", 401), ("", 401), ("early", 503)):
        answer = client.request(method, path, headers={"x-api-key": key}, content=b"{")
        assert answer.status_code == status
    assert client.request(method, path, headers={"x-api-key": ""}).headers["www-authenticate"]
    answer = client.request(method, path, headers={"x-api-key": "reader"}, content=b"{")
    assert answer.status_code == (200 if scope == "read" else 403)


def test_health_tells_its_figures_to_readers_alone(client: httpx.Client, product: Product) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "spans_last_hour": 3}
    for key in ("", "wrong", "early"):
        assert client.get("/healthz", headers={"x-api-key": key}).json() == {"status": "ok"}
    product.failure = Unavailable("clickhouse.internal:8123: no route", 2)
    closed = client.get("/healthz", headers={"x-api-key": ""})
    assert closed.json() == {"error": "Unavailable", "detail": "the store does not answer"}
    assert closed.headers["retry-after"] == "2"


def test_metrics_say_that_they_are_prometheus_text(client: httpx.Client) -> None:
    assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=")


class Page(HTMLParser):
    """What a page refers to and runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_the_first_page_leads_on_without_scripts(client: httpx.Client) -> None:
    answer = client.get("/", headers={"x-api-key": ""})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Page(answer.text)
    assert {"findings", "healthz", "metrics", "v1/status"} <= set(page.links)
    for link in set(page.links) - {"findings", "chains"}:  # tests/app/test_*_pages.py follow them
        assert client.get(f"/{link}").status_code == 200
    assert {"main", "h1", "title"} <= page.tags
    assert page.tags.isdisjoint({"script", "iframe", "object"})
    assert not [name for name in page.attributes if name.startswith("on")]
    assert 'name="viewport"' in answer.text
    assert '<html lang="en">' in answer.text
    assert client.head("/").status_code == 200


def test_the_schema_names_every_route(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) >= {
        "/healthz", "/metrics", "/v1/status", "/v1/coverage", "/v1/keys", "/v1/keys/{key_id}",
        "/v1/tools", "/v1/policies", "/v1/outcomes", "/v1/lineage", "/v1/audit",
        "/v1/findings", "/v1/findings/stream", "/v1/findings/{finding_id}",
        "/v1/findings/{finding_id}/actions",
        "/v1/signatures", "/v1/signatures/{signature}",
        "/v1/chains", "/v1/chains/{name}", "/v1/chains/{name}/nodes", "/v1/chains/{name}/edges",
            "/v1/traces/{trace_id}/attribution",
    }  # fmt: skip
    for path in schema["paths"].values():
        for operation in path.values():
            assert re.search(r"\w", operation.get("description", "")), operation["operationId"]
