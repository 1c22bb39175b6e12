"""Are orders of tools counted as they are, kept as rules, and held against runs?"""

import random
from dataclasses import astuple
from datetime import timedelta
from typing import Any

import pytest

from analyzers import mining
from domain.asked import EVER
from domain.errors import NotFound
from domain.findings import Draft, Role, Window
from domain.tool_orders import Constraint, OrderRule, PairCount, RuleState
from storage.findings import StoredFindings
from storage.mined_rules import MinedRules
from storage.store import Store
from tests.analyzers import order_runs
from tests.analyzers.order_runs import NOW, SECOND, Run, pairs, store_runs
from tests.analyzers.signatures import spans
from tests.storage.test_findings import step

RULE = OrderRule(
    Constraint.PRECEDENCE, "intent refund", "check", "pay", support=200, held=199, q=1e-9
)
AFTER = OrderRule(Constraint.RESPONSE, "intent refund", "pay", "look", 200, 200, 1e-9)
NEVER = OrderRule(Constraint.NOT_COEXISTENCE, "agent billing", "keep", "drop", 200, 200, 1e-9)
SIGNATURE = spans.rule("mined_01")
WHOLE = Window(EVER, NOW + SECOND)


def drafts(store: Store, window: Window = WHOLE) -> list[Draft]:
    return list(StoredFindings(store).candidates(SIGNATURE, window))


def rounded(pair: PairCount) -> tuple[object, ...]:
    return tuple(round(value, 6) if isinstance(value, float) else value for value in astuple(pair))


def test_orders_are_counted_as_one_by_one(store: Store) -> None:
    rng = random.Random(7)
    runs = [
        Run(
            [rng.choice("abcd") for _ in range(rng.randrange(6))],
            kind=rng.choice(["refund", ""]),
            good=rng.choice([True, True, False, None]),
            failed=frozenset({rng.randrange(6)}),
        )
        for _ in range(120)
    ]
    other = [Run("ab", tenant="other")]
    store_runs(store, runs + other)
    found = dict(MinedRules(store).counted(EVER, NOW))
    assert set(found) == {"acme", "other"}
    for tenant, of in (("acme", runs), ("other", other)):
        assert list(map(rounded, found[tenant])) == list(map(rounded, pairs(of)))
    assert set(dict(MinedRules(store).counted(EVER, NOW, "other"))) == {"other"}


def test_an_outcome_is_of_the_case_the_write_or_the_run_that_it_is_about(store: Store) -> None:
    names = ("case", "write", "data", "own", "worse", "later")
    traces = dict(zip(names, store_runs(store, [Run("ab", good=None)] * 6), strict=True))
    base: dict[str, Any] = {
        "tenant": "acme",
        "received": NOW,
        "retention_days": 30,
        "ts": NOW,
        "revision": 1,
    }
    write: dict[str, Any] = {"access": "write", "field": "x", "status": "Ok", "span_id": "w"}
    accesses: list[dict[str, Any]] = [
        write | {"trace_id": traces["write"], "entity": "invoice:1", "data_id": "d1"},
        write | {"trace_id": traces["data"], "entity": "invoice:2", "data_id": "d2"},
        write | {"trace_id": traces["later"], "entity": "invoice:1", "data_id": "d3",
                 "ts": NOW + SECOND},
        write | {"trace_id": traces["worse"], "entity": "invoice:3", "data_id": "d4"},
    ]  # fmt: skip
    store.insert(
        "data_access", [base | one | {"ts": one.get("ts", NOW - SECOND)} for one in accesses]
    )
    said: dict[str, Any] = {
        "type": "success",
        "polarity": 1,
        "trace_id": "e" * 32,
        "span_id": "o",
        "case_id": "",
    }
    outcomes: list[dict[str, Any]] = [
        {"target": ["invoice:1"]},
        {"target": ["d2"]},
        {"target": ["invoice:3"]},
        {"target": ["invoice:3"], "polarity": -1},
        {"target": [], "trace_id": traces["own"]},
        {"target": [], "case_id": "case-1"},
    ]
    rows = [base | said | one | {"outcome_id": str(n)} for n, one in enumerate(outcomes)]
    store.insert("outcomes", rows)
    store.insert("steps", [
        step(trace_id=traces["case"], span_id="c", case_id="case-1", ts=NOW, tool="a")
    ])  # fmt: skip
    ((_, counted),) = MinedRules(store).counted(EVER, NOW + 2 * SECOND)
    assert sum(pair.together for pair in counted if not pair.second) == 4


def test_what_was_mined_is_kept_once_a_day_and_marked_when_it_holds_no_more(store: Store) -> None:
    rules = MinedRules(store)
    assert rules.keep("acme", [RULE, AFTER], NOW) == 2
    assert rules.keep("acme", [RULE, AFTER], NOW + timedelta(hours=1)) == 0
    assert rules.keep("acme", [RULE, AFTER], NOW + timedelta(days=1)) == 2
    assert rules.keep("other", [RULE], NOW) == 1
    assert rules.keep("acme", [RULE], NOW + timedelta(days=1, hours=1)) == 1
    rows = {row["rule_id"]: row for row in rules.listed("acme")}
    assert [rows[one.rule_id("acme")]["holds"] for one in (RULE, AFTER)] == [True, False]
    row = rows[RULE.rule_id("acme")]
    assert (row["state"], row["support"], row["confidence"]) == ("info", 200, 0.995)
    assert row["mined_at"] == NOW + timedelta(days=1)
    assert rules.keep("acme", [RULE, AFTER], NOW + timedelta(days=1, hours=2)) == 1
    assert all(row["holds"] for row in rules.listed())


def test_what_somebody_says_of_a_rule_stays_when_it_is_mined_again(store: Store) -> None:
    rules = MinedRules(store)
    rules.keep("acme", [RULE], NOW)
    rule_id = RULE.rule_id("acme")
    rules.decide(rule_id, RuleState.PROMOTED, "ann")
    rules.keep("acme", [], NOW + SECOND)
    (row,) = rules.listed(rule_id=rule_id)
    assert (row["state"], row["actor"], row["holds"]) == ("promoted", "ann", False)
    rules.decide(rule_id, RuleState.REJECTED, "bob", "acme")
    assert rules.listed()[0]["state"] == "rejected"
    with pytest.raises(NotFound, match="no mined rule has the id 'mined-1'"):
        rules.decide("mined-1", RuleState.PROMOTED, "ann")
    with pytest.raises(NotFound):
        rules.decide(rule_id, RuleState.PROMOTED, "ann", "other")


KEPT: tuple[list[str], ...] = (
    ["check", "pay", "look"],
    ["look"],
    ["check"],
    [],
    ["check", "pay", "look", "look"],
)
BROKEN = (
    (["pay", "look"], 1),
    (["check", "pay"], 1),
    (["look", "pay"], 2),
    (["pay", "check", "look"], 1),
)


def test_runs_that_break_a_rule_are_found_and_no_others(store: Store) -> None:
    runs = [Run(calls) for calls in KEPT] + [Run(calls) for calls, _ in BROKEN]
    runs += [Run(["check", "pay", "look"], failed=frozenset({0}))]  # a check that failed is none
    runs += [Run(["pay"], kind="other"), Run(["pay"], tenant="other")]
    runs += [Run(["keep", "drop"], kind=""), Run(["drop", "x"], kind=""), Run(["keep"], kind="")]
    traces = store_runs(store, runs)
    assert drafts(store) == []
    MinedRules(store).keep("acme", [RULE, AFTER, NEVER], NOW)
    found = drafts(store)
    expected = [0] * len(KEPT) + [count for _, count in BROKEN] + [1, 0, 0, 1, 0, 0]
    lanes = [draft.lane for draft in found]
    assert [lanes.count(f"trace:{trace}") for trace in traces] == expected
    by_lane = {draft.lane: draft for draft in found}
    skipped = by_lane[f"trace:{traces[len(KEPT)]}"]
    assert skipped.facts["what"] == "called pay with no check before it"
    assert (skipped.facts["good_runs"], skipped.facts["scope"]) == (200, "intent refund")
    assert (skipped.origin, skipped.raised) == ("inferred", False)
    unread = by_lane[f"trace:{traces[len(KEPT) + 1]}"]
    assert unread.facts["what"] == "called pay with no look after it"
    both = by_lane[f"trace:{traces[-3]}"]
    assert both.facts["what"] == "called both keep and drop"
    assert [one.role for one in both.evidence] == [Role.VIOLATION] * 2
    late = by_lane[f"trace:{traces[len(KEPT) + 3]}"]
    assert [(one.span_id[8:], one.role) for one in late.evidence] == [
        ("00000000", Role.VIOLATION)
    ]  # nothing came before it that could show where the check is missing


def test_a_promoted_rule_is_more_severe_and_a_rejected_one_is_not_looked_for(store: Store) -> None:
    store_runs(store, [Run(["search", "pay", "look"])])
    rules, rule_id = MinedRules(store), RULE.rule_id("acme")
    rules.keep("acme", [RULE], NOW)
    rules.decide(rule_id, RuleState.PROMOTED, "ann")
    (draft,) = drafts(store)
    assert (draft.origin, draft.raised) == ("mapped", True)
    assert [one.role for one in draft.evidence] == [Role.VIOLATION, Role.EXPECTED_BUT_MISSING]
    rules.keep("acme", [], NOW + SECOND)  # a person's word outlasts the count
    assert len(drafts(store)) == 1
    rules.decide(rule_id, RuleState.REJECTED, "ann")
    assert drafts(store) == []


def test_a_run_is_judged_when_it_is_quiet_in_whatever_windows_it_comes(store: Store) -> None:
    MinedRules(store).keep("acme", [RULE], NOW)
    came = NOW - timedelta(hours=1)
    store_runs(store, [Run(["search", "pay", "look"])], received=came)
    tick, quiet = timedelta(seconds=5), timedelta(seconds=SIGNATURE.wait_s)

    def ticks(since_s: int, until_s: int) -> list[int]:
        begins = range(since_s, until_s, 5)
        windows = (came + n * SECOND for n in begins)
        return [
            n
            for n, since in zip(begins, windows, strict=True)
            if drafts(store, Window(since, since + tick))
        ]

    assert ticks(0, 30) == []
    assert ticks(585, 630) == [600]
    # A late span makes the run be looked at again: at once nothing is sure, when it is quiet it is.
    late = came + timedelta(seconds=1200)
    store.insert("steps", [
        step(tenant="acme", trace_id=order_runs.trace_id(1), span_id="late", ts=came,
                        received=late, tool="note"),
    ])  # fmt: skip
    assert drafts(store, Window(late, late + tick)) == []
    assert len(drafts(store, Window(late + quiet, late + quiet + tick))) == 1


def test_rules_mined_of_healthy_runs_find_the_step_that_is_skipped(store: Store) -> None:
    rng = random.Random(2)
    runs = [Run(order_runs.healthy(rng)) for _ in range(300)]
    skips = {"check_limit": 0, "get_refund": 0, "get_order": 0}
    bad = [
        Run([tool for tool in order_runs.healthy(rng) if tool != skipped], good=None)
        for skipped in skips
    ]
    fine = [Run(order_runs.healthy(rng), good=None) for _ in range(100)]
    traces = store_runs(store, runs + fine + bad)
    rules = MinedRules(store)
    for tenant, counted in rules.counted(EVER, NOW):
        rules.keep(tenant, mining.rules(counted), NOW)
    found = {draft.lane for draft in drafts(store)}
    assert found == {f"trace:{trace}" for trace in traces[-len(bad) :]}
