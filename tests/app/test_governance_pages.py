"""Are agents governed in a real browser: by two people, by keyboard, seeing what is at stake?"""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.governed import Governed
from tests.app.some_findings import HOSTILE


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    with Governed(tmp_path_factory.mktemp("pages") / "data") as running:
        yield running


class Person:
    """Somebody with a browser of their own, who is logged in; nothing may go wrong in it."""

    def __init__(self, browser: Browser, live: Governed, who: str) -> None:
        self._context = browser.new_context(base_url=live.process.api_url)
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto("/login?back=/thresholds")
        self.page.get_by_label("API key").fill(live.keys[who])
        self.page.get_by_role("button", name="Log in").click()

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.problems.append(text)

    def leaves(self) -> None:
        self._context.close()
        assert self.problems == []


@pytest.fixture
def ann(browser: Browser, live: Governed) -> Iterator[Person]:
    person = Person(browser, live, "ann")
    yield person
    person.leaves()


@pytest.fixture
def bob(browser: Browser, live: Governed) -> Iterator[Person]:
    person = Person(browser, live, "bob")
    yield person
    person.leaves()


def test_one_proposes_the_other_approves_and_both_see_it(
    live: Governed, ann: Person, bob: Person
) -> None:
    ann.page.get_by_role("textbox", name="Agent").fill("clerk")
    ann.page.get_by_role("button", name="Show its limits").click()
    limits = ann.page.get_by_role("form", name="Other limits")
    limits.get_by_label("Action").fill("refund")
    limits.get_by_role("textbox", name="Confidence").fill("0.8")
    limits.get_by_label("Dollars at most").fill("500")
    limits.locator("select[name=stage]").select_option("full")
    limits.locator("select[name=oversight]").select_option("on_the_loop")
    limits.get_by_label("Why").fill("evidence of four weeks")
    limits.get_by_role("button", name="Propose").press("Enter")
    expect(ann.page.get_by_text("a second person has to approve it")).to_be_visible()
    expect(ann.page.get_by_role("button", name="Approve")).to_have_count(0)
    bob.page.goto("/thresholds")
    waiting = bob.page.locator(".finding").filter(has_text="evidence of four weeks")
    waiting.get_by_label("Why").fill("agreed")
    waiting.get_by_role("button", name="Approve").press("Enter")
    expect(bob.page.get_by_role("heading", name="Version 1")).to_be_visible()
    assert live.get("agent", "/v1/thresholds/clerk").json()["version"] == 1
    tighter = bob.page.get_by_role("form", name="Other limits")
    tighter.get_by_label("Action").fill("refund")
    tighter.get_by_label("everything escalates").check()
    tighter.get_by_label("Why").fill("complaints")
    tighter.get_by_role("button", name="Tighten at once").click()
    expect(bob.page.get_by_role("heading", name="Version 2")).to_be_visible()
    freeze = bob.page.get_by_role("form", name="Freeze")
    freeze.get_by_label("Why").fill("audit")
    freeze.get_by_role("button", name="Freeze").click()
    expect(bob.page.get_by_text("nothing can be loosened").first).to_be_visible()
    back = bob.page.get_by_role("form", name="Roll back")
    back.get_by_label("Why").fill("as before")
    back.get_by_role("button", name="Roll back").click()
    expect(bob.page.get_by_role("heading", name="Version 3")).to_be_visible()
    bob.page.get_by_role("link", name="All that was changed here").click()
    expect(bob.page.get_by_text("thresholds.frozen")).to_be_visible()
    expect(bob.page.get_by_role("status")).to_contain_text("holds")


def test_what_a_switch_would_stop_is_seen_before_it_is_ordered(live: Governed, ann: Person) -> None:
    live.get("agent", "/v1/thresholds/stopper", **{"x-wakeline-client": "one"})
    ann.page.goto("/kills")
    ann.page.locator("select[name=scope]").select_option("agent")
    ann.page.get_by_role("textbox", name="Agent").fill("stopper")
    ann.page.get_by_label("Reason").fill("wrong refunds")
    ann.page.get_by_role("button", name="Show what it would stop").press("Enter")
    expect(ann.page.get_by_text("Clients that would hear of it: 1")).to_be_visible()
    assert live.get("agent", "/v1/thresholds/stopper").json()["stops"] == []
    ann.page.get_by_role("button", name="Stop now").press("Enter")
    expect(ann.page.get_by_text("not yet").first).to_be_visible()
    assert live.get("agent", "/v1/thresholds/stopper").json()["stops"] != []
    ann.page.get_by_label("Why").fill("mended")
    ann.page.get_by_role("button", name="Release").click()
    expect(ann.page.get_by_text("recovering")).to_be_visible()
    ann.page.goto("/kills")
    expect(ann.page.locator(".finding").filter(has_text="wrong refunds")).to_have_count(1)


def test_hostile_names_are_shown_and_not_obeyed(live: Governed, ann: Person) -> None:
    live.propose(HOSTILE, action=HOSTILE)
    live.post("ann", "/v1/kills", scope="agent", agent=HOSTILE, reason=HOSTILE)
    for path in ("/thresholds", "/kills", "/audit"):
        ann.page.goto(path)
        expect(ann.page.locator("main")).to_contain_text(HOSTILE[:10])
    assert ann.page.evaluate("() => document.scripts.length") == 1


def test_who_may_not_govern_gets_no_forms_and_no_way_round(
    live: Governed, browser: Browser
) -> None:
    reader = Person(browser, live, "reader")
    reader.page.goto("/thresholds/agent?name=clerk")
    expect(reader.page.locator("main form")).to_have_count(0)
    reader.leaves()
    origin = {"origin": live.process.api_url}
    with httpx.Client(base_url=live.process.api_url, cookies={"wakeline_key": live.keys["ann"]},
                      headers=origin) as ann:  # fmt: skip
        order = {"scope": "agent", "agent": "x", "reason": "y"}
        foreign = {"origin": "http://elsewhere.example"}
        for path in ("/kills/order", "/kills/confirm", "/kills/k-1/release", "/thresholds/settle",
                     "/thresholds/propose", "/thresholds/change"):  # fmt: skip
            assert ann.post(path, data=order, headers=foreign).status_code == 403
            cookies = {"wakeline_key": live.keys["reader"]}
            refused = httpx.post(
                live.process.api_url + path, data=order, headers=origin, cookies=cookies
            )
            assert refused.status_code == 403
        assert ann.post("/kills/confirm", data=order | {"minutes": "soon"}).status_code == 422
        assert ann.post("/thresholds/change", data={"agent": "x"}).status_code == 422
        assert ann.post("/thresholds/settle", data={"verdict": "maybe"}).status_code == 422
        limits = {"agent": "x", "action": "a", "amount": "much", "why": "y"}
        assert ann.post("/thresholds/propose", data=limits).status_code == 422
