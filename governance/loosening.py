"""Does a change let an agent do anything that it could not do before?

Whatever lets it is loosening and needs a second person; all else is tightening and may be done at
once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.audit_trail import JsonValue
from domain.thresholds import ESCALATE_ALL, Limits, Stage, Threshold
from governance.canonical import plain

Key = tuple[str, str]  # (action, agent_version)


def key_of(threshold: Threshold) -> Key:
    """What a threshold is about."""
    return threshold.action, threshold.agent_version


def effective(thresholds: Iterable[Threshold], action: str, agent_version: str) -> Threshold:
    """What holds for a version of the agent: its own threshold, else that of any version, else
    none.

    >>> effective([], "refund", "2.0").limits.confidence is None
    True
    """
    found = {one.agent_version: one for one in thresholds if one.action == action}
    nothing = Threshold(action, agent_version=agent_version)
    return found.get(agent_version) or found.get("") or nothing


def loosened_actions(before: Sequence[Threshold], after: Sequence[Threshold]) -> list[str]:
    """Actions in which some version of the agent may do more afterwards."""
    keys = {key_of(one) for one in (*before, *after)}
    # A version that neither names is served by "any version", which is a key where it exists.
    return sorted({
        action
        for action, version in keys
        if loosens(effective(before, action, version), effective(after, action, version))
    })  # fmt: skip


def loosens(before: Threshold, after: Threshold) -> bool:
    """Whether `after` lets any case proceed that `before` did not."""
    if not _acts_alone(after):
        return False
    if not _acts_alone(before):
        return True
    return not (
        limits_within(after.limits, before.limits)
        and after.stage <= before.stage
        and _same_cases(before, after)
    )


def limits_within(after: Limits, before: Limits) -> bool:
    """Whether `after` allows nothing that `before` does not."""
    return strictness(after) >= strictness(before) and amount_max(after) <= amount_max(before)


def stricter_of(one: Limits, other: Limits) -> Limits:
    """Limits that allow what both allow.

    >>> stricter_of(Limits(0.8, None), Limits(0.7, 500.0))
    Limits(confidence=0.8, amount=500.0)
    """
    if one.confidence is None or other.confidence is None:
        return ESCALATE_ALL
    amount = min(amount_max(one), amount_max(other))
    known = None if amount == float("inf") else amount
    return Limits(max(one.confidence, other.confidence), known)


def strictness(limits: Limits) -> float:
    """The confidence that is asked for; above all where everything escalates."""
    return float("inf") if limits.confidence is None else limits.confidence


def amount_max(limits: Limits) -> float:
    """Dollars that may be moved at most; 0 where everything escalates."""
    if limits.confidence is None:
        return 0.0
    return float("inf") if limits.amount is None else limits.amount


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value of a threshold that changed."""

    action: str
    agent_version: str
    field: str
    before: JsonValue
    after: JsonValue


def changes(before: Sequence[Threshold], after: Sequence[Threshold]) -> tuple[FieldChange, ...]:
    """All that differs, by action, version and field; None stands for a threshold that is not
    there.
    """
    old = {key_of(one): _fields(one) for one in before}
    new = {key_of(one): _fields(one) for one in after}
    return tuple(
        FieldChange(*key, name, old.get(key, {}).get(name), new.get(key, {}).get(name))
        for key in sorted(old.keys() | new.keys())
        for name in sorted(old.get(key, {}).keys() | new.get(key, {}).keys())
        if old.get(key, {}).get(name) != new.get(key, {}).get(name)
    )


def _fields(threshold: Threshold) -> dict[str, JsonValue]:
    said = plain(threshold)
    assert isinstance(said, dict)
    limits = said.pop("limits")
    assert isinstance(limits, dict)
    return {**said, **limits}


def _acts_alone(threshold: Threshold) -> bool:
    return (
        threshold.limits.confidence is not None
        and threshold.stage > Stage.SHADOW
        and threshold.oversight.freedom == 2
    )


def _same_cases(before: Threshold, after: Threshold) -> bool:
    """Whether the share of `after` is within that of `before`: by the same salt, or of all."""
    return before.stage is Stage.FULL or before.canary_salt == after.canary_salt
