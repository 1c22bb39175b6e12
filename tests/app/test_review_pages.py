"""Is a week reviewed in a real browser by keyboard alone, and signed off by somebody by name?"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from domain.access import Scope
from storage.governance_reviews import Reviews
from tests.app.commands import invoke
from tests.app.governed import QUIET, Governed
from tests.app.reviewed import WEEK, Run, runs, store_runs
from tests.app.some_findings import HOSTILE
from tests.app.test_governance_pages import Person
from tests.collector.running import eventually

# By this key few are drawn, and at least one of them is looked at twice.
SIGNING_KEY = "10" * 32
SETTINGS = {**QUIET, "review": {"enabled": False, "cases": 9, "minimum": 1}}
CASE = re.compile(rf"/review/{WEEK}/cases/\w+$")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    folder: Path = tmp_path_factory.mktemp("reviews")
    (folder / "key").write_text(SIGNING_KEY)
    settings = {**SETTINGS, "governance": {"signing_key": folder / "key"}}
    with Governed(folder / "data", settings) as running:
        looks = [Scope.READ, Scope.REVIEW]
        running.keys |= {name: running.key("acme", name, looks) for name in ("rita", "sam")}
        eventually(lambda: running.process.ring.in_force == 7)
        hostile = Run(40, action=HOSTILE, amount=9_000.0)
        store_runs(running.process.store, *runs(30), hostile)
        assert running.post("ann", f"/v1/reviews/{WEEK}/draw").json()["frame"] == 31
        yield running


@pytest.fixture
def rita(browser: Browser, live: Governed) -> Iterator[Person]:
    person = Person(browser, live, "rita")
    yield person
    person.leaves()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_week_is_reviewed_by_keyboard_alone_and_signed_off(
    live: Governed, browser: Browser, rita: Person
) -> None:
    page = rita.page
    page.goto(f"/review/{WEEK}")
    expect(page.get_by_role("button", name="Look at the next case")).to_be_focused()
    press(page, "f")
    places = set()
    left = int(live.get("rita", f"/v1/reviews/{WEEK}").json()["left"])
    for number in range(left):
        expect(page).to_have_url(CASE)
        places.add(page.url)
        here = page.url
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_be_focused()
        if number == 0:
            page.get_by_label("single keys do something").press("Space")
            page.keyboard.press("2")
            expect(page.get_by_label("Yes, harm")).not_to_be_checked()
            page.get_by_label("single keys do something").press("Space")
            page.reload()
            press(page, "d", "d")
            expect(page.get_by_role("heading", name="What policies said")).to_be_focused()
            press(page, "s")
            expect(page.get_by_role("heading", name="Limits it acted under")).to_be_focused()
            press(page, "2", "f")  # harm needs a reason: nothing is kept
            expect(page.get_by_role("status")).to_contain_text("missing")
            press(page, "w", "c")
            page.keyboard.type("twice 1 as much")  # what is typed is no key
            press(page, "Escape")
            expect(page.get_by_label("Yes, harm")).to_be_checked()
            press(page, "f")
        elif number == 1:
            press(page, "3", "w", "Enter")
        else:
            press(page, "1", "f")
        expect(page).not_to_have_url(here)
    expect(page.get_by_role("status")).to_contain_text("Nothing is left for you")
    assert len(places) == left
    reviews = Reviews(live.process.store)
    harmful = [one.harmful for one in reviews.labels("acme", WEEK)]
    assert (harmful.count(True), harmful.count(None)) == (1, 1)
    page.goto(f"/review/{WEEK}/report")
    expect(page.get_by_text("Not signed off yet")).to_be_visible()
    assert "twice 1 as much" not in page.content()
    assert page.get_by_role("form", name="Sign off").count() == 0
    ann = Person(browser, live, "ann")
    ann.page.goto(f"/review/{WEEK}/report")
    expect(ann.page.get_by_text("twice 1 as much")).to_be_visible()
    ann.page.get_by_label("Name").fill("Ann Adams")
    ann.page.get_by_label("Statement").fill("read")
    ann.page.get_by_role("button", name="Sign off").press("Enter")
    expect(ann.page.get_by_role("status")).to_contain_text("Signed off by Ann Adams")
    assert HOSTILE[:10] in ann.page.locator("article").inner_text()
    assert ann.page.evaluate("() => document.scripts.length") == 1
    ann.page.get_by_role("link", name="record").click()
    expect(ann.page.get_by_text("review.signed")).to_be_visible()
    ann.leaves()
    page.reload()
    expect(page.get_by_text("twice 1 as much")).to_be_visible()


def test_forms_of_other_sites_and_people_without_the_scope_are_refused(live: Governed) -> None:
    url, foreign = live.process.api_url, {"origin": "http://elsewhere.example"}
    own, said = {"origin": url}, {"verdict": "fine", "week": "2026-W02"}
    for path, who in (
        ("/review/draw", "sam"), (f"/review/{WEEK}/sign", "sam"),
        (f"/review/{WEEK}/cases/c/settle", "sam"), (f"/review/{WEEK}/cases/c/gold", "sam"),
        (f"/review/{WEEK}/next", "reader"), (f"/review/{WEEK}/add", "reader"),
        (f"/review/{WEEK}/cases/c/verdict", "reader"),
        (f"/review/{WEEK}/cases/c/release", "reader"),
    ):  # fmt: skip
        for name, headers in ((who, own), ("root", foreign)):
            cookies = {"wakeline_key": live.keys[name]}
            refused = httpx.post(url + path, data=said, headers=headers, cookies=cookies)
            assert refused.status_code == 403, path
    cookies = {"wakeline_key": live.keys["ann"]}
    wrong = httpx.post(f"{url}/review/draw", data={"week": "now"}, headers=own, cookies=cookies)
    assert wrong.status_code == 422
    for path in ("202699", "197001", "soon"):
        assert live.get("ann", f"/v1/reviews/{path}").status_code in (404, 422)


def test_the_commands_speak_to_the_running_instance(live: Governed) -> None:
    folder = live.process.settings.data
    key = ("--key", live.keys["ann"], "--data", folder)
    (week,) = invoke("review", "list", "--format", "json", *key).json
    assert (week["week"], week["frame"]) == (WEEK, 31)
    assert invoke("review", "check", "2026-W02", *key).code == 0
    shown = invoke("review", "show", "2026-W02", *key)
    assert (shown.code, shown.out.splitlines()[0].split("\t")[:2]) == (0, ["agent", "action"])
    assert "# Review of week 2026-W02" in invoke("review", "report", "2026-W02", *key).out
    assert "2026-W04" in invoke("review", "show", "soon", *key).refused()
    nobody = ("--key", live.keys["reader"], "--data", folder)
    assert "review" in invoke("review", "queue", "2026-W02", *nobody).refused()
