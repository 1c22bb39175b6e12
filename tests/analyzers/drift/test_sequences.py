"""Is a change in the order of steps seen where it is, and nowhere else?"""

from collections import Counter

import numpy as np
import pytest

from analyzers.drift import sequences
from analyzers.drift.channels import share
from analyzers.drift.sequences import Cells, Rule
from domain.tool_orders import Constraint

VERIFIED = ("plan", "verify", "refund")
HASTY = ("plan", "refund", "verify")


def test_cells_are_frequent_transitions_and_one_for_the_rest_of_each_row() -> None:
    window = Counter({
        ("plan", "verify"): 60, ("plan", "refund"): 30, ("plan", "ask"): 4, ("plan", "stop"): 3,
        ("verify", "refund"): 40, ("verify", "$"): 4, ("refund", "$"): 70,
    })  # fmt: skip
    chosen = sequences.cells([window, window])
    assert chosen.cells == (("plan", "refund"), ("plan", "verify"), ("plan", "rare"))
    taken, visits = chosen.counts([window, {}])
    assert taken.tolist() == [[30, 60, 7], [0, 0, 0]]
    assert visits.tolist() == [[97] * 3, [0] * 3]
    x = chosen.channels([window, {}])
    assert x[0] == pytest.approx(share(np.array([30, 60, 7]), np.array([97] * 3)))
    assert np.isnan(x[1]).all()


def test_a_tool_called_rare_is_one_cell() -> None:
    window = {("plan", "rare"): 60, ("plan", "ask"): 30, ("plan", "a"): 4, ("plan", "b"): 4}
    chosen = sequences.cells([window])
    assert chosen.cells == (("plan", "ask"), ("plan", "rare"))
    assert chosen.counts([window])[0].tolist() == [[30, 68]]


def test_what_is_new_in_a_row_without_a_rest_still_counts_as_a_visit() -> None:
    chosen = Cells((("plan", "verify"), ("plan", "refund")))
    taken, visits = chosen.counts([{("plan", "other"): 5, ("plan", "verify"): 5}])
    assert taken.tolist() == [[5, 0]]
    assert visits.tolist() == [[10, 10]]


def test_transitions_go_from_start_to_end() -> None:
    counted = sequences.transitions([VERIFIED, VERIFIED, ()])
    assert counted[("^", "plan")] == 2
    assert counted[("refund", "$")] == 2
    assert counted[("^", "$")] == 1


def test_only_a_tool_whose_next_step_depends_on_the_one_before_needs_two() -> None:
    tied = [("ask", "look", "tell"), ("pay", "look", "book")] * 30
    free = [(a, "look", b) for a in ("ask", "pay") for b in ("tell", "book")] * 15
    assert sequences.needs_two(tied) == ["look"]
    assert sequences.needs_two(free) == []
    assert sequences.needs_two([]) == []


def test_a_new_transition_is_counted_alike_within_and_after_the_baseline() -> None:
    baseline = [[VERIFIED, HASTY], [VERIFIED], [VERIFIED, VERIFIED]]
    assert sequences.novel_in_baseline(baseline) == [1, 0, 0]
    known = frozenset(
        edge for paths in baseline for path in paths for edge in sequences.edges(path)
    )
    assert sequences.novel([VERIFIED, HASTY, ("pay",)], known) == 1


@pytest.mark.parametrize(
    ("rule", "path", "applies", "held"),
    [
        (Rule(Constraint.PRECEDENCE, "verify", "refund"), VERIFIED, True, True),
        (Rule(Constraint.PRECEDENCE, "verify", "refund"), HASTY, True, False),
        (Rule(Constraint.PRECEDENCE, "verify", "refund"), ("refund",), True, False),
        (Rule(Constraint.PRECEDENCE, "verify", "refund"), ("verify",), False, False),
        (Rule(Constraint.RESPONSE, "verify", "refund"), VERIFIED, True, True),
        (Rule(Constraint.RESPONSE, "verify", "refund"), (*VERIFIED, "verify"), True, False),
        (Rule(Constraint.RESPONSE, "verify", "refund"), ("verify",), True, False),
        (Rule(Constraint.NOT_COEXISTENCE, "verify", "refund"), ("verify",), True, True),
        (Rule(Constraint.NOT_COEXISTENCE, "verify", "refund"), VERIFIED, True, False),
        (Rule(None, "plan"), VERIFIED, True, True),
        (Rule(None, "plan"), ("plan", "plan"), True, False),
    ],
)  # fmt: skip
def test_a_rule_says_what_it_asks_for(
    rule: Rule, path: tuple[str, ...], applies: bool, held: bool
) -> None:
    assert rule.applies(path) is applies
    assert rule.held(path) is held


def test_what_nearly_all_runs_keep_to_is_a_rule_and_its_share_falls_when_they_do_not() -> None:
    paths = [VERIFIED] * 297 + [HASTY] * 3
    rule = Rule(Constraint.PRECEDENCE, "verify", "refund")
    found = sequences.rules(paths)
    assert rule in found
    assert Rule(None, "refund") in found
    assert Rule(Constraint.PRECEDENCE, "refund", "verify") not in found
    assert sequences.rules(paths[:199]) == []
    assert sequences.conformance(rule, paths) == (297, 300)
    assert sequences.conformance(rule, [HASTY] * 10) == (0, 10)


def test_cells_that_say_nothing_yet_are_not_named() -> None:
    evidence = np.array([np.nan, 1e6, 3.0])
    assert sequences.localised(evidence, 90).tolist() == [1]


def test_the_share_of_each_transition_sums_up_to_all() -> None:
    before = {("a", "b"): 500, ("a", "c"): 500, ("b", "$"): 800}
    after = {("a", "b"): 800, ("a", "c"): 200, ("b", "$"): 800}
    found = sequences.divergence(before, after)
    assert sum(found.cells.values()) == pytest.approx(1)
    assert max(found.cells, key=found.cells.__getitem__) == ("a", "b")
    assert found.cells["b", "$"] == pytest.approx(0)
    assert found.nats == pytest.approx(
        1000 / 1800 * (0.8 * np.log(1.6) + 0.2 * np.log(0.4)), rel=0.02
    )
    assert found.rows == pytest.approx({"a": 0, "b": 0}, abs=1e-9)


def test_a_tool_that_is_used_more_is_told_apart_from_what_follows_it() -> None:
    before = {("a", "b"): 500, ("a", "c"): 500, ("b", "$"): 500}
    after = {("a", "b"): 5000, ("a", "c"): 5000, ("b", "$"): 500}
    found = sequences.divergence(before, after)
    assert found.nats == pytest.approx(0, abs=1e-4)
    assert found.rows["a"] == pytest.approx(-found.rows["b"])
    assert found.rows["a"] > 0.2


def test_equal_counts_and_no_counts_do_not_differ() -> None:
    same = {("a", "b"): 3, ("a", "c"): 4}
    assert set(sequences.divergence(same, same).cells.values()) == {0.0}
    assert sequences.divergence({}, {}).nats == 0.0
