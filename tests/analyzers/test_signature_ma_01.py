"""MA-01: is harm found that agents do together unseen, and coordinated work left alone?"""

from datetime import timedelta

import pytest

from analyzers.catalog.compound import CompoundFailure
from app import tools
from bench import compound
from bench.compound_cases import cases as generated
from domain.findings import Window
from domain.tools import parse
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import ma_01
from tests.analyzers.signatures.ma_01 import NOW
from tests.analyzers.signatures.spans import rule

SIGNATURE = rule("ma_01")
TARGET_PRECISION, TARGET_RECALL, COINCIDENTAL_MAX = 0.90, 0.95, 0.02
TABLES = ("effects", "intents", "data_access", "links", "handoffs")
TOOLS = "hubs: {vendor: never}\ntools: {}\n"


@pytest.mark.parametrize("seed", [5, 6])
def test_compound_failures_are_found_and_no_others(store: Store, seed: int) -> None:
    tools.store_rules(store, parse(TOOLS, "tools.yaml"), 1)
    cases = ma_01.cases(seed)
    for table in TABLES:
        store.insert(table, [row for _, case in cases for row in case.tables[table]])
    window = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
    found = list(CompoundFailure(SIGNATURE).drafts(StoredFindings(store), window))
    told = {draft.evidence[0].trace_id.rpartition("-")[0]: draft.facts["label"] for draft in found}
    assert told == {case.name: label for label, case in cases if label}
    assert len(told) == len(found)
    assert all(draft.raised == (draft.facts["label"] == "COMPOUND-BLIND") for draft in found)
    spans = {
        row["span_id"]
        for _, case in cases
        for rows in case.tables.values()
        for row in rows
        if "span_id" in row
    }
    for draft in found:
        assert {one.span_id for one in draft.evidence} <= spans
        assert all(value not in ("", None) for value in draft.facts.values())


def test_of_600_generated_cases_those_in_which_nobody_failed_are_told_apart(store: Store) -> None:
    made = generated(3, 200, NOW)
    compound.store_cases(store, made)
    result = compound.scored(made, compound.told(store, NOW), 0)
    assert result.cases == 600
    for worth in result.by_label.values():
        assert worth.precision >= TARGET_PRECISION, result.wrong
        assert worth.recall >= TARGET_RECALL, result.wrong
    assert result.coincidental_fired <= COINCIDENTAL_MAX, result.wrong
    assert result.loss_error_max < 1e-4
    simple = result.baselines.values()
    assert all(worth.precision < result.flagged.precision for worth in simple)
