"""Are cases given whole, by tenant and part, with all that their runs knew, and nothing else?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import tools
from domain.cases import Acts, Dealings, Handoff
from domain.chain_records import Access, Datum, Decision, Effect, Link, SpanRef
from domain.findings import Severity, Window
from domain.tools import parse
from storage import cases
from storage.findings import StoredFindings
from storage.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
WINDOW = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
OLD = NOW - timedelta(hours=1)


def moment(at: float) -> datetime:
    """`at` h after the day before yesterday."""
    return NOW - timedelta(days=2) + timedelta(hours=at)


def row(at: float, agent: str, **said: Any) -> dict[str, Any]:
    own = {"tenant": "acme", "received": NOW, "retention_days": 30, "revision": 1}
    own |= {"ts": moment(at), "trace_id": f"run-{agent}", "span_id": f"{agent}-{at}"}
    return own | {"agent": agent, "case_id": "c1", "origin": "explicit"} | said


def effect(at: float, agent: str, **said: Any) -> dict[str, Any]:
    own = {"entity": "invoice:1", "kind": "credit", "metric": "cash", "delta": -5.5, "unit": "EUR"}
    own |= {"opens": "o:1", "closes": "o:2", "decision_id": "d1", "status": "Ok"}
    return row(at, agent, **own | said)


def intent(at: float, agent: str, *target: str, **said: Any) -> dict[str, Any]:
    own = {"metric": "cash", "direction": 1, "amount_limit": 100, "target": list(target)}
    return row(at, agent, **own | said)


def put(store: Store, table: str, *rows: dict[str, Any]) -> None:
    store.insert(table, rows)


def acts(store: Store, window: Window = WINDOW) -> Sequence[Acts]:
    return list(StoredFindings(store).cases().acts(window))


def runs(acts: Acts) -> list[str]:
    return sorted({effect.ref.trace_id for effect in acts.effects})


def test_a_case_is_given_whole_with_what_its_runs_are_for(store: Store) -> None:
    put(store, "effects", effect(1, "a", received=OLD), effect(2, "b"), effect(2, "b", revision=2))
    put(store, "effects", effect(3, "c", status="Error"), effect(4, ""))
    put(store, "effects", effect(1, "a", received=OLD, tenant="other"))
    put(store, "intents", intent(0, "a", "invoice:1", received=OLD), intent(0, "stranger"))
    (found,) = acts(store)
    assert (found.tenant, set(found.lanes)) == ("acme", {"case:c1"})
    assert tuple(sorted(found.effects, key=lambda one: one.at)) == (
        Effect(
            ref=SpanRef("run-a", "a-1"), at=moment(1), entity="invoice:1", kind="credit",
            metric="cash", delta=-5.5, unit="EUR", agent="a", case_id="c1", decision_id="d1",
            opens="o:1", closes="o:2", origin="explicit",
        ),
        replace(found.effects[0], ref=SpanRef("run-b", "b-2"), at=moment(2), agent="b"),
    )  # fmt: skip
    (aim,) = found.intents
    assert (aim.ref, aim.agent, aim.metric, aim.direction) == (("run-a", "a-0"), "a", "cash", 1)
    assert (aim.limit, aim.target, aim.at) == (100, ("invoice:1",), moment(0))


def test_where_no_effects_were_received_nothing_is_asked(store: Store) -> None:
    put(store, "effects", effect(1, "a", received=OLD), effect(2, "b", received=OLD))
    put(store, "intents", intent(0, "a"))
    assert acts(store) == []


@pytest.mark.parametrize(
    "second",
    [{"agent": "a"}, {"trace_id": "run-a"}, {"case_id": "c2"}, {"tenant": "other"}],
    ids=str,
)
def test_one_agent_or_one_run_makes_no_case(store: Store, second: dict[str, Any]) -> None:
    put(store, "effects", effect(1, "a"), effect(2, "b") | second)
    assert acts(store) == []


def test_parts_share_the_cases_and_things(store: Store) -> None:
    for number in range(5):
        case = {"case_id": f"c{number}"}
        thing = {"case_id": "", "entity": f"order:{number}"}
        loose = (effect(1, f"x{number}", **thing), effect(2, f"y{number}", **thing))
        put(store, "effects", effect(1, "a", **case), effect(2, "b", **case), *loose)
    whole = acts(store)[0].lanes
    parts = [acts(store, replace(WINDOW, shard=shard, shards=2))[0].lanes for shard in (0, 1)]
    assert len(whole) == 10
    assert parts[0] | parts[1] == whole
    assert not parts[0] & parts[1]


def test_effects_without_a_case_come_with_those_on_things_that_runs_join(store: Store) -> None:
    loose = {"case_id": "", "received": OLD}
    put(store, "effects", effect(1, "a", **loose | {"received": NOW}))
    put(store, "effects", effect(2, "b", **loose), effect(2.5, "b", **loose, entity="order:1"))
    put(store, "effects", effect(3, "c", **loose, entity="order:1"))
    put(store, "effects", effect(4, "d", **loose, entity="claim:1"))
    put(store, "intents", intent(4, "d", "order:1", **loose), intent(3, "c", "", **loose))
    put(store, "effects", effect(5, "e", **loose, entity="claim:2"), effect(6, "f", entity=""))
    (found,) = acts(store)
    assert runs(found) == ["run-a", "run-b", "run-c", "run-d"]
    assert found.lanes == {"entity:invoice:1", "entity:order:1", "entity:claim:1", "entity:"}


def test_a_batch_joins_nothing_but_is_there(store: Store) -> None:
    loose = {"case_id": "", "received": OLD}
    put(store, "effects", effect(1, "a", **loose | {"received": NOW}))
    things = [f"invoice:{number}" for number in range(9)]
    put(store, "effects", *(effect(2, "batch", **loose, entity=thing) for thing in things))
    put(store, "effects", effect(1, "b", **loose, entity="invoice:8"))
    (found,) = acts(store)
    assert runs(found) == ["run-a", "run-batch"]


def test_hubs_join_nothing_and_stand_for_what_their_runs_mean(store: Store) -> None:
    tools.store_rules(store, parse("hubs: {vendor: never, shop: 3}\ntools: {}\n", "t"), 1)
    loose = {"case_id": "", "received": OLD}
    put(store, "effects", effect(1, "a", **loose | {"received": NOW}, entity="vendor:9"))
    put(store, "effects", effect(2, "b", **loose, entity="vendor:9"))
    put(store, "effects", effect(3, "c", **loose))
    (found,) = acts(store)
    assert (found.effects, found.hubs) == ((), {"vendor": 0, "shop": 3})
    put(store, "intents", intent(0, "a", "invoice:1", "vendor:9", **loose))
    (found,) = acts(store)
    assert runs(found) == ["run-a", "run-c"]


def test_things_are_followed_only_so_far(store: Store) -> None:
    loose = {"case_id": "", "received": OLD}
    put(store, "effects", effect(0, "run0", **loose | {"received": NOW}, entity="t:0"))
    for number in range(cases.ROUNDS + 2):
        both = (number, number + 1)
        rows = [effect(1, f"r{number}", **loose, entity=f"t:{thing}") for thing in both]
        put(store, "effects", *rows)
    (found,) = acts(store)
    assert len(runs(found)) == 1 + cases.ROUNDS


def test_many_keys_are_asked_for_some_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "KEYS_AT_ONCE", 1)
    put(store, "effects", effect(1, "a"), effect(2, "b"))
    put(store, "intents", intent(0, "a"), intent(0, "b"))
    assert len(acts(store)[0].intents) == 2


def dealings(store: Store) -> Dealings:
    (found,) = acts(store)
    return StoredFindings(store).cases().dealings("acme", found.effects, WINDOW.until)


def access(at: float, agent: str, kind: str, **said: Any) -> dict[str, Any]:
    own = {"entity": "invoice:1", "field": "date", "access": kind, "version": "2", "status": "Ok"}
    return row(at, agent, **own | {"as_of": moment(0), "compensates": ""} | said)


def test_what_runs_read_wrote_and_decided_is_given(store: Store) -> None:
    put(store, "effects", effect(1, "a"), effect(2, "b"))
    put(store, "data_access", access(0.5, "a", "write", compensates="w0"), access(1, "b", "read"))
    put(store, "data_access", access(1, "b", "read", revision=2, version="2"))
    put(
        store,
        "data_access",
        access(1, "stranger", "read"),
        access(1.5, "b", "read", status="Error"),
    )
    said = {"decision_id": "d1", "action": "pay", "amount": 40, "currency": "EUR", "outcome": "x"}
    put(store, "decisions", row(0.4, "a", **said), row(0.4, "stranger", **said))
    found = dealings(store)
    assert tuple(sorted(found.accesses, key=lambda one: one.at)) == (
        Access(
            SpanRef("run-a", "a-0.5"), moment(0.5), Datum("invoice:1", "date"), is_write=True,
            version="2", compensates="w0",
        ),
        Access(
            SpanRef("run-b", "b-1"), moment(1), Datum("invoice:1", "date"), is_write=False,
            version="2",
        ),
    )  # fmt: skip
    assert found.decisions == (
        Decision(
            SpanRef("run-a", "a-0.4"), moment(0.4), "d1", "pay", "a", amount=40, currency="EUR"
        ),
    )


def test_links_messages_and_hand_offs_are_given(store: Store) -> None:
    put(store, "effects", effect(1, "a"), effect(2, "b"))
    base = {"tenant": "acme", "received": NOW, "retention_days": 30, "revision": 1, "ts": moment(1)}
    spans = {"cause_span_id": "c", "effect_span_id": "e"}
    for cause, caused in (("run-a", "m"), ("m", "run-b"), ("x", "y"), ("run-a", "run-a")):
        put(store, "links", base | spans | {"cause_trace_id": cause, "effect_trace_id": caused})
    for trace, operation in (("run-a", "send"), ("q", "process"), ("run-a", "process")):
        said = {"message_id": "m1", "operation": operation, "trace_id": trace, "span_id": "s"}
        put(store, "messages", base | said)
    ends = {"from_agent": "a", "to_agent": "b", "lane": 1}
    put(
        store, "handoffs", row(1, "a", **ends), row(2, "x", **ends), row(3, "y", **ends, case_id="")
    )
    found = dealings(store)
    expected = [("m", "run-b", "link"), ("run-a", "m", "link"), ("run-a", "q", "message")]
    assert sorted(found.links, key=str) == [
        Link(SpanRef(cause, ""), SpanRef(caused, ""), kind) for cause, caused, kind in expected
    ]
    assert sorted(found.handoffs, key=lambda one: one.at) == [
        Handoff(SpanRef("run-a", "a-1"), moment(1), "a", "b", "c1"),
        Handoff(SpanRef("run-x", "x-2"), moment(2), "a", "b", "c1"),
    ]


def finding(signature: str, severity: str, trace: str = "run-a", **said: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"tenant": "acme", "signature": signature}
    own |= {"finding_id": signature + severity + trace}
    own |= {"severity": severity, "agents": ["a", "b"], "case_id": "c1", "lane": "case:c1"}
    own |= {"evidence": [(trace, "a-1", "cause")], "retracted": False, "shadow": False}
    return own | {"revision": 1} | said


def test_findings_are_given_that_say_something_of_two_or_of_faults(store: Store) -> None:
    put(store, "effects", effect(1, "a"), effect(2, "b"))
    put(store, "findings", finding("GOV-01", "high"), finding("GOV-05", "medium"))
    put(store, "findings", finding("TOOL-04", "medium"), finding("GOAL-01", "high"))
    put(store, "findings", finding("GOV-02", "critical", retracted=True))
    put(store, "findings", finding("GOV-03", "high", shadow=True), finding("GOV-01", "high", "x"))
    found = sorted(dealings(store).findings, key=lambda one: one.signature)
    assert [one.signature for one in found] == ["GOV-01", "GOV-05"]
    assert (found[0].severity, found[0].agents) == (Severity.HIGH, ("a", "b"))
    assert (found[0].refs, found[0].case_id) == ((SpanRef("run-a", "a-1"),), "c1")
