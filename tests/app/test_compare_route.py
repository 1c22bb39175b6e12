"""Does the route say whether two groups of runs behave alike, of its caller's tenant alone?"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import compare
from domain.access import Scope
from domain.errors import Unavailable
from tests.analyzers.signatures.spans import send
from tests.app.commands import invoke
from tests.app.compared_runs import EACH, NEW, OLD, cases
from tests.app.live import Live
from tests.app.test_keys_on_the_wire import REFRESH_SECONDS, made
from tests.contracts.segments import TENANT


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    settings = {
        "auth": {"mode": "required", "refresh_seconds": REFRESH_SECONDS},
        "analyzers": {"enabled": False},
    }
    with Live(module_data, settings) as running:
        send(running.process.store, cases())
        yield running


def asked(live: Live, key: str, **parameters: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return live.http.get("/v1/compare", params=parameters, headers=headers)


def test_the_route_answers_for_the_tenant_of_the_key(live: Live) -> None:
    both = {"baseline": OLD, "candidate": NEW}
    acme, default, other = (
        made(live, Scope.READ, tenant=tenant) for tenant in (TENANT, "default", "other")
    )
    found = asked(live, acme, **both).json()
    assert (found["verdict"], found["baseline"]) == ("drift", EACH)
    assert asked(live, default, **both, tenant=TENANT).json() == found
    assert asked(live, default, **both).json()["verdict"] == "too_few"
    assert asked(live, other, **both, tenant=TENANT).json()["baseline"] == 0


def test_what_the_route_can_not_read_is_named(live: Live) -> None:
    key = made(live, Scope.READ, tenant=TENANT)
    refused = asked(live, key, baseline="@file", candidate=NEW)
    assert (refused.status_code, refused.json()["error"]) == (422, "InvalidInput")
    assert "KEY=VALUE" in refused.json()["detail"]
    assert asked(live, key, baseline=OLD).status_code == 422
    assert asked(live, made(live, Scope.INGEST), baseline=OLD, candidate=NEW).status_code == 403


def test_who_asks_while_two_are_compared_is_told_to_come_back(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "AT_ONCE_MAX", 0)
    comparing = compare.StoredComparing(live.process.store)
    with pytest.raises(Unavailable, match="ask again"):
        comparing.compared(TENANT, {"a": "1"}, {"a": "2"})


def test_the_command_asks_a_running_instance_whatever_ids_are_named(
    live: Live, tmp_path: Path
) -> None:
    for name, first in (("old", 1), ("new", EACH + 1)):
        ids = [f"{number:032x}" for number in (*range(first, first + EACH), *range(9_000, 9_450))]
        (tmp_path / name).write_text("\n".join(ids))
    named = ("--baseline", f"@{tmp_path / 'old'}", "--candidate", f"@{tmp_path / 'new'}")
    data = ("--tenant", TENANT, "--data", live.process.settings.data)
    said = invoke("compare", *named, *data).out.splitlines()[0]
    assert said.startswith("drift: ")
    assert "; 450 of the baseline runs named are not stored; 450 of the candidate" in said
