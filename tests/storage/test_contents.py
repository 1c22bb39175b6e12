"""Contents: what analysis needs of texts, whoever wrote the spans."""

import json
from typing import Any

import pytest

from analyzers.catalog.tool_schemas import SchemaMismatch
from domain.findings import Window
from storage import contents
from storage.store import Store
from tests.analyzers.signatures import spans
from tests.analyzers.signatures.spans import WINDOW, Case, call, chat, root
from tests.golden.emitters import rows


def select(store: Store, text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in store.read_only(text, "JSONEachRow").splitlines()]


def made(store: Store, *case: spans.Span, window: Window = WINDOW) -> list[dict[str, Any]]:
    """The contents of one run, in its order."""
    spans.send(store, [Case("run", case)])
    contents.derive_contents(store, window.since, window.until)
    return select(store, "SELECT * FROM contents FINAL ORDER BY span_id")


def test_the_arguments_of_all_emitters_are_those_of_their_steps(store: Store) -> None:
    rows.load(store)
    contents.derive_contents(store, WINDOW.since, WINDOW.until)
    compared = select(
        store,
        """SELECT s.tenant AS emitter, count() AS calls, countIf(c.arguments != '') AS told
        FROM steps AS s FINAL LEFT JOIN (SELECT * FROM contents FINAL) AS c
            USING (tenant, trace_id, span_id)
        WHERE s.operation = 'execute_tool' AND s.arguments_state = 'json' GROUP BY emitter""",
    )
    assert len(compared) > len(rows.EMITTERS) / 2
    assert {row["emitter"] for row in compared if row["told"] != row["calls"]} == set()


# Their scripted models name an invoice and amounts that nothing before them says.
INVENTED = {
    "google_adk_v2": {"INV-8", "500"},
    "langchain_genai": {"20.5"},
    "langchain_openinference_dual": {"20.5"},
    "openai_agents_genai": {"INV-8"},
    "openai_agents_openllmetry": {"INV-8"},
}


def test_the_signatures_of_texts_are_silent_or_right_on_all_emitters(store: Store) -> None:
    rows.load(store)
    contents.derive_contents(store, WINDOW.since, WINDOW.until)
    names = ("tool_01", "tool_05", "goal_02", "goal_04", "goal_05", "loop_05", "loop_07")
    source = spans.Source(store)
    for name in names:
        assert source.candidates(spans.rule(name), WINDOW) == [], name
    assert list(SchemaMismatch(spans.rule("tool_03")).drafts(source, WINDOW)) == []
    invented: dict[str, set[object]] = {}
    for draft in source.candidates(spans.rule("tool_02"), WINDOW):
        invented.setdefault(draft.tenant, set()).add(draft.facts["value"])
    assert invented == INVENTED


def test_making_contents_again_changes_nothing(store: Store) -> None:
    run = (
        root(),
        chat(1, "Done.", "Look at INV-1234."),
        call(2, "get", {"invoice_id": "INV-1234"}),
    )
    first = made(store, *run)
    contents.derive_contents(store, WINDOW.since, WINDOW.until)
    again = select(store, "SELECT * FROM contents FINAL ORDER BY span_id")
    assert [row | {"revision": 0} for row in again] == [row | {"revision": 0} for row in first]


def test_spans_without_content_have_no_row(store: Store) -> None:
    assert made(store, root(), chat(1), call(2, "get", None)) == []


@pytest.mark.parametrize(
    ("result", "held"),
    [
        ([], (0, -1)),
        ("{}", (0, -1)),
        ([{"id": "A1"}, {"id": "A2"}], (2, -1)),
        ({"results": [{"id": "A1"}], "total": 7}, (1, 7)),
        ({"results": [], "total_count": 0}, (0, 0)),
        ({"state": "open"}, (-1, -1)),
        ("Nothing is open.", (-1, -1)),
    ],
)
def test_rows_of_results_are_counted(store: Store, result: Any, held: tuple[int, int]) -> None:
    (row,) = made(store, call(1, "find", None, result))
    assert (row["rows"], int(row["total"])) == held


def test_what_was_cut_is_not_whole(store: Store) -> None:
    results = ['{"a": "b', "x" * 4096, "and so on...", "whole", '{"a": 1}']
    run = [call(1 + n, "find", None, result) for n, result in enumerate(results)]
    assert [row["whole"] for row in made(store, *run)] == [False, False, False, True, True]


def test_definitions_are_kept_once(store: Store) -> None:
    offered = {"gen_ai.tool.definitions": '[{"name": "get_invoice"}]'}
    one, other = made(store, chat(1, "a", "b", **offered), chat(2, "a", "b", **offered))
    assert one["offered"] == other["offered"] == ["get_invoice"]
    texts = select(store, "SELECT definitions_hash, text FROM definitions FINAL")
    assert texts == [
        {"definitions_hash": one["definitions_hash"], "text": offered["gen_ai.tool.definitions"]}
    ]
