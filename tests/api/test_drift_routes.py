"""Is drift told to programs as it is, with null for what is not known, and only to who may ask?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.changes import Wanted
from domain.drift_reading import AlarmsAsked, StreamsAsked
from tests.api import sample_drift as sample
from tests.api.playing_drift import Watcher, watching


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


def told(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/v1/drift{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_streams_are_told_with_their_states_and_no_score_where_none_is_known(
    client: httpx.Client, watcher: Watcher
) -> None:
    items = told(client, "", metric="tools")["items"]
    by_agent = {item["agent"]: item for item in items}
    assert (by_agent["billing"]["state"], by_agent["billing"]["drift_score"]) == ("drift", 1.0)
    assert by_agent["billing"]["alarm_id"] == "alarm-1"
    assert (by_agent["cash-flow"]["state"], by_agent["cash-flow"]["drift_score"]) == (
        "not_monitored", None,
    )  # fmt: skip
    assert watcher.asked == [StreamsAsked("", "", "tools", "", 1000)]


def test_the_digest_names_streams(client: httpx.Client) -> None:
    named = [(item["agent"], item["metric"]) for item in told(client, "/digest")["items"]]
    assert named == [("billing", "tools"), ("billing", "transitions")]


def test_a_score_stands_where_policies_of_agent_governance_read_it(client: httpx.Client) -> None:
    score = told(client, "/score", agent="billing")
    assert score["annotations"] == {"drift_score": 1.0}
    assert (score["state"], score["worst_metric"]) == ("drift", "tools")
    assert (score["monitored"], score["streams"]) == (7, 7)
    unknown = told(client, "/score", agent="nobody")
    assert unknown["annotations"] == {}  # null there would be no number, and no score is not 0
    assert (unknown["drift_score"], unknown["state"]) == (None, "not_monitored")


def test_an_alarm_says_how_much_since_when_and_what_it_coincides_with(
    client: httpx.Client, watcher: Watcher
) -> None:
    (listed,) = told(client, "/alarms", since="2026-09-01T00:00:00Z")["items"]
    alarm = told(client, "/alarms/alarm-1")
    assert {name: alarm[name] for name in listed} == listed
    assert alarm["sentence"] == (
        "billing, tools: refund 12.0 % \u2192 22.0 % (+10 points); get_invoice 52.0 % \u2192 45.0 %"
        " (\u22127 points) and 1 more, since about 15 Nov 2026 (between 14 Nov 2026 and"
        " 16 Nov 2026, 90 %)"
    )
    assert alarm["effects"]["refund"]["high"] == 0.131
    assert alarm["effects"]["reply"]["low"] is None  # only its direction is known
    assert [change["change_id"] for change in alarm["coincides_with"]] == ["c2"]
    assert (alarm["is_open"], alarm["verdict"], alarm["mass"]) == (True, None, 0.94)
    set_ = (sample.at(sample.CHANGED - 1), sample.at(sample.CHANGED + 2))
    assert watcher.asked[-1] == Wanted(*set_, "default", "billing")


def test_an_auditor_gets_what_an_alarm_follows_from_and_whether_it_comes_out_again(
    client: httpx.Client, watcher: Watcher
) -> None:
    proof = told(client, "/alarms/alarm-1/inputs")
    assert proof["recomputed"] is True
    assert proof["inputs"]["values"] == [[0.5], [None]]
    assert proof["inputs"]["settings"] == {"baseline_windows": 28, "rho": None}
    assert proof["inputs"]["inputs_hash"] == proof["alarm"]["inputs_hash"]
    watcher.is_same = False
    assert told(client, "/alarms/alarm-1/inputs")["recomputed"] is False


def test_a_history_and_both_mixes_are_told_with_null_for_what_is_not_known(
    client: httpx.Client,
) -> None:
    history = told(client, "/history", agent="billing", metric="tools", limit=40)
    assert len(history["windows"]) == 40
    assert [channel["name"] for channel in history["channels"]] == list(sample.MIX)
    holiday = next(one for one in history["windows"] if one["skipped"])
    assert holiday["natural"] == [None] * 4
    mix = told(client, "/before-after", agent="billing", metric="latency_ms", clock="hour")
    assert (mix["unit"], len(mix["bins"])) == ("ms", 32)


def test_people_say_what_an_alarm_is(client: httpx.Client, watcher: Watcher) -> None:
    path = "/v1/drift/alarms/alarm-1/verdicts"
    answer = client.post(path, json={"verdict": "new_normal", "reason": "meant"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["is_open"] is False
    assert answer.json()["verdict"]["actor"] == "local"
    assert told(client, "/alarms", open_only=True)["items"] == []
    answer = client.post(path, json={"verdict": "reopened"})
    assert answer.json()["is_open"] is True
    assert client.post(path, json={"verdict": "benign"}).status_code == 422
    assert "reason" in client.post(path, json={"verdict": "benign"}).json()["detail"]
    assert client.post(path, json={"verdict": "maybe"}).status_code == 422
    assert client.post(path, json={"verdict": "benign", "reason": "x" * 2001}).status_code == 422


def test_holidays_and_expected_changes_are_kept_with_who_and_why(client: httpx.Client) -> None:
    body = {
        "kind": "holiday", "since": "2026-12-24T00:00:00+01:00", "until": "2026-12-27T00:00:00Z",
        "why": "nobody buys",
    }  # fmt: skip
    made = client.post("/v1/drift/expected", json=body).json()
    assert (made["expected_id"], made["actor"], made["agent"]) == ("e1", "local", "")
    assert told(client, "/expected")["items"] == [made]
    assert client.delete("/v1/drift/expected/e1").json() == made
    assert told(client, "/expected")["items"] == []
    assert client.delete("/v1/drift/expected/e1").status_code == 404
    for wrong in (
        {"why": ""}, {"kind": "weather"}, {"since": "2026-12-24T00:00:00"},
        {"until": "1960-01-01T00:00:00Z"},
        {"until": "2026-12-24T00:00:00+01:00"}, {"note": "x"},
    ):  # fmt: skip
        answer = client.post("/v1/drift/expected", json=body | wrong)
        assert answer.status_code == 422, answer.text
        assert next(iter(wrong)) in answer.json()["detail"] or "since" in answer.json()["detail"]


def test_changes_are_listed_the_latest_first(client: httpx.Client, watcher: Watcher) -> None:
    asked = {"agent": "billing", "since": "2026-09-01T00:00:00Z", "until": "2026-11-28T00:00:00Z"}
    answer = client.get("/v1/changes", params=asked)
    assert [one["change_id"] for one in answer.json()["items"]] == ["c3", "c2", "c1"]
    assert [one["told"] for one in answer.json()["items"]] == [True, True, False]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/changes?kind=weather", "kind"),
        ("/v1/changes?since=2026-01-01T00:00:00", "since"),
        ("/v1/changes?until=0001-01-01T00:00:00Z", "until"),
        ("/v1/changes?since=2020-01-01T00:00:00Z", "since"),
        ("/v1/changes?limit=501", "limit"),
        ("/v1/drift?clock=week", "clock"),
        ("/v1/drift?limit=0", "limit"),
        ("/v1/drift/history?agent=billing", "metric"),
        ("/v1/drift/score?agent=", "agent"),
        ("/v1/drift/alarms?since=0001-01-01T00:00:00Z", "since"),
        (f"/v1/drift/score?agent={'x' * 257}", "agent"),
    ],
)
def test_what_is_wrong_is_named(client: httpx.Client, path: str, field: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["detail"]


def test_what_is_not_there_is_not_found(client: httpx.Client) -> None:
    for path in ("/alarms/none", "/alarms/none/inputs", "/history?agent=nobody&metric=tools"):
        assert client.get(f"/v1/drift{path}").status_code == 404
    body = {"verdict": "new_normal"}
    assert client.post("/v1/drift/alarms/none/verdicts", json=body).status_code == 404


def test_a_key_sees_its_tenant_alone_and_needs_the_scope(
    client: httpx.Client, watcher: Watcher
) -> None:
    acme = {"x-api-key": "acme"}
    assert client.get("/v1/drift", headers=acme).json()["items"] == []
    assert watcher.asked == [StreamsAsked("acme", rows_max=1000)]
    assert client.get("/v1/drift/alarms/alarm-1", headers=acme).status_code == 404
    assert client.get("/v1/drift?tenant=default", headers=acme).status_code == 422
    assert client.get("/v1/drift/alarms?tenant=umbrella").json()["items"] == []
    asked = watcher.asked[-1]
    assert isinstance(asked, AlarmsAsked)
    assert (asked.tenant, asked.until - asked.since) == ("umbrella", timedelta(days=30))
    body = {"verdict": "new_normal"}
    for key, code in (("reader", 403), ("ingest", 403), ("nobody", 401)):
        headers = {"x-api-key": key}
        path = "/v1/drift/alarms/alarm-1/verdicts"
        assert client.post(path, json=body, headers=headers).status_code == code
    assert client.get("/v1/drift", headers={"x-api-key": "ingest"}).status_code == 403
    change = {"kind": "deploy", "what": "x"}
    assert (
        client.post("/v1/changes", json=change, headers={"x-api-key": "reader"}).status_code == 403
    )
