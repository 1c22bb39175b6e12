"""Does a stored trace tell who and where, to commands, programs and pages alike?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from api.rendering import ENVIRONMENT
from app import attribution
from app.attribution import StoredAttribution
from domain.asked import EVER
from domain.attribution import Attribution, Basis
from domain.findings import Evidence, Role, Severity
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.analyzers.signatures.spans import Case, Span, call, chat, root, send
from tests.app.commands import invoke
from tests.app.some_findings import finding

WHOLE = "The answer is in order, so nothing more has to be said or done by any of us at all."
RUN: Sequence[Span] = [
    root("desk"),
    chat(1, WHOLE, agent="planner"),
    chat(2, "It costs 1200 for Alice, 77 for Bob, 13 for Carol.", agent="guesser"),
    call(3, "get_price", {"item": 1200}, agent="clerk"),
    chat(4, WHOLE, agent="closer"),
]
SAID = (
    "guesser, step 2: 38% sure of the agent, 38% of the step, if the run failed,"
    " by its structure only: nothing was found in it"
)


def stored(store: Store, tenant: str = "default") -> str:
    """The run of one tenant; its trace id."""
    return send(store, [Case("run", RUN, tenant=tenant)])[0]


def flawed(store: Store, trace_id: str, number: int = 1, **said: Any) -> None:
    """A finding on the last step."""
    span_id = trace_id[-8:] + f"{len(RUN):08x}"
    other = Evidence("f" * 32, "f" * 16, Role.CAUSE)
    evidence = (other, Evidence(trace_id, span_id, Role.VIOLATION))
    said = {"signature": "GOAL-02", "reason": "closer ended too soon.", "evidence": evidence} | said
    StoredFindings(store).save([finding(number, **said)])


def test_without_findings_it_is_the_structure_and_says_so(store: Store) -> None:
    found = StoredAttribution(store).attribution("", stored(store))
    assert (found.basis, found.tenant, found.steps, found.cut) == (
        Basis.STRUCTURE, "default", 5, "",
    )  # fmt: skip
    assert found.suspects[0].agent == "guesser"
    assert found.suspects[0].reason.startswith("structure only: says ")
    assert found.confidence == found.suspects[0].agent_share < 0.6
    assert "desk" not in {one.agent for one in found.suspects}


def test_findings_go_before_structure_unless_they_are_dismissed_or_taken_back(store: Store) -> None:
    trace_id = stored(store)
    attributing = StoredAttribution(store)
    flawed(store, trace_id, severity=Severity.HIGH, confidence=0.9)
    found = attributing.attribution("", trace_id)
    assert (found.basis, found.suspects[0].agent) == (Basis.VIOLATIONS, "closer")
    assert found.suspects[0].reason == "GOAL-02: closer ended too soon."
    assert found.confidence > 0.9
    rows = FindingRows(store)
    rows.act(rows.one("", f"{1:016x}"), "dismiss", "somebody", "", EVER)
    assert attributing.attribution("", trace_id).basis is Basis.STRUCTURE
    flawed(store, trace_id, 2, shadow=True)
    flawed(store, trace_id, 3, retracted=True)
    assert attributing.attribution("", trace_id).basis is Basis.STRUCTURE


def test_of_a_long_trace_it_says_that_it_is_cut(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribution, "STEPS_MAX", 3)
    found = StoredAttribution(store).attribution("", stored(store))
    assert (found.steps, found.cut) == (3, "only its first 3 steps")


def test_the_command_ranks_agents_and_steps(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        trace_id = stored(store)
    answer = invoke("attribute", trace_id.upper(), "--data", data)
    lines = answer.out.splitlines()
    assert lines[0] == SAID
    assert lines[1].split("\t") == ["agent", "step", "span", "score", "why"]
    assert lines[2].split("\t")[:2] == ["guesser", "2"]
    (first,) = invoke("attribute", trace_id, "--limit", 1, "--format", "json", "--data", data).json
    assert (first["agent"], first["step"], first["basis"]) == ("guesser", 2, "structure")
    assert first["span_id"] == trace_id[-8:] + "00000003"
    assert 0 < first["score"] <= first["agent_share"] <= 1
    with Store(f"chdb://{data / 'store'}") as store:
        flawed(store, trace_id)
    told = invoke("attribute", trace_id, "--data", data).out
    assert told.splitlines()[0].startswith("closer, ")
    assert told.splitlines()[0].endswith("by what was found in it")


@pytest.mark.parametrize("trace", ["", "zz", "f" * 31, "f" * 33, "'" * 32, "ä" * 32])
def test_what_is_no_trace_id_is_refused(data: Path, trace: str) -> None:
    said = invoke("attribute", "--data", data, "--", trace).refused()
    assert said == "a trace is named by its id of 32 hex digits"


def test_a_trace_that_is_not_there_is_refused(data: Path) -> None:
    said = invoke("attribute", "f" * 32, "--data", data).refused()
    assert said == f"no step of a trace {'f' * 32} is stored; look for it with `wakeline sql`"


def shown(found: Attribution) -> str:
    return ENVIRONMENT.get_template("_attribution.html").render(attribution=found)


def test_a_page_can_show_it(store: Store) -> None:
    trace_id = stored(store)
    attributing = StoredAttribution(store)
    page = shown(attributing.attribution("", trace_id))
    assert "If the run failed, and by its structure only" in page
    assert "<td>guesser</td>" in page
    flawed(store, trace_id, reason="closer <b>ended</b>")
    page = shown(attributing.attribution("", trace_id))
    assert "By what was found in trace" in page
    assert "closer &lt;b&gt;ended&lt;/b&gt;" in page
