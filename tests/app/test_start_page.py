"""Does the start page say how the fleet does, to those who may know?"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from api import rendering
from api.routes.home import SPANS
from domain.access import Principal
from storage.store import Store
from tests.app.fleet_rows import BUSY, rows
from tests.app.live import Live


@pytest.fixture(scope="module")
def live(module_store: Store, module_data: Path) -> Iterator[Live]:
    """An instance with both agents in its store."""
    rows(module_store)
    off = {"analyzers": {"enabled": False}}
    with Live(module_data, off | {"auth": {"mode": "required"}}, collect=False) as running:
        yield running


@pytest.mark.parametrize("width", [1280, 390])
def test_the_start_page_shows_the_signals_and_leads_on(
    live: Live, browser: Browser, width: int
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 800},
        extra_http_headers={"authorization": f"Bearer {live.token}"},
    )
    page.goto(f"{live.process.api_url}/?minutes=1440")
    expect(page.locator(".signals")).to_contain_text("Left to others")
    expect(page.locator(".signals .critical")).to_contain_text("50 % high")
    expect(page.locator(".agents tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("link", name=BUSY).click()
    expect(page.locator(".finding, .empty").first).to_be_visible()
    page.close()


def test_without_a_key_the_start_page_tells_nothing_of_agents(live: Live) -> None:
    answer = live.http.get("/")
    assert (answer.status_code, BUSY in answer.text) == (200, False)
    known = live.http.get("/?minutes=1440", headers={"authorization": f"Bearer {live.token}"})
    assert BUSY in known.text
    assert httpx.get(f"{live.process.api_url}/?minutes=0").status_code == 422


@pytest.mark.parametrize(("minutes", "led"), [(60, True), (SPANS["week"], False)])
def test_where_nothing_was_done_lately_it_leads_to_the_last_week(minutes: int, led: bool) -> None:
    nothing = {"signals": [], "agents": [], "hidden": 0, "caller": Principal("", frozenset())}
    shown = rendering.page("home", {**nothing, "spans": SPANS, "chosen": minutes}).body
    assert b"No agent did anything in this time" in shown
    assert (b'<a href="/?minutes=10080">the last week</a>' in shown) == led
