"""Are policies seen by readers, and put in force by who may govern alone?"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import httpx
import pytest

from api import application
from api.ports import Parts
from domain.access import ANONYMOUS, Principal, Scope
from domain.errors import InvalidInput, Unauthenticated
from tests.api.serving import served

KEYS = {"all": ANONYMOUS, "reader": Principal("acme", frozenset({Scope.READ}))}
RULE = {"policy_id": "refunds", "version": "3", "max_amount": None}


class Policies:
    """Keeps the last file, and who may do what."""

    text = ""

    def authenticate(self, key: str | None) -> Principal:
        if key in KEYS:
            return KEYS[key]
        raise Unauthenticated("who?")

    def apply(self, text: str) -> Mapping[str, Any]:
        if text == "wrong":
            raise InvalidInput("policies.yaml:1:1: no such field")
        self.text = text
        return {"applied_at": "now", "policies": 1, "versions": 2, "permissions": 0}

    def in_force(self) -> Mapping[str, Any]:
        return {"applied_at": None, "policies": [RULE], "permissions": []}


@pytest.fixture(scope="module")
def policies() -> Policies:
    return Policies()


@pytest.fixture(scope="module")
def client(policies: Policies) -> Iterator[httpx.Client]:
    parts: Any = policies
    with served(application.build(Parts(*[parts] * len(fields(Parts))))) as caller:
        yield caller


@pytest.mark.parametrize(("key", "status"), [("all", 200), ("reader", 403), ("wrong", 401)])
def test_who_may_govern_puts_a_file_in_force(
    key: str, status: int, client: httpx.Client, policies: Policies
) -> None:
    policies.text = ""
    headers = {"x-api-key": key}
    answer = client.put("/v1/policies", json={"text": "policies: {}"}, headers=headers)
    assert answer.status_code == status
    assert policies.text == ("policies: {}" if status == 200 else "")


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"text": "", "since": "7d"}', b'{"text": "wrong"}']
)
def test_what_is_wrong_is_told_and_changes_nothing(body: bytes, client: httpx.Client) -> None:
    answer = client.put("/v1/policies", content=body, headers={"x-api-key": "all"})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")


def test_readers_see_what_is_in_force(client: httpx.Client) -> None:
    answer = client.get("/v1/policies", headers={"x-api-key": "reader"})
    assert answer.json() == {"applied_at": None, "policies": [RULE], "permissions": []}
    assert client.get("/v1/policies", headers={"x-api-key": "wrong"}).status_code == 401
