"""LOOP-04 of many traces: are retry storms found, and load tests and growing pauses left alone?"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from analyzers import registry, runner
from analyzers.loops import storms
from domain.asked import Asked
from domain.findings import Draft, Window
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.analyzers.signatures import loop_04
from tests.analyzers.signatures.loop_04 import NOW, Case
from tests.analyzers.signatures.spans import rule

WINDOW = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
SIGNATURE = rule("loop_04")


def put(store: Store, cases: Sequence[Case]) -> None:
    store.insert("steps", [row for case in cases for row in case.rows])


def found(store: Store, window: Window = WINDOW) -> list[Draft]:
    return list(storms.storms(SIGNATURE, StoredFindings(store), window))


@pytest.mark.parametrize("seed", [5, 6])
def test_storms_are_found_and_nothing_else(store: Store, seed: int) -> None:
    cases = list(loop_04.cases(seed))
    put(store, [case for _, case in cases])
    lanes = {draft.lane for draft in found(store)}
    assert sum(storm for storm, _ in cases) >= 20
    assert sum(not storm for storm, _ in cases) >= 50
    assert [case.tool for storm, case in cases if (case.lane in lanes) != storm] == []


def stormy(name: str = "charge") -> Case:
    case = Case(name)
    for run in range(6):
        for number in range(5):
            case.attempt(run / 10 + 2 * number, run)
    return case


def test_a_storm_is_told_with_who_tries_what_how_often(store: Store) -> None:
    put(store, [stormy()])
    (draft,) = found(store)
    assert (draft.lane, draft.agents) == (stormy().lane, ("agent-0", "agent-1", "agent-2"))
    assert [one.span_id for one in draft.evidence][:3] == ["charge-0", "charge-5", "charge-10"]
    finding = runner.finding(draft, SIGNATURE, {}, {})
    assert finding.reason == (
        "3 agents kept calling charge: 30 calls, 30 of them failed, 0 new results (30 in the worst"
        " minute) between 10:30 and 10:30; 6 runs met timeout and tried each call 5.0 times a"
        " minute, without longer and longer pauses."
    ).replace("10:30", f"{draft.first_at:%H:%M}")


def test_agents_without_names_are_told_as_such(store: Store) -> None:
    case = Case("charge")
    loop_04.of_nobody(case, Random(1))
    put(store, [case])
    (draft,) = found(store)
    assert (draft.agents, draft.facts["agent"]) == ((), "an agent without a name")
    put(store, [named()])
    one = next(draft for draft in found(store) if draft.facts["tools"] == ["refund"])
    assert one.facts["agent"] == "clerk"


def named() -> Case:
    case = stormy("refund")
    for row in case.rows:
        row["agent"] = "clerk"
    return case


def test_late_calls_that_show_a_load_test_take_it_back_and_leave_others(store: Store) -> None:
    findings = StoredFindings(store)
    loops = registry.analyzers()[0]
    run = runner.Runner([loops], findings, findings)
    put(store, [stormy(), stormy("refund")])
    # Each run's own loop, and the two storms.
    assert run.run(WINDOW, {}, {}).found == {"LOOP-04": 12 + 2}
    late = Case("charge")
    for number in range(40):
        late.attempt(number / 10, 1000 + number, number + 1)
        late.rows[-1] |= {"received": NOW + timedelta(seconds=9), "span_id": f"late-{number}"}
    put(store, [late])
    after = Window(WINDOW.until, WINDOW.until + timedelta(minutes=1))
    assert run.run(after, {}, {}).retracted == 1
    kept = FindingRows(store).listed(Asked(), 99)
    assert {row["lane"] for row in kept if row["lane"][:4] == "tool"} == {stormy("refund").lane}
    assert len(kept) == 13
    assert found(store, after) == []


def test_tenants_are_apart(store: Store) -> None:
    cases = [Case("charge", tenant) for tenant in ("acme", "other")]
    for run in range(6):
        for number in range(3):
            cases[run % 2].attempt(run / 10 + 2 * number, run)
    put(store, cases)
    assert found(store) == []
