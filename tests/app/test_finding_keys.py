"""Do keys decide who sees and judges which findings, for programs and on the pages?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from domain.access import Scope
from tests.app.live import Live
from tests.app.some_findings import finding, keep
from tests.app.test_finding_routes import QUIET
from tests.app.test_keys_on_the_wire import made
from tests.collector.running import eventually

REQUIRED = QUIET | {"auth": {"mode": "required", "refresh_seconds": 0.05}}


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, REQUIRED) as running:
        eventually(lambda: running.process.store.has_table("finding_judgements"))
        keep(running.process.store, [finding(1), finding(2, tenant="acme")])
        yield running


def seen(live: Live, key: str, **asked: str) -> list[int]:
    answer = live.http.get("/v1/findings", params=asked, headers={"x-api-key": key})
    return [int(item["finding_id"], 16) for item in answer.json()["items"]]


def test_a_key_of_a_tenant_sees_and_judges_its_findings_alone(live: Live) -> None:
    acme = made(live, Scope.READ, Scope.GOVERN, tenant="acme")
    every = made(live, Scope.READ)
    assert seen(live, acme) == [2]
    assert seen(live, every) == [1, 2]
    assert seen(live, every, tenant="acme") == [2]
    headers = {"x-api-key": acme}
    other = live.http.get("/v1/findings", params={"tenant": "default"}, headers=headers)
    assert (other.status_code, "tenant" in other.json()["detail"]) == (422, True)
    path = f"/v1/findings/{1:016x}"
    assert live.http.get(path, headers=headers).status_code == 404
    act = live.http.post(f"{path}/actions", json={"action": "confirm"}, headers=headers)
    assert act.status_code == 404
    assert live.http.get("/v1/findings").status_code == 401


def test_who_has_a_key_logs_in_and_out_and_sees_what_it_may(browser: Browser, live: Live) -> None:
    key = made(live, Scope.READ, tenant="acme")
    page = browser.new_page(base_url=live.process.api_url)
    page.goto("/findings?text=times")
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".finding")).to_have_count(1)
    page.locator(".finding .title").click()
    expect(page.locator("h1")).to_have_text("billing repeated get_invoice 2 times.")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.get_by_role("button", name="Log out").click()
    page.goto("/findings")
    expect(page.get_by_label("API key")).to_be_visible()
    page.close()


def test_login_leads_back_to_this_site_alone(live: Live) -> None:
    for away in ("//elsewhere.example", "https://elsewhere.example", "/\\\\elsewhere.example"):
        page = live.http.get("/login", params={"back": away})
        assert 'value="/findings"' in page.text
    assert 'value="/findings?a=1"' in live.http.get("/login?back=/findings%3Fa=1").text
