"""What may be said of each event, by keyword, and the attribute that each keyword becomes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, TypedDict

from wakeline import conventions as names
from wakeline.clock import nanoseconds
from wakeline.content import clean, texts
from wakeline.recorder import Attributes, Value, log

Refs = str | Iterable[str]
SourceKind = Literal["primary", "replica", "cache", "index", "memory", "prompt"]
DecisionOutcome = Literal["allow", "block", "modify", "review", "escalate", "defer", "abstain"]
OutcomeType = Literal[
    "reversal", "complaint", "dispute", "chargeback", "manual_override", "sla_breach", "success"
]

ChangeKind = Literal["deploy", "prompt", "model", "policy", "tool_schema", "data_source"]


class EventFacts(TypedDict, total=False):
    """Of every event.

    id:          a name of your own for it, unique in the tenant; else one is made.
    at:          when it happened, UTC unless it has a zone; else now.
    attributes:  more of your own, beside the keys of Wakeline.
    """

    id: str
    at: datetime
    attributes: Attributes


class AccessFacts(EventFacts, total=False):
    """Of reads and writes.

    version:      of the value: number, ETag or time of change; only equality and order count.
    as_of:        when the value was true at its source; a number is ns since 1970 UTC.
    source:       the system that holds it.
    source_kind:  primary, replica, cache, index, memory or prompt.
    value:        recorded as a hash, and as a number too if it is one (mode `full` only).
    value_num:    the number itself, in the field's unit, if `value` is not given.
    """

    version: object
    as_of: datetime | int
    source: str
    source_kind: SourceKind
    value: object
    value_hash: str
    value_num: float


class ReadFacts(AccessFacts, total=False):
    """Of reads."""


class WriteFacts(AccessFacts, total=False):
    """Of writes.

    version_prev:     the version that was overwritten.
    value_num_prev:   the number that was overwritten.
    idempotency_key:  the same for the repetitions of one write.
    reversible:       whether it can be undone.
    compensates:      id of the write that this one undoes.
    decision:         id of the decision that it carries out.
    """

    version_prev: object
    value_num_prev: float
    idempotency_key: str
    reversible: bool
    compensates: str
    decision: str


class DecisionFacts(EventFacts, total=False):
    """Of decisions.

    outcome:            allow, block, modify, review, escalate, defer or abstain.
    confidence:         0 to 1.
    confidence_method:  how it was made; name a new one when it changes.
    inputs:             ids of the reads that it rests on.
    approval_id:        of the approval that covers it.
    amount, currency:   what is at stake.
    threshold:          the confidence that was asked for, 0 to 1, and its version.
    verdict:            what the check said; enforced_action: what was done about it.
    policy_id:          the policy it was taken under, and its version.
    """

    outcome: DecisionOutcome
    confidence: float
    confidence_method: str
    inputs: Refs
    approval_id: str
    amount: float
    currency: str
    threshold: float
    threshold_version: object
    verdict: str
    enforced_action: str
    policy_id: str
    policy_version: object


class EffectFacts(EventFacts, total=False):
    """Of effects. It has no id; `entity` is what it happens to, `decision` what it carries out."""

    unit: str
    opens: str
    closes: str
    entity: str
    decision: str


class OutcomeFacts(EventFacts, total=False):
    """Of outcomes. polarity: -1 bad, 0, 1 good, if its type does not say; amount: in money."""

    polarity: Literal[-1, 0, 1]
    amount: float


class IntentFacts(EventFacts, total=False):
    """Of intents.

    target:     references of what it is about.
    metric:     which effect metric; direction: -1, 0 or 1, where it should go.
    limit:      the greatest change meant, in the metric's unit.
    """

    target: Refs
    metric: str
    direction: Literal[-1, 0, 1]
    limit: float


class HandoffFacts(EventFacts, total=False):
    """Of hand-offs. sender: the agent that gives; by default the one around."""

    sender: str


class ChangeFacts(EventFacts, total=False):
    """Of changes.

    version, version_prev: what it is now, and what it was before.
    agents:   whom it may move; without any, all.
    note:     a sentence for people, seen beside an alarm.
    """

    version: object
    version_prev: object
    agents: Refs
    note: str


def reference(ref: object) -> str:
    """`type:id` with its type in lower case.

    >>> reference("Invoice:A-501")
    'invoice:A-501'
    """
    kind, colon, name = clean(ref).partition(":")
    return f"{kind.lower()}:{name}" if colon else kind


def references(refs: Refs) -> tuple[str, ...]:
    """One or many references."""
    return tuple(map(reference, texts(refs)))


Keys = Mapping[str, tuple[str, Callable[[Any], Value]]]

READ: Keys = {
    "version": (names.DATA_VERSION, clean),
    "as_of": (names.DATA_AS_OF, nanoseconds),
    "source": (names.DATA_SOURCE, clean),
    "source_kind": (names.DATA_SOURCE_KIND, clean),
    "value_hash": (names.DATA_VALUE_HASH, clean),
    "value_num": (names.DATA_VALUE_NUM, float),
}
WRITE: Keys = {
    **READ,
    "version_prev": (names.DATA_VERSION_PREV, clean),
    "value_num_prev": (names.DATA_VALUE_NUM_PREV, float),
    "idempotency_key": (names.DATA_IDEMPOTENCY_KEY, clean),
    "reversible": (names.DATA_REVERSIBLE, bool),
    "compensates": (names.DATA_COMPENSATES, clean),
    "decision": (names.DECISION_ID, clean),
}
DECISION: Keys = {
    "outcome": (names.DECISION_OUTCOME, clean),
    "confidence": (names.DECISION_CONFIDENCE, float),
    "confidence_method": (names.DECISION_CONFIDENCE_METHOD, clean),
    "inputs": (names.DECISION_INPUTS, texts),
    "approval_id": (names.DECISION_APPROVAL_ID, clean),
    "amount": (names.DECISION_AMOUNT, float),
    "currency": (names.DECISION_CURRENCY, clean),
    "threshold": (names.DECISION_THRESHOLD, float),
    "threshold_version": (names.DECISION_THRESHOLD_VERSION, clean),
    "verdict": (names.DECISION_VERDICT, clean),
    "enforced_action": (names.DECISION_ENFORCED_ACTION, clean),
    "policy_id": (names.POLICY_ID, clean),
    "policy_version": (names.POLICY_VERSION, clean),
}
EFFECT: Keys = {
    "unit": (names.EFFECT_UNIT, clean),
    "opens": (names.EFFECT_OPENS, clean),
    "closes": (names.EFFECT_CLOSES, clean),
    "entity": (names.ENTITY_REF, reference),
    "decision": (names.DECISION_ID, clean),
}
OUTCOME: Keys = {
    "polarity": (names.OUTCOME_POLARITY, int),
    "amount": (names.OUTCOME_AMOUNT, float),
}
INTENT: Keys = {
    "target": (names.INTENT_TARGET, references),
    "metric": (names.INTENT_METRIC, clean),
    "direction": (names.INTENT_DIRECTION, int),
    "limit": (names.INTENT_LIMIT, float),
}
HANDOFF: Keys = {"sender": (names.HANDOFF_FROM, clean)}
CHANGE: Keys = {
    "version": (names.CHANGE_VERSION, clean),
    "version_prev": (names.CHANGE_VERSION_PREV, clean),
    "agents": (names.CHANGE_AGENTS, texts),
    "note": (names.CHANGE_NOTE, clean),
}
COMMON = frozenset(EventFacts.__annotations__)


def attributes(keys: Keys, facts: Mapping[str, object]) -> dict[str, Value]:
    """The facts under their names on the wire; None is not recorded.

    A value that cannot be converted is left out and logged: recording never fails the agent.
    Raises TypeError for a keyword that the event does not have.
    """
    recorded: dict[str, Value] = {}
    for keyword, value in facts.items():
        if keyword in keys and value is not None:
            name, convert = keys[keyword]
            try:
                recorded[name] = convert(value)
            except (TypeError, ValueError, OverflowError):
                log.warning("%s is left out, for it cannot be %r", name, value)
        elif keyword not in keys and keyword not in COMMON:
            raise TypeError(f"there is no keyword {keyword!r} here")
    return recorded
