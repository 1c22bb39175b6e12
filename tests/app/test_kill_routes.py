"""Does a kill switch reach agents at once, and is it seen whom it reached?"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.envelope import Signal
from tests.app.governed import Governed
from tests.collector.running import eventually
from tests.contracts.segments import record, spans, token


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    with Governed(tmp_path_factory.mktemp("kills") / "data") as running:
        yield running


AT_ONCE = {"recovery": "at_once"}


def stops(live: Governed, agent: str, client: str = "") -> list[dict[str, object]]:
    answer = live.get("agent", f"/v1/thresholds/{agent}", **{"x-wakeline-client": client})
    found: list[dict[str, object]] = answer.json()["stops"]
    return found


def worked(live: Governed, agent: str, tool: str, count: int) -> None:
    """The agent used a tool so often, just now."""
    request = spans(*[f"execute_tool {tool}"] * count)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.start_time_unix_nano = span.end_time_unix_nano = time.time_ns()
        for key, text in (
            ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", tool),
            ("gen_ai.agent.name", agent),
        ):  # fmt: skip
            span.attributes.add(key=key).value.string_value = text
    live.process.store.insert_segment(
        Signal.TRACES, record(request, received_unix_nano=time.time_ns()), token()
    )


def test_who_waits_is_told_at_once_and_release_begins_the_recovery(live: Governed) -> None:
    tag = live.get("agent", "/v1/thresholds/clerk").headers["etag"]
    with ThreadPoolExecutor(1) as beside:
        path = "/v1/thresholds/clerk?wait=30"
        waiting = beside.submit(lambda: live.get("agent", path, **{"if-none-match": tag}))
        order = {"scope": "agent", "agent": "clerk", "reason": "wrong refunds"}
        made = live.post("ann", "/v1/kills", **order)
        assert made.status_code == 201
        (stop,) = waiting.result().json()["stops"]
    switch = made.json()
    assert (stop["switch_id"], stop["share"]) == (switch["switch_id"], 0.0)
    assert (switch["ordered_by"], switch["state"]) == (live.id("ann"), "stopping")
    assert stops(live, "other") == []
    ended = live.post("bob", f"/v1/kills/{switch['switch_id']}/release", why="mended").json()
    assert (ended["state"], ended["share"], ended["released_by"]) == (
        "recovering", 0.1, live.id("bob"),
    )  # fmt: skip
    assert stops(live, "clerk")[0]["share"] == 0.1
    again = live.post("bob", f"/v1/kills/{switch['switch_id']}/release", why="mended")
    assert again.status_code == 409


def test_a_stop_without_stages_ends_at_once_and_one_with_minutes_by_itself(live: Governed) -> None:
    order = {"scope": "agent", "agent": "brief", "reason": "a test", **AT_ONCE}
    done = live.post("ann", "/v1/kills", minutes=0.01, **order).json()
    assert (done["state"], done["until"] is None) == ("stopping", False)
    eventually(lambda: stops(live, "brief") == [])
    (over,) = [one for one in live.get("reader", "/v1/kills").json() if one["agent"] == "brief"]
    assert over["state"] == "over"
    switch_id = live.post("ann", "/v1/kills", **order).json()["switch_id"]
    assert [stop["switch_id"] for stop in stops(live, "brief")] == [switch_id]
    ended = live.post("bob", f"/v1/kills/{switch_id}/release", why="over").json()
    assert (ended["state"], stops(live, "brief")) == ("over", [])


def test_a_switch_reaches_its_scope_alone(live: Governed) -> None:
    done = live.post(
        "ann", "/v1/kills", scope="capability", capability="pay", reason="leak", **AT_ONCE
    )
    assert stops(live, "anybody")[0]["capability"] == "pay"
    switch_id = done.json()["switch_id"]
    assert (
        live.post("root", "/v1/kills", scope="global", reason="all", **AT_ONCE).status_code == 201
    )
    assert {stop["reason"] for stop in stops(live, "anybody")} == {"leak", "all"}
    (everybody,) = live.get("root", "/v1/kills").json()
    assert (everybody["scope"], everybody["tenant"]) == ("global", "")
    released = live.post("ann", f"/v1/kills/{everybody['switch_id']}/release", why="no")
    assert released.status_code == 403
    for who, one in (("ann", switch_id), ("root", everybody["switch_id"])):
        assert live.post(who, f"/v1/kills/{one}/release", why="over").status_code == 200


def test_who_has_not_heard_and_who_went_on_is_seen(live: Governed) -> None:
    stops(live, "worker", "deaf")
    stops(live, "listener", "quick")
    order = {"scope": "tenant", "reason": "exercise", "drill": True, "recovery": "at_once"}
    switch_id = live.post("ann", "/v1/kills", **order).json()["switch_id"]
    assert stops(live, "listener", "quick")[0]["drill"] is True
    worked(live, "worker", "pay", 3)
    found = live.get("reader", f"/v1/kills/{switch_id}").json()
    clients = {(one["agent"], one["client"]): one["heard_at"] for one in found["clients"]}
    assert clients["worker", "deaf"] is None
    assert clients["listener", "quick"] is not None
    agents = {one["agent"]: one for one in found["agents"]}
    assert (agents["worker"]["heard_s"], agents["worker"]["acts_after_order"]) == (None, 3)
    assert agents["listener"]["heard_s"] >= 0
    assert found["agents"][0]["heard_s"] is None  # those that do not know yet come first
    live.post("ann", f"/v1/kills/{switch_id}/release", why="over")


def test_what_a_switch_would_stop_is_told_before_it_does(live: Governed) -> None:
    worked(live, "mover", "ship", 2)
    before = live.get("reader", "/v1/audit-log/verify").json()["records"]
    found = live.post("reader", "/v1/kill-reach", scope="capability", capability="ship").json()
    assert [(one["agent"], one["steps"]) for one in found["agents"]] == [("mover", 2)]
    assert found["totals"]["steps"] == 2
    assert found["agents_that_never_pull"] == ["mover"]
    stops(live, "mover", "one")
    found = live.post("reader", "/v1/kill-reach", scope="agent", agent="mover").json()
    assert (found["agents_that_never_pull"], found["clients"]) == ([], 1)
    assert live.get("reader", "/v1/audit-log/verify").json()["records"] == before


@pytest.mark.parametrize(
    "order",
    [
        {"scope": "agent", "reason": "whom?"},
        {"scope": "tenant", "agent": "x", "reason": "too much"},
        {"scope": "global", "reason": "not mine"},
        {"scope": "agent", "agent": "x", "reason": " "},
        {"scope": "agent", "agent": "x", "reason": "y", "minutes": 0},
        {"scope": "galaxy", "reason": "y"},
    ],
)
def test_orders_that_can_not_be_meant_are_refused(live: Governed, order: dict[str, str]) -> None:
    assert live.post("ann", "/v1/kills", **order).status_code == 422


def test_a_key_stops_no_other_tenant(live: Governed) -> None:
    refused = live.post("ann", "/v1/kills", scope="tenant", tenant="beta", reason="theirs")
    assert refused.status_code == 403
    assert live.get("reader", "/v1/kills/k-none").status_code == 404
