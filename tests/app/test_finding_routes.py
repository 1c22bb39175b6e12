"""Can programs page through findings, follow them as they come, and see only what is theirs?"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.routes import finding_stream
from domain.errors import InvalidInput
from domain.findings import Severity
from tests.app.live import Live
from tests.app.some_findings import NOW, finding, keep
from tests.collector.running import eventually

QUIET = {"analyzers": {"enabled": False}}
COUNT = 7
STREAMS_MAX = 2


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding_stream, "STREAMS_MAX", STREAMS_MAX)
        yield from running(module_data)


def running(data: Path) -> Iterator[Live]:
    with Live(data, QUIET) as live:
        eventually(lambda: live.process.store.has_table("finding_judgements"))
        keep(live.process.store, [finding(n) for n in range(1, COUNT + 1)])
        other = {"tenant": "acme", "reason": "other: it's 100% \\ odd", "severity": Severity.LOW}
        keep(live.process.store, [finding(20, **other), finding(21, shadow=True)])
        yield live


def listed(live: Live, **asked: Any) -> httpx.Response:
    return live.http.get("/v1/findings", params=asked)


def numbers(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [int(item["finding_id"], 16) for item in answer.json()["items"]]


def test_pages_hold_every_finding_once_though_others_come_between(live: Live) -> None:
    first = listed(live, agent="billing", severity="high", limit=3)
    assert numbers(first) == [1, 2, 3]
    keep(live.process.store, [finding(0, agents=("late",))])
    rest, cursor = [], first.json()["next_cursor"]
    while cursor:
        page = listed(live, agent="billing", severity="high", limit=3, cursor=cursor)
        rest += numbers(page)
        cursor = page.json()["next_cursor"]
    assert rest == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"severity": "low", "tenant": "acme"}, [20]),
        ({"text": "100% \\ ODD"}, [20]),
        ({"text": "it's"}, [20]),
        ({"text": "' OR 1 = 1 --"}, []),
        ({"trace": "t3"}, [3]),
        ({"case": "case-1", "signature": "LOOP-01", "limit": 1, "severity": "high"}, [0]),
        ({"shadow": True, "text": "21 times"}, [21]),
        ({"state": "resolved"}, []),
        (
            {
                "until": (NOW - timedelta(seconds=6.5)).isoformat(),
                "agent": "billing",
                "severity": "high",
            },
            [7],
        ),
        ({"since": (NOW - timedelta(seconds=1.5)).isoformat(), "agent": "billing"}, [1]),
    ],
)
def test_filters_narrow_the_list(live: Live, asked: dict[str, Any], found: list[int]) -> None:
    keep(live.process.store, [finding(0, agents=("late",))])
    assert numbers(listed(live, **asked)) == found


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "WzEsMl0"}, "cursor"),
        ({"cursor": "WyIyMDI2LTAxLTAxIiwgIngiXQ"}, "cursor"),
        ({"cursor": "x" * 600}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"severity": "loud"}, "severity"),
        ({"state": "odd"}, "state"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2500-01-01T00:00:00Z"}, "since"),
        ({"text": "x" * 257}, "text"),
    ],
)
def test_what_fits_no_filter_is_named(live: Live, asked: dict[str, Any], named: str) -> None:
    answer = listed(live, **asked)
    assert answer.status_code == 422
    assert named in answer.json()["detail"]


def test_one_finding_comes_with_history_and_the_steps_around_its_evidence(live: Live) -> None:
    path = f"/v1/findings/{2:016x}"
    acted = live.http.post(f"{path}/actions", json={"action": "confirm", "note": "seen it"})
    assert acted.status_code == 200
    told = live.http.get(path).json()
    assert [(one["action"], one["note"]) for one in told["history"]] == [("confirm", "seen it")]
    assert [(step["span_id"], step["is_evidence"]) for step in told["steps"]] == [
        ("c2", True), (f"b{2:016x}", False), ("v2", True),
    ]  # fmt: skip
    assert (told["verdict"], told["signature_name"]) == ("confirm", "exact repeat")
    assert live.http.get("/v1/findings/none").status_code == 404


def test_signatures_say_how_they_fare(live: Live) -> None:
    live.http.post(f"/v1/findings/{3:016x}/actions", json={"action": "dismiss"})
    by_id = {one["signature"]: one for one in live.http.get("/v1/signatures").json()}
    assert by_id["LOOP-01"]["findings"]["open"] >= COUNT
    assert by_id["LOOP-01"]["dismissed"] == 1
    assert by_id["LOOP-01"]["mode"] == "on"
    assert by_id["TOOL-02"]["mode"] == "shadow"


def events(lines: Iterator[str], count: int) -> list[dict[str, str]]:
    """The first events of a stream."""
    found: list[dict[str, str]] = [{}]
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[-1][name] = value
        elif not line and "data" in found[-1]:
            if len(found) == count:
                return found
            found.append({})
    raise AssertionError(found)


def test_a_listener_hears_what_is_new_and_goes_on_where_it_left_off(live: Live) -> None:
    path = "/v1/findings/stream"
    with live.http.stream("GET", path, params={"agent": "streamed"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        late = threading.Timer(0.3, keep, (live.process.store, [finding(40, agents=("streamed",))]))
        late.start()
        (first,) = events(response.iter_lines(), 1)
        late.join()
    assert json.loads(first["data"])["finding_id"] == f"{40:016x}"
    live.http.post(f"/v1/findings/{40:016x}/actions", json={"action": "acknowledge"})
    keep(live.process.store, [finding(41, agents=("streamed",))])
    again = {"last-event-id": first["id"]}
    with live.http.stream("GET", path, params={"agent": "streamed"}, headers=again) as response:
        heard = [json.loads(event["data"]) for event in events(response.iter_lines(), 2)]
    assert [(int(one["finding_id"], 16), one["state"]) for one in heard] == [
        (40, "acknowledged"), (41, "open"),
    ]  # fmt: skip


def test_streams_are_bounded(live: Live) -> None:
    path = "/v1/findings/stream"
    # A line iterator that is let go of closes its stream.
    listening = []
    with ExitStack() as opened:
        for _ in range(STREAMS_MAX):
            said = {"last-event-id": "1"}
            stream = opened.enter_context(live.http.stream("GET", path, headers=said))
            listening.append(stream.iter_lines())
            events(listening[-1], 1)
        refused = live.http.get(path)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert live.http.get(path, headers={"last-event-id": "x"}).status_code == 422


@pytest.mark.parametrize("text", ["x", "-1", "1" * 20, "٣"])
def test_an_id_of_another_stream_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="last-event-id"):
        finding_stream.heard(text)
