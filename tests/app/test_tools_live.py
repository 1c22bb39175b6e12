"""Does tools.yaml come into force while the instance runs, for what comes and for what came?"""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.routes.tools import TOOLS_MAX
from domain.access import Scope
from domain.marked_yaml import FILE_BYTES_MAX
from tests.app.commands import invoke
from tests.app.live import Live
from tests.app.test_keys_on_the_wire import made
from tests.collector.running import eventually

SETTINGS = {
    "auth": {"mode": "required", "refresh_seconds": 0.05},
    "analyzers": {"enabled": False},
}
PROTOBUF = {"content-type": "application/x-protobuf"}
TRACES = itertools.count(1)
READS = '{{tools: {{{}: {{kind: read, entity: "account:{{args.id}}"}}}}, volatile_args: [ticket]}}'
WRONG = "tools:\n  only:\n    kind: red\n"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    with Live(module_data, SETTINGS) as running:
        running.http.headers["authorization"] = f"Bearer {running.token}"
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tools.yaml"


def rows(live: Live, query: str) -> list[list[Any]]:
    answer = live.http.post("/ch/?default_format=JSONCompact", content=query)
    found: list[list[Any]] = answer.json()["data"]
    return found


def accesses(live: Live, tool: str) -> list[str]:
    query = f"SELECT entity FROM data_access FINAL WHERE tool = '{tool}' ORDER BY entity"
    return [entity for (entity,) in rows(live, query)]


def send(live: Live, tool: str, *arguments: dict[str, Any]) -> None:
    """Calls of a tool, each a trace, over HTTP; returns when they are stored."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for told in arguments:
        span = scope.spans.add(
            trace_id=next(TRACES).to_bytes(16), span_id=b"1" * 8, name=f"execute_tool {tool}",
            start_time_unix_nano=time.time_ns(),
        )  # fmt: skip
        for key, text in (
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", tool),
            ("gen_ai.tool.call.arguments", json.dumps(told)),
        ):
            span.attributes.add(key=key).value.string_value = text
    answer = live.http.post(
        f"{live.process.otlp_url}/v1/traces", content=request.SerializeToString(), headers=PROTOBUF
    )
    assert answer.status_code == 200
    query = f"SELECT uniqExact(trace_id) FROM steps WHERE tool = '{tool}'"
    eventually(lambda: int(rows(live, query)[0][0]) == len(arguments))
    # Steps can be read before what the other views make of the same segment.
    eventually(lambda: live.http.get("/v1/status").json()["queue"]["segments"] == 0)


def put(live: Live, text: str, **period: str) -> httpx.Response:
    return live.http.put("/v1/tools", json={"text": text, **period})


def told(live: Live) -> Any:
    return live.http.get("/v1/tools").json()


def test_what_is_applied_on_a_running_instance_holds_for_what_comes(live: Live, file: Path) -> None:
    data = live.process.settings.data
    file.write_text(READS.format("later"))
    outcome = invoke("tools", "apply", file, "--data", data)
    assert (outcome.code, outcome.out, outcome.err) == (0, "1 tool in force\n", "")
    assert told(live)["tools"][0]["tool"] == "later"
    send(live, "later", {"id": "A1"}, {"id": "A2"})
    assert accesses(live, "later") == ["account:A1", "account:A2"]


def test_what_came_before_is_derived_anew_when_asked(live: Live, file: Path) -> None:
    data = live.process.settings.data
    send(live, "earlier", {"id": "A1"})
    file.write_text(READS.format("earlier"))
    assert invoke("tools", "apply", file, "--data", data).code == 0
    assert accesses(live, "earlier") == []
    outcome = invoke("tools", "apply", file, "--data", data, "--since", "1h")
    first, second = outcome.out.splitlines()
    assert first == "1 tool in force"
    assert second.startswith("derived anew from 20")
    assert accesses(live, "earlier") == ["account:A1"]


def test_the_answer_says_what_was_done(live: Live) -> None:
    send(live, "asked", {"id": "A1"})
    text = "tools: {asked: {kind: write, entity: 'a:{args.id}', compensated_by: gone}}"
    since, until = (moment.isoformat() for moment in (NOW - timedelta(minutes=5), in_an_hour()))
    done = put(live, text, since=since, until=until).json()
    assert done.pop("applied_at") == told(live)["applied_at"]
    assert done == {
        "tools": 1,
        "notes": ["asked.compensated_by names gone, which this file does not describe"],
        "derived_since": since,
        "derived_until": until,
    }
    assert accesses(live, "asked") == ["a:A1"]
    done = put(live, text).json()
    assert (done["derived_since"], done["derived_until"]) == (None, None)


def in_an_hour() -> datetime:
    return NOW + timedelta(hours=1)


def test_a_wrong_file_leaves_the_rules_as_they_are(live: Live, file: Path) -> None:
    assert put(live, READS.format("kept")).status_code == 200
    before = told(live)
    answer = put(live, WRONG)
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    place = "3:11: tools.only.kind: 'red' is not read, write or none"
    assert answer.json()["detail"] == f"tools.yaml:{place}"
    file.write_text(WRONG)
    refusal = invoke("tools", "apply", file, "--data", live.process.settings.data).refused()
    assert refusal == f"{file}:{place}"
    assert put(live, "#" * (FILE_BYTES_MAX + 1)).status_code == 413
    assert told(live) == before


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        ({"until": NOW.isoformat()}, "until goes with since"),
        ({"since": in_an_hour().isoformat()}, "is not before"),
        ({"since": "2025-01-01T00:00:00Z"}, "at most 31 days are derived anew at once"),
    ],
)
def test_a_period_that_can_not_be_meant_is_refused_before_anything_is_stored(
    live: Live, period: dict[str, str], reason: str
) -> None:
    before = told(live)
    answer = put(live, "tools: {}", **period)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
    assert told(live) == before


def test_readers_see_the_rules_and_only_governors_change_them(live: Live) -> None:
    assert put(live, READS.format("seen")).status_code == 200
    reader, governor = (made(live, scope) for scope in (Scope.READ, Scope.GOVERN))
    body = {"text": READS.format("changed")}
    for key, may_read, may_change in ((reader, 200, 403), (governor, 403, 200)):
        headers = {"authorization": f"Bearer {key}"}
        assert live.http.get("/v1/tools", headers=headers).status_code == may_read
        assert live.http.put("/v1/tools", json=body, headers=headers).status_code == may_change
        expected = "changed" if may_change == 200 else "seen"
        assert [rule["tool"] for rule in told(live)["tools"]] == [expected]


def test_the_rules_in_force_are_told_in_pages_with_what_goes_beside_them(live: Live) -> None:
    entries = ", ".join(f"t{number:04}: {{kind: read}}" for number in range(TOOLS_MAX + 1))
    beside = "volatile_args: [ticket, nonce], hubs: {vendor: 200, currency: never}"
    assert put(live, f"{{tools: {{{entries}}}, {beside}}}").json()["tools"] == TOOLS_MAX + 1
    page = told(live)
    assert (page["tools_total"], len(page["tools"])) == (TOOLS_MAX + 1, TOOLS_MAX)
    assert (page["volatile_args"], page["hubs"]) == (
        ["ticket", "nonce"],
        {"vendor": 200, "currency": 0},
    )
    last = page["tools"][-1]["tool"]
    rest = live.http.get("/v1/tools", params={"after": last}).json()
    assert [rule["tool"] for rule in rest["tools"]] == [f"t{TOOLS_MAX:04}"]


def test_a_file_without_tools_puts_none_in_force(live: Live) -> None:
    assert put(live, "tools: {}").json()["tools"] == 0
    page = told(live)
    assert (page["tools_total"], page["tools"], page["volatile_args"]) == (0, [], [])


def test_volatile_arguments_are_no_part_of_the_shape_from_then_on(live: Live) -> None:
    shapes = "SELECT uniqExact(shape_hash) FROM steps FINAL WHERE tool = '{}'"
    both = ({"id": 1, "ticket": "x"}, {"id": 1, "ticket": "y"})
    put(live, "tools: {}")
    send(live, "before", *both)
    assert int(rows(live, shapes.format("before"))[0][0]) == 2
    put(live, READS.format("shaped"))
    send(live, "after", *both, {"id": 1, "other": 1})
    assert int(rows(live, shapes.format("after"))[0][0]) == 2
    put(live, READS.format("shaped"), since=(NOW - timedelta(minutes=5)).isoformat())
    assert int(rows(live, shapes.format("before"))[0][0]) == 1
