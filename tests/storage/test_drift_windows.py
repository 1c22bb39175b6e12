"""Are windows counted as their runs were, once, in the tenant's time zone, with names bounded?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.drift import WindowCounts
from storage.drift_windows import DriftWindows, Lane, Pending
from storage.store import Store
from tests.storage.drift_rows import FIRST, RECEIVED, START, fact, put, steps

DAY, HOUR, LATE = (Lane("acme", name) for name in ("day", "hour", "late"))
TOKYO = Lane("japan", "day", "Asia/Tokyo")
NOW = RECEIVED + timedelta(days=30)
SPAN = (START - timedelta(days=1), START + timedelta(days=30))
EIGHT = timedelta(hours=8)


@pytest.fixture(scope="module")
def store(module_store: Store) -> Store:
    """One store whose windows are closed: two days of one agent, and a day of another tenant."""
    fill(module_store)
    windows = DriftWindows(module_store, names_max=3)
    for lane in (DAY, HOUR, TOKYO):
        windows.close(lane, windows.pending(lane, 0, SPAN, NOW), NOW)
    windows.close(LATE, windows.closed(DAY, FIRST)[:1], NOW)
    return module_store


def fill(store: Store) -> None:
    at = START + EIGHT
    rows = steps("a", at, ["look", "pay"]) + steps("b", at, ["look", "pay"])
    rows += steps("b", at, ["look", "pay"])  # sent again
    rows += steps("c", at, ["look"], status="Error", case_id="case-1")
    rows += steps("d", START - timedelta(minutes=30), ["look"])  # of the day before
    rows += steps("e", at + timedelta(days=1), [f"tool{number}" for number in range(6)])
    rows += steps("f", at, ["look"], agent="")
    rows += steps("g", START + timedelta(hours=23, seconds=3599), ["late"])  # goes on after it
    put(store, "steps", rows)
    put(store, "steps", steps("t", START - timedelta(hours=8), ["look"], tenant="japan"))
    put(store, "steps", steps("u", START + timedelta(hours=16), ["look"], tenant="japan"))
    put(store, "intents", [fact("a", at, kind="refund")])
    decided = {"action": "refund", "outcome": "approve", "confidence": 0.91, "amount": 15}
    said = [
        fact("a", at, decision_id="1", verdict="", **decided),
        fact("b", at, decision_id="2", verdict="deny", **(decided | {"outcome": "deny"})),
        fact(
            "b", at, decision_id="3", verdict="allow", action="refund", outcome="",
            confidence=None, amount=None,
        ),
    ]  # fmt: skip
    put(store, "decisions", said)
    read = {"entity": "order:1", "field": "state", "access": "read"}
    put(store, "data_access", [
        fact("a", at, as_of=at - timedelta(seconds=1023), data_id="", **read),
        fact("b", at, as_of=datetime(1970, 1, 1, tzinfo=UTC), data_id="", **read),
    ])  # fmt: skip
    put(store, "contents", [
        called("a", "1", at, '{"order": "o-1", "amount": 5}'),
        called("a", "2", at, '{"amount": 7.5, "order": "o-2"}'),
        called("a", "2", at, '{"amount": 7.5, "order": "o-2"}'),  # looked at again
        called("b", "1", at, '{"order": null, "lines": [1], "to": {}, "rush": true}'),
        called("b", "2", at, "{}"),
    ])  # fmt: skip
    bad = {"type": "complaint", "polarity": -1}
    put(store, "outcomes", [
        fact("a", at + timedelta(days=13), outcome_id="o1", case_id="", **bad),
        fact("b", at + timedelta(days=15), outcome_id="o2", case_id="", **bad),  # too late
        fact("z", at + timedelta(days=1), outcome_id="o3", case_id="case-1", **bad),
    ])  # fmt: skip


def called(trace: str, span: str, at: datetime, arguments: str) -> dict[str, object]:
    row = fact(trace, at, tool="pay", arguments=arguments) | {"span_id": span}
    del row["origin"]
    return row


def held(store: Store, lane: Lane, metric: str, number: int = FIRST) -> WindowCounts:
    found = DriftWindows(store).counted(lane, (number, number), metric)
    return next(one.window for one in found)


def counts(store: Store, lane: Lane, metric: str, number: int = FIRST) -> dict[str, int]:
    """Without intents; how many runs there are of each has no name."""
    return dict(held(store, lane, metric, number).counts)


def test_tools_of_runs_are_counted_once_by_what_the_run_was_for(store: Store) -> None:
    found = held(store, DAY, "tools")
    assert found.traces == 4
    assert found.counts == {
        "\x1f": 3, "refund\x1f": 1, "\x1flook": 2, "\x1flate": 1, "\x1fpay": 1, "\x1f__other": 2,
    }  # fmt: skip


def test_only_the_most_frequent_names_are_kept(store: Store) -> None:
    found = counts(store, DAY, "tools", FIRST + 1)
    assert found == {"\x1f": 1, "\x1ftool0": 1, "\x1ftool1": 1, "\x1ftool2": 1, "\x1f__other": 3}


def test_transitions_paths_and_intents_are_counted(store: Store) -> None:
    assert counts(store, DAY, "transitions")["\x1f^ -> look"] == 2
    assert counts(store, DAY, "paths")["\x1flook\x1fpay"] == 1
    assert counts(store, DAY, "intents") == {"\x1f": 1, "\x1frefund": 1}


def test_errors_latency_tokens_and_cost_are_of_whole_runs(store: Store) -> None:
    assert counts(store, DAY, "errors")["\x1ffailed"] == 1
    assert counts(store, DAY, "latency")["refund\x1f92"] == 1  # 3000 ms
    assert counts(store, DAY, "tokens")["refund\x1f56"] == 1  # 127 tokens
    assert counts(store, DAY, "cost")["refund\x1f79"] == 1  # 1000 micro-USD


def test_decisions_say_what_and_how_surely_and_over_how_much(store: Store) -> None:
    assert counts(store, DAY, "decisions") == {
        "\x1f": 2, "\x1frefund -> approve": 1, "\x1frefund -> deny": 1,
    }  # fmt: skip
    assert counts(store, DAY, "confidence") == {"\x1f": 2, "\x1f45": 2}
    assert counts(store, DAY, "amount") == {"\x1f": 2, "\x1f32": 2}
    assert counts(store, DAY, "denials") == {"\x1f": 1, "\x1fdenied": 1, "\x1ffine": 1}


def test_actions_are_counted_by_what_the_run_was_for(store: Store) -> None:
    assert counts(store, DAY, "actions") == {
        "\x1f": 1, "\x1frefund": 2, "refund\x1f": 1, "refund\x1frefund": 1,
    }  # fmt: skip


def test_how_many_runs_there_were_is_kept_by_itself(store: Store) -> None:
    found = held(store, DAY, "volume")
    assert (found.traces, found.counts) == (4, {"\x1f": 4})


def test_calls_are_counted_by_the_names_and_kinds_of_their_arguments(store: Store) -> None:
    assert counts(store, DAY, "arguments") == {
        "\x1f": 2,
        "\x1fpay -> amount number, order text": 2,
        "\x1fpay -> lines list, order null, rush flag, to object": 1,
        "\x1fpay -> nothing": 1,
    }  # fmt: skip


def test_numbers_that_tools_are_called_with_are_counted_in_bins_of_each_argument(
    store: Store,
) -> None:
    assert counts(store, DAY, "argument_values") == {
        "\x1f": 1, "\x1fpay amount -> 20": 1, "\x1fpay amount -> 24": 1,
    }  # fmt: skip


def test_values_inside_of_objects_and_below_zero_count_and_numbers_of_things_do_not(
    store: Store,
) -> None:
    given = {
        "money": {"amount": 0.2, "deep": {"er": 3}}, "turn": -7, "huge": 1e300, "text": "5",
        "order_id": 5, "customerId": 7, "page": 2, "rush": True, "list": [3], "none": None,
    }  # fmt: skip
    find = f"SELECT arrayStringConcat(names, ';') AS of FROM drift_windows FINAL WHERE {VALUES}"
    close_calls(store, "objects", [given])
    assert told_of(store, find, "objects") == [
        "pay huge -> 512", "pay money.amount -> 2", "pay turn -> -24",
    ]  # fmt: skip


def test_of_arguments_only_the_most_frequent_are_kept(store: Store) -> None:
    find = f"SELECT arrayStringConcat(names, ';') AS of FROM drift_windows FINAL WHERE {VALUES}"
    close_calls(store, "many", [{f"a{number}": 1} for number in range(40)] + [{"z": 1}, {"z": 5}])
    kept = told_of(store, find, "many")
    assert {"pay z -> 8", "pay z -> 20"} <= set(kept)
    assert len(kept) == 21


VALUES = "metric = 'argument_values' AND lane = 'day' AND tenant = '{}'"


def close_calls(store: Store, tenant: str, given: Sequence[Mapping[str, object]]) -> None:
    """One day with these calls, counted."""
    put(store, "contents", [
        called("r", str(place), START + EIGHT, json.dumps(one)) | {"tenant": tenant}
        for place, one in enumerate(given)
    ])  # fmt: skip
    window = Pending(FIRST, START, START + timedelta(days=1), 1, 1, NOW)
    DriftWindows(store, names_max=3).close(Lane(tenant, "day"), [window], NOW)


def told_of(store: Store, find: str, tenant: str) -> list[str]:
    (text,) = store.read_only(find.format(tenant), "TSVRaw").decode().splitlines()
    return sorted(name.strip("\x1f") for name in text.split(";"))


def test_a_long_list_of_arguments_is_cut_and_told_from_others_like_it(store: Store) -> None:
    at = START + EIGHT + timedelta(days=1)
    many = {f"argument_number_{number}": "" for number in range(20)}
    rows = [
        called("e", "1", at, json.dumps(many)),
        called("e", "2", at, json.dumps(many | {"z": 1})),
    ]
    put(store, "contents", rows)
    windows = DriftWindows(store, names_max=3)
    windows.close(DAY, windows.closed(DAY, FIRST + 1), NOW)
    names = [name for name in counts(store, DAY, "arguments", FIRST + 1) if "number" in name]
    assert len(set(names)) == 2
    assert len({name[:180] for name in names}) == 1
    assert max(map(len, names)) < 220


def test_reads_that_say_since_when_they_are_true_have_an_age(store: Store) -> None:
    assert counts(store, DAY, "freshness") == {"\x1f": 1, "\x1f80": 1}


def test_outcomes_count_by_trace_or_case_and_within_two_weeks(store: Store) -> None:
    assert counts(store, LATE, "outcomes") == {"\x1f": 4, "\x1fbad": 2, "\x1ffine": 2}


def test_hours_hold_what_cannot_wait(store: Store) -> None:
    hour = FIRST * 24 + 8
    assert counts(store, HOUR, "errors", hour)["\x1ffailed"] == 1
    metrics = {one.metric for one in DriftWindows(store).counted(HOUR, (hour, hour))}
    assert metrics == {"volume", "errors", "cost", "actions", "decisions", "denials"}


def test_days_begin_at_midnight_of_the_tenant(store: Store) -> None:
    first, second = (held(store, TOKYO, "tools", number) for number in (FIRST, FIRST + 1))
    assert (first.start, first.end) == (
        START - timedelta(hours=9), START + timedelta(hours=15),
    )  # fmt: skip
    assert (first.traces, second.traces) == (1, 1)


def test_a_run_belongs_to_the_window_that_it_began_in(store: Store) -> None:
    assert held(store, DAY, "errors", FIRST - 1).traces == 1
    assert counts(store, DAY, "tools")["\x1flate"] == 1
    pending = DriftWindows(store).pending(DAY, FIRST - 1, SPAN, NOW)
    assert [(one.number, one.runs, one.ended) for one in pending] == [
        (FIRST, 4, 4),
        (FIRST + 1, 1, 1),
    ]
    assert pending[0].came_at == RECEIVED
    early = DriftWindows(store).pending(DAY, FIRST - 1, SPAN, RECEIVED)
    assert early[0].ended == 0


def test_tenants_are_known_by_what_came_lately(store: Store) -> None:
    windows = DriftWindows(store)
    found = windows.tenants(RECEIVED - timedelta(days=1), START - timedelta(days=9))
    assert {name: found[name] for name in ("acme", "japan")} == {
        "acme": START - timedelta(minutes=30), "japan": START - timedelta(hours=8),
    }  # fmt: skip
    assert windows.tenants(RECEIVED + timedelta(days=1), START) == {}


def test_what_was_closed_is_known(store: Store) -> None:
    windows = DriftWindows(store)
    assert windows.reached()["acme", "day"] == FIRST + 1
    windows.mark(replace(DAY, tenant="other"), [_pending(7)], "skipped", NOW)
    assert windows.reached()["other", "day"] == 7
    assert windows.closed(replace(DAY, tenant="other"), 0) == []


def test_counting_again_what_was_cut_off_changes_nothing(store: Store) -> None:
    before = counts(store, DAY, "tools")
    windows = DriftWindows(store, names_max=3)
    windows.close(DAY, windows.closed(DAY, FIRST), NOW)
    assert counts(store, DAY, "tools") == before


def test_spans_that_came_late_are_told_and_counted_nowhere(store: Store) -> None:
    windows = DriftWindows(store)
    lane = replace(DAY, tenant="late")
    put(store, "steps", steps("x", START + EIGHT, ["look"], tenant="late"))
    windows.close(lane, windows.pending(lane, 0, SPAN, NOW), NOW)
    assert windows.correct(lane, windows.closed(lane, FIRST)) == 0
    put(store, "steps", steps("y", START + EIGHT, ["look"], tenant="late"))
    assert windows.correct(lane, windows.closed(lane, FIRST)) == 1
    assert windows.corrected(lane, "clerk") == {FIRST: 2}
    assert held(store, lane, "tools").traces == 1


def _pending(number: int) -> Pending:
    start = START + timedelta(days=number - FIRST)
    return Pending(number, start, start + timedelta(days=1), 1, 1, RECEIVED)
