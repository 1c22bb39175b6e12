"""Does GET /v1/coverage say what the command says, within bounds and as its schema describes?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.coverage import Sight
from tests.app import agents
from tests.app.commands import invoke
from tests.app.live import Live

ASKED = ("doctor", "--coverage", "--agent", "silent", "--format", "json", "--data")


@pytest.fixture(scope="module")
def data(module_data: Path) -> Path:
    return agents.stored_in(module_data)


@pytest.fixture(scope="module")
def read_directly(data: Path) -> Any:
    """What the command says while nothing runs."""
    return invoke(*ASKED, data).json


@pytest.fixture(scope="module")
def live(data: Path, read_directly: Any) -> Iterator[Live]:
    with Live(data, {"auth": {"mode": "required"}}) as running:
        running.http.headers["authorization"] = f"Bearer {running.token}"
        yield running


def test_the_route_says_what_the_command_says(live: Live, data: Path, read_directly: Any) -> None:
    answer = live.http.get("/v1/coverage", params={"agent": "silent"})
    assert answer.status_code == 200
    assert answer.json() == read_directly
    assert answer.json()["agents"][0]["steps"] == 35
    assert invoke(*ASKED, data).json == read_directly  # now through the route


def test_all_agents_are_told_without_parameters(live: Live) -> None:
    answer = live.http.get("/v1/coverage").json()
    names = [agent["agent"] for agent in answer["agents"]]
    assert names == ["thorough", "silent", agents.ODD_AGENT]
    assert (answer["days"], answer["agents_total"]) == (7, 3)


@pytest.mark.parametrize("query", ["days=0", "days=32", "days=soon", f"agent={'a' * 201}"])
def test_what_is_out_of_bounds_is_refused(query: str, live: Live) -> None:
    answer = live.http.get(f"/v1/coverage?{query}")
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")


def test_without_the_read_scope_nothing_is_told(live: Live) -> None:
    made = live.http.post("/v1/keys", json={"scopes": ["ingest"]}).json()
    for key, status in ((made["key"], {401, 403}), ("nobody", {401})):
        answer = live.http.get("/v1/coverage", headers={"authorization": f"Bearer {key}"})
        assert answer.status_code in status
        assert "agents" not in answer.text


def test_the_schema_describes_the_answer(live: Live) -> None:
    schema = live.http.get("/openapi.json").json()
    operation = schema["paths"]["/v1/coverage"]["get"]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Coverage"}
    assert set(schema["components"]["schemas"]["Sight"]["enum"]) == set(Sight)
    bounds = {each["name"]: each["schema"] for each in operation["parameters"]}
    assert (bounds["days"]["minimum"], bounds["days"]["maximum"]) == (1, 31)
