"""The rules on texts and runs find the same in whatever windows the spans came."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from analyzers.catalog.tool_schemas import SchemaMismatch
from domain.findings import Draft, Window
from storage import contents
from storage.store import Store
from tests.analyzers.signatures import (
    goal_04,
    goal_05,
    loop_05,
    loop_07,
    spans,
    tool_01,
    tool_02,
    tool_03,
)
from tests.analyzers.signatures.spans import RECEIVED, SECOND, Case, Suite
from tests.contracts.segments import RECEIVED_UNIX_NANO

SUITES = {
    "goal_04": goal_04.SUITE,
    "goal_05": goal_05.SUITE,
    "loop_05": loop_05.SUITE,
    "loop_07": loop_07.SUITE,
    "tool_01": tool_01.SUITE,
    "tool_02": tool_02.SUITE,
    "tool_03": tool_03.SUITE,
}
TICK = timedelta(seconds=5)


def found(store: Store, name: str, window: Window) -> list[Draft]:
    source = spans.Source(store)
    if name == "tool_03":
        return list(SchemaMismatch(spans.rule(name)).drafts(source, window))
    return source.candidates(spans.rule(name), window)


def ids(drafts: Sequence[Draft]) -> dict[str, Draft]:
    return {draft.finding_id: draft for draft in drafts}


def test_late_spans_give_what_all_at_once_gives(store: Store) -> None:
    kinds = [
        (f"{name}:{kind}", make)
        for name, suite in SUITES.items()
        for kind, make in suite.positives.items()
    ]
    cases = [Case(kind, make(Random(3)), positive=True) for kind, make in kinds]
    latest: dict[str, dict[str, Draft]] = {name: {} for name in SUITES}
    for turn in range(3):
        traces = spans.send(store, cases, RECEIVED_UNIX_NANO + turn * 5 * SECOND, part=(turn, 3))
        late = {trace for trace, case in zip(traces, cases, strict=True) if case.spans[turn:]}
        began = RECEIVED - TICK / 5 + turn * TICK
        window = Window(began, began + TICK)
        contents.derive_contents(store, window.since, window.until)
        for name in SUITES:
            kept = {
                one: draft
                for one, draft in latest[name].items()
                if draft.evidence[0].trace_id not in late
            }
            latest[name] = kept | ids(found(store, name, window))
    for name in SUITES:
        assert latest[name] == ids(found(store, name, spans.WINDOW)), name
        assert latest[name]


@pytest.mark.parametrize("suite", SUITES.values())
def test_every_suite_has_cases_enough(suite: Suite) -> None:
    cases = suite.cases()
    assert sum(case.positive for case in cases) >= 20
    assert sum(not case.positive for case in cases) >= 50
