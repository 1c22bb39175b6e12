"""Does every route ask for the scope that the documentation says, and for no other?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.access import Scope
from tests.app.governed import QUIET
from tests.app.live import Live
from tests.app.test_keys_on_the_wire import made

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text()
ROW = re.compile(r"^\| `(GET|POST|PUT|DELETE) (/\S*)` \|([^|]*)\|", re.M)
OPEN = {"GET /", "GET /healthz", "GET /openapi.json"}


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, QUIET) as running:
        yield running


@pytest.fixture(scope="module")
def keys(live: Live) -> dict[Scope, str]:
    """A key for each scope alone."""
    return {scope: made(live, scope, tenant="acme") for scope in Scope}


def documented() -> dict[str, set[str]]:
    """The scopes of each route in the table; one of them is enough."""
    return {
        f"{method} {path}": set(re.findall(r"`(\w+)`", scopes))
        for method, path, scopes in ROW.findall(REFERENCE)
    }


def status(live: Live, route: str, key: str | None) -> int:
    """Of a request that can not be right otherwise, so that it changes nothing."""
    method, path = route.split(" ", 1)
    headers = {"x-api-key": key} if key else {}
    with live.http.stream(method, re.sub(r"\{\w+\}", "none", path), headers=headers) as answer:
        return answer.status_code


def test_every_route_of_the_application_is_in_the_table(live: Live) -> None:
    headers = {"x-api-key": live.token}
    paths = live.http.get("/openapi.json", headers=headers).json()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert routes <= documented().keys()


@pytest.mark.parametrize("route", sorted(documented().keys() - OPEN))
def test_a_route_opens_to_its_scopes_alone(live: Live, keys: dict[Scope, str], route: str) -> None:
    assert status(live, route, None) == 401
    opened = {scope for scope in Scope if status(live, route, keys[scope]) not in (401, 403)}
    assert opened == documented()[route]
