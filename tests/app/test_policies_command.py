"""Do `wakeline policies check`, `apply` and `show` do what they say, on a real store?"""

import re
from pathlib import Path

import pytest

from domain.policies import parse
from tests.app.commands import invoke

DOCS = Path(__file__).parents[2] / "docs" / "policies.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example of the documentation."""
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text(), re.S)
    assert found
    path = tmp_path / "policies.yaml"
    path.write_text(found[1])
    return path


def test_check_counts_what_the_documented_example_holds(file: Path) -> None:
    outcome = invoke("policies", "check", file)
    assert (outcome.code, outcome.out) == (0, "3 policies, 4 versions, 6 permissions\n")


def test_a_wrong_file_is_told_with_its_place_and_nothing_is_opened(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("agents: {clerk: {toys: []}}")
    for command in (("check", wrong), ("apply", wrong, "--data", tmp_path / "data")):
        outcome = invoke("policies", *command)
        assert outcome.code == 1
        assert f"{wrong}:1:18: agents.clerk.toys: no such field" in outcome.err
    assert not (tmp_path / "data").exists()


def test_the_newest_file_is_in_force_and_shown(file: Path, data: Path) -> None:
    before = invoke("policies", "show", "--data", data).json
    assert before == {"applied_at": None, "policies": [], "permissions": []}
    outcome = invoke("policies", "apply", file, "--data", data)
    assert outcome.out == "in force: 3 policies, 4 versions, 6 permissions\n"
    shown = invoke("policies", "show", "--data", data).json
    config = parse(file.read_text(), "policies.yaml")
    assert len(shown["policies"]) == len(config.rules)
    (refunds, *_) = [row for row in shown["policies"] if row["policy_id"] == "refunds"]
    assert refunds == {
        "policy_id": "refunds",
        "version": "3",
        "effective_from": "2026-01-31T00:00:00+00:00",
        "canary": False,
        "agents": [],
        "actions": [],
        "effect_kinds": ["refund", "credit"],
        "min_confidence": None,
        "max_amount": 500,
        "max_amount_per_day": 900,
        "currency": "EUR",
        "approval_above": 200,
        "shadow": False,
    }
    assert {"kind": "break_glass", "subject": "", "allowed": ["oncall"]} in shown["permissions"]
    file.write_text("{}")
    invoke("policies", "apply", file, "--data", data)
    last = invoke("policies", "show", "--data", data).json
    assert last["applied_at"] > shown["applied_at"]
    assert (last["policies"], last["permissions"]) == ([], [])
