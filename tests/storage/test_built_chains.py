"""Are chains kept as they were built, found by any name, and known to be out of date?"""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import chain_json
from domain.asked import EVER
from domain.chain_records import Datum
from domain.chains import BlastRadius, Cause, Chain, Edge, EdgeKind, Node
from domain.findings import Evidence, Role
from storage.built_chains import Asked, BuiltChains, State, Subject
from storage.findings import StoredFindings
from storage.store import Store
from tests.contracts.segments import TENANT
from tests.contracts.told_story import reversal, tell
from tests.storage.test_findings import FINDING

NOW = datetime.now(UTC)
SUBJECT = Subject(TENANT, "t1/s1", "reversal", "case-1", 30)
NODE = Node("t1/s1", "write", NOW, "billing", "erp", "write x", "t1", "s1", "case-1")
EMPTY = BlastRadius((), (), (), (), {}, ())
CHAIN = Chain(TENANT, "t1/s1", (NODE,), (), (), EMPTY, ())
FULL = replace(
    CHAIN,
    nodes=(NODE, replace(NODE, node_id="t2/s2", kind="read")),
    edges=(Edge("t2/s2", "t1/s1", EdgeKind.STALE_READ, 0.5, hard=False),),
    causes=(Cause("t2/s2", 0.9, 0.9, 1.0, 1.0, 1.0, ("t2/s2", "t1/s1"), "It was stale."),),
    blast_radius=replace(EMPTY, money_at_risk={"EUR": 25.0}),
    cut="it was not whole after 3 s",
)
STATE = State(time.time_ns(), 0)
ASKED = Asked(frozenset({"t1"}), frozenset({Datum("account:77", "plan_rate")}), frozenset("x"))


def rows(store: Store, query: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in store.read_only(query, "JSONEachRow").splitlines()]


def test_a_chain_is_kept_as_it_was_built_and_the_last_form_counts(store: Store) -> None:
    built = BuiltChains(store)
    assert built.known(SUBJECT) is None
    for chain in (CHAIN, FULL):
        built.keep(SUBJECT, chain, ASKED, STATE)
    kept = built.known(SUBJECT)
    assert kept is not None
    assert (kept.chain, kept.asked) == (FULL, ASKED)
    assert kept.state == STATE
    (row,) = rows(store, "SELECT * FROM chains FINAL")
    assert row["sentence"] == "It was stale."
    assert row["money_at_risk"] == {"EUR": 25}
    assert (row["top_cause"], row["score"], row["agents"]) == ("t2/s2", 0.9, ["billing"])
    assert chain_json.read(json.loads(row["chain"])) == FULL
    current = "revision = (SELECT max(revision) FROM chains)"
    drawn = rows(store, f"SELECT id, color FROM chain_nodes FINAL WHERE {current} ORDER BY id")
    assert [node["id"] for node in drawn] == ["t1/s1", "t2/s2"]
    (edge,) = rows(store, f"SELECT * FROM chain_edges FINAL WHERE {current}")
    assert (edge["source"], edge["target"]) == ("t2/s2", "t1/s1")
    assert [row["subject"] for row in built.listed(TENANT, 10)] == ["t1/s1"]
    assert built.listed("other", 10) == []


def test_whatever_has_a_name_is_a_subject(store: Store) -> None:
    tell(store)
    built, outcome_id = BuiltChains(store), reversal(store)
    outcome = Subject(TENANT, f"outcome/{outcome_id}", "reversal", "account-77", 30)
    assert built.subject("", outcome_id) == outcome
    assert built.subject(TENANT, outcome.node_id) == outcome
    assert built.subject("other", outcome_id) is None
    (step,) = rows(store, "SELECT trace_id, span_id FROM steps WHERE tool = 'update_invoice'")
    span = Subject(TENANT, f"{step['trace_id']}/{step['span_id']}", retention_days=30)
    assert built.subject("", span.node_id) == span
    assert built.subject("", step["span_id"]) == span
    evidence = (
        Evidence("no", "cause", Role.CAUSE),
        Evidence(step["trace_id"], step["span_id"], Role.EFFECT),
    )
    StoredFindings(store).save([replace(FINDING, evidence=evidence)])
    assert built.subject("", FINDING.finding_id) == span
    for unknown in ("nobody", f"{'0' * 32}/{'0' * 16}", "outcome/nobody"):
        assert built.subject("", unknown) is None


OF_A_DATUM = Asked(data=frozenset({Datum("account:77", "plan_rate")}))
OF_A_TARGET = Asked(targets=frozenset({"invoice:501"}))


@pytest.mark.parametrize("asked", [OF_A_DATUM, OF_A_TARGET], ids=["datum", "target"])
def test_what_comes_later_of_what_was_asked_for_makes_it_out_of_date(
    store: Store, asked: Asked
) -> None:
    built = BuiltChains(store)
    nothing = State(0, 0)
    assert not built.is_outdated(TENANT, asked, nothing)
    tell(store)
    assert built.is_outdated(TENANT, asked, nothing)
    assert not built.is_outdated("other", asked, nothing)
    now = State(time.time_ns(), built.outcomes(TENANT, asked))
    assert not built.is_outdated(TENANT, asked, now)
    tell(store)
    assert built.is_outdated(TENANT, asked, now) == bool(asked.data)


def test_bad_outcomes_without_a_chain_are_named(store: Store) -> None:
    tell(store)
    built, outcome_id = BuiltChains(store), reversal(store)
    wanted = list(built.unbuilt(EVER, 10))
    assert len(wanted) == 2
    assert (TENANT, outcome_id) in wanted
    late = {"tenant": TENANT, "outcome_id": "late", "polarity": -1, "retention_days": 30}
    now = datetime.now(UTC)
    store.insert("outcomes", [late | {"received": now, "ts": now, "revision": 1}])
    assert list(built.unbuilt(EVER, 10)) == [(TENANT, "late"), *wanted]
    assert len(list(built.unbuilt(EVER, 1))) == 1
    subject = replace(SUBJECT, node_id=f"outcome/{outcome_id}")
    built.keep(subject, CHAIN, ASKED, STATE)
    assert len(list(built.unbuilt(EVER, 10))) == 2
    assert list(built.unbuilt(NOW + timedelta(days=1), 10)) == []


def test_chains_that_know_a_trace_or_a_datum_of_new_rows_are_named(store: Store) -> None:
    built = BuiltChains(store)
    nothing = Asked(frozenset({"t9"}), frozenset({Datum("account:99", "plan_rate")}))
    whole = Asked(frozenset({"t8"}), frozenset({Datum("account:77", "")}))
    for name, asked in (("datum", ASKED), ("nothing", nothing), ("whole", whole)):
        subject = replace(SUBJECT, node_id=name)
        built.keep(subject, CHAIN, asked, STATE)
    began_ns = time.time_ns()
    tell(store)
    day = datetime.now(UTC) - timedelta(days=1)
    until_ns = time.time_ns()
    assert built.outdated(began_ns, until_ns, day, 10) == [
        (TENANT, "datum"),
        (TENANT, "whole"),
    ]
    assert built.outdated(until_ns, until_ns, day, 10) == []
    assert built.outdated(began_ns, began_ns - 10**12, day, 10) == []
