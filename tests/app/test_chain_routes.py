"""Is the chain of a real reversal there for programs and people, from real spans to the report?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app import chains
from app.demo.services import Collector
from app.demo.stories import stale_field
from domain.chains import Budget
from tests.app.live import Live

SENTENCE = (
    "billing read account:77.plan_rate at version 7, but version 8 had been written 20.0 h earlier"
    " by human:sales (crm)."
)


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with pytest.MonkeyPatch.context() as patch:
        # A busy machine may need longer; a cut chain is looked at elsewhere.
        patch.setattr(chains, "Budget", partial(Budget, seconds_max=60.0))
        yield from running(module_data)


def running(data: Path) -> Iterator[Live]:
    settings = {"analyzers": {"enabled": False}}
    with Live(data, settings) as live:
        stale_field.send(Collector(live.grpc_port, live.process.http_port), datetime.now(UTC))
    # It stopped, so the whole story is stored: a chain drawn meanwhile may lack what lands later.
    with Live(data, settings) as live:
        yield live


def outcomes(live: Live) -> Mapping[str, str]:
    """Ids of the outcomes that are stored, by type."""
    rows = live.process.store.read_only("SELECT type, outcome_id FROM outcomes FINAL", "TSV")
    return dict(line.split("\t", 1) for line in rows.decode().splitlines())


@pytest.fixture(scope="module")
def chain(live: Live) -> Any:
    """Of the reversal, as the API tells it."""
    answer = live.http.get(f"/v1/chains/{outcomes(live)['reversal']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_stale_read_is_the_likeliest_cause_by_far(chain: Any) -> None:
    first, second = chain["causes"][:2]
    assert first["reason"] == SENTENCE
    assert first["score"] > 5 * second["score"]
    assert first["path"][0] == first["node_id"]
    assert first["path"][-1] == chain["subject"]


def test_what_the_erp_posted_is_still_to_be_taken_back(chain: Any) -> None:
    lines = [(line["entity"], line["system"]) for line in chain["reversal_plan"]]
    assert ("ledger_entry:9", "erp") in lines
    (live_write,) = chain["blast_radius"]["live_writes"]
    assert live_write["entity"] == "ledger_entry:9"


def test_nodes_and_edges_are_tables_that_belong_together(live: Live, chain: Any) -> None:
    nodes = live.http.get(f"/v1/chains/{chain['subject']}/nodes").json()
    edges = live.http.get(f"/v1/chains/{chain['subject']}/edges").json()
    ids = {node["id"] for node in nodes}
    assert ids == {node["node_id"] for node in chain["nodes"]}
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= ids
    assert len(edges) == len(chain["edges"])


def test_the_list_has_it_and_only_for_those_who_may_see_it(live: Live, chain: Any) -> None:
    items = live.http.get("/v1/chains").json()["items"]
    (item,) = [item for item in items if item["subject"] == chain["subject"]]
    assert (item["sentence"], item["outcome_type"]) == (SENTENCE, "reversal")
    assert {"crm", "rate-cache", "billing", "erp"} <= set(item["systems"])
    assert item["watermark"].endswith("Z")
    assert live.http.get("/v1/chains", params={"tenant": "other"}).json() == {"items": []}
    answer = live.http.get(f"/v1/chains/{chain['subject']}", params={"tenant": "other"})
    assert answer.status_code == 404


def test_people_see_it_go_through_all_four_systems(
    live: Live, chain: Any, browser: Browser
) -> None:
    page = browser.new_page(base_url=live.process.api_url)
    page.goto("/chains")
    page.get_by_role("link", name=SENTENCE).first.click()
    expect(page.locator("h1")).to_have_text(SENTENCE)
    systems = page.locator(".crosses li").all_inner_texts()
    assert systems[:3] == ["crm", "rate-cache", "billing"]
    assert systems[-1] == "erp"
    expect(page.locator(".lanes.wide a.root")).to_contain_text("STALE READ")
    expect(page.locator(".lanes.wide a.live")).to_contain_text("ledger_entry:9")
    expect(page.locator(".plan")).to_contain_text("ledger_entry:9.amount in erp")
    page.close()


def test_the_report_lists_what_is_to_be_done(live: Live, chain: Any) -> None:
    text = live.http.get(f"/chains/{chain['subject']}/report.md").text
    assert SENTENCE in text
    assert "- [ ] **" in text
    assert "ledger_entry:9.amount in erp" in text
    assert "Incident report" in live.http.get(f"/chains/{chain['subject']}/report").text


def test_what_is_unknown_is_not_found(live: Live) -> None:
    assert live.http.get("/v1/chains/outcome/none").status_code == 404
    page = live.http.get("/chains/outcome/none")
    assert (page.status_code, "Not found" in page.text) == (404, True)
