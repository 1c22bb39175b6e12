"""Limits, proposals, switches and changes as the API and the commands tell them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app import moments
from domain.audit_trail import AuditRecord
from domain.kills import KillSwitch
from domain.proposals import Proposal, Version
from domain.thresholds import Threshold
from governance import kill
from governance.canonical import plain
from governance.thresholds import Governed


def threshold(held: Threshold) -> dict[str, Any]:
    """One threshold, flat."""
    return {
        "action": held.action,
        "agent_version": held.agent_version,
        "confidence": held.limits.confidence,
        "amount": held.limits.amount,
        "stage": held.stage.name.lower(),
        "oversight": str(held.oversight),
        "canary_salt": held.canary_salt,
        "basis": plain(held.basis),
    }


def version(one: Version) -> dict[str, Any]:
    """A version with who, when and why."""
    return {
        "version": one.number,
        "at": moments.iso(one.at),
        "by": one.by,
        "approved_by": one.approved_by,
        "why": one.why,
        "thresholds": [threshold(held) for held in one.thresholds],
    }


def proposal(one: Proposal, agent: str) -> dict[str, Any]:
    """A proposal as it stands."""
    return {
        "proposal_id": one.proposal_id,
        "agent": agent,
        "state": str(one.state),
        "base": one.base,
        "proposed_by": one.proposed_by,
        "proposed_at": moments.iso(one.proposed_at),
        "expires_at": moments.iso(one.expires_at),
        "decided_by": one.decided_by,
        "decided_at": _moment(one.decided_at),
        "why": one.why,
        "thresholds": [threshold(held) for held in one.thresholds],
        "shown": one.shown,
    }


def governed(state: Governed) -> dict[str, Any]:
    """Where an agent stands: limits in force, and proposals that wait."""
    return {
        "agent": state.agent,
        "version": state.number,
        "frozen_by": state.frozen_by,
        "thresholds": [threshold(held) for held in state.thresholds],
        "proposals": [proposal(one, state.agent) for one in state.proposals if one.state == "open"],
    }


def switch(one: KillSwitch, at: datetime) -> dict[str, Any]:
    """A kill switch as it is at a time; share: of cases that may pass."""
    share = kill.share_at(one, at)
    ended = kill.end_of(one)
    stopping = ended is None or at < ended
    return {
        "switch_id": one.switch_id,
        "scope": str(one.scope),
        "tenant": one.tenant,
        "agent": one.agent,
        "capability": one.capability,
        "reason": one.reason,
        "drill": one.drill,
        "ordered_by": one.ordered_by,
        "ordered_at": moments.iso(one.ordered_at),
        "until": _moment(one.until),
        "released_at": _moment(one.released_at),
        "released_by": one.released_by,
        "recovery": [
            {"after_s": step.after.total_seconds(), "share": step.share} for step in one.recovery
        ],
        "state": "stopping" if stopping else "recovering" if share < 1 else "over",
        "share": share,
    }


def change(record: AuditRecord) -> dict[str, Any]:
    """One change at its place in the chain."""
    said = record.change
    return {
        "sequence": record.sequence,
        "at": moments.iso(said.at),
        "who": said.who,
        "action": said.action,
        "subject": said.subject,
        "why": said.why,
        "before": said.before,
        "after": said.after,
        "previous": record.previous,
        "sha256": record.sha256,
    }


def differences(found: Iterable[Any]) -> list[Mapping[str, Any]]:
    """What differs between two versions, field by field."""
    names = ("action", "agent_version", "field", "before", "after")
    return [{name: getattr(one, name) for name in names} for one in found]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moments.iso(at)
