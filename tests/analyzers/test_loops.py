"""Do loops of stored steps become findings that say what was repeated, and of what it is a part?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from analyzers import registry
from analyzers.catalog.loops import Loops
from domain.cases import CaseSource
from domain.findings import Draft, Role, Severity, Window
from domain.lanes import TYPES, Lanes
from domain.signatures import Signature
from tests.domain.test_findings import NOW

WINDOW = Window(NOW, NOW + timedelta(1))
LOOPS = registry.analyzers()[0]


def lanes(calls: int, **columns: Any) -> Lanes:
    """The same call again and again, a second apart; columns give other values."""
    start = int(datetime(2026, 1, 1, 10, tzinfo=UTC).timestamp())
    texts = {"tenant": "acme", "agent": "billing", "tool": "search", "trace_id": "t1"}
    zeros = {name: [0] * calls for name in TYPES}
    whole: dict[str, Any] = zeros | {name: [text] * calls for name, text in texts.items()}
    whole |= {
        "ts_ns": [(start + n) * 10**9 for n in range(calls)],
        "span_id": [f"s{n}" for n in range(calls)],
        "case_id": [""] * calls,
        "token": [1] * calls,
        "shape": [1] * calls,
        "result": [1] * calls,
        "tokens_so_far": [100 * n for n in range(calls)],
    }
    return Lanes.from_columns(whole | columns)


def found(given: Lanes) -> list[Draft]:
    class Given:
        def lanes(self, view: str, window: Window) -> Lanes:
            assert (view, window) == ("tool", WINDOW)
            return given

        def candidates(self, signature: Signature, window: Window) -> list[Draft]:
            assert (signature.id, signature.relation) == ("LOOP-04", "retry_storms")
            return []

        def cases(self) -> CaseSource:
            raise NotImplementedError

    return list(LOOPS.drafts(Given(), WINDOW))


def test_all_of_the_loop_is_said() -> None:
    cost = [0.25 * n for n in range(6)]
    (draft,) = found(lanes(6, cost_so_far=cost))
    assert (draft.signature, draft.lane, draft.agents) == ("LOOP-01", "trace:t1", ("billing",))
    assert draft.raised  # five or more
    assert draft.facts == {
        "agent": "billing", "tools": ["search"], "period": 1, "calls_of_period": "call",
        "repeats": 6.0, "calls": 6, "errors": 0, "new_results": 0, "tokens": 500,
        "spent": "500 tokens, $1.25", "cost_usd": 1.25, "cost_usd_per_hour": 900.0,
        "seconds": 5.0, "from": "2026-01-01T10:00:00+00:00", "until": "2026-01-01T10:00:05+00:00",
        "last_useful": "span s0", "besides": "the last useful result was span s0",
    }  # fmt: skip
    assert [(one.span_id, one.role) for one in draft.evidence] == [
        ("s0", Role.CAUSE), ("s1", Role.VIOLATION), ("s5", Role.VIOLATION),
    ]  # fmt: skip


def test_it_stays_the_same_finding_while_it_grows() -> None:
    assert {found(lanes(n))[0].finding_id for n in (3, 4, 300)} == {found(lanes(3))[0].finding_id}
    assert not found(lanes(2))
    assert not found(lanes(0))


def test_without_results_it_is_less_sure() -> None:
    (draft,) = found(lanes(4, no_result=[True] * 4, result=[0] * 4, agent=[""] * 4))
    assert (draft.weight, draft.degraded, draft.agents) == (0.6, True, ())
    assert draft.facts["agent"] == "an agent without a name"
    assert draft.facts["last_useful"] == "not there yet"
    assert draft.facts["spent"] == "300 tokens"


def test_at_one_moment_it_costs_nothing_an_hour() -> None:
    (draft,) = found(lanes(3, ts_ns=[10**18] * 3))
    assert draft.facts["cost_usd_per_hour"] == 0


def test_a_nightly_job_is_no_loop() -> None:
    night = 86_400 * 10**9
    apart = [day * night + n * 10**9 for day in range(3) for n in range(2)]
    assert not found(lanes(6, ts_ns=apart, token=[1, 2] * 3, shape=[1, 2] * 3, result=[1, 2] * 3))
    # Slow but steady is one lane.
    steady = [n * 11 * 60 * 10**9 for n in range(6)]
    assert found(lanes(6, ts_ns=steady))


def test_retries_after_longer_and_longer_pauses_are_no_loop() -> None:
    failing: dict[str, Any] = {"error": [True] * 5, "result": [0] * 5}
    grows = [10**9 * n for n in (0, 1, 3, 7, 15)]
    assert not found(lanes(5, ts_ns=grows, **failing))
    assert found(lanes(5, ts_ns=grows))  # none of them failed
    assert found(lanes(5, ts_ns=[*grows[:4], grows[3] + 10**9], **failing))
    assert found(lanes(5, ts_ns=[10**9] * 5, **failing))


def test_the_same_loop_after_a_pause_is_the_same_finding() -> None:
    ts = [n * 10**9 for n in range(5)] + [(86_400 + n) * 10**9 for n in range(4)]
    (draft,) = found(lanes(9, ts_ns=ts))
    assert draft.facts["calls"] == 5


def test_a_cycle_names_its_tools_and_an_unordered_one_too() -> None:
    given = lanes(9, token=[1, 2, 3] * 3, shape=[1, 2, 3] * 3, tool=["a", "b", "a"] * 3)
    (cycle,) = found(given)
    assert (cycle.signature, cycle.facts["calls_of_period"]) == ("LOOP-02", "3 calls")
    assert (cycle.facts["tools"], cycle.raised) == (["a", "b"], False)
    words = [1, 2, 3, 4, 2, 1, 4, 3, 1, 3, 2, 4, 4, 1, 3, 2, 1, 4, 2, 3]
    (near,) = found(lanes(20, token=words, shape=words, result=words))
    assert (near.signature, near.facts["period"], near.facts["repeats"]) == ("LOOP-03", 1, 0.0)


def test_loops_are_analyzers_of_the_registry() -> None:
    assert isinstance(LOOPS, Loops)
    assert [each.id for each in LOOPS.signatures] == ["LOOP-01", "LOOP-02", "LOOP-03", "LOOP-04"]
    assert LOOPS.signatures[0].severity is Severity.MEDIUM
    every = [each.id for analyzer in registry.analyzers() for each in analyzer.signatures]
    assert len(every) == len(set(every))


def test_steps_can_be_taken_by_place() -> None:
    given = lanes(3)
    assert given.taken(np.array([2, 0])).span_id.tolist() == ["s2", "s0"]
