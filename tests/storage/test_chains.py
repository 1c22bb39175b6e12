"""Do the look-ups of causal chains give what was sent, once, and no more than they may?"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import current_thread
from typing import Any

import pytest

from domain.asked import EVER
from domain.chain_records import Datum, Link, Records, SpanRef
from domain.errors import TooLarge
from domain.findings import Evidence, Role
from storage import chains
from storage.chains import StoredRecords
from storage.findings import StoredFindings
from storage.store import Store
from tests.contracts.segments import TENANT
from tests.contracts.told_story import reversal, tell
from tests.storage.test_findings import FINDING, NOW

RATE, INVOICE = Datum("account:77", "plan_rate"), Datum("invoice:501", "amount")
POSTED = Datum("ledger_entry:9", "amount")
LATER = datetime.now(UTC) + timedelta(days=1)
ELSEWHERE = Evidence("t9", "s9", Role.CAUSE)
REVISIONS = count(1)


def base(**said: Any) -> dict[str, Any]:
    return {
        "tenant": TENANT, "received": NOW, "retention_days": 30, "ts": NOW, "trace_id": "t1",
        "span_id": "s1", "revision": next(REVISIONS),
    } | said  # fmt: skip


def traces_of(store: Store) -> list[str]:
    """Those of the story."""
    answer = store.read_only("SELECT DISTINCT trace_id FROM steps ORDER BY trace_id", "TSV")
    return answer.decode().split()


def versions(found: Records, datum: Datum) -> list[tuple[str, bool]]:
    ordered = sorted(found.accesses, key=lambda one: (one.at, one.is_write))
    return [(one.version, one.is_write) for one in ordered if one.datum == datum]


def message(name: str, operation: str, span: str, second: int) -> dict[str, Any]:
    at = NOW + timedelta(seconds=second)
    return base(message_id=name, operation=operation, trace_id=span, span_id=span, ts=at)


def spans(links: Iterable[Link]) -> list[tuple[str, str, str]]:
    return sorted((link.cause.span_id, link.effect.span_id, link.kind) for link in links)


def test_what_traces_did_is_read_as_it_was_sent_and_once(store: Store) -> None:
    tell(store)
    tell(store)
    found = StoredRecords(store).of_traces(TENANT, traces_of(store))
    assert len({step.ref for step in found.steps}) == len(found.steps) == 22
    assert versions(found, RATE) == [
        ("7", True), ("7", False), ("8", True), ("8", False), ("7", False), ("8", False),
    ]  # fmt: skip
    stale = next(one for one in found.accesses if one.system == "rate-cache" and one.as_of
                 and one.agent == "billing")  # fmt: skip
    assert (stale.version, stale.value, stale.is_write) == ("7", 120.0, False)
    assert stale.at - stale.as_of > timedelta(hours=49) if stale.as_of else False
    (decision,) = found.decisions
    assert stale.data_id in decision.inputs
    assert (decision.policy_id, decision.policy_version) == ("billing-corrections", "3")
    corrected, reversed_ = sorted(
        (one for one in found.accesses if one.version in "23" and one.is_write),
        key=lambda one: one.version,
    )
    assert reversed_.compensates == corrected.data_id
    assert (corrected.value, corrected.value_prev, corrected.version_prev) == (120.0, 95.0, "1")
    assert sorted((one.metric, one.delta, one.unit) for one in found.effects) == [
        ("cash", -25.0, "EUR"), ("cash", 25.0, "EUR"), ("receivables", 25.0, "EUR"),
    ]  # fmt: skip
    outcomes = StoredRecords(store).said_of(TENANT, traces_of(store)).outcomes
    assert {one.type: one.target for one in outcomes} == {
        "complaint": ("invoice:501",),
        "reversal": (corrected.data_id,),
    }
    assert all(step.at.tzinfo for step in found.steps)
    assert all(access.at.tzinfo for access in found.accesses)


def test_acts_and_spans_are_all_that_traces_did(store: Store) -> None:
    tell(store)
    source, traces = StoredRecords(store), traces_of(store)
    acts, spans_ = source.acts_of(TENANT, traces), source.spans_of(TENANT, traces)
    assert acts.accesses
    assert acts.decisions
    assert not acts.steps
    assert spans_.steps
    assert spans_.effects
    acts.add(spans_)
    assert acts == source.of_traces(TENANT, traces)


def test_other_tenants_are_out_of_reach(store: Store) -> None:
    tell(store)
    source = StoredRecords(store)
    assert source.of_traces("other", traces_of(store)) == Records()
    assert source.outcome("other", reversal(store)) == Records()
    assert source.of_data("other", {RATE}, EVER, LATER) == Records()


def test_nothing_is_asked_for_nothing(store: Store) -> None:
    source = StoredRecords(store)
    assert source.of_traces(TENANT, ()) == Records()
    assert source.said_of(TENANT, ()) == Records()
    assert source.of_data(TENANT, (), EVER, LATER) == Records()
    assert source.named(TENANT, ()) == Records()
    assert source.links(TENANT, (), forward=True) == Records()
    assert source.links_around(TENANT, ()) == Records()
    assert source.decisions_under(TENANT, ()) == Records()
    assert source.outcomes_of(TENANT, ()) == Records()


def handed_on(trace: str, source: str, second: int) -> list[dict[str, Any]]:
    """A run that reads what `source` wrote, and writes something of its own."""
    at = NOW + timedelta(seconds=second)
    touched = {"entity_type": "doc", "field": "text", "trace_id": trace, "ts": at}
    return [
        base(**touched, entity=f"doc:{source}", access="read", span_id="r"),
        base(**touched, entity=f"doc:{trace}", access="write", span_id="w"),
    ]


def test_who_wrote_what_was_read_is_reached_run_by_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = [("c", "b", 3), ("b", "a", 2), ("a", "0", 1), ("other", "z", 1)]
    store.insert("data_access", [row for one in chain for row in handed_on(*one)])
    source = StoredRecords(store)
    assert source.reach(TENANT, ["c"]) == {"c", "b", "a"}
    assert source.reach(TENANT, ["b", "other"]) == {"b", "a", "other"}
    assert source.reach("nobody", ["c"]) == {"c"}
    monkeypatch.setattr(chains, "REACH_LEVELS", 1)
    assert source.reach(TENANT, ["c"]) == {"c", "b"}
    monkeypatch.setattr(chains, "REACH_LEVELS", 9)
    monkeypatch.setattr(chains, "REACH_TRACES", 1)
    assert source.reach(TENANT, ["c"]) == {"c", "b", "a"}
    monkeypatch.setattr(chains, "REACH_MOST", 0)
    assert source.reach(TENANT, ["c"]) == {"c"}


def test_data_are_found_in_their_time_the_newest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    source = StoredRecords(store)
    found = source.of_data(TENANT, {RATE, POSTED}, EVER, LATER)
    assert len(versions(found, RATE)) == 6
    assert versions(found, POSTED) == [("1", True)]
    whole = source.of_data(TENANT, {Datum(RATE.entity, "")}, EVER, LATER)
    assert versions(whole, RATE) == versions(found, RATE)
    end = max(one.at for one in found.accesses if one.datum == RATE)
    assert len(versions(source.of_data(TENANT, {RATE}, EVER, end), RATE)) == 5
    assert len(versions(source.of_data(TENANT, {RATE}, end, LATER), RATE)) == 1
    monkeypatch.setattr(chains, "EACH_MAX", 1)
    newest = source.of_data(TENANT, {RATE}, EVER, LATER)
    assert versions(newest, RATE) == [("8", True), ("8", False)]


def test_writes_are_found_by_their_id_with_what_takes_them_back(store: Store) -> None:
    tell(store)
    source = StoredRecords(store)
    (target,) = source.outcome(TENANT, reversal(store)).outcomes[0].target
    assert versions(source.named(TENANT, [target]), INVOICE) == [("2", True), ("3", True)]
    assert {one.type for one in source.outcomes_of(TENANT, [target]).outcomes} == {"reversal"}
    both = source.outcomes_of(TENANT, ["invoice:501", target]).outcomes
    assert {one.type for one in both} == {"complaint", "reversal"}


def test_links_lead_in_and_out(store: Store) -> None:
    tell(store)
    source = StoredRecords(store)
    found = source.links(TENANT, traces_of(store), forward=False).links
    assert len(found) == 2
    for link in found:
        assert source.links(TENANT, [link.effect.trace_id], forward=False).links == [link]
        assert source.links(TENANT, [link.cause.trace_id], forward=True).links == [link]
        assert link.kind == "link"
    row = {name: value for name, value in base().items() if not name.endswith("_id")}
    ends = {
        "effect_trace_id": "e", "effect_span_id": "f", "cause_trace_id": "c", "cause_span_id": "d",
    }  # fmt: skip
    store.insert("links", [row | ends | {"kind": "handoff"}])
    assert spans(source.links(TENANT, ["e"], forward=False).links) == [("d", "f", "handoff")]
    for end in ("c", "e"):
        assert spans(source.links_around(TENANT, [end]).links) == [("d", "f", "handoff")]


def test_a_message_leads_from_who_sent_it_to_those_who_took_it(store: Store) -> None:
    store.insert("messages", [
        message("m1", "receive", "b", 0), message("m1", "send", "a", 1),
        message("m1", "process", "c", 2), message("m1", "send", "a", 1),
        message("m2", "", "d", 0), message("m2", "", "e", 1),
        message("m3", "send", "f", 0),
    ])  # fmt: skip
    source = StoredRecords(store)
    expected = [("a", "b", "message"), ("a", "c", "message")]
    assert spans(source.links(TENANT, ["b"], forward=False).links) == expected
    assert spans(source.links(TENANT, ["a"], forward=True).links) == expected
    assert spans(source.links(TENANT, ["e"], forward=False).links) == [("d", "e", "message")]
    assert source.links(TENANT, ["f"], forward=True) == Records()


def test_the_first_decision_under_each_version_of_a_policy_is_found(store: Store) -> None:
    made = [
        base(trace_id=f"t{n}", decision_id=f"d{n}", action="pay", policy_id="limits",
             policy_version=version, ts=NOW - timedelta(hours=6 - n), origin="explicit",
             inputs=["r"], amount=n)
        for n, version in enumerate(["1", "1", "2", "2", "1"])
    ]  # fmt: skip
    store.insert("decisions", [*made, made[0] | {"revision": 10**6, "action": "pay"}])
    found = StoredRecords(store).decisions_under(TENANT, ["limits", "none"]).decisions
    assert {one.policy_version: (one.decision_id, one.amount) for one in found} == {
        "1": ("d0", 0.0),
        "2": ("d2", 2.0),
    }


def test_findings_that_stand_are_anomalies_of_their_spans(store: Store) -> None:
    stored = StoredFindings(store)
    stored.save([
        FINDING,
        replace(FINDING, finding_id="00000000000000a2", shadow=True),
        replace(FINDING, finding_id="00000000000000a3", retracted=True),
        replace(FINDING, finding_id="00000000000000a4", evidence=(ELSEWHERE,)),
    ])  # fmt: skip
    found = StoredRecords(store).said_of(TENANT, ["t1", "t5"]).anomalies
    assert [(one.ref, one.role, one.finding_id) for one in found] == [
        (SpanRef("t1", "s1"), "cause", FINDING.finding_id)
    ]
    assert found[0].weight == pytest.approx(0.6 * 0.9)
    assert found[0].reason == FINDING.reason


def test_more_rows_than_one_step_may_have_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    monkeypatch.setattr(chains, "ROWS_MAX", 10)
    source = StoredRecords(store)
    with pytest.raises(TooLarge, match="more than 10 rows"):
        source.of_traces(TENANT, traces_of(store))
    assert len(source.of_data(TENANT, {RATE}, EVER, LATER).accesses) == 6


def test_steps_are_found_whenever_their_trace_was(store: Store) -> None:
    tell(store)
    source = StoredRecords(store)
    for trace_id in traces_of(store):
        found = source.of_traces(TENANT, [trace_id]).steps
        assert found
        roots = [step for step in found if not step.parent_span_id]
        assert len(roots) == 1
        assert {step.parent_span_id for step in found} <= {
            "",
            *(step.ref.span_id for step in found),
        }


def test_warming_up_asks_for_nothing_that_is_there(store: Store) -> None:
    tell(store)
    source = StoredRecords(store)
    source.warm()
    assert source.acts_of("", chains.NOTHING) == Records()


def test_each_thread_of_a_pool_does_it_once() -> None:
    names: list[str] = []
    with ThreadPoolExecutor(3) as threads:
        chains.on_each(threads, 3, lambda: names.append(current_thread().name))
    assert len(names) == len(set(names)) == 3


def test_no_filter_is_read_where_nothing_takes_back(store: Store) -> None:
    def filters_read() -> bool:
        plan = store.read_only(
            "EXPLAIN indexes = 1 SELECT ts FROM data_access WHERE compensates IN ('write:a')", "TSV"
        ).decode()
        return "Granules: 0/" not in plan[plan.index("compensating") : plan.index("compensated")]

    store.insert("data_access", handed_on("c", "b", 1))
    assert not filters_read()
    store.insert(
        "data_access", [row | {"compensates": "write:a"} for row in handed_on("b", "a", 2)]
    )
    assert filters_read()
