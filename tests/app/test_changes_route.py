"""Are changes that are told to an instance on disk, found again, and listed by the command?"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.commands import invoke
from tests.app.live import Live
from tests.app.test_finding_routes import QUIET
from tests.collector.running import eventually

AT = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="seconds")
DEPLOY = {
    "kind": "deploy", "what": "billing", "version": "1.5", "version_prev": "1.4", "at": AT,
    "agents": "billing", "change_id": "release-1.5", "note": "rounding", "agent": "human:anna",
}  # fmt: skip


@pytest.fixture(scope="module")
def instance(module_data: Path) -> Iterator[Live]:
    with Live(module_data, QUIET) as running:
        yield running


def listed(instance: Live, **asked: str) -> list[dict[str, Any]]:
    answer = instance.http.get("/v1/changes", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_good_ones_are_stored_once_and_bad_ones_are_named(instance: Live) -> None:
    for _ in range(2):
        answer = instance.http.post("/v1/changes", json=[DEPLOY, {"kind": "weather", "what": "x"}])
        assert answer.status_code == 200, answer.text
    assert (answer.json()["accepted"], answer.json()["ids"]) == (1, ["release-1.5"])
    assert answer.json()["rejected"][0]["field"] == "kind"
    assert instance.http.post("/v1/changes", json={"what": "x"}).status_code == 422
    eventually(lambda: len(listed(instance)) == 1)
    (found,) = listed(instance, agent="billing", kind="deploy")
    assert datetime.fromisoformat(found.pop("at")) == datetime.fromisoformat(AT)
    assert found == {
        "tenant": "default", "change_id": "release-1.5", "kind": "deploy", "what": "billing",
        "version": "1.5", "version_prev": "1.4", "agents": ["billing"], "note": "rounding",
        "by": "human:anna", "told": True,
    }  # fmt: skip
    assert listed(instance, agent="desk") == []


def test_the_command_lists_them_while_the_instance_runs(instance: Live) -> None:
    instance.http.post("/v1/changes", json=DEPLOY)
    eventually(lambda: len(listed(instance)) == 1)
    data = instance.process.settings.data
    told = invoke("drift", "changes", "--data", data)
    assert told.code == 0, told.err
    assert "release" not in told.out
    assert "deploy\tbilling\t1.4\t1.5\tbilling\thuman:anna" in told.out
    as_json = invoke("drift", "changes", "--data", data, "--agent", "billing", "--format", "json")
    assert [json.loads(line)["change_id"] for line in as_json.out.splitlines()] == ["release-1.5"]
