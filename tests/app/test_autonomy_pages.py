"""Is the autonomy board told by API, page and command, and may only who governs tune?"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.app.commands import invoke
from tests.app.governed import Governed
from tests.app.signed_weeks import ACTION, AGENT, Week, usual, write
from tests.app.some_findings import HOSTILE

WEEKS = [Week(202602 + number, usual(number)) for number in range(2)]
SETTINGS = {
    "auth": {"mode": "required", "refresh_seconds": 0.05}, "analyzers": {"enabled": False},
    "tuning": {"alpha": 0.05},
}  # fmt: skip


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    with Governed(tmp_path_factory.mktemp("autonomy") / "data", SETTINGS) as running:
        write(running.process.store, WEEKS)
        running.in_force(HOSTILE, action=HOSTILE)
        yield running


def test_the_board_and_a_proposal_are_read_and_approved_in_a_browser(
    live: Governed, browser: Browser
) -> None:
    assert live.post("reader", "/v1/tune").status_code == 403
    rows = live.get("reader", f"/v1/autonomy?agent={AGENT}").json()
    assert [(one["action"], one["stage"], one["share"]) for one in rows] == [
        (ACTION, "shadow", 0.0)
    ]
    page = browser.new_context(base_url=live.process.api_url).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda box: problems.append(box.message))
    page.goto("/login?back=/autonomy")
    page.get_by_label("API key").fill(live.keys["bob"])
    page.get_by_role("button", name="Log in").click()
    clerk = page.get_by_role("region", name=AGENT)
    expect(clerk.locator("[aria-current=step]")).to_have_text("shadow")
    expect(clerk.get_by_text("0 harm of 103 labels at 0.8 or more, 2 weeks")).to_be_visible()
    expect(clerk.get_by_text("a person takes part in every case")).to_be_visible()
    page.get_by_role("button", name="Tune now").press("Enter")
    waiting = page.locator(".finding").filter(has_text="automatic/tuner")
    expect(waiting.get_by_text("0 of 152 labels at 0.70 or more are harm").first).to_be_visible()
    expect(waiting.get_by_role("cell", name="0 of 76 judged")).to_be_visible()
    waiting.get_by_label("Why").fill("two clean weeks")
    waiting.get_by_role("button", name="Approve").press("Enter")
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    page.goto("/autonomy")
    expect(page.get_by_role("region", name=AGENT).get_by_text("confidence 0.7")).to_be_visible()
    page.context.close()
    assert problems == []
    assert live.post("ann", "/v1/tune").json() == []
    data, key = live.process.settings.data, live.keys["ann"]
    told = invoke("autonomy", "--agent", AGENT, "--data", data, "--key", key)
    assert "0 of 152" in told.out
    assert "nothing is to be changed" in invoke("tune", "--data", data, "--key", key).err
