"""What a window touches is asked for once, holds whole traces, and leaves nothing behind."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import signatures
from domain.findings import Window
from storage import rules
from storage.findings import StoredFindings
from storage.store import Store
from storage.touched import KINDS, Touched, moments

NOW = datetime.now(UTC).replace(microsecond=0)
WINDOW = Window(NOW - timedelta(seconds=5), NOW)
RULE = """
{id: GOAL-04, version: 1, name: x, severity: low, prior: 0.5, lane: trace, relation: some_rows,
 reason: x}
"""


def put(store: Store, *rows: tuple[str, str, float, float]) -> None:
    """Steps (trace, span) that were received, and began, so many seconds before now."""
    store.insert(
        "steps",
        [
            {
                "tenant": "acme", "retention_days": 30, "trace_id": trace, "span_id": span,
                "received": NOW - timedelta(seconds=received), "ts": NOW - timedelta(seconds=ago),
                "agent": "billing", "cost": 0.5, "revision": 1,
            }
            for trace, span, received, ago in rows
        ],
    )  # fmt: skip


def walked(store: Store, number: int) -> Sequence[str]:
    text = f"SELECT span_id FROM walked_steps WHERE pass = {number} ORDER BY span_id"
    return [json.loads(row)["span_id"] for row in _lines(store, text)]


def _lines(store: Store, text: str) -> list[bytes]:
    return store.read_only(text, "JSONEachRow").splitlines()


def test_traces_that_received_something_are_gathered_whole(store: Store) -> None:
    put(store, ("t1", "old", 900, 905), ("t1", "new", 2, 3), ("t2", "other", 900, 905))
    assert walked(store, Touched(store).steps(WINDOW)) == ["new", "old"]


def test_steps_of_more_than_a_day_before_are_left_out(store: Store) -> None:
    put(store, ("t1", "days_ago", 900, 3 * 86400), ("t1", "new", 2, 3))
    assert walked(store, Touched(store).steps(WINDOW)) == ["new"]


def test_a_rule_that_waits_looks_at_what_came_so_long_before(store: Store) -> None:
    put(store, ("t1", "ripe", 602, 603), ("t2", "fresh", 2, 3), ("t3", "between", 300, 301))
    assert walked(store, Touched(store).steps(WINDOW, 600)) == ["ripe"]


def test_a_window_is_gathered_once_and_its_runs_are_summed(store: Store) -> None:
    put(store, ("t1", "a", 2, 3), ("t1", "b", 2, 3))
    touched = Touched(store)
    assert touched.steps(WINDOW) == touched.steps(WINDOW)
    (row,) = _lines(store, "SELECT agent, toUInt8(steps) AS steps, cost FROM run_totals FINAL")
    assert json.loads(row) == {"agent": "billing", "steps": 2, "cost": 1.0}


def test_the_next_window_gives_back_the_space_of_the_one_before(store: Store) -> None:
    put(store, ("t1", "a", 2, 3))
    touched = Touched(store)
    touched.steps(WINDOW)
    touched.steps(WINDOW, 600)
    last = touched.steps(Window(WINDOW.since, NOW + timedelta(seconds=1)))
    passes = _lines(store, "SELECT DISTINCT toString(pass) AS pass FROM walked_steps")
    assert [json.loads(row) for row in passes] == [{"pass": str(last)}]
    touched.forget()
    assert _lines(store, "SELECT 1 FROM walked_steps LIMIT 1") == []


@pytest.mark.parametrize(("wait_s", "touches"), [(0, False), (600, True)])
def test_what_came_while_a_rule_waits_touches_it(
    store: Store, wait_s: float, touches: bool
) -> None:
    put(store, ("t1", "a", 300, 301))
    assert Touched(store).any_of(["effects", "steps"], WINDOW, wait_s) == touches
    assert not Touched(store).any_of(["effects"], WINDOW, wait_s)


def test_which_tables_received_rows_is_asked_once_a_window(store: Store) -> None:
    touched = Touched(store)
    assert not touched.any_of(["steps"], WINDOW)
    put(store, ("t1", "a", 2, 3))
    assert not touched.any_of(["steps"], WINDOW)
    assert touched.any_of(["steps"], Window(WINDOW.since, NOW + timedelta(seconds=1)))


def test_a_moment_counts_when_it_comes_and_when_the_wait_is_over() -> None:
    assert moments(WINDOW, 600) == {
        "since": WINDOW.since - timedelta(seconds=600),
        "ripe_until": WINDOW.until - timedelta(seconds=600),
        "fresh_since": WINDOW.since,
        "until": WINDOW.until,
    }


def test_every_relation_says_which_tables_touch_it(store: Store) -> None:
    known: set[str] = set()
    for row in _lines(store, "SELECT table FROM system.columns WHERE name = 'received'"):
        known.add(json.loads(row)["table"])
    for path in sorted(rules.RELATIONS.glob("*.sql")):
        tables = rules.touched_by(path.stem)
        assert tables, path.name
        assert set(tables) <= known, path.name


def test_every_relation_needs_what_is_asked_for() -> None:
    needed = {path.stem: rules.needs(path.stem) for path in rules.RELATIONS.glob("*.sql")}
    assert needed["outside_scope"] == ("bounds", "failures")
    assert needed["stale_inputs"] == ()
    assert {kind for kinds in needed.values() for kind in kinds} == set(KINDS)


def test_a_kind_is_there_when_a_touched_trace_holds_it(store: Store) -> None:
    put(store, ("t1", "a", 2, 3))
    step = {"tenant": "acme", "retention_days": 30, "trace_id": "t1", "span_id": "b"}
    step |= {"received": NOW - timedelta(seconds=900), "ts": NOW, "revision": 1}
    store.insert("steps", [step | {"status": "Error"}])
    touched = Touched(store)
    assert touched.any_kind(["bounds", "failures"], WINDOW)
    assert not touched.any_kind(["runs", "contexts"], WINDOW)
    assert not touched.any_kind(["failures"], WINDOW, 600)


def test_what_was_told_before_counts_where_a_trace_is_told_more(store: Store) -> None:
    for trace, received, offered in (("t1", 900, ["find"]), ("t1", 2, []), ("t2", 900, ["send"])):
        moment = NOW - timedelta(seconds=received)
        told = {"tenant": "acme", "retention_days": 30, "trace_id": trace, "received": moment}
        told |= {"span_id": str(received), "ts": moment, "operation": "chat", "offered": offered}
        store.insert("contents", [told | {"revision": 1}])
    touched = Touched(store)
    assert touched.any_kind(["offers"], WINDOW)
    assert touched.any_kind(["answers"], WINDOW)
    assert not touched.any_kind(["members", "candidates", "gaps", "instructions"], WINDOW)


def test_nothing_is_declared_unless_somebody_did(store: Store) -> None:
    assert not Touched(store).any_kind(["policies", "bounds", "habits", "customs"], WINDOW)


def test_a_rule_whose_tables_received_nothing_is_not_run(
    store: Store, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "RELATIONS", tmp_path)
    rules._lines.cache_clear()
    (tmp_path / "some_rows.sql").write_text("-- Touched by effects.\nSELECT no_such_column\n")
    signature = signatures.parse(RULE, "rule.yaml")
    assert list(StoredFindings(store).candidates(signature, WINDOW)) == []
    rules._lines.cache_clear()
