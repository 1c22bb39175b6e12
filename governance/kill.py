"""Which switch stops a call, how is work taken up again, and how fast did agents stop?

One switch is enough to stop a call. Of several the one that lets the fewest cases pass is named; of
equals the widest, then the oldest.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from domain.errors import Conflict, InvalidInput
from domain.kills import Act, Call, Heard, KillScope, KillSwitch, RecoveryStep
from domain.thresholds import Stop
from governance.stable_hash import within

REASON_CHARACTERS_MAX = 1000
RECOVERY_STEPS_MAX = 10
# As with limits: a tenth, half, all.
STAGED = (
    RecoveryStep(timedelta(0), 0.1),
    RecoveryStep(timedelta(minutes=15), 0.5),
    RecoveryStep(timedelta(hours=1), 1.0),
)
NEEDED = {
    KillScope.GLOBAL: (),
    KillScope.TENANT: ("tenant",),
    KillScope.AGENT: ("tenant", "agent"),
    KillScope.CAPABILITY: ("tenant", "capability"),
}
ALLOWED = {**NEEDED, KillScope.CAPABILITY: ("tenant", "agent", "capability")}


def checked(switch: KillSwitch) -> KillSwitch:
    """The same switch. Raises InvalidInput naming the field that is wrong."""
    for name in ("tenant", "agent", "capability"):
        if name in NEEDED[switch.scope] and not getattr(switch, name):
            raise InvalidInput(f"{name}: needed with the scope '{switch.scope}'")
        if name not in ALLOWED[switch.scope] and getattr(switch, name):
            raise InvalidInput(f"{name}: to be left out with the scope '{switch.scope}'")
    if not switch.reason.strip() or len(switch.reason) > REASON_CHARACTERS_MAX:
        raise InvalidInput(f"reason: 1 to {REASON_CHARACTERS_MAX} characters")
    if not switch.ordered_by:
        raise InvalidInput("ordered_by: who stops agents has to have a name")
    if switch.until is not None and switch.until <= switch.ordered_at:
        raise InvalidInput("until: after the order")
    _check_recovery(switch.recovery)
    return switch


def released(switch: KillSwitch, by: str, at: datetime) -> KillSwitch:
    """Ended by a person; recovery begins. Raises Conflict when it had ended before."""
    ended = end_of(switch)
    if ended is not None and ended <= at:
        raise Conflict(f"the switch {switch.switch_id} ended at {ended.isoformat()}")
    return replace(switch, released_at=at, released_by=by)


def end_of(switch: KillSwitch) -> datetime | None:
    """When the stop ends or ended and recovery begins; None while nobody has said."""
    return min((at for at in (switch.until, switch.released_at) if at is not None), default=None)


def share_at(switch: KillSwitch, at: datetime) -> float:
    """Share of cases that may pass: 0 while it stops, then by the steps of its recovery, at last
    1.
    """
    ended = end_of(switch)
    if at < switch.ordered_at:
        return 1.0
    if ended is None or at < ended:
        return 0.0
    # Until the first step is due nothing passes yet; without steps all does.
    reached = [step.share for step in switch.recovery if ended + step.after <= at]
    return reached[-1] if reached else float(not switch.recovery)


def concerns(switch: KillSwitch, call: Call) -> bool:
    """Whether the call lies in the scope of the switch, in force or not."""
    return all(
        not named or named == asked
        for named, asked in (
            (switch.tenant, call.tenant),
            (switch.agent, call.agent),
            (switch.capability, call.capability),
        )
    )


def stopping(switches: Iterable[KillSwitch], call: Call, at: datetime) -> KillSwitch | None:
    """The switch that stops this call; None when it may go on. Drills stop nothing."""
    against = [
        switch
        for switch in switches
        if not switch.drill
        and concerns(switch, call)
        and not within(share_at(switch, at), switch.switch_id, call.key)
    ]
    return min(against, key=lambda switch: _rank(switch, at), default=None)


def stops_for(
    switches: Iterable[KillSwitch], tenant: str, agent: str, at: datetime
) -> tuple[Stop, ...]:
    """What a threshold document says of stops: all that concern the agent, drills too."""
    return tuple(
        Stop(
            switch_id=switch.switch_id,
            reason=switch.reason,
            agent=switch.agent,
            capability=switch.capability,
            share=share_at(switch, at),
            drill=switch.drill,
        )
        for switch in sorted(switches, key=lambda switch: _rank(switch, at))
        if switch.tenant in ("", tenant)
        and switch.agent in ("", agent)
        and share_at(switch, at) < 1
    )


@dataclass(frozen=True, slots=True)
class StopTime:
    """How one agent took an order: seconds until it knew, and what it did after the order.

    heard_s: None while it does not know; acts_after_hearing should be 0.
    """

    agent: str
    heard_s: float | None
    acts_after_order: int
    acts_after_hearing: int


def stop_times(
    switch: KillSwitch, heard: Iterable[Heard], acts: Iterable[Act]
) -> tuple[StopTime, ...]:
    """Of each agent that was asked to stop, those that do not know yet first, then the slowest."""
    ended = end_of(switch)
    after = [
        act for act in acts if act.at > switch.ordered_at and (ended is None or act.at < ended)
    ]
    times = []
    for one in heard:
        own = [act.at for act in after if act.agent == one.agent]
        late = [at for at in own if one.at is not None and at > one.at]
        seconds = None if one.at is None else (one.at - switch.ordered_at).total_seconds()
        times.append(StopTime(one.agent, seconds, len(own), len(late)))
    return tuple(sorted(times, key=_slowest_first))


def _slowest_first(time: StopTime) -> tuple[float, str]:
    return (-math.inf if time.heard_s is None else -time.heard_s, time.agent)


def _rank(switch: KillSwitch, at: datetime) -> tuple[float, int, datetime, str]:
    width = list(KillScope).index(switch.scope)
    return share_at(switch, at), width, switch.ordered_at, switch.switch_id


def _check_recovery(steps: tuple[RecoveryStep, ...]) -> None:
    if len(steps) > RECOVERY_STEPS_MAX:
        raise InvalidInput(f"recovery: at most {RECOVERY_STEPS_MAX} steps")
    for step in steps:
        if not 0 <= step.share <= 1 or step.after < timedelta(0):
            raise InvalidInput("recovery: shares from 0 to 1, after the end of the stop")
    for before, step in pairwise(steps):
        if step.after <= before.after or step.share <= before.share:
            raise InvalidInput("recovery: each step later and with a greater share than the last")
    if steps and steps[-1].share != 1:
        raise InvalidInput("recovery: the last step lets all cases pass, a share of 1")
