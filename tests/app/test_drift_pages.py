"""Do the pages of drift work in a real browser: by keyboard, on a phone, and with hostile text?"""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from domain.drift_reading import Expected
from tests.api import sample_drift as sample
from tests.api.playing_drift import Watcher, watching

PAGES = (
    "/drift",
    "/drift/stream?agent=billing&metric=tools",
    "/drift/stream?agent=billing&metric=latency_ms&clock=hour",
    "/drift/stream?agent=billing&metric=transitions",
    "/drift/stream?agent=cash-flow&metric=tools",
    "/drift/stream?agent=billing&metric=argument_values",
    "/drift/alarms/alarm-1?recompute=true",
)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Watcher, httpx.Client]]:
    watcher = Watcher()
    with watching(watcher) as client:
        yield watcher, client


@pytest.fixture
def watcher(shared: tuple[Watcher, httpx.Client]) -> Watcher:
    shared[0].__init__()  # type: ignore[misc]
    return shared[0]


@pytest.fixture
def client(shared: tuple[Watcher, httpx.Client], watcher: Watcher) -> httpx.Client:
    return shared[1]


@pytest.fixture
def page(browser: Browser, client: httpx.Client) -> Iterator[Page]:
    """A page on which nothing may go wrong in the console."""
    opened = browser.new_page(base_url=str(client.base_url))
    problems: list[str] = []
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


def test_from_the_map_to_a_stream_to_its_alarm_by_keyboard_alone(page: Page) -> None:
    page.goto("/drift")
    cell = page.get_by_role("link", name="billing, tools, day: drift, drift score 1.00")
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("billing: tools")
    event = page.get_by_role("link", name="2: prompt: billing-system 11 → 12").first
    event.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".events li:target")).to_contain_text("coincides with the change")
    page.get_by_role("link", name="alarm, open, paged", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("refund 12.0 % → 22.0 % (+10 points)")
    expect(page.get_by_text("That one of them caused it is not said")).to_be_visible()


def test_states_are_told_by_sign_and_word_and_none_is_good_by_default(
    page: Page, watcher: Watcher
) -> None:
    page.goto("/drift")
    for state, count in (("drift", 2), ("no_drift", 27), ("not_monitored", 7), ("too_few", 3)):
        signs = page.locator(f'.heat use[href="#sign-{state}"]')
        expect(signs).to_have_count(count)
        expect(page.locator(f".counts .{state}")).to_contain_text(str(count))
    label = "cash-flow, tools, day: not monitored, 12 of 28 windows of its baseline"
    expect(page.get_by_role("link", name=label)).to_have_text("12 of 28")
    watcher.streams_now, watcher.kept = [], {}
    page.goto("/drift")
    expect(page.get_by_text("None, for nothing is watched yet")).to_be_visible()
    expect(page.locator(".heat")).to_have_count(0)


def test_an_alarm_is_judged_with_a_reason_and_reopened(page: Page, watcher: Watcher) -> None:
    page.goto("/drift/alarms/alarm-1")
    page.get_by_label("Why").fill("a load test")
    page.get_by_role("button", name="Dismiss as benign").click()
    expect(page.get_by_text("dismissed as benign")).to_be_visible()
    expect(page.get_by_text("a load test")).to_be_visible()
    page.goto("/drift")
    expect(page.locator(".alarm")).to_have_count(0)
    page.goto("/drift/alarms/alarm-1")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Accept as the new normal")).to_be_visible()


def test_a_holiday_is_added_shown_and_withdrawn(page: Page) -> None:
    page.goto("/drift")
    page.get_by_text("Add one").click()
    page.get_by_label("Kind").select_option("holiday")
    page.get_by_label("From (UTC)").fill("2026-12-24T00:00")
    page.get_by_label("Until (UTC)").fill("2026-12-27T00:00")
    page.get_by_label("Why").fill("nobody buys")
    page.get_by_role("button", name="Add", exact=True).click()
    table = page.get_by_role("region", name="Holidays and expected changes").last
    expect(table).to_contain_text("nobody buys")
    expect(table).to_contain_text("2026-12-24 00:00:00 UTC")
    page.get_by_role("button", name="Withdraw: nobody buys").click()
    expect(page.get_by_text("nobody buys")).to_have_count(0)


def test_an_alarm_is_computed_again_and_says_when_it_is_another(
    page: Page, watcher: Watcher
) -> None:
    page.goto("/drift/alarms/alarm-1")
    page.get_by_role("link", name="Compute it again from its stored inputs").click()
    expect(page.locator(".proof.same")).to_contain_text("the same alarm, bit for bit")
    watcher.is_same = False
    page.reload()
    expect(page.locator(".proof.other")).to_contain_text("another alarm")


def test_transitions_are_a_table_and_numbers_a_histogram(page: Page) -> None:
    page.goto(PAGES[3])
    first = page.get_by_role("region", name="Shares before and after").locator("tbody tr").first
    expect(first).to_contain_text("get_invoice")
    expect(first).to_contain_text("+18 points")
    page.goto(PAGES[2])
    expect(page.locator("svg.mix.wide .outline")).to_be_visible()
    page.goto(PAGES[5])
    drawn = page.locator("figure", has_text="pay turn").locator("svg.mix.wide .outline")
    expect(drawn).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="Both mixes as numbers")).to_contain_text("pay turn")
    page.goto(PAGES[1])
    page.get_by_text("All windows").click()
    expect(page.get_by_role("region", name="Windows").locator("tbody tr")).to_have_count(90)


@pytest.mark.parametrize("path", PAGES, ids=range(len(PAGES)))
def test_nothing_is_wider_than_a_phone(page: Page, watcher: Watcher, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    watcher.calendar.append(
        Expected("default", "", "holiday", sample.at(60), sample.at(61), sample.HOSTILE, "x", "e1")
    )
    page.goto(path)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert page.title().endswith("· Wakeline")


def test_hostile_names_are_text_and_nothing_else(page: Page, watcher: Watcher) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.goto("/drift")
    page.get_by_role("link", name="alert", exact=False).first.click()
    expect(page.locator("h1")).to_contain_text(sample.HOSTILE)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/drift/stream?agent=billing", 422),
        ("/drift/stream?agent=nobody&metric=tools", 404),
        ("/drift/alarms/none", 404),
        ("/drift?tenant=acme", 200),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(
    client: httpx.Client, path: str, code: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == code
    assert answer.headers["content-type"].startswith("text/html")


def test_forms_of_strangers_and_of_readers_are_refused(client: httpx.Client) -> None:
    ours = {"origin": str(client.base_url).rstrip("/")}
    said = {"verdict": "new_normal"}
    for path in ("/drift/alarms/alarm-1", "/drift/expected", "/drift/expected/e1/withdraw"):
        assert client.post(path, data=said).status_code == 403  # a program without Origin
        assert client.post(path, data=said, headers={"origin": "https://evil"}).status_code == 403
        reader = ours | {"x-api-key": "reader"}
        assert client.post(path, data=said, headers=reader).status_code == 403
    wrong: list[tuple[str, dict[str, str]]] = [
        ("/drift/alarms/alarm-1", {"verdict": "benign"}),
        ("/drift/alarms/alarm-1", {"verdict": "maybe"}),
        ("/drift/expected", {"kind": "holiday", "since": "x", "until": "y", "why": "w"}),
        (
            "/drift/expected",
            {"kind": "x", "since": "2026-12-24", "until": "2026-12-25", "why": "w"},
        ),
    ]
    for path, body in wrong:
        assert client.post(path, data=body, headers=ours).status_code == 422
    reader_page = client.get("/drift/alarms/alarm-1", headers={"x-api-key": "reader"}).text
    assert "Accept as the new normal" not in reader_page


def test_a_key_of_another_tenant_sees_nothing_of_it(client: httpx.Client) -> None:
    acme = {"x-api-key": "acme"}
    assert "nothing is watched yet" in client.get("/drift", headers=acme).text
    assert client.get("/drift/alarms/alarm-1", headers=acme).status_code == 404
    assert client.get("/drift?tenant=default", headers=acme).status_code == 422
