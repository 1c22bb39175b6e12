"""Do derived views write what they mean to, once, and are they brought up to date in place?"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.envelope import Signal
from storage import engines, migrate, sql
from storage.sql import View
from storage.store import Store
from tests.contracts.segments import RETENTION_DAYS, record, spans, token
from tests.contracts.store_contract import number

VALUES = engines.values("", RETENTION_DAYS)
DERIVED = sorted(
    {view.target(VALUES) for view in sql.views()} - {"known", "canonical", "quirky", "facts"}
)

every_view = pytest.mark.parametrize("view", sql.views(), ids=lambda view: view.name)


@pytest.fixture
def store(module_store: Store) -> Iterator[Store]:
    """With the views of this version, and empty."""
    for table in ("otel_traces", *DERIVED):
        module_store.command(f"TRUNCATE TABLE {table}")
    yield module_store
    migrate.apply(module_store, RETENTION_DAYS)


@every_view
def test_a_view_has_a_column_of_its_target_for_all_that_it_selects(
    module_store: Store, view: View
) -> None:
    # The engine leaves out in silence what the target does not have.
    made = module_store.columns(sql.template("describe_query", query=view.query(VALUES)))
    target = module_store.columns(f"DESCRIBE TABLE {view.target(VALUES)}")
    assert set(made) <= set(target)
    assert len(made) == len(set(made))


@every_view
def test_a_view_opens_with_what_it_is_for_and_is_complete_once_rendered(view: View) -> None:
    assert view.text.startswith("-- From ") or view.text.startswith("-- Those ")
    for text in (view.create(VALUES), view.replace(VALUES), view.query(VALUES, "1")):
        assert "$" not in text
        assert ";" not in text


def test_the_checksum_of_a_view_covers_its_macros() -> None:
    steps = next(view for view in sql.views() if view.name == "steps")
    spelled_out = replace(steps, text=steps.text.replace("$price", sql.macros()["price"]))
    assert spelled_out.text != steps.text
    assert spelled_out.checksum == steps.checksum
    assert replace(steps, text=steps.text + " ").checksum != steps.checksum


def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version in which links that say nothing are of the kind `edge`."""
    edges = {
        view.name: replace(view, text=view.text.replace("'link')", "'edge')"))
        for view in sql.views()
    }
    assert [view.name for view in sql.views() if view != edges[view.name]] == ["links"]
    monkeypatch.setattr(sql, "views", lambda: tuple(edges.values()))


def kind_of_a_link(store: Store) -> str:
    """What the views make of a link that arrives now."""
    store.command("TRUNCATE TABLE links")
    request = spans("act")
    request.resource_spans[0].scope_spans[0].spans[0].links.add(
        trace_id=b"\2" * 16, span_id=b"\3" * 8
    )
    store.insert_segment(Signal.TRACES, record(request), token())
    return store.read_only("SELECT kind FROM links", "TSV").decode().strip()


def identity(store: Store) -> bytes:
    """The engine's own id of the view of links; another one after it was dropped and made again."""
    return store.read_only("SELECT uuid FROM system.tables WHERE name = 'traces_to_links'", "TSV")


def test_a_view_that_changed_is_replaced_in_place_and_recorded(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = identity(store)
    assert kind_of_a_link(store) == "link"
    for _ in range(2):  # back and forth: what was recorded before is recorded again
        with monkeypatch.context() as another_version:
            changed(another_version)
            assert migrate.waiting(store) == ["view links"]
            assert migrate.apply(store, RETENTION_DAYS) == ["view links"]
            assert migrate.waiting(store) == []
            assert kind_of_a_link(store) == "edge"
        assert migrate.apply(store, RETENTION_DAYS) == ["view links"]
        assert migrate.waiting(store) == []
        assert kind_of_a_link(store) == "link"
    assert identity(store) == before


def test_views_that_did_not_change_are_left_alone(store: Store) -> None:
    recorded = number(store, "count() FROM wakeline_views")
    assert migrate.apply_views(store, RETENTION_DAYS) == []
    assert number(store, "count() FROM wakeline_views") == recorded


def test_a_view_that_was_made_and_not_recorded_gets_the_text_of_this_version(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as another_version:
        changed(another_version)
        migrate.apply(store, RETENTION_DAYS)
    # As if that version had been killed before it recorded anything.
    store.command("DELETE FROM wakeline_views WHERE name = 'links'")
    assert migrate.apply(store, RETENTION_DAYS) == ["view links"]
    assert kind_of_a_link(store) == "link"


def says_all() -> bytes:
    """The record of a request from which every derived table gets a row."""
    request = spans("act")
    (span,) = request.resource_spans[0].scope_spans[0].spans
    span.links.add(trace_id=b"\2" * 16, span_id=b"\3" * 8)
    for key, text in {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "pay",
        "messaging.message.id": "m1",
    }.items():
        span.attributes.add(key=key).value.string_value = text
    for name, key, text in (
        ("decision", "decision.action", "pay"),
        ("data.read", "entity.ref", "account:1"),
        ("effect", "effect.kind", "charge"),
        ("outcome", "outcome.type", "reversed"),
        ("intent", "intent.kind", "collect"),
        ("handoff", "handoff.to", "auditor"),
        ("change", "change.what", "billing"),
    ):
        event = span.events.add(name=f"wakeline.{name}", time_unix_nano=span.start_time_unix_nano)
        event.attributes.add(key=f"wakeline.{key}").value.string_value = text
    return record(request)


def counts(store: Store, final: str = "") -> dict[str, int]:
    """How many rows each derived table has."""
    return {table: number(store, f"count() FROM {table} {final}") for table in DERIVED}


def test_a_segment_that_is_sent_again_with_its_token_derives_once(store: Store) -> None:
    segment, same = says_all(), token()
    for _ in range(2):
        store.insert_segment(Signal.TRACES, segment, same)
    assert counts(store) == dict.fromkeys(DERIVED, 1)


def test_a_span_that_two_segments_hold_counts_once(store: Store) -> None:
    store.command("SYSTEM STOP MERGES")
    segment = says_all()
    for _ in range(2):
        store.insert_segment(Signal.TRACES, segment, token())
    store.command("SYSTEM START MERGES")
    assert counts(store, "FINAL") == dict.fromkeys(DERIVED, 1)


@pytest.mark.parametrize("table", DERIVED)
def test_a_derived_table_remembers_tokens_and_goes_part_by_part(
    module_store: Store, table: str
) -> None:
    definition = module_store.read_only(f"SHOW CREATE TABLE {table}", "TSVRaw").decode()
    assert "non_replicated_deduplication_window = 1000" in definition
    assert "ttl_only_drop_parts = 1" in definition
    assert "ReplacingMergeTree(revision)" in definition
