"""Who may act on which findings, and what is refused?"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import httpx
import pytest

from api import application
from api.ports import Parts
from domain.access import Principal, Scope
from tests.api.serving import served
from tests.api.test_application import KEYS, Product

GOVERNOR = Principal("acme", frozenset({Scope.GOVERN}), "key-7")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    product: Any = Product()
    KEYS["governor"] = GOVERNOR
    with served(application.build(Parts(*[product] * len(fields(Parts))))) as client:
        yield client
    del KEYS["governor"]


def post(client: httpx.Client, key: str, **body: Any) -> httpx.Response:
    return client.post("/v1/findings/a1/actions", json=body, headers={"x-api-key": key})


def test_a_key_reaches_findings_of_its_tenant_and_the_default_one_all(client: httpx.Client) -> None:
    told = post(client, "governor", action="confirm", note="so").json()
    assert (told["finding_id"], told["state"], told["verdict"]) == (
        "a1", "acme|confirm|key-7", "so",
    )  # fmt: skip
    assert post(client, "all", action="resolve").json()["state"] == "|resolve|local"


def test_muted_until_has_a_zone(client: httpx.Client) -> None:
    told = post(client, "all", action="mute", muted_until="2100-01-01T00:00:00Z").json()
    assert told["muted_until"] == "2100-01-01T00:00:00Z"
    assert post(client, "all", action="mute", muted_until="2100-01-01T00:00:00").status_code == 422


def test_a_signature_is_switched_for_the_tenant_of_the_key(client: httpx.Client) -> None:
    def put(key: str, mode: str) -> httpx.Response:
        return client.put("/v1/signatures/X-1", json={"mode": mode}, headers={"x-api-key": key})

    assert put("governor", "off").json() == {"signature": "X-1", "mode": "off|key-7|acme"}
    assert put("all", "shadow").json() == {"signature": "X-1", "mode": "shadow|local|"}
    assert put("reader", "off").status_code == 403
    assert put("all", "loud").status_code == 422


def test_readers_may_not_act_and_nonsense_is_refused(client: httpx.Client) -> None:
    assert post(client, "reader", action="confirm").status_code == 403
    assert post(client, "nobody", action="confirm").status_code == 401
    assert post(client, "all", action="shred").status_code == 422
    assert post(client, "all", action="confirm", note="x" * 2001).status_code == 422
