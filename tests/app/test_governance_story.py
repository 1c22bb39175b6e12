"""The third story: from a reviewed week to an agent that acts alone, and back at a drift page."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from analyzers.drift_config import DriftConfig
from app import moments
from app.drift import Drift
from domain import weeks
from domain.access import Scope
from tests.app import drifted
from tests.app.governed import QUIET, Governed
from tests.app.reviewed import VERSION, WEEK, runs, store_runs
from tests.app.signed_weeks import ACTION, AGENT, TENANT, Week, usual, write
from tests.app.test_governance_pages import Person
from tests.collector.running import WAIT_SECONDS_MAX, eventually

CASES = 6
ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = {
    **QUIET,
    # More than there are, spread evenly: all of them are drawn, whatever the key of the draw.
    "review": {"enabled": False, "cases": 10 * CASES, "minimum": CASES, "uniform": 1.0},
    "tuning": {"alpha": 0.1, "look_seconds": 1.0},
}


class AgentProcess:
    """What the agent says it may do, line by line."""

    def __init__(self, live: Governed, folder: Path) -> None:
        key = live.keys["agent"]
        headers = {"OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={key}",
                   "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.app.story_agent", live.process.api_url,
             live.process.otlp_url, key, str(folder)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | headers,
        )  # fmt: skip
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def acts_alone(self, least: int, most: int) -> int:
        """Waits until it says that so many of its hundred cases proceed; which version says so."""
        while True:
            said = json.loads(self._lines.get(timeout=WAIT_SECONDS_MAX))
            if least <= said["alone"] <= most:
                return int(said["version"])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(WAIT_SECONDS_MAX)
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self._lines.put(line)


class Clock:
    """That of the process: goes as all do, from wherever it is set to. Prints what happened."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ahead = after(WEEK) - moments.now()

    def __call__(self) -> datetime:
        return moments.now() + self._ahead

    def set(self, at: datetime) -> None:
        """Unless it is later by now: no clock goes back."""
        if at > self():
            self._ahead = at - moments.now()

    def says(self, what: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self._began:6.1f} s  {self():%Y-%m-%d}  {what}\n")


@pytest.fixture
def clock() -> Clock:
    """On the Tuesday after the week that is looked at."""
    return Clock()


@pytest.fixture
def live(tmp_path: Path, clock: Clock) -> Iterator[Governed]:
    with Governed(tmp_path / "data", SETTINGS, clock=clock) as running:
        running.keys["rita"] = running.key(TENANT, "rita", [Scope.READ, Scope.REVIEW])
        eventually(lambda: running.process.ring.in_force == 6)
        reviewed(running, -1)
        store_runs(running.process.store, *runs(CASES))
        yield running


@pytest.fixture
def agent(live: Governed, tmp_path: Path) -> Iterator[AgentProcess]:
    running = AgentProcess(live, tmp_path / "kept")
    yield running
    running.stop()


def after(week: int) -> datetime:
    """Tuesday at noon, when a week is signed off."""
    return weeks.bounds(week)[1] + timedelta(days=1, hours=12)


def reviewed(live: Governed, *places: int) -> None:
    """People looked at all decisions of these weeks, counted from ours; each is signed off."""
    every = [Week(weeks.moved(WEEK, by), usual(by), agent_version=VERSION) for by in places]
    write(live.process.store, every)


def review(live: Governed, browser: Browser) -> int:
    """Rita looks at each case of the week by keyboard alone; how many there were."""
    rita = Person(browser, live, "rita")
    rita.page.goto(f"/review/{WEEK}")
    left = int(live.get("rita", f"/v1/reviews/{WEEK}").json()["left"])
    rita.page.keyboard.press("f")
    for _ in range(left):
        expect(rita.page.get_by_role("heading", level=1)).to_be_focused()
        here = rita.page.url
        rita.page.keyboard.press("1")
        rita.page.keyboard.press("f")
        expect(rita.page).not_to_have_url(here)
    rita.leaves()
    return left


def sign(live: Governed) -> None:
    report = live.get("ann", f"/v1/reviews/{WEEK}/report").json()
    said = {"sha256": report["sha256"], "name": "Ann Adams", "statement": "read"}
    assert live.post("ann", f"/v1/reviews/{WEEK}/sign", **said).status_code == 200


def proposed(live: Governed, by: str) -> Any:
    """The proposal of a part of ours, as soon as it is there."""
    found: list[Any] = []

    def there() -> bool:
        every = live.get("reader", "/v1/proposals").json()
        found[:] = [one for one in every if one["proposed_by"] == by]
        return bool(found)

    eventually(there)
    return found[0]


def rises(live: Governed, clock: Clock, weeks_later: int, stage: str) -> None:
    """Weeks of the stage are reviewed; its dwell is over; the tuner asks for the next one."""
    clock.set(after(weeks.moved(WEEK, weeks_later)))
    made = proposed(live, "automatic/autonomy")
    assert made["thresholds"][0]["stage"] == stage
    assert live.approve(AGENT, made["proposal_id"]).status_code == 200
    clock.says(f"{made['why']}; a second person agrees")


def drifts(live: Governed, clock: Clock) -> None:
    """Ten days ago the agent began to use its tools otherwise: the drift lane reads it today."""
    clock.set(moments.now())
    store = live.process.store
    store.insert("steps", drifted.steps(TENANT, AGENT))
    config = DriftConfig(baseline_days=14, by_hour=False, history_days=40)
    found = Drift(store, config).look(clock(), settled=True)
    assert found.paged > 0
    clock.says(f"drift: {found.closed} days read, {found.paged} of {found.alarms} alarms page")


def test_verdicts_let_an_agent_act_alone_and_a_drift_page_stops_it(
    live: Governed, clock: Clock, agent: AgentProcess, browser: Browser
) -> None:
    agent.acts_alone(0, 0)
    clock.says("the agent pulls its limits: everything escalates")
    assert live.post("ann", f"/v1/reviews/{WEEK}/draw").status_code == 200
    clock.says(f"a reviewer looked at {review(live, browser)} sampled cases, by keyboard")
    sign(live)
    made = proposed(live, "automatic/tuner")
    assert made["shown"]["harm_bound"] == 0.1
    assert made["shown"]["replays"][0]["newly_alone"] > 0
    clock.says(f"signed off; the tuner proposes: {made['why']}")
    assert live.approve(AGENT, made["proposal_id"]).status_code == 200
    on_the_loop = {"action": ACTION, "agent_version": VERSION, "oversight": "on_the_loop"}
    live.post("ann", "/v1/threshold-changes", agent=AGENT, change="tighten",
              thresholds=[on_the_loop], why="watched from now on")  # fmt: skip
    rises(live, clock, 0, "canary")
    agent.acts_alone(1, 30)
    clock.says("the agent: a tenth of the cases proceeds")
    reviewed(live, 2, 3, 5, 6)
    rises(live, clock, 3, "half")
    rises(live, clock, 6, "full")
    version = agent.acts_alone(100, 100)
    clock.says("the agent: all cases within the limits proceed")
    drifts(live, clock)
    assert agent.acts_alone(30, 70) == version + 1
    clock.says("limits were tightened by themselves; the agent: half of the cases proceeds")
    last = live.get("reader", "/v1/audit-log?limit=1").json()[0]
    assert (last["who"], last["action"]) == ("automatic/tuner", "thresholds.tightened")
    assert last["why"].endswith("about tool mix")
    every = live.get("reader", f"/v1/autonomy?agent={AGENT}").json()
    (row,) = [one for one in every if one["action"] == ACTION]
    assert row["stage"] == "half"
    assert live.get("reader", "/v1/audit-log/verify").json()["holds"]
