"""Does `wakeline doctor --coverage` say what analyzers see, to people and to programs?"""

from pathlib import Path
from typing import Any

import pytest

from domain.coverage import Sight
from tests.app import agents
from tests.app.commands import Outcome, invoke

COLUMNS = 80


@pytest.fixture(scope="module")
def known(module_data: Path) -> Path:
    """A data folder with three agents, to be read only."""
    return agents.stored_in(module_data)


def coverage(data: Path, *options: object) -> Outcome:
    outcome = invoke("doctor", "--coverage", "--data", data, *options)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome


def found(data: Path, agent: str, *options: object) -> Any:
    """The one agent of this name, as JSON."""
    (only,) = coverage(data, "--agent", agent, "--format", "json", *options).json["agents"]
    return only


def sights(agent: Any) -> dict[str, str]:
    return {signature["id"]: signature["sight"] for signature in agent["signatures"]}


def test_an_agent_that_records_everything_is_seen_by_every_signature(known: Path) -> None:
    thorough = found(known, "thorough")
    assert set(sights(thorough).values()) == {Sight.SEEN}, [
        (signature["id"], signature["lacks"])
        for signature in thorough["signatures"]
        if signature["lacks"]
    ]
    assert len(sights(thorough)) == 30
    assert (thorough["tenant"], thorough["services"], thorough["gaps"]) == (
        "default", ["billing"], [],
    )  # fmt: skip


def test_an_agent_that_records_nothing_is_told_what_to_record_first(known: Path) -> None:
    silent = found(known, "silent")
    assert sights(silent)["LOOP-01"] == Sight.BLIND
    assert Sight.SEEN not in set(sights(silent).values()) - {sights(silent)["LOOP-04"]}
    first = silent["gaps"][0]
    assert (first["attribute"], first["mend"][:18]) == ("tool_calls", "make a span of eve")
    (stale,) = [each for each in silent["signatures"] if each["id"] == "DATA-01"]
    assert {lack["fact"] for lack in stale["lacks"]} == {"no reads"}
    shares = {each["attribute"]: each for each in silent["attributes"]}
    assert shares["agent_named"]["share"] == 1.0
    assert (shares["case_id"]["share"], shares["case_id"]["n"]) == (0.0, 35)
    assert shares["read_version"]["share"] is None


def test_an_agent_with_few_steps_is_shown_and_not_judged(known: Path) -> None:
    new = found(known, agents.ODD_AGENT)
    assert (new["steps"], new["enough_steps"]) == (3, False)
    assert new["signatures"] == new["gaps"] == []
    text = coverage(known, "--agent", agents.ODD_AGENT).out
    assert "too few steps to tell what signatures see: 30 needed" in text


def test_all_agents_are_one_table_and_the_unknown_keys_follow(known: Path) -> None:
    lines = coverage(known).out.splitlines()
    assert lines[1:5] == [
        "tenant\tagent\tsteps\tseen\tpart\tblind",
        "default\tthorough\t40\t30\t0\t0",
        lines[3],
        "default\tnew\\x1b[31m agent\t3\t?\t?\t?",
    ]
    assert lines[3].startswith("default\tsilent\t35\t")
    assert "? = too few steps to tell, 30 needed" in lines
    assert lines[-1] == "acme.secret\\x1b[31m.*.name\t35 spans of odd\\x1b[31m scope"


def test_one_agent_is_told_in_full(known: Path) -> None:
    lines = coverage(known, "--agent", "silent").out.splitlines()
    assert lines[0] == "silent of default (service billing)"
    assert lines[1].startswith("35 steps since 2")
    assert "  case id\t0%\t35" in lines
    assert "reads\t\t0" in lines
    assert not [line for line in lines if line.startswith("  reads with version")]
    assert "DATA-01 stale read\tno reads" in lines
    assert lines[lines.index("missing\tfor\twhat to do") + 1].startswith("tool calls\t")


@pytest.mark.parametrize("agent", [(), ("--agent", "silent"), ("--agent", "thorough")])
def test_it_fits_a_terminal_of_80_columns_and_obeys_nothing_that_was_sent(
    agent: tuple[str, ...], known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    monkeypatch.setenv("TERM", "dumb")
    outcome = invoke("doctor", "--coverage", "--data", known, *agent, terminal=True)
    assert outcome.code == 0
    drawn = [line for line in outcome.out.splitlines() if line[:1] in set("┏┡│└")]
    assert drawn
    assert max(map(len, drawn)) <= COLUMNS
    assert not [line for line in drawn if "…" in line]
    assert "\x1b[31m" not in outcome.out


def test_nobody_of_that_name_is_said(known: Path) -> None:
    first = coverage(known, "--agent", "nobody").out.splitlines()[0]
    assert first == "no steps of an agent named nobody in the last 7 days"
