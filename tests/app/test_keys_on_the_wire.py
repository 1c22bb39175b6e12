"""Do keys open what their scopes say, and nothing else, on every port and in every header?"""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

from domain.access import Scope
from tests.app import stored
from tests.app.live import Live
from tests.collector.running import WAIT_SECONDS_MAX, eventually

REFRESH_SECONDS = 0.05
SETTINGS = {
    "auth": {"mode": "required", "refresh_seconds": REFRESH_SECONDS},
    "retention": {"classes": {"long": 400}, "tenants": {"acme": "long"}},
}
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
PROTOBUF = {"content-type": "application/x-protobuf"}


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, SETTINGS) as running:
        yield running


def made(live: Live, *scopes: Scope, tenant: str = "default") -> str:
    """The text of a new key, once it is in force."""
    before = live.process.ring.in_force or 0
    answer = live.http.post(
        "/v1/keys", json={"tenant": tenant, "scopes": scopes},
        headers={"authorization": f"Bearer {live.token}"},
    )  # fmt: skip
    assert answer.status_code == 201
    eventually(lambda: (live.process.ring.in_force or 0) > before)
    key: str = answer.json()["key"]
    return key


def over_http(live: Live, number: int, headers: dict[str, str]) -> int:
    body = stored.traces(number).SerializeToString()
    url = f"{live.process.otlp_url}/v1/traces"
    return httpx.post(url, content=body, headers=PROTOBUF | headers).status_code


def over_grpc(live: Live, number: int, metadata: tuple[tuple[str, str], ...]) -> grpc.StatusCode:
    with grpc.insecure_channel(f"127.0.0.1:{live.grpc_port}") as channel:
        export = channel.unary_unary(EXPORT, bytes, bytes)
        body = stored.traces(number).SerializeToString()
        try:
            export(body, metadata=metadata, timeout=WAIT_SECONDS_MAX)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
    return grpc.StatusCode.OK


def rows(live: Live, query: str) -> list[dict[str, Any]]:
    answer = live.http.post(
        "/ch/?default_format=JSON", content=query, headers={"x-clickhouse-key": live.token}
    )
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def basic(key: str) -> str:
    return "Basic " + b64encode(f"anybody:{key}".encode()).decode()


def test_an_ingest_key_is_taken_in_every_header_of_both_protocols(live: Live) -> None:
    key = made(live, Scope.INGEST)
    for number, (name, text) in enumerate(
        [("authorization", f"Bearer {key}"), ("authorization", basic(key)), ("x-api-key", key)]
    ):
        assert over_http(live, number, {name: text}) == 200
        assert over_grpc(live, number + 100, ((name, text),)) is grpc.StatusCode.OK


def test_without_a_known_key_nothing_is_taken(live: Live) -> None:
    key = made(live, Scope.INGEST)
    wrong = ("", "wk", "wk_1", key[:-1], key + "x", key.replace("wk_", "xx_"), "wk__", "é")
    for text in wrong:
        answer = httpx.post(
            f"{live.process.otlp_url}/v1/traces",
            content=b"",
            headers=[(b"content-type", b"application/x-protobuf"), (b"x-api-key", text.encode())],
        )
        assert answer.status_code == 401, text
        assert answer.headers["www-authenticate"] == "Bearer"
    assert over_grpc(live, 0, ()) is grpc.StatusCode.UNAUTHENTICATED
    assert over_grpc(live, 0, (("x-api-key", key[:-1]),)) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("scope", Scope)
def test_each_scope_opens_its_own_doors_alone(live: Live, scope: Scope) -> None:
    headers = {"x-api-key": made(live, scope)}
    may = {door: scope is wanted for door, wanted in DOORS.items()}
    assert (over_http(live, 7, headers) == 200) == may["ingest"]
    assert (over_grpc(live, 7, tuple(headers.items())) is grpc.StatusCode.OK) == may["ingest"]
    for path in ("/v1/status", "/metrics"):
        assert live.http.get(path, headers=headers).status_code == (200 if may["read"] else 403)
    answer = live.http.get(
        "/ch/?query=SELECT+1", headers={"x-clickhouse-key": headers["x-api-key"]}
    )
    assert (answer.status_code == 200) == may["read"]
    for call in (live.http.get, live.http.delete):
        path = "/v1/keys" if call == live.http.get else "/v1/keys/nobody"
        allowed = {200, 404} if may["admin"] else {403}
        assert call(path, headers=headers).status_code in allowed


DOORS = {"ingest": Scope.INGEST, "read": Scope.READ, "admin": Scope.ADMIN}


def test_keys_are_administered_in_ones_own_tenant(live: Live) -> None:
    own = {"x-api-key": made(live, Scope.ADMIN, tenant="acme")}
    for tenant in ("default", "globex"):
        body = {"tenant": tenant, "scopes": ["read"]}
        assert live.http.post("/v1/keys", json=body, headers=own).status_code == 403
    other = made(live, Scope.READ, tenant="globex").split("_")[1]
    assert live.http.delete(f"/v1/keys/{other}", headers=own).status_code == 404
    body = {"tenant": "acme", "scopes": ["read"]}
    mine = live.http.post("/v1/keys", json=body, headers=own).json()
    made_known = {"x-api-key": mine["key"]}
    eventually(lambda: live.http.get("/v1/status", headers=made_known).status_code == 200)
    seen = live.http.get("/v1/keys", headers=own).json()
    assert {one["tenant"] for one in seen} == {"acme"}
    assert live.http.delete(f"/v1/keys/{mine['key_id']}", headers=own).json()["revoked"]
    eventually(lambda: live.http.get("/v1/status", headers=made_known).status_code == 401)


def test_a_refusal_over_grpc_names_the_scope(live: Live) -> None:
    key = made(live, Scope.READ)
    assert over_grpc(live, 8, (("x-api-key", key),)) is grpc.StatusCode.PERMISSION_DENIED


def test_a_revoked_key_ends_and_the_others_stay(live: Live) -> None:
    gone, kept = made(live, Scope.READ), made(live, Scope.READ)
    assert live.http.get("/v1/status", headers={"x-api-key": gone}).status_code == 200
    answer = live.http.delete(f"/v1/keys/{gone.split('_')[1]}", headers={"x-api-key": live.token})
    assert answer.json()["revoked"] is True
    eventually(lambda: live.http.get("/v1/status", headers={"x-api-key": gone}).status_code == 401)
    assert live.http.get("/v1/status", headers={"x-api-key": kept}).status_code == 200


def test_the_tenant_of_the_key_reaches_every_row_with_its_retention(live: Live) -> None:
    for tenant, number in (("acme", 50), ("other", 51)):
        headers = {"x-api-key": made(live, Scope.INGEST, tenant=tenant)}
        assert over_http(live, number, headers) == 200
        assert over_grpc(live, number + 10, tuple(headers.items())) is grpc.StatusCode.OK
    query = "SELECT Tenant, RetentionDays, count() AS n FROM otel_traces GROUP BY ALL ORDER BY ALL"

    def found() -> list[tuple[str, int, int]]:
        return [
            (row["Tenant"], row["RetentionDays"], int(row["n"]))
            for row in rows(live, query)
            if row["Tenant"] != "default"
        ]

    each = 2 * stored.SPANS
    eventually(lambda: found() == [("acme", 400, each), ("other", 30, each)])


def test_nothing_is_told_without_a_key(live: Live) -> None:
    assert live.http.get("/healthz").json() == {"status": "ok"}
    for path in ("/v1/status", "/metrics", "/v1/keys", "/ch/?query=SELECT+1"):
        answer = live.http.get(path)
        assert answer.status_code in {401, 403}
        assert "spans" not in answer.text
    trusted = live.http.get("/healthz", headers={"authorization": f"Bearer {live.token}"})
    assert set(trusted.json()) == {"status", "spans_last_hour"}
