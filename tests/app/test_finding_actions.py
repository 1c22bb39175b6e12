"""Can people act on findings and signatures from the shell, with or without an instance?"""

import json
from pathlib import Path

import pytest

from app import trial
from domain.asked import Asked
from domain.errors import InvalidInput
from storage.findings import FindingRows
from storage.store import Store
from tests.app.commands import Outcome, invoke
from tests.app.live import Live
from tests.app.looked_for import only
from tests.app.test_analysis import NOW, calls, put


@pytest.fixture
def loops(store: Store) -> Store:
    """With a loop, which alone is looked for."""
    only(store, "LOOP-01")
    put(store, calls(5, "t1", NOW))
    return store


@pytest.fixture
def finding(loops: Store, data: Path) -> str:
    """The id of a finding of a store that was analyzed."""
    assert invoke("analyze", "--once", "--data", data).code == 0
    found = invoke("findings", "--format", "json", "--data", data).json["finding_id"]
    assert isinstance(found, str)
    return found


def acted(data: Path, *words: str) -> str:
    outcome = invoke("findings", *words, "--data", data)
    assert outcome.code == 0, outcome
    return outcome.out.strip()


def test_a_finding_goes_through_its_life(finding: str, data: Path) -> None:
    named = f"{finding} (LOOP-01) is"
    assert acted(data, "ack", finding, "--note", "on it") == f"{named} acknowledged"
    assert acted(data, "mute", finding, "--for", "1h") == f"{named} muted"
    assert acted(data, "unmute", finding) == f"{named} acknowledged"
    assert acted(data, "resolve", finding) == f"{named} resolved"
    assert acted(data, "reopen", finding) == f"{named} open"
    assert acted(data, "dismiss", finding) == f"{named} open, dismissed"
    listed = invoke("findings", "--id", finding, "--format", "json", "--data", data).json
    assert (listed["verdict"], listed["state"]) == ("dismiss", "open")


def test_a_verdict_moves_the_confidence_of_the_next_pass(finding: str, data: Path) -> None:
    def confidence() -> float:
        listed = invoke("findings", "--id", finding, "--format", "json", "--data", data).json
        return float(listed["confidence"])

    before = confidence()
    acted(data, "dismiss", finding)
    assert invoke("analyze", "--once", "--data", data).code == 0
    assert confidence() == pytest.approx(before * 8 / 9, abs=1e-3)


def test_what_is_not_there_is_named(finding: str, data: Path) -> None:
    where = ("--data", data)
    assert "no finding has the id 'x'" in invoke("findings", "ack", "x", *where).refused()
    assert "'soon' is no time" in invoke("findings", "mute", finding, "--for", "soon").refused()
    told = invoke("signatures", "disable", "LOOP-99", *where).refused()
    assert told == "there is no signature 'LOOP-99'; see `wakeline signatures list`"


def modes(data: Path) -> dict[str, str]:
    listed = invoke("signatures", "list", "--format", "json", "--data", data).json
    return {row["signature"]: row["mode"] for row in listed}


def test_a_signature_is_switched_and_then_not_looked_for(finding: str, data: Path) -> None:
    where = ("--data", data)
    assert modes(data)["LOOP-01"] == "on"
    assert invoke("signatures", "disable", "LOOP-01", *where).out == "LOOP-01 is off\n"
    done = invoke("analyze", "--once", "--format", "json", *where).json
    assert done == {"found": {}, "written": 0, "retracted": 0, "chains": 0}
    assert invoke("signatures", "shadow", "LOOP-01", *where).out == "LOOP-01 is shadow\n"
    assert modes(data)["LOOP-01"] == "shadow"
    assert invoke("analyze", "--once", "--format", "json", *where).json["written"] == 1
    assert "nothing found" in invoke("findings", *where).err
    assert finding in invoke("findings", "--shadow", *where).out
    assert invoke("signatures", "enable", "LOOP-01", *where).code == 0
    assert "LOOP-01\ton\t" in invoke("signatures", "list", *where).out


def test_a_rule_is_tried_without_a_trace(loops: Store, data: Path) -> None:
    assert invoke("signatures", "disable", "LOOP-01", "--data", data).code == 0
    tried: Outcome = invoke("signatures", "test", "LOOP-01", "--data", data)
    assert "called search 5 times in a row" in tried.out
    assert tried.err == "1 finding\n"
    assert invoke("signatures", "test", "TOOL-01", "--data", data).err == "0 findings\n"
    assert FindingRows(loops).listed(Asked(shadow=True, retracted=True), 10) == []
    with pytest.raises(InvalidInput, match="no analyzer looks for mined-1 yet"):
        trial.of(loops, "mined-1", NOW, NOW)


def test_a_running_instance_is_reached(finding: str, data: Path) -> None:
    with Live(data, {"analyzers": {"tick_seconds": 0.2}}):
        assert acted(data, "mute", finding).endswith("is muted")
        assert acted(data, "confirm", finding).endswith("is muted, confirmed")
        assert "no finding has" in invoke("findings", "ack", "x", "--data", data).refused()
        assert invoke("signatures", "disable", "LOOP-02", "--data", data).code == 0
        told = invoke("findings", "--state", "muted", "--format", "json", "--data", data).out
    assert json.loads(told)["finding_id"] == finding
    assert modes(data)["LOOP-02"] == "off"
