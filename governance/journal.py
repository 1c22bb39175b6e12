"""What a record of a change has to hold so that the state can be read back from the chain."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.audit_trail import AuditRecord, JsonValue
from domain.errors import InvalidInput
from domain.kills import KillScope, KillSwitch, RecoveryStep
from domain.proposals import Proposal, ProposalState, Version
from governance.canonical import plain
from governance.documents import threshold
from governance.thresholds import Governed

# How the words of actions begin; all others are about limits. No state is read back from reviews.
KILL = "kill."
REVIEW = "review."
PROPOSAL = "proposal."


def left(before: Governed, after: Governed) -> JsonValue:
    """Of a change of limits: the version in force, who froze them, and all proposals that are open
    or were until now."""
    kept = [
        one
        for one in after.proposals
        if one.state is ProposalState.OPEN or one not in before.proposals
    ]
    version = after.versions[-1] if after.versions else None
    return {"version": plain(version), "proposals": plain(kept), "frozen_by": after.frozen_by}


def governed(tenant: str, agent: str, records: Iterable[AuditRecord]) -> Governed:
    """All versions and proposals of an agent, from the records of its limits in order.

    Raises InvalidInput where a record holds no such state.
    """
    versions: dict[int, Version] = {}
    proposals: dict[str, Proposal] = {}
    frozen_by = ""
    for record in records:
        state = newest(tenant, agent, record)
        versions |= {one.number: one for one in state.versions}
        proposals |= {one.proposal_id: one for one in state.proposals}
        frozen_by = state.frozen_by
    numbered = tuple(versions[number] for number in sorted(versions))
    return Governed(tenant, agent, numbered, tuple(proposals.values()), frozen_by)


def newest(tenant: str, agent: str, record: AuditRecord) -> Governed:
    """What one record says: the last version alone, and the proposals that it has."""
    said: Any = record.change.state
    try:
        version = said["version"]
        return Governed(
            tenant,
            agent,
            (_version(version),) if version else (),
            tuple(_proposal(one) for one in said["proposals"]),
            str(said["frozen_by"]),
        )
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"record {record.sequence} of '{tenant}' holds no state of limits: {error!r}"
        ) from error


def switched(switch: KillSwitch) -> JsonValue:
    """A switch in the form from which `switch` reads it."""
    steps: list[JsonValue] = [
        {"after_s": step.after.total_seconds(), "share": step.share} for step in switch.recovery
    ]
    said = plain(replace(switch, recovery=()))
    assert isinstance(said, dict)
    return {**said, "recovery": steps}


def switch(record: AuditRecord) -> KillSwitch:
    """The switch as a record left it. Raises InvalidInput where it holds none."""
    said: Any = record.change.state
    try:
        times = {name: _moment(said[name]) for name in ("ordered_at", "until", "released_at")}
        steps = tuple(
            RecoveryStep(timedelta(seconds=one["after_s"]), one["share"])
            for one in said["recovery"]
        )
        own = {**said, **times, "scope": KillScope(said["scope"]), "recovery": steps}
        return KillSwitch(**own)
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"record {record.sequence} of '{record.change.tenant}' holds no switch: {error!r}"
        ) from error


def _version(said: Mapping[str, Any]) -> Version:
    held = tuple(map(threshold, said["thresholds"]))
    return Version(**{**said, "thresholds": held, "at": datetime.fromisoformat(said["at"])})


def _proposal(said: Mapping[str, Any]) -> Proposal:
    names = ("proposed_at", "expires_at", "decided_at")
    times = {name: _moment(said[name]) for name in names}
    held = tuple(map(threshold, said["thresholds"]))
    return Proposal(**{
        **said, **times, "thresholds": held, "state": ProposalState(said["state"]),
    })  # fmt: skip


def _moment(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
