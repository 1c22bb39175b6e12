"""Do steps and the facts of steps inherit what only those above them say?"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.envelope import Signal
from storage import derivation
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, TENANT, record, token
from tests.contracts.store_contract import number

FACTS = ("decisions", "data_access", "effects", "handoffs")
RECEIVED = datetime.fromtimestamp(RECEIVED_UNIX_NANO / 10**9, UTC)
SINCE, UNTIL = RECEIVED - timedelta(hours=1), RECEIVED + timedelta(hours=1)
NOTHING_IS_OLD, ALL_IS_OLD = SINCE, UNTIL
KEYS = {
    "operation": "gen_ai.operation.name",
    "agent": "gen_ai.agent.name",
    "version": "gen_ai.agent.version",
    "conversation": "gen_ai.conversation.id",
    "tool": "gen_ai.tool.name",
}


class Made(NamedTuple):
    """A span: its number and that of its parent are its ids, 0 = none."""

    number: int
    parent: int
    attributes: dict[str, str]
    events: dict[str, dict[str, str]]


class Inherited(NamedTuple):
    """What a step has of others."""

    agent: str
    origin: str
    version: str = ""
    conversation: str = ""


NONE = Inherited("", "none")


def plain(number: int, parent: int = 0) -> Made:
    """A span that is no step."""
    return Made(number, parent, {}, {})


def step(number: int, parent: int = 0, **said: str) -> Made:
    """The call of a tool; `said` by the names of KEYS."""
    told = {"operation": "execute_tool", **said}
    return Made(number, parent, {KEYS[name]: text for name, text in told.items()}, {})


def send(
    store: Store, *made: Made, tenant: str = TENANT, received_unix_nano: int = RECEIVED_UNIX_NANO
) -> None:
    """Store the spans as one segment of one trace."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.add(key="service.name").value.string_value = "billing"
    scope_spans = resource_spans.scope_spans.add()
    for one in made:
        span = scope_spans.spans.add(
            trace_id=b"\1" * 16,
            span_id=one.number.to_bytes(8),
            parent_span_id=one.parent.to_bytes(8) if one.parent else b"",
            start_time_unix_nano=RECEIVED_UNIX_NANO + one.number,
        )
        put(span, one.attributes)
        for name, attributes in one.events.items():
            put(span.events.add(name=name, time_unix_nano=RECEIVED_UNIX_NANO), attributes)
    segment = record(request, tenant, received_unix_nano=received_unix_nano)
    store.insert_segment(Signal.TRACES, segment, token())


def put(holder: Any, attributes: dict[str, str]) -> None:
    for key, text in attributes.items():
        holder.attributes.add(key=key).value.string_value = text


def inherit(store: Store, old_before: datetime = NOTHING_IS_OLD) -> None:
    derivation.inherit(store, SINCE, UNTIL, old_before)


def inherited(store: Store, tenant: str = TENANT) -> dict[int, Inherited]:
    """Each step by its number."""
    found = store.read_only(
        "SELECT reinterpretAsUInt64(reverse(unhex(span_id))), agent, agent_origin, agent_version,"
        f" conversation_id FROM steps FINAL WHERE tenant = '{tenant}' ORDER BY 1",
        "TSV",
    )
    rows = (line.split("\t") for line in found.decode().splitlines())
    return {int(number): Inherited(*texts) for number, *texts in rows}


def rows_written(store: Store) -> list[int]:
    """Of steps and of each kind of fact, whether they have been replaced since or not."""
    return [number(store, f"count() FROM {table}") for table in ("steps", *FACTS)]


@pytest.fixture
def store(store: Store) -> Iterator[Store]:
    """In it, rows that are replaced are not merged away while a test counts them."""
    store.command("SYSTEM STOP MERGES")
    yield store
    store.command("SYSTEM START MERGES")


def test_agent_version_and_conversation_are_those_of_the_nearest_ancestor_that_says_them(
    store: Store,
) -> None:
    send(
        store,
        step(1, agent="planner", version="7", conversation="c"),
        plain(2, 1),
        plain(3, 2),
        step(4, 3),
        step(5, 4, agent="payer", version="8"),
        step(6, 5),
    )
    assert inherited(store)[4] == NONE
    inherit(store)
    assert inherited(store) == {
        1: Inherited("planner", "span", "7", "c"),
        4: Inherited("planner", "ancestor", "7", "c"),
        5: Inherited("payer", "span", "8", "c"),
        6: Inherited("payer", "ancestor", "8", "c"),
    }


def test_what_a_span_says_itself_is_never_replaced(store: Store) -> None:
    send(
        store,
        step(1, agent="planner", version="7", conversation="c"),
        step(2, 1, agent="payer", conversation="d"),
        step(3, 1, conversation="e"),
        step(4, 3),
    )
    inherit(store, ALL_IS_OLD)
    assert inherited(store) == {
        1: Inherited("planner", "span", "7", "c"),
        2: Inherited("payer", "span", "", "d"),
        3: Inherited("planner", "ancestor", "7", "e"),
        4: Inherited("planner", "ancestor", "7", "e"),
    }


def test_a_parent_may_arrive_after_its_children_in_a_later_segment(store: Store) -> None:
    send(store, step(3, 2), step(4, 3))
    inherit(store)
    assert set(inherited(store).values()) == {NONE}
    send(store, plain(2, 1))
    inherit(store)
    assert set(inherited(store).values()) == {NONE}
    send(store, step(1, agent="planner"))
    inherit(store)
    found = inherited(store)
    assert found[3] == found[4] == Inherited("planner", "ancestor")


def test_agent_and_conversation_may_be_of_different_ancestors_at_different_times(
    store: Store,
) -> None:
    send(store, step(2, 1, agent="payer"), step(3, 2))
    inherit(store)
    assert inherited(store)[3] == Inherited("payer", "ancestor")
    send(store, step(1, agent="planner", conversation="c"))
    inherit(store)
    assert inherited(store)[3] == Inherited("payer", "ancestor", "", "c")
    assert inherited(store)[2] == Inherited("payer", "span", "", "c")


def test_what_nobody_names_an_agent_for_is_its_services_once_it_is_old(store: Store) -> None:
    send(store, step(1), step(2, 1), step(3, 9, conversation="c"))
    inherit(store)
    assert {found.origin for found in inherited(store).values()} == {"none"}
    inherit(store, ALL_IS_OLD)
    service = Inherited("billing", "service")
    assert inherited(store) == {1: service, 2: service, 3: service._replace(conversation="c")}


def test_a_service_never_stands_for_the_agent_of_an_ancestor(store: Store) -> None:
    send(store, step(1, agent="planner"), plain(2, 1), step(3, 2))
    inherit(store, ALL_IS_OLD)
    assert inherited(store)[3] == Inherited("planner", "ancestor")


def test_a_service_that_stands_in_is_not_handed_down(store: Store) -> None:
    send(store, step(2, 1))
    inherit(store, ALL_IS_OLD)
    send(store, step(3, 2))
    inherit(store)
    assert inherited(store) == {2: Inherited("billing", "service"), 3: NONE}
    send(store, step(1, agent="planner"))
    inherit(store)
    assert inherited(store)[3] == Inherited("planner", "ancestor")


def test_only_what_was_received_in_the_period_inherits(store: Store) -> None:
    day_before = RECEIVED_UNIX_NANO - 24 * 3600 * 10**9
    send(store, step(1, agent="planner"), step(2, 1), received_unix_nano=day_before)
    send(store, step(3, 2))
    inherit(store)
    assert inherited(store)[2] == NONE
    assert inherited(store)[3] == Inherited("planner", "ancestor")


def test_equal_ids_of_two_tenants_do_not_mix(store: Store) -> None:
    send(store, step(1, agent="planner", conversation="c"), tenant="acme")
    send(store, step(1, agent="stranger", conversation="d"), step(2, 1), step(4, 3), tenant="other")
    send(store, step(2, 1), plain(3, 1), tenant="acme")
    inherit(store)
    assert inherited(store, "acme")[2] == Inherited("planner", "ancestor", "", "c")
    assert inherited(store, "other")[2] == Inherited("stranger", "ancestor", "", "d")
    assert inherited(store, "other")[4] == NONE


@pytest.mark.parametrize(
    "made",
    [(step(1, 1),), (step(1, 2), step(2, 1)), (step(1, 2), plain(2, 3), plain(3, 2))],
    ids=["itself", "each other", "a ring above"],
)
def test_parents_in_a_ring_end_and_the_service_stands_in(
    store: Store, made: tuple[Made, ...]
) -> None:
    send(store, *made, step(8, 9, agent="bystander"))
    inherit(store)
    assert inherited(store)[1] == NONE
    inherit(store, ALL_IS_OLD)
    assert inherited(store)[1] == Inherited("billing", "service")


def test_what_a_ring_says_is_found_before_it_ends(store: Store) -> None:
    ring = [plain(number, number + 1) for number in range(2, 6)]
    send(store, step(1, 2), *ring, step(6, 2, agent="planner"), step(9, 9, conversation="c"))
    inherit(store)
    assert inherited(store) == {
        1: Inherited("planner", "ancestor"),
        6: Inherited("planner", "span"),
        9: Inherited("", "none", "", "c"),
    }


def test_a_chain_is_followed_so_many_hops_and_no_further(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(derivation.BOUNDS, "hops_max", 3)
    send(
        store,
        step(1, agent="planner"),
        *(plain(number, number - 1) for number in range(2, 5)),
        step(13, 3),
        step(14, 4),
    )
    inherit(store)
    assert inherited(store)[13] == Inherited("planner", "ancestor")
    assert inherited(store)[14] == NONE


def test_more_steps_than_a_pass_takes_inherit_in_several(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(derivation.BOUNDS, "rows_max", 2)
    send(store, step(1, agent="planner", conversation="c"), *(step(n, 1) for n in range(2, 7)))
    inherit(store)
    assert Counter(found.origin for found in inherited(store).values()) == {
        "span": 1,
        "ancestor": 5,
    }


def test_passes_end_when_none_helps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(derivation.BOUNDS, "rows_max", 2)
    send(store, *(step(n, 1) for n in range(2, 7)))
    inherit(store)
    assert set(inherited(store).values()) == {NONE}
    inherit(store, ALL_IS_OLD)
    assert {found.origin for found in inherited(store).values()} == {"service"}


def test_to_inherit_again_writes_nothing(store: Store) -> None:
    send(store, step(1, agent="planner"), step(2, 1), step(3, 9), plain(9), says_all(4, 1))
    for old_before in (NOTHING_IS_OLD, ALL_IS_OLD):
        inherit(store, old_before)
        written = rows_written(store)
        inherit(store, old_before)
        assert rows_written(store) == written


def test_a_span_that_comes_once_more_inherits_once_more(store: Store) -> None:
    send(store, step(1, agent="planner"), step(2, 1))
    inherit(store)
    send(store, step(2, 1))
    assert inherited(store)[2] == NONE
    inherit(store)
    assert inherited(store)[2] == Inherited("planner", "ancestor")


def test_a_trace_of_very_many_steps_is_within_the_bounds_of_one_query(store: Store) -> None:
    # Looked up in arrays of the trace, they would take over 2 GiB.
    send(store, step(1, agent="planner"), *(step(n, n // 2) for n in range(2, 6000)))
    inherit(store)
    assert Counter(found.origin for found in inherited(store).values()) == {
        "span": 1,
        "ancestor": 5998,
    }


EVENTS = {
    "wakeline.decision": {"wakeline.decision.id": "d1", "wakeline.decision.action": "pay"},
    "wakeline.data.read": {"wakeline.entity.ref": "account:1", "wakeline.data.field": "limit"},
    "wakeline.effect": {"wakeline.effect.kind": "charge", "wakeline.effect.metric": "cash"},
    "wakeline.handoff": {"wakeline.handoff.to": "auditor"},
}


def says_all(number: int, parent: int = 0, **said: str) -> Made:
    """A step with an event of each kind that may inherit."""
    return step(number, parent, **said)._replace(events=EVENTS)


def of_fact(store: Store, table: str) -> list[list[str]]:
    """Agent and conversation of each fact, by span."""
    columns = "agent, conversation_id" + (", from_agent" if table == "handoffs" else "")
    text = store.read_only(f"SELECT {columns} FROM {table} FINAL ORDER BY span_id", "TSV")
    return [line.split("\t") for line in text.decode().splitlines()]


@pytest.mark.parametrize("table", FACTS)
def test_facts_follow_their_step(store: Store, table: str) -> None:
    send(store, step(1, agent="planner", conversation="c"), says_all(2, 1))
    assert of_fact(store, table)[0][:2] == ["", ""]
    inherit(store)
    assert of_fact(store, table)[0][:2] == ["planner", "c"]


@pytest.mark.parametrize("table", FACTS)
def test_a_fact_may_be_received_days_after_its_step(store: Store, table: str) -> None:
    days_before = RECEIVED_UNIX_NANO - 72 * 3600 * 10**9
    send(store, step(1, agent="planner"), received_unix_nano=days_before)
    send(store, plain(1)._replace(events=EVENTS))
    inherit(store)
    assert [row[0] for row in of_fact(store, table)] == ["planner"]


@pytest.mark.parametrize("table", FACTS)
def test_a_fact_keeps_what_it_says_itself(store: Store, table: str) -> None:
    send(
        store,
        step(1, agent="planner", conversation="c"),
        says_all(2, 1, agent="payer", conversation="d"),
        says_all(3, 1, conversation="e"),
    )
    inherit(store)
    assert [row[:2] for row in of_fact(store, table)] == [["payer", "d"], ["planner", "e"]]


def test_who_hands_over_is_the_agent_of_the_step_unless_it_is_said(store: Store) -> None:
    said = {"wakeline.handoff.to": "auditor", "wakeline.handoff.from": "clerk"}
    says = step(3, 1)._replace(events={"wakeline.handoff": said})
    send(store, step(1, agent="planner"), says_all(2, 1), says)
    inherit(store)
    assert [row[2] for row in of_fact(store, "handoffs")] == ["planner", "clerk"]


def test_facts_of_another_tenants_equal_span_inherit_nothing(store: Store) -> None:
    send(store, step(1, agent="planner"), says_all(2, 1), tenant="acme")
    send(store, says_all(2, 1), tenant="other")
    inherit(store)
    for table in FACTS:
        assert sorted(row[0] for row in of_fact(store, table)) == ["", "planner"]
