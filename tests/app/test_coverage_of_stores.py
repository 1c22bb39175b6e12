"""Does `wakeline doctor --coverage` say what other stores hold, or that they hold nothing?"""

from pathlib import Path

from tests.app.commands import invoke
from tests.app.test_coverage_command import coverage

EMITTERS = Path(__file__).parents[1] / "golden" / "emitters"


def test_nobody_at_all_is_said(data: Path) -> None:
    assert coverage(data, "--days", 1).out == "no steps in the last 1 day\n"
    empty = coverage(data, "--format", "json").json
    assert empty == {
        "days": 7, "since": None, "agents_total": 0, "agents": [], "unknown_keys": [],
    }  # fmt: skip


def test_options_that_can_not_be_meant_are_refused(data: Path) -> None:
    for options in (("--agent", "a"), ("--days", 3)):
        outcome = invoke("doctor", "--data", data, *options)
        assert outcome.code == 2
        assert "go with --coverage" in outcome.err
    for days in (0, 32):
        assert invoke("doctor", "--coverage", "--data", data, "--days", days).code == 2


def test_a_store_that_is_not_there_or_not_migrated_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    told = invoke("doctor", "--coverage", "--data", missing).refused()
    assert "there is no store" in told
    (missing / "store").mkdir(parents=True)
    told = invoke("doctor", "--coverage", "--data", missing).refused()
    assert "the schema is not complete, `wakeline migrate`" in told


def test_what_frameworks_record_is_seen_as_they_record_it(data: Path) -> None:
    """OpenInference records arguments and prompts, Claude Code neither, and nobody the case."""
    emitters = ("langchain_openinference", "claude_code", "strands")
    files = [EMITTERS / emitter / "spans.otlp.jsonl" for emitter in emitters]
    assert invoke("replay", *files, "--data", data).code == 0
    rows = coverage(data, "--format", "json").json["agents"]
    shares = {
        agent["agent"]: {each["attribute"]: each for each in agent["attributes"]} for agent in rows
    }
    billing = shares["billing-agent"]
    assert 0 < billing["arguments"]["share"] < 1
    assert 0 < billing["prompts"]["share"] < 1
    assert billing["case_id"]["share"] == 0.0
    assert billing["reads"]["n"] == billing["effects"]["n"] == 0
    assert shares["credit-agent"]["prompts"]["share"] == 1.0
