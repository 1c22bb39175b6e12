"""Do programs learn who and where, of traces of their tenant alone?"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from domain.access import Scope
from tests.app.live import Live
from tests.app.test_attribution import stored
from tests.app.test_keys_on_the_wire import REFRESH_SECONDS, made


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    settings = {
        "auth": {"mode": "required", "refresh_seconds": REFRESH_SECONDS},
        "analyzers": {"enabled": False},
    }
    with Live(module_data, settings) as running:
        yield running


def asked(live: Live, trace_id: str, *scopes: Scope, tenant: str) -> httpx.Response:
    key = made(live, *scopes, tenant=tenant)
    headers = {"authorization": f"Bearer {key}"}
    return live.http.get(f"/v1/traces/{trace_id}/attribution", headers=headers)


def test_the_route_answers_for_the_tenant_of_the_key(live: Live) -> None:
    trace_id = stored(live.process.store, "acme")
    for tenant in ("acme", "default"):
        found = asked(live, trace_id, Scope.READ, tenant=tenant).json()
        assert (found["basis"], found["tenant"]) == ("structure", "acme")
        assert found["suspects"][0]["agent"] == "guesser"
        assert set(found["suspects"][0]) >= {"span_id", "step", "score", "reason", "finding_ids"}
    assert asked(live, trace_id, Scope.READ, tenant="other").status_code == 404
    assert asked(live, trace_id, Scope.INGEST, tenant="acme").status_code == 403
    assert live.http.get(f"/v1/traces/{trace_id}/attribution").status_code == 401
    refused = asked(live, "zz", Scope.READ, tenant="acme")
    assert (refused.status_code, refused.json()["error"]) == (422, "InvalidInput")
