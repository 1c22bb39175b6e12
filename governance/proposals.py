"""From what the tuner or a page advises to what happens: done at once, or put before a person."""

from dataclasses import replace
from datetime import datetime

from domain.audit_trail import Change, JsonValue
from domain.autonomy import Autonomy
from domain.proposals import Automaton
from domain.thresholds import Threshold
from governance import thresholds
from governance.canonical import plain
from governance.loosening import effective, loosens
from governance.thresholds import Governed, Order
from governance.tuner import Advice, Key

TUNER = Automaton("tuner")
STAGES = Automaton("autonomy")


def follow(
    state: Governed, order: Order, wanted: Threshold, proposal_id: str, shown: JsonValue = None
) -> tuple[Governed, Change]:
    """Put a threshold in force if it allows nothing more; else propose it."""
    held = effective(state.thresholds, wanted.action, wanted.agent_version)
    if loosens(held, wanted):
        return thresholds.propose(state, order, proposal_id, [wanted], shown)
    return thresholds.tighten(state, order, [wanted])


def advised(
    state: Governed, key: Key, advice: Advice, at: datetime, proposal_id: str
) -> tuple[Governed, Change]:
    """What the tuner advises: limits alone change, stage and oversight stay."""
    held = effective(state.thresholds, key.action, key.agent_version)
    wanted = replace(
        held,
        agent_version=key.agent_version,
        limits=advice.after,
        basis=advice.basis or held.basis,
    )
    return follow(state, Order(TUNER, at, advice.reason), wanted, proposal_id, shown(advice))


def staged(
    state: Governed, autonomy: Autonomy, at: datetime, why: str, proposal_id: str
) -> tuple[Governed, Change]:
    """What the stage of an action asks for: a higher one is proposed, a lower one holds at once.

    The salt is kept from stage to stage, so cases that proceeded go on proceeding.
    """
    held = effective(state.thresholds, autonomy.action, "")
    wanted = replace(
        held,
        stage=autonomy.stage,
        oversight=autonomy.oversight,
        canary_salt=held.canary_salt or f"{autonomy.agent}/{autonomy.action}",
    )
    return follow(state, Order(STAGES, at, why), wanted, proposal_id)


def shown(advice: Advice) -> JsonValue:
    """What a person sees before saying yes: evidence, autonomy, the bound of harm, the replay."""
    basis, replayed = advice.basis, advice.replayed
    return {
        "before": plain(advice.before),
        "after": plain(advice.after),
        "reason": advice.reason,
        "evidence": plain(basis),
        "harm_seen": basis.harms / basis.labels if basis and basis.labels else None,
        "harm_bound": basis.alpha if basis else None,
        "autonomy_expected": replayed.autonomy_after if replayed else None,
        "replay": plain(replayed),
    }
