"""Does a switch stop what it names, no more and no less, and let work begin again step by step?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, InvalidInput
from domain.kills import Act, Call, Heard, KillScope, KillSwitch, RecoveryStep
from governance import kill

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALL = Call("acme", "clerk", "billing.refund", "case-1")


def switch(scope: KillScope = KillScope.AGENT, **fields: Any) -> KillSwitch:
    where = {name: getattr(CALL, name) for name in kill.NEEDED[scope]}
    given = {"switch_id": "k1", "reason": "refunds twice", "ordered_by": "ann", **where, **fields}
    return kill.checked(KillSwitch(scope=scope, ordered_at=NOON, **given))


@pytest.mark.parametrize("scope", KillScope)
def test_each_scope_stops_what_it_names(scope: KillScope) -> None:
    stopped = kill.stopping([switch(scope)], CALL, NOON)
    assert stopped is not None
    assert stopped.scope is scope


@pytest.mark.parametrize(
    ("scope", "other"),
    [
        (KillScope.TENANT, replace(CALL, tenant="beta")),
        (KillScope.AGENT, replace(CALL, agent="sales")),
        (KillScope.AGENT, replace(CALL, tenant="beta")),
        (KillScope.CAPABILITY, replace(CALL, capability="crm.get")),
        (KillScope.CAPABILITY, replace(CALL, tenant="beta")),
    ],
    ids=["tenant", "agent", "agent-elsewhere", "capability", "capability-elsewhere"],
)
def test_what_it_does_not_name_goes_on(scope: KillScope, other: Call) -> None:
    assert kill.stopping([switch(scope)], other, NOON) is None


def test_a_capability_may_be_stopped_for_one_agent_alone() -> None:
    narrow = switch(KillScope.CAPABILITY, agent="clerk")
    assert kill.stopping([narrow], CALL, NOON) is narrow
    assert kill.stopping([narrow], replace(CALL, agent="sales"), NOON) is None


def test_the_widest_then_the_oldest_switch_is_named() -> None:
    agent, everywhere = switch(), switch(KillScope.GLOBAL, switch_id="k2")
    older = replace(agent, switch_id="k0", ordered_at=NOON - MINUTE)
    assert kill.stopping([agent, everywhere], CALL, NOON) is everywhere
    assert kill.stopping([agent, older], CALL, NOON) is older


def test_a_switch_in_force_wins_over_one_in_recovery() -> None:
    recovering = switch(KillScope.GLOBAL, switch_id="k0", recovery=kill.STAGED, until=NOON + MINUTE)
    agent = switch()
    assert kill.stopping([recovering, agent], CALL, NOON + 2 * MINUTE) is agent


def test_it_ends_by_itself_or_by_a_person_whichever_is_first() -> None:
    short = switch(until=NOON + 10 * MINUTE)
    assert kill.stopping([short], CALL, NOON + 9 * MINUTE) is short
    assert kill.stopping([short], CALL, NOON + 10 * MINUTE) is None
    ended = kill.released(short, "bob", NOON + 5 * MINUTE)
    assert (kill.end_of(ended), ended.released_by) == (NOON + 5 * MINUTE, "bob")
    with pytest.raises(Conflict, match="ended at"):
        kill.released(ended, "bob", NOON + 6 * MINUTE)


def test_it_stops_nothing_before_it_was_ordered() -> None:
    assert kill.share_at(switch(), NOON - MINUTE) == 1.0


def test_work_is_taken_up_step_by_step_with_the_same_cases() -> None:
    ended = kill.released(switch(recovery=kill.STAGED), "bob", NOON + MINUTE)
    times = [NOON, NOON + MINUTE, NOON + 16 * MINUTE, NOON + 61 * MINUTE]
    assert [kill.share_at(ended, at) for at in times] == [0.0, 0.1, 0.5, 1.0]
    calls = [replace(CALL, key=f"case-{n}") for n in range(500)]
    passing = [
        {call.key for call in calls if kill.stopping([ended], call, at) is None} for at in times
    ]
    assert passing[0] < passing[1] < passing[2] < passing[3]
    assert 30 < len(passing[1]) < 75


def test_recovery_waits_for_its_first_step() -> None:
    late = switch(until=NOON + MINUTE, recovery=(RecoveryStep(5 * MINUTE, 1.0),))
    assert kill.share_at(late, NOON + 5 * MINUTE) == 0.0
    assert kill.share_at(late, NOON + 6 * MINUTE) == 1.0


def test_a_drill_stops_nothing_and_is_told_to_agents() -> None:
    drill = switch(drill=True)
    assert kill.stopping([drill], CALL, NOON) is None
    (told,) = kill.stops_for([drill], "acme", "clerk", NOON)
    assert told.drill


def test_agents_are_told_of_what_concerns_them_alone() -> None:
    switches = [
        switch(KillScope.GLOBAL, switch_id="all"),
        switch(KillScope.CAPABILITY, switch_id="tool"),
        switch(switch_id="mine"),
        switch(switch_id="theirs", agent="sales"),
        switch(switch_id="elsewhere", tenant="beta"),
        switch(switch_id="over", until=NOON + MINUTE),
    ]
    told = kill.stops_for(switches, "acme", "clerk", NOON + MINUTE)
    assert [stop.switch_id for stop in told] == ["all", "mine", "tool"]


def test_a_drill_measures_how_fast_each_agent_stopped_and_what_it_did_meanwhile() -> None:
    heard = [Heard("fast", NOON + MINUTE), Heard("deaf", None), Heard("slow", NOON + 3 * MINUTE)]
    acts = [
        Act("fast", NOON - MINUTE),
        Act("fast", NOON + MINUTE / 2),
        Act("slow", NOON + 2 * MINUTE),
        Act("slow", NOON + 4 * MINUTE),
        Act("deaf", NOON + MINUTE),
        Act("slow", NOON + 20 * MINUTE),  # after the end
    ]
    found = kill.stop_times(switch(until=NOON + 10 * MINUTE), heard, acts)
    assert found == (
        kill.StopTime("deaf", None, 1, 0),
        kill.StopTime("slow", 180.0, 2, 1),
        kill.StopTime("fast", 60.0, 1, 0),
    )
    assert len(kill.stop_times(switch(), heard, acts)) == 3


BACKWARDS = (RecoveryStep(MINUTE, 0.5), RecoveryStep(2 * MINUTE, 0.1))


@pytest.mark.parametrize(
    ("scope", "fields", "field"),
    [
        (KillScope.TENANT, {"tenant": ""}, "tenant: needed"),
        (KillScope.CAPABILITY, {"capability": ""}, "capability: needed"),
        (KillScope.GLOBAL, {"tenant": "acme"}, "tenant: to be left out"),
        (KillScope.AGENT, {"capability": "x"}, "capability: to be left out"),
        (KillScope.AGENT, {"reason": " "}, "reason"),
        (KillScope.AGENT, {"reason": "x" * 2000}, "reason"),
        (KillScope.AGENT, {"ordered_by": ""}, "ordered_by"),
        (KillScope.AGENT, {"until": NOON}, "until"),
        (KillScope.AGENT, {"recovery": (RecoveryStep(MINUTE, 1.5),)}, "from 0 to 1"),
        (KillScope.AGENT, {"recovery": (RecoveryStep(-MINUTE, 1.0),)}, "from 0 to 1"),
        (KillScope.AGENT, {"recovery": BACKWARDS}, "each step later"),
        (KillScope.AGENT, {"recovery": (RecoveryStep(MINUTE, 0.5),)}, "the last step"),
        (KillScope.AGENT, {"recovery": kill.STAGED * 4}, "at most 10"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_order_that_is_not_clear_is_refused(
    scope: KillScope, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput, match=field):
        switch(scope, **fields)


@given(
    st.lists(st.sampled_from(KillScope), min_size=1, max_size=4),
    st.integers(0, 120),
    st.booleans(),
)
def test_more_switches_never_stop_less(scopes: list[KillScope], minute: int, ends: bool) -> None:
    until = NOON + 30 * MINUTE if ends else None
    switches = [
        switch(scope, switch_id=str(n), until=until, recovery=kill.STAGED)
        for n, scope in enumerate(scopes)
    ]
    at = NOON + minute * MINUTE
    alone = [kill.stopping([one], CALL, at) for one in switches]
    together = kill.stopping(switches, CALL, at)
    assert (together is not None) == any(one is not None for one in alone)
