"""Do the pages of chains work in a real browser: by keyboard, on a phone, with hostile text?"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api import rendering
from tests.api.playing_chains import Player, playing
from tests.api.sample_chain import CHAINS, OUTCOME
from tests.app.one_page import OnePage, one_page
from tests.app.test_finding_pages import contrast
from tests.collector.running import eventually

STORY = f"/chains/{OUTCOME}"
PHONE = {"width": 375, "height": 700}
DESK = {"width": 1280, "height": 900}
PAGES = ["/chains", *(f"/chains/{name}" for name in CHAINS), f"{STORY}/report"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with playing(Player()) as client:
        yield str(client.base_url)


@pytest.fixture(scope="module")
def shared(browser: Browser, url: str) -> Iterator[OnePage]:
    with one_page(browser, url) as opened:
        yield opened


@pytest.fixture
def page(shared: OnePage) -> Iterator[Page]:
    """A page on which nothing may go wrong in the console."""
    with shared.blank() as page:
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        yield page


def test_from_the_list_to_the_chain_to_the_finding_behind_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Chains").click()
    first = page.locator(".finding").first
    expect(first).to_contain_text("25.00 EUR at risk")
    expect(first).to_contain_text("1 write still live")
    first.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text(
        "at version 7, but version 8 had been written 20.0 h"
    )
    expect(page.locator(".crosses li")).to_have_text(["crm", "rate-cache", "billing", "erp"])
    expect(page.locator("#n7 .ids a")).to_have_attribute("href", "/findings/00000000000000a1")
    expect(page.locator(".plan li")).to_contain_text("Take back ledger_entry:9.amount in erp")
    expect(page.locator("aside")).to_contain_text("25.00 EUR")


def test_a_chain_can_be_looked_up_by_name(page: Page) -> None:
    page.goto("/chains")
    page.get_by_label("Outcome, finding").fill(f" {OUTCOME} ")
    page.keyboard.press("Enter")
    expect(page.locator(".crumb")).to_contain_text("reversal 25")
    page.goto("/chains/")
    expect(page.locator("h1")).to_have_text("Chains")


def test_root_and_stale_read_are_told_in_words_and_lines_by_their_dashes(page: Page) -> None:
    page.goto(STORY)
    drawing = page.locator(".lanes.wide")
    expect(drawing).to_be_visible()
    expect(page.locator(".lanes.narrow")).to_be_hidden()
    root = drawing.locator("a.root")
    expect(root).to_have_count(1)
    expect(root).to_contain_text("ROOT CAUSE")
    expect(root).to_contain_text("STALE READ")
    dashes = "one => getComputedStyle(one).strokeDasharray"
    assert drawing.locator(".edge.soft .way").first.evaluate(dashes) != "none"
    assert drawing.locator(".edge.hard .way").first.evaluate(dashes) == "none"


def test_choosing_another_cause_shows_its_path(page: Page) -> None:
    page.goto(STORY)
    width = "one => parseFloat(getComputedStyle(one).strokeWidth)"
    third = page.locator(".lanes.wide .edge.c3:not(.c1) .way").first
    assert third.evaluate(width) < 2
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(2)).to_be_checked()
    assert third.evaluate(width) > 2


def test_evidence_is_reached_by_keyboard_alone_and_left_again(page: Page) -> None:
    page.goto(STORY)
    page.locator(".lanes.wide a").nth(5).focus()
    page.keyboard.press("Tab")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("true at that time")
    page.keyboard.press("Enter")
    expect(panel).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".lanes.wide a").nth(6)).to_be_focused()


def test_the_panel_never_covers_what_has_the_focus(page: Page) -> None:
    page.goto(STORY)
    page.locator(".lanes.wide a").nth(12).focus()
    page.keyboard.press("Tab")
    expect(page.locator("#panel")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.locator("#panel")).to_be_hidden()


def test_evidence_is_shown_on_a_click_and_does_not_cover_its_step(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(STORY)
    step = page.locator(".lanes.narrow a").nth(6)
    step.click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("written 2026-03-03 15:00:00 by human:sales")
    expect(page.locator(".lanes.narrow a.chosen")).to_have_count(1)
    edges = "one => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom]"
    band = step.locator(".band")  # it glides to its place
    eventually(lambda: band.evaluate(edges)[1] <= panel.evaluate(edges)[0] + 1)
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_without_script_a_step_leads_to_its_evidence_and_all_is_there(
    browser: Browser, url: str
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=url)
    page = context.new_page()
    page.goto(STORY)
    page.locator(".lanes.wide a").nth(6).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".step:target h3")).to_contain_text("read account:77.plan_rate v7")
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_role("radio").nth(2).check()
    context.close()


def test_a_large_chain_is_folded_into_groups_that_open(page: Page) -> None:
    page.goto("/chains/outcome/large")
    rows = page.locator(".lanes.wide a")
    assert rows.count() <= 60
    group = page.locator(".lanes.wide a.group", has_text="others").first
    group.click()
    expect(page.locator("#panel summary")).to_contain_text(re.compile(r"\+\d+ spans of \d+ others"))
    expect(page.locator("#panel .step").first).to_be_visible()
    expect(page.locator("#panel")).to_contain_text(re.compile(r"and \d+ more"))


def test_a_cut_chain_says_so(page: Page) -> None:
    page.goto("/chains/outcome/cut")
    expect(page.get_by_role("note")).to_contain_text("it goes on after 40 levels")
    page.goto(STORY)
    expect(page.get_by_role("note")).to_have_count(0)


def test_a_chain_of_which_nothing_is_known_says_so(page: Page) -> None:
    page.goto("/chains/outcome/d")
    expect(page.locator("h1")).to_have_text("Nothing that was recorded led to dispute 500.")
    expect(page.locator("main")).to_contain_text("Nothing is left to undo.")


def test_hostile_names_are_text_and_nothing_else(page: Page) -> None:
    for path in ("/chains/outcome/hostile", "/chains/outcome/hostile/report", "/chains"):
        page.goto(path)
        assert page.locator("main img, main script").count() == 0
        assert "owned" not in page.title().partition("script")[0]
        expect(page.locator("body")).to_contain_text('<script>document.title="owned"</script>')
    page.goto("/chains/outcome/hostile")
    page.locator(".lanes.wide a").first.click()
    assert page.locator("#panel img").count() == 0
    assert "\u202e" not in page.content()


def test_nothing_is_wider_than_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path


def test_no_text_of_a_drawing_is_cut_off_at_its_side(page: Page) -> None:
    beyond = """svg => [...svg.querySelectorAll("text")].filter(text =>
        text.getBoundingClientRect().right > svg.getBoundingClientRect().right + 1).length"""
    for size, name in ((DESK, "wide"), (PHONE, "narrow")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for chain in CHAINS:
            page.goto(f"/chains/{chain}")
            assert page.locator(f".lanes.{name}").evaluate(beyond) == 0, chain


def test_the_report_is_made_for_paper(page: Page) -> None:
    page.goto(f"{STORY}/report")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    expect(page.locator("table.evidence tbody tr")).to_have_count(14)
    expect(page.locator(".checklist li")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator(".lanes.wide")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_report_can_be_taken_away_as_markdown(page: Page) -> None:
    page.goto(STORY)
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "incident-report.md"
    text = download.value.path().read_text()
    assert text.startswith("# Incident report: reversal 25\n")
    assert "- [ ] **Take back** ledger_entry:9.amount" in text


def test_every_text_can_be_read_on_paper() -> None:
    paper = (rendering.STATIC / "chains.css").read_text().partition("@media print")[2]
    inks = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", paper))
    assert {inks.pop("card"), inks.pop("ground"), inks.pop("ink")} == {"#fff", "#000"}
    assert inks.pop("line")
    for name, ink in inks.items():
        full = ink if len(ink) == 7 else "#" + "".join(2 * one for one in ink[1:])
        assert contrast(full, "#ffffff") >= 4.5, name


@pytest.mark.parametrize("name", ["chains.css", "wakeline.css"])
def test_colours_are_named_once(name: str) -> None:
    rules = (rendering.STATIC / name).read_text()
    used = set(re.findall(r"var\(--(\w+)\)", rules))
    known = set(re.findall(r"--(\w+):", (rendering.STATIC / "wakeline.css").read_text()))
    assert used <= known
