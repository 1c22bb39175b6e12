"""Does `wakeline chain` tell people and programs what led to an outcome?"""

from pathlib import Path
from typing import Any

import pytest

from app import local
from app.chains import Chains
from app.commands import chain as command
from app.commands import options
from domain import chain_json
from storage.store import Store
from tests.app.commands import invoke, while_running
from tests.app.looked_for import only
from tests.app.test_chains import PATIENT
from tests.contracts.told_story import reversal, tell


@pytest.fixture(scope="module")
def data(module_data: Path) -> Path:
    """To be read only."""
    return module_data


@pytest.fixture(scope="module")
def outcome_id(module_store: Store) -> str:
    """Of the reversal of the story, whose chain was built with time enough."""
    only(module_store)
    tell(module_store)
    name = reversal(module_store)
    Chains(module_store, PATIENT).chain("", name)
    return name


def test_people_read_causes_way_reach_and_plan(data: Path, outcome_id: str) -> None:
    told = invoke("chain", outcome_id, "--data", data)
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0].startswith("reversal 25 by human:finance · ")
    titles = (
        "Likeliest causes", "From the first cause to what became of it", "What it reached",
        "To undo it, in this order",
    )  # fmt: skip
    assert [line for line in lines if line in titles] == list(titles)
    first = lines[lines.index("Likeliest causes") + 1]
    assert "billing read account:77.plan_rate at version 7" in first
    assert "  1  restore     ledger_entry:9.amount in erp: v1 = 25 → nothing" in told.out
    assert "25.00 EUR at risk" in told.out or "50.00 EUR at risk" in told.out
    colored = invoke("chain", outcome_id, "--data", data, terminal=True)
    assert colored.code == 0


def test_programs_get_json_that_is_the_chain(data: Path, outcome_id: str) -> None:
    told = invoke("chain", outcome_id, "--format", "json", "--data", data).json
    chain = chain_json.read(told)
    assert chain.subject == f"outcome/{outcome_id}"
    node_id = chain.causes[0].node_id
    assert told["causes"][0]["node_id"] == node_id
    of_span = invoke("chain", node_id, "--format", "json", "--data", data).json
    assert of_span["subject"] == node_id


def test_all_of_bad_outcomes_are_listed(data: Path, outcome_id: str) -> None:
    (columns, line) = invoke("chains", "--data", data).out.splitlines()
    told = dict(zip(columns.split("\t"), line.split("\t"), strict=True))
    assert (told["outcome"], told["kind"]) == (f"outcome/{outcome_id}", "reversal")
    assert "account:77.plan_rate at version 7" in told["likeliest cause"]
    assert told["at risk"].endswith("EUR")
    whole = invoke("chains", "--format", "json", "--data", data).json
    assert whole["subject"] == told["outcome"]
    assert f"{whole['score']:.2f}" == told["score"]
    none = invoke("chains", "--tenant", "nobody", "--data", data)
    assert (none.code, len(none.out.splitlines())) == (0, 1)
    assert "no outcome was bad yet" in none.err


def test_what_is_not_there_is_refused_in_one_line(data: Path, tmp_path: Path) -> None:
    refused = invoke("chain", "nobody", "--data", data).refused()
    assert refused == (
        "nothing is called 'nobody': name an outcome, a finding, or a span as TRACE/SPAN"
    )
    assert "there is no store" in invoke("chain", "x", "--data", tmp_path / "none").refused()


def test_a_running_instance_is_asked(data: Path, outcome_id: str) -> None:
    told: list[Any] = []

    def visit(_: dict[str, Any]) -> None:
        told.append(invoke_in_another("chain", outcome_id, data))

    while_running(visit, data, "up")
    assert told[0]["subject"] == f"outcome/{outcome_id}"


def invoke_in_another(word: str, name: str, data: Path) -> Any:
    """What the command asks the instance for; stdout is the instance's here."""
    assert word == "chain"
    with local.reached(options.settings(None, data), command.RemoteChains, lambda _: None) as api:
        assert isinstance(api, command.RemoteChains)
        return chain_json.as_object(api.chain("", name))
