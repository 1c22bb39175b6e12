"""Do the pages work in a real browser: by keyboard, on a phone, and with hostile text?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api import rendering
from domain.findings import Evidence, Role, Severity
from tests.app.live import Live
from tests.app.one_page import OnePage, one_page
from tests.app.some_findings import HOSTILE, finding, keep
from tests.app.test_finding_routes import QUIET
from tests.collector.running import eventually

COUNT = 60


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, QUIET) as running:
        eventually(lambda: running.process.store.has_table("finding_judgements"))
        keep(running.process.store, [finding(n) for n in range(1, COUNT)])
        hostile = {"agents": (HOSTILE,), "facts": {HOSTILE: HOSTILE}, "case_id": HOSTILE}
        keep(running.process.store, [
            finding(100, reason=HOSTILE, severity=Severity.CRITICAL, **hostile)
        ])  # fmt: skip
        yield running


@pytest.fixture(scope="module")
def shared(browser: Browser, live: Live) -> Iterator[OnePage]:
    with one_page(browser, live.process.api_url) as opened:
        yield opened


@pytest.fixture
def page(shared: OnePage) -> Iterator[Page]:
    """A page on which nothing may go wrong in the console."""
    with shared.blank() as page:
        yield page


def test_the_list_filters_and_goes_on_to_older_ones(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Findings").click()
    page.get_by_label("Agent").fill("billing")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".finding")).to_have_count(50)
    page.get_by_role("link", name="Older findings").click()
    expect(page.locator(".finding")).to_have_count(COUNT - 1 - 50)
    page.goto("/findings")
    page.get_by_label("Text").fill("get_invoice 7 times")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".finding")).to_have_count(1)
    page.get_by_label("Signature").fill("DATA-01")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("No finding of the last 30 days is like that")).to_be_visible()


def test_the_list_can_begin_at_some_time(page: Page) -> None:
    page.goto("/findings?agent=billing")
    page.get_by_label("Since").select_option("the last hour")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".finding")).to_have_count(50)
    expect(page.get_by_label("Since").locator("option:checked")).to_contain_text("UTC")


def test_a_finding_is_judged_by_keyboard_alone(page: Page) -> None:
    page.goto("/findings?text=times")
    for key in ("j", "j", "k", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text("billing repeated get_invoice 2 times.")
    expect(page.locator(".mark.violation text").first).to_have_text("get_invoice")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(page.locator(".history li")).to_contain_text("dismiss by local")
    page.get_by_label("Why").fill("a poll")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".state")).to_have_text("resolved")
    expect(page.locator(".history li").first).to_contain_text(": a poll")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def test_a_mark_of_the_evidence_leads_to_its_step(page: Page) -> None:
    page.goto(f"/findings/{3:016x}")
    page.get_by_role("listitem", name=re.compile("^violation")).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr:target")).to_contain_text("v3")
    expect(page.locator("dl")).to_contain_text("20.0 h")


def test_a_finding_says_who_and_where_in_its_trace(page: Page, live: Live) -> None:
    trace_id = f"{300:032x}"
    evidence = (Evidence(trace_id, "c300", Role.CAUSE), Evidence(trace_id, "v300", Role.VIOLATION))
    keep(live.process.store, [finding(300, evidence=evidence, agents=("elsewhere",))])
    page.goto(f"/findings/{300:016x}")
    section = page.get_by_role("region", name="Who and where")
    expect(section).to_contain_text("elsewhere, step")
    expect(page.get_by_role("region", name="Suspects").locator("tbody tr")).to_have_count(3)
    page.goto(f"/findings/{7:016x}")  # what it names is no trace id, so nothing is known of it
    expect(page.get_by_role("heading", name="Steps around it")).to_be_visible()
    expect(section).to_have_count(0)


def test_a_compound_failure_shows_what_each_contributed(page: Page, live: Live) -> None:
    shares = {"contributions": ["billing=60.0000", f"{HOSTILE}=-30.0000"]}
    told = {"shares": ["billing 200 % (60)", f"{HOSTILE} -100 % (-30)"]}
    reason = "No agent is at fault alone. " + "Each did what it was told to do. " * 5
    facts = shares | told
    keep(live.process.store, [finding(301, reason=reason, facts=facts, agents=("elsewhere",))])
    page.goto(f"/findings/{301:016x}")
    expect(page.locator("h1")).to_have_text("No agent is at fault alone.")
    rows = page.get_by_role("region", name="Contributions").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("200 % (60)")
    widths = [rect.get_attribute("width") for rect in rows.locator("rect").all()]
    assert widths == ["100.0", "50.0"]
    expect(rows.nth(1)).to_contain_text(HOSTILE[:50])


def test_hostile_names_are_text_and_nothing_else(page: Page) -> None:
    page.goto("/findings?severity=critical")
    expect(page.locator(".finding .title")).to_have_text(HOSTILE)
    page.locator(".finding .title").click()
    expect(page.locator("h1")).to_have_text(HOSTILE)
    expect(page.locator("dd").first).to_have_text(HOSTILE)
    expect(page).to_have_title("LOOP-01 exact repeat · Wakeline")
    assert page.locator("img").count() == 0


def test_nothing_is_wider_than_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    for path in ("/findings", f"/findings/{4:016x}", f"/findings/{100:016x}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path


def test_what_is_found_meanwhile_is_announced(page: Page, live: Live) -> None:
    page.goto("/findings?agent=meanwhile")
    expect(page.locator(".news")).to_be_hidden()
    page.wait_for_timeout(500)
    keep(live.process.store, [finding(200, agents=("meanwhile",))])
    page.get_by_role("link", name="One finding is new or has changed").click()
    expect(page.locator(".finding")).to_have_count(1)


def test_another_site_can_not_act_nor_put_the_page_into_its_own(live: Live) -> None:
    path = f"/findings/{5:016x}"
    form = {"action": "confirm"}
    for origin in ({}, {"origin": "http://elsewhere.example"}, {"origin": "null"}):
        answer = live.http.post(path, data=form, headers=origin)
        assert (answer.status_code, "Not allowed" in answer.text) == (403, True)
    ours = {"origin": live.process.api_url}
    assert live.http.post(path, data=form, headers=ours).status_code == 303
    assert live.http.post(path, data={"action": "shred"}, headers=ours).status_code == 422
    assert live.http.post(path, content=b"\xff", headers=ours).status_code == 422
    assert "frame-ancestors 'none'" in live.http.get(path).headers["content-security-policy"]
    assert live.http.get("/findings/none").status_code == 404
    assert live.http.get("/static/../rendering.py").status_code == 404


def test_verdicts_need_no_script(browser: Browser, live: Live) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live.process.api_url)
    page = context.new_page()
    page.goto(f"/findings/{6:016x}")
    page.get_by_label("Why").fill("not a loop: a poll")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".history li")).to_contain_text("dismiss by local")
    expect(page.locator(".history li")).to_contain_text(": not a loop: a poll")
    context.close()


def contrast(one: str, other: str) -> float:
    """Of two colours #rrggbb (WCAG 2.2, contrast ratio): 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_text_can_be_read(scheme: int) -> None:
    text = (rendering.STATIC / "wakeline.css").read_text()
    found = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", part)) for part in text.split("@media")]
    colours = found[scheme]
    for ground in ("ground", "card"):
        for name in colours.keys() - {"ground", "card", "line"}:
            assert contrast(colours[name], colours[ground]) >= 4.5, name
