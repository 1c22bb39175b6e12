"""Do rules mean to the engine what they say, and can a text in one never become SQL?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain import predicates, signatures
from domain.errors import InvalidInput
from storage import engines, rules
from storage.store import Store

PLAIN = engines.values("", 30)
RULE = """
id: GOV-01
version: 1
name: acted below confidence
severity: high
prior: 0.8
lane: case
relation: some_rows
parameters: {margin: 0.1, least: 2, kind: refund}
when: [confidence < 0.9 - margin, 'count >= least', kind_said == kind]
raise_when: ["count > 5"]
facts: [agent, {missing: 0.9 - confidence}]
reason: x
"""
ROWS = """-- Which rows are there?
SELECT * FROM (SELECT 'acme' AS tenant, lane, lane AS anchor, ['billing'] AS agents, '' AS case_id,
    now64(9) AS first_ts, first_ts AS last_ts, [('1', '2', 'cause')] AS evidence,
    'explicit' AS origin,
    'billing' AS agent, confidence, count, 'refund' AS kind_said
FROM VALUES('lane String, confidence Float64, count UInt32',
    ('case:1', 0.5, 6), ('case:2', 0.85, 6), ('case:3', 0.5, 1), ('case:4', 0.7, 3)))
"""


@pytest.fixture
def relations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of relations of the test's own."""
    monkeypatch.setattr(rules, "RELATIONS", tmp_path)
    rules._lines.cache_clear()
    yield tmp_path
    rules._lines.cache_clear()


def found(store: Store, text: str, shard: int = 0, shards: int = 1) -> list[dict[str, Any]]:
    signature = signatures.parse(text, "rule.yaml")
    result = store._client().query(
        rules.statement(signature, PLAIN),
        parameters={**signature.parameters, "shard": shard, "shards": shards, "rows_max": 100},
    )
    return list(result.named_results())


def test_a_rule_gives_the_rows_in_which_all_of_it_holds(store: Store, relations: Path) -> None:
    (relations / "some_rows.sql").write_text(ROWS)
    rows = found(store, RULE)
    assert [(row["lane"], row["raised"]) for row in rows] == [("case:1", True), ("case:4", False)]
    assert rows[0]["fact_agent"] == "billing"
    assert rows[0]["fact_missing"] == pytest.approx(0.4)
    assert rows[0]["evidence"] == [("1", "2", "cause")]


def test_shards_share_the_lanes(store: Store, relations: Path) -> None:
    (relations / "some_rows.sql").write_text(ROWS)
    parts = [found(store, RULE, shard, 3) for shard in range(3)]
    assert sorted(row["lane"] for part in parts for row in part) == ["case:1", "case:4"]


def test_a_rule_without_conditions_gives_all_rows(store: Store, relations: Path) -> None:
    (relations / "some_rows.sql").write_text(ROWS)
    text = (
        "{id: GOV-01, version: 1, name: x, severity: low, prior: 1, relation: some_rows, reason: x}"
    )
    assert [row["raised"] for row in found(store, text)] == [False] * 4


def test_a_relation_that_is_not_there_is_named(relations: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no relation 'nothing'"):
        rules.relation("nothing", PLAIN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("abs(-2.5) + 1", 3.5),
        ("2 * 3 - 4 / 8", 5.5),
        ("not (1 == 2) and 1 != 2", 1),
        ("'b' in ['a', 'b'] and 'c' not in ['a', 'b']", 1),
        ("1 in [2, 3] or True", 1),
        ("not False", 1),
        ("length('abc') + length(split('a,b', ','))", 5),
        ("empty('') and has(['x'], 'x') and starts_with('abc', 'ab')", 1),
        ("lower('AbC')", "abc"),
        ("least(1, 2) + greatest(1, 2)", 3),
        ("round(2.46, 1)", 2.5),
        ("text(12)", "12"),
        ("is_null(1)", 0),
        (r"'it\'s \\ fine'", "it's \\ fine"),
        ("-(3)", -3),
    ],
)
def test_expressions_have_their_usual_meaning(store: Store, text: str, value: object) -> None:
    query = f"SELECT {rules.expression(predicates.parse(text), {})}"
    assert store._client().query(query).result_rows[0][0] == value


def test_seconds_between_two_times_are_exact(store: Store) -> None:
    tree = predicates.parse("seconds_between(a, b)")
    query = (
        f"SELECT {rules.expression(tree, {})} FROM (SELECT"
        " toDateTime64('2026-01-01 00:00:00', 9) AS a, a + toIntervalMillisecond(1500) AS b)"
    )
    assert store._client().query(query).result_rows == [(1.5,)]


@pytest.mark.parametrize("text", ["'; DROP TABLE x --", "\\", "'", "\\'", "{a:String}", "$x"])
def test_a_text_stays_a_text(store: Store, text: str) -> None:
    tree = predicates.Literal(text)
    query = f"SELECT {rules.expression(tree, {})} AS said"
    assert store._client().query(query).result_rows == [(text,)]
