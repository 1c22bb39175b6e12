"""Does axe find anything on a page that would keep somebody from using it?"""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from domain.access import Scope
from tests.api.playing_chains import Player, playing
from tests.api.playing_drift import Watcher, watching
from tests.api.sample_chain import OUTCOME
from tests.app.governed import QUIET, Governed
from tests.app.open_id_provider import CLIENT, SECRET, Provider
from tests.app.reviewed import WEEK, runs, store_runs
from tests.app.some_findings import finding, keep

NODE = Path(__file__).parent / "axe"
SECONDS_MAX = 120.0
CHAINS = ("/chains", f"/chains/{OUTCOME}", f"/chains/{OUTCOME}/report")
DRIFT = ("/drift", "/drift/stream?agent=billing&metric=tools", "/drift/alarms/alarm-1")
GOVERNED = (
    "/", "/login", "/findings", f"/findings/{1:016x}", "/thresholds",
    "/thresholds/agent?name=clerk", "/autonomy", "/kills", "/kills/{switch}",
    "/audit", "/review", f"/review/{WEEK}",
    f"/review/{WEEK}/report", f"/review/{WEEK}/cases/{{case}}", "/findings/nothing",
)  # fmt: skip
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core, installed from the lock file, once for all runs."""
    assert shutil.which("npm"), "npm is missing: `make system` installs it"
    lock = NODE / "package-lock.json"
    installed = NODE / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=SECONDS_MAX)
    return (NODE / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def looked_at(page: Page, axe: str, base: str, paths: Sequence[str]) -> list[str]:
    """What axe calls serious or critical, by page."""
    found = []
    for path in paths:
        page.goto(f"{base}{path}")
        found += violations(page, axe, path)
    return found


def violations(page: Page, axe: str, name: str) -> list[str]:
    """The same of the page that is open."""
    page.evaluate(axe)
    said: Any = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{name}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in said["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_the_way_in(browser: Browser, axe: str, tmp_path: Path) -> None:
    """By key or provider, wrong or welcome; at two widths, by day and by night."""
    found, sideways = [], []
    secret = tmp_path / "client"
    secret.write_text(SECRET)
    with Provider() as provider:
        login = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret_file": secret,
                 "roles": {"risk": "governor"}}  # fmt: skip
        with Governed(tmp_path / "data", {**QUIET, "login": login}) as live:
            for viewport, scheme in product((PHONE, DESK), ("light", "dark")):
                context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                for person in ("", "mallory", "ann"):
                    found += way_in(page, axe, live.process.api_url, person)
                    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                    sideways += [f"{person} at {viewport['width']}"] * wide
                context.close()
    assert (found, sideways) == ([], [])


def way_in(page: Page, axe: str, base: str, person: str) -> list[str]:
    """The page on the way: the form for nobody, else what a person of the provider is told."""
    page.goto(f"{base}/login")
    expect(page.get_by_role("link", name="Log in with 127.0.0.1")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    if person:
        page.get_by_role("link", name="Log in with").click()
        page.route("**/login/callback*", stays)
        page.get_by_role("link", name=person).click()
        told = "has not verified your email" if person == "mallory" else "Logged in"
        expect(page.get_by_text(told).first).to_be_visible()
    return violations(page, axe, person or "/login")


def stays(route: Route) -> None:
    """The page after login, without its going on by itself."""
    answer = route.fetch()
    text = answer.text().replace('http-equiv="refresh"', "")
    route.fulfill(response=answer, body=text)


def test_pages_of_chains(page: Page, axe: str) -> None:
    with playing(Player()) as client:
        found = looked_at(page, axe, str(client.base_url).rstrip("/"), CHAINS)
    assert found == []


def test_pages_of_drift(page: Page, axe: str) -> None:
    with watching(Watcher()) as client:
        found = looked_at(page, axe, str(client.base_url).rstrip("/"), DRIFT)
    assert found == []


def test_pages_of_the_fleet_findings_review_and_governance(
    page: Page, axe: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Governed(tmp_path_factory.mktemp("accessible") / "data", QUIET) as live:
        store_runs(live.process.store, *runs(30))
        keep(live.process.store, [finding(1, tenant="acme")])
        eve = live.key("acme", "eve", [Scope.READ, Scope.GOVERN, Scope.REVIEW])
        live.keys["eve"] = eve
        live.in_force("clerk")
        live.propose("clerk", confidence=0.7)
        stop = live.post("ann", "/v1/kills", scope="agent", agent="clerk", reason="leak").json()
        drawn = live.post("eve", f"/v1/reviews/{WEEK}/draw")
        assert drawn.status_code == 200, drawn.text
        case = live.post("eve", f"/v1/reviews/{WEEK}/claims").json()["case_id"]
        page.goto(f"{live.process.api_url}/login")
        page.get_by_label("API key").fill(eve)
        page.get_by_role("button", name="Log in").click()
        paths = [path.format(switch=stop["switch_id"], case=case) for path in GOVERNED]
        assert looked_at(page, axe, live.process.api_url, paths) == []
