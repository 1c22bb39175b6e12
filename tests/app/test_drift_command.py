"""Does `wakeline drift` tell what the store knows, and keep what people say?"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app import drifted
from tests.app.commands import Outcome, invoke
from tests.app.live import Live
from tests.app.test_finding_routes import QUIET


@dataclass(frozen=True, slots=True)
class Held:
    """A folder, what was said of it before an instance held it, and the instance."""

    folder: Path
    alone: Sequence[Outcome]
    live: Live


@pytest.fixture(scope="module")
def held(_prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("drifted") / "data"
    shutil.copytree(_prepared, folder, symlinks=True)
    assert drifted.fill(folder).alarms >= 1
    alarm_id = alarm_of_tools(folder)["alarm_id"]
    when = ("--since", "9d", "--until", drifted.TODAY.isoformat(), "--agent", "desk")
    alone = [
        drift(folder, "accept", alarm_id), drift(folder, "expect", "change", "--why", "x", *when),
        drift(folder, "reopen", alarm_id),
    ]  # fmt: skip
    alone.append(drift(folder, "withdraw", alone[1].out.split()[0]))
    with Live(folder, {**QUIET, "drift": {"enabled": False}}) as live:
        yield Held(folder, alone, live)


@pytest.fixture(scope="module")
def folder(held: Held) -> Path:
    return held.folder


def drift(folder: Path, *arguments: object) -> Outcome:
    return invoke("drift", *arguments, "--data", folder)


def told(folder: Path, *arguments: object) -> list[dict[str, Any]]:
    outcome = drift(folder, *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in outcome.out.splitlines()]


def alarm_of_tools(folder: Path) -> dict[str, Any]:
    return next(one for one in told(folder, "alarms") if one["metric"] == "tools")


def test_streams_are_listed_with_their_states_and_open_alarms(folder: Path) -> None:
    streams = {(one["metric"], one["clock"]): one for one in told(folder)}
    assert streams["tools", "day"]["state"] == "drift"
    assert streams["tools", "day"]["drift_score"] == 1.0
    assert streams["errors", "hour"]["drift_score"] is None
    text = drift(folder, "--state", "drift").out
    assert "billing\ttools\tday\tdrift\t1.00" in text
    assert f"{alarm_of_tools(folder)['alarm_id']}  billing, tools: " in text
    assert "no such stream" in drift(folder, "--agent", "nobody").err
    assert "none of no_drift" in drift(folder, "--state", "good").refused()


def test_an_alarm_names_the_version_that_it_coincides_with_and_comes_out_again(
    folder: Path,
) -> None:
    alarm_id = alarm_of_tools(folder)["alarm_id"]
    (alarm,) = told(folder, "alarm", alarm_id, "--recompute")
    assert alarm["recomputed"] is True
    assert alarm["changed_from"] <= drifted.CHANGED_AT.isoformat().replace("+00:00", "Z")
    assert [(one["kind"], one["version_prev"], one["version"], one["told"])
            for one in alarm["coincides_with"]] == [("deploy", "1.0", "2.0", False)]  # fmt: skip
    text = drift(folder, "alarm", alarm_id, "--recompute").out
    assert "coincides with deploy billing 2.0" in text
    assert "the same, bit for bit" in text
    assert "no drift alarm" in drift(folder, "alarm", "none").refused()


def test_one_stream_is_shown_with_its_windows(folder: Path) -> None:
    text = drift(folder, "show", "billing", "tools").out
    assert "refund" in text
    assert "█" in text
    assert "baseline" not in text.splitlines()[-1]
    (history,) = told(folder, "show", "billing", "tools")
    assert len(history["windows"]) == drifted.DAYS
    assert "no stream weather of billing" in drift(folder, "show", "billing", "weather").refused()


def test_the_score_of_an_agent_is_as_policies_read_it(folder: Path) -> None:
    (score,) = told(folder, "score", "billing")
    assert score["annotations"] == {"drift_score": 1.0}
    assert drift(folder, "score", "billing").out.startswith("1.00: drift, ")
    (unknown,) = told(folder, "score", "nobody")
    assert unknown["annotations"] == {}
    assert drift(folder, "score", "nobody").out.startswith("not known: not_monitored")


def test_what_people_say_is_kept_with_its_reason(folder: Path) -> None:
    alarm_id = alarm_of_tools(folder)["alarm_id"]
    assert "say why" in drift(folder, "dismiss", alarm_id).refused()
    outcome = drift(folder, "dismiss", alarm_id, "--reason", "a load test")
    assert outcome.out == f"{alarm_id} is dismissed as benign\n", outcome.err
    verdict = alarm_of_tools(folder)["verdict"]
    assert (verdict["verdict"], verdict["reason"]) == ("benign", "a load test")
    assert alarm_id not in [one["alarm_id"] for one in told(folder, "alarms", "--open")]
    assert drift(folder, "reopen", alarm_id).out == f"{alarm_id} is open\n"
    assert "none" in drift(folder, "accept", "none").refused()


def test_without_an_instance_the_store_is_asked_itself(held: Held) -> None:
    accepted, expected, reopened, withdrawn = held.alone
    assert accepted.out.endswith(" is accepted as the new normal\n"), accepted.err
    assert expected.out.endswith(" is kept\n"), expected.err
    assert withdrawn.out.endswith(" is withdrawn\n"), withdrawn.err
    assert reopened.out.endswith(" is open, paged\n"), reopened.err


def test_holidays_are_kept_once_and_refused_when_they_end_before_they_begin(folder: Path) -> None:
    since, until = (drifted.TODAY + timedelta(days=day) for day in (3, 5))
    usual = ("--why", "nobody buys", "--since", since.isoformat(), "--until", until.isoformat())
    first, second = (drift(folder, "expect", "holiday", *usual).out for _ in range(2))
    assert first == second
    assert first.endswith(" is kept\n")
    name = first.split()[0]
    assert drift(folder, "withdraw", name).out == f"{name} is withdrawn\n"
    assert "is called" in drift(folder, "withdraw", name).refused()
    turned = (*usual[:2], "--since", until.isoformat(), "--until", since.isoformat())
    assert "before until" in drift(folder, "expect", "holiday", *turned).refused()
    assert "none of holiday, change" in drift(folder, "expect", "party", *usual).refused()


def test_versions_that_it_began_to_use_are_listed_as_changes(folder: Path) -> None:
    (deploy,) = told(folder, "changes", "--agent", "billing")
    assert (deploy["kind"], deploy["version"], deploy["told"]) == ("deploy", "2.0", False)
    assert "seen in spans" in drift(folder, "changes", "--agent", "billing").out


def test_the_pages_show_what_is_stored(held: Held) -> None:
    alarm_id = alarm_of_tools(held.folder)["alarm_id"]
    pages = {
        path: held.live.http.get(path)
        for path in (
            "/drift", "/drift/stream?agent=billing&metric=tools",
            "/drift/stream?agent=billing&metric=latency",
            "/drift/stream?agent=billing&metric=transitions",
            "/drift/stream?agent=billing&metric=errors&clock=hour",
            "/drift/stream?agent=billing&metric=volume",
            f"/drift/alarms/{alarm_id}?recompute=true",
        )
    }  # fmt: skip
    assert {page.status_code for page in pages.values()} == {200}
    stream, alarm = list(pages.values())[1].text, list(pages.values())[-1].text
    assert "its baseline is still being learnt" in list(pages.values())[4].text
    assert "60 runs" in list(pages.values())[5].text
    assert "deploy: billing 1.0 → 2.0" in stream
    assert "coincides with the change" in stream
    assert "the same alarm, bit for bit" in alarm
    told = held.live.http.get(f"/v1/drift/alarms/{alarm_id}/inputs").json()
    assert told["recomputed"] is True
    assert len(told["inputs"]["numbers"]) == len(told["inputs"]["values"])
    mix = held.live.http.get("/v1/drift/before-after?agent=billing&metric=tools").json()
    assert {one["name"] for one in mix["bins"]} == {"refund", "reply"}
