"""Are chains told whole to programs, bounded, and only to those who may read them?"""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from domain import chain_json
from domain.errors import Unavailable
from tests.api.playing_chains import Player, playing
from tests.api.sample_chain import CHAINS, OUTCOME, READ, story_1

PATHS = ["", f"/{OUTCOME}", f"/{OUTCOME}/nodes", f"/{OUTCOME}/edges"]


@pytest.fixture(scope="module")
def player() -> Player:
    return Player()


@pytest.fixture(scope="module")
def client(player: Player) -> Iterator[httpx.Client]:
    with playing(player) as client:
        yield client


def test_a_chain_is_told_so_that_it_can_be_read_back(client: httpx.Client) -> None:
    answer = client.get(f"/v1/chains/{OUTCOME}")
    assert answer.status_code == 200, answer.text
    assert chain_json.read(answer.json()) == story_1()


def test_the_list_has_what_a_reader_chooses_by(client: httpx.Client) -> None:
    items = client.get("/v1/chains", params={"limit": 2}).json()["items"]
    assert [item["subject"] for item in items] == list(CHAINS)[:2]
    assert items[0]["sentence"].startswith("billing read account:77.plan_rate")
    assert (items[0]["score"], items[0]["money_at_risk"]) == (0.885, {"EUR": 25.0})


def test_nodes_and_edges_have_the_columns_of_grafanas_node_graph(client: httpx.Client) -> None:
    nodes = client.get(f"/v1/chains/{OUTCOME}/nodes").json()
    edges = client.get(f"/v1/chains/{OUTCOME}/edges").json()
    assert {"id", "title", "subtitle", "mainstat", "secondarystat", "color", "arc__cause"} <= set(
        nodes[0]
    )
    assert {"id", "source", "target", "mainstat", "thickness", "strokeDasharray"} <= set(edges[0])
    ids = {node["id"] for node in nodes}
    assert all({edge["source"], edge["target"]} <= ids for edge in edges)
    assert next(node for node in nodes if node["id"] == READ)["color"] == "red"


def test_a_name_may_hold_anything(client: httpx.Client, player: Player) -> None:
    odd = "outcome/a b%2Fc/ü?#&'\"<x>"
    player.chains[odd] = replace(story_1(), subject=odd)
    answer = client.get("/v1/chains/outcome/a%20b%252Fc/%C3%BC%3F%23&'%22%3Cx%3E")
    assert answer.json()["subject"] == odd
    page = client.get("/chains/outcome/a%20b%252Fc/%C3%BC%3F%23&'%22%3Cx%3E").text
    link = 'href="/chains/outcome/a%20b%252Fc/%C3%BC%3F%23%26%27%22%3Cx%3E/report"'
    assert link in page
    del player.chains[odd]


def test_a_key_sees_its_tenant_and_the_default_one_any(
    client: httpx.Client, player: Player
) -> None:
    client.get(f"/v1/chains/{OUTCOME}", headers={"x-api-key": "reader"}, params={"fresh": "true"})
    assert player.asked[-1] == ("acme", OUTCOME, True)
    client.get(f"/v1/chains/{OUTCOME}")
    assert player.asked[-1] == ("", OUTCOME, False)
    client.get(f"/v1/chains/{OUTCOME}/nodes", params={"tenant": "other"})
    assert player.asked[-1] == ("other", OUTCOME, False)
    answer = client.get("/v1/chains", headers={"x-api-key": "reader"}, params={"tenant": "other"})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    assert answer.json()["detail"] == "tenant: this key sees 'acme' alone"


@pytest.mark.parametrize("path", PATHS)
def test_only_readers_read(path: str, client: httpx.Client) -> None:
    assert client.get(f"/v1/chains{path}", headers={"x-api-key": "sender"}).status_code == 403
    assert client.get(f"/v1/chains{path}", headers={"x-api-key": "nobody"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/none", 404), ("/none/nodes", 404), ("/" + "x" * 513, 422), ("/%00", 422), ("/", 422),
        ("?limit=0", 422), ("?limit=501", 422), ("?limit=x", 422), (f"?tenant={'x' * 257}", 422),
        (f"/{OUTCOME}?fresh=perhaps", 422),
    ],
    ids=range(10),
)  # fmt: skip
def test_nonsense_is_refused_and_never_a_fault(
    path: str, status: int, client: httpx.Client
) -> None:
    answer = client.get(f"/v1/chains{path}")
    assert (answer.status_code, "detail" in answer.json()) == (status, True)


def test_a_store_that_is_down_is_come_back_to(client: httpx.Client, player: Player) -> None:
    player.failure = Unavailable("down", 7.0)
    answer = client.get(f"/v1/chains/{OUTCOME}")
    page = client.get(f"/chains/{OUTCOME}")
    player.failure = None
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert (page.status_code, "Not now" in page.text) == (503, True)


def test_links_say_the_tenant_where_a_key_sees_several(
    client: httpx.Client, player: Player
) -> None:
    player.chains["outcome/theirs"] = replace(story_1(), tenant="acme", subject="outcome/theirs")
    page = client.get("/chains/outcome/theirs").text
    listed = client.get("/chains").text
    own = client.get("/chains/outcome/theirs", headers={"x-api-key": "reader"}).text
    del player.chains["outcome/theirs"]
    assert 'href="/chains/outcome/theirs/report?tenant=acme"' in page
    assert 'href="/v1/chains/outcome/theirs?tenant=acme"' in page
    assert 'href="/chains/outcome/theirs?tenant=acme"' in listed
    assert 'href="/chains/outcome/theirs/report"' in own


@pytest.mark.parametrize("path", ["/chains", f"/chains/{OUTCOME}", f"/chains/{OUTCOME}/report.md"])
def test_pages_ask_strangers_for_a_key_and_refuse_senders(path: str, client: httpx.Client) -> None:
    answer = client.get(path, headers={"x-api-key": "nobody"})
    assert (answer.status_code, answer.headers["location"][:12]) == (303, "/login?back=")
    assert client.get(path, headers={"x-api-key": "sender"}).status_code == 403
    told = client.get(path).headers
    assert told["content-security-policy"].startswith("default-src 'none'")
    assert told["cache-control"] == "no-store"
