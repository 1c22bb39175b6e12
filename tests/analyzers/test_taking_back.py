"""Do findings stay when something else happens in their trace, and go when it shows them wrong?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from analyzers import registry
from analyzers.runner import Pass, Runner
from app.policies import Policies
from domain.asked import Asked
from domain.findings import Window
from storage import contents
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.analyzers.signatures import (
    goal_01,
    goal_05,
    gov_02,
    gov_04,
    gov_05,
    loop_05,
    loop_07,
    policies,
    spans,
    tool_01,
    tool_02,
    tool_03,
    tool_04,
)
from tests.analyzers.signatures.goal_03 import NOW
from tests.analyzers.signatures.spans import RECEIVED, Case, Span, call, root, rule
from tests.contracts.segments import RECEIVED_UNIX_NANO
from tests.storage.test_findings import step

WINDOW = Window(NOW - timedelta(hours=2), NOW + timedelta(seconds=1))
LATER = Window(WINDOW.until, WINDOW.until + timedelta(minutes=1))
SUITES = (goal_05.SUITE, loop_05.SUITE, loop_07.SUITE, tool_01.SUITE, tool_02.SUITE, tool_03.SUITE)


def run(store: Store, window: Window, *names: str) -> Pass:
    """One pass of the analyzers of these signatures, all when none is named."""
    chosen = [
        analyzer
        for analyzer in registry.analyzers()
        if not names or {each.id for each in analyzer.signatures}.intersection(names)
    ]
    contents.derive_contents(store, window.since, window.until)
    findings = StoredFindings(store)
    done = Runner(chosen, findings, findings).run(window, {}, {})
    assert not done.failed
    return done


def test_what_looks_at_single_calls_stays_when_its_trace_goes_on(store: Store) -> None:
    cases = list(tool_04.doings(3))
    store.insert("data_access", [row for _, doing in cases for row in doing.accesses])
    steps = [row for _, doing in cases for row in doing.steps]
    store.insert("steps", steps)
    assert run(store, WINDOW, "TOOL-04").written
    more = {"operation": "chat", "span_id": "more", "tool": "", "error_type": ""}
    store.insert(
        "steps", [step(trace_id=row["trace_id"], received=LATER.since, **more) for row in steps]
    )
    assert run(store, LATER, "TOOL-04").retracted == 0


def test_a_fact_in_the_trace_takes_nothing_back_that_rests_on_steps_and_texts(store: Store) -> None:
    makers = [make for suite in SUITES for make in suite.positives.values()]
    ids = spans.send(store, [Case("", make(Random(3)), positive=True) for make in makers])
    found = run(store, spans.WINDOW).found
    assert {"LOOP-05", "LOOP-07", "TOOL-01", "TOOL-02", "TOOL-03"} <= set(found)
    late = spans.WINDOW.until
    said = {"tenant": spans.TENANT, "received": late, "ts": RECEIVED, "retention_days": 30}
    rows = [said | {"trace_id": one, "span_id": "x", "revision": 1} for one in ids]
    for table in ("decisions", "intents", "outcomes", "effects"):
        store.insert(table, rows)
    done = run(store, Window(late, late + timedelta(minutes=1)))
    assert (done.retracted, done.found) == (0, {})


FORBIDDEN = (gov_02.SUITE, gov_04.SUITE, gov_05.SUITE, goal_01.SUITE)
KEYS = ("tenant", "retention_days", "ts", "trace_id", "case_id", "revision")
FACTS = ("effects", "decisions", "intents", "outcomes", "data_access", "handoffs")


@pytest.mark.parametrize("suite", FORBIDDEN, ids=lambda suite: suite.signature)
def test_facts_beside_what_is_forbidden_take_nothing_back(
    store: Store, suite: policies.Suite
) -> None:
    stories = [story for positive, story in suite.stories(1) if positive]
    Policies(store).apply(suite.policies)
    policies.put(store, stories)
    name = rule(suite.signature).id
    assert run(store, policies.WINDOW, name).written
    after = Window(policies.WINDOW.until, policies.WINDOW.until + timedelta(minutes=1))
    for table in FACTS:
        beside = {"agent": "another", "received": after.since, "span_id": f"beside-{table}"}
        rows = [
            {name: row[name] for name in KEYS} | beside
            for story in stories
            for _, row in story.rows
        ]
        store.insert(table, rows)
        assert (table, run(store, after, name).retracted) == (table, 0)


def test_an_approval_that_is_heard_of_late_takes_back_what_it_allowed(store: Store) -> None:
    stories = [story for positive, story in gov_02.SUITE.stories(1) if positive]
    Policies(store).apply(gov_02.SUITE.policies)
    done = [row for row in policies.put(store, stories) if "delta" in row]
    store.insert("effects", [row | {"tool": "refund", "revision": 2} for row in done])
    found = run(store, policies.WINDOW, "GOV-02").written
    assert found >= len(stories)
    too_late = _approve(store, done, policies.WINDOW.until, timedelta(days=2))
    assert run(store, too_late, "GOV-02").retracted == 0
    said = {str(row["facts"]["approval"]) for row in FindingRows(store).listed(Asked(), 99)}
    assert {"approved only 1 hour later", "approved only 2 days later"} < said
    assert "without approval" not in said
    in_time = _approve(store, done, too_late.until, -timedelta(hours=1))
    assert run(store, in_time, "GOV-02").retracted == found


def _approve(
    store: Store, effects: Sequence[policies.Row], heard: datetime, after: timedelta
) -> Window:
    """Somebody approves each effect, so long after it; the window in which that is heard of."""
    said: policies.Row = {
        "action": "approve",
        "tool": "refund",
        "approval_id": "a",
        "agent": "boss",
    }
    said |= {"received": heard, "span_id": f"desk {heard}"}
    keys = (*KEYS, "decision_id")
    store.insert("decisions", [
        {name: row[name] for name in keys} | said | {"ts": row["ts"] + after} for row in effects
    ])  # fmt: skip
    return Window(heard, heard + timedelta(minutes=1))


def test_a_late_call_that_breaks_a_loop_takes_it_back_and_leaves_the_other(store: Store) -> None:
    def repeating() -> Case:
        calls = [call(1 + n, "search", {"q": "x"}, "nothing new here") for n in range(4)]
        return Case("", [root(), *calls])

    ids = spans.send(store, [repeating(), repeating()])
    assert run(store, spans.WINDOW, "LOOP-01").found == {"LOOP-01": 2}
    between: list[Span] = [call(n + 0.5, "write", {"n": n}, f"written {n}") for n in (2, 3)]
    late = Case("", [*repeating().spans, *between])
    spans.send(store, [late], RECEIVED_UNIX_NANO + 7200 * spans.SECOND)
    after = Window(spans.WINDOW.until, spans.WINDOW.until + timedelta(hours=2))
    assert run(store, after, "LOOP-01").retracted == 1
    (kept,) = FindingRows(store).listed(Asked(), 9)
    assert kept["lane"] == f"trace:{ids[1]}"
