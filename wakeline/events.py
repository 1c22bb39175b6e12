"""The events of an agent: what it read, decided, wrote and caused, and what became of it.

Each call records one event on the span around and returns the event's id. When the SDK is off,
nothing happens and the id is empty.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Unpack

from opentelemetry import trace
from opentelemetry.context import get_current

from wakeline import clock, facts, surroundings
from wakeline import conventions as names
from wakeline.content import clean, number
from wakeline.recorder import Recorder, Value, active, log, new_id


def read(entity: str, field: str, **more: Unpack[facts.ReadFacts]) -> str:
    """The agent took `field` of `entity` (`type:id`) from a system."""
    if (recorder := active()) is None:
        return ""
    read_id = emit(recorder, names.READ, _access(recorder, facts.READ, entity, field, more), more)
    if (reads := surroundings.current().reads) is not None:
        reads.append(read_id)
    return read_id


def write(entity: str, field: str, **more: Unpack[facts.WriteFacts]) -> str:
    """The agent changed `field` of `entity` (`type:id`) in a system."""
    if (recorder := active()) is None:
        return ""
    return emit(recorder, names.WRITE, _access(recorder, facts.WRITE, entity, field, more), more)


def decision(action: str, **more: Unpack[facts.DecisionFacts]) -> str:
    """The agent chose `action`, a word of low cardinality."""
    if (recorder := active()) is None:
        return ""
    own = {names.DECISION_ACTION: clean(action), **facts.attributes(facts.DECISION, more)}
    return emit(recorder, names.DECISION, own, more)


def effect(kind: str, metric: str, delta: float, **more: Unpack[facts.EffectFacts]) -> None:
    """What was done moves `metric` (cash, obligation ...) by `delta`."""
    if (recorder := active()) is None:
        return
    own: dict[str, Value] = {
        names.EFFECT_KIND: clean(kind),
        names.EFFECT_METRIC: clean(metric),
        names.EFFECT_DELTA: float(delta),
        **facts.attributes(facts.EFFECT, more),
    }
    emit(recorder, names.EFFECT, own, more)


def outcome(type: facts.OutcomeType, target: facts.Refs, **more: Unpack[facts.OutcomeFacts]) -> str:
    """What became of `target`: entities, ids of writes, or `ref` of spans. Often days later."""
    if (recorder := active()) is None:
        return ""
    own: dict[str, Value] = {
        names.OUTCOME_TYPE: clean(type),
        names.OUTCOME_TARGET: facts.references(target),
        names.OUTCOME_POLARITY: names.OUTCOME_POLARITY_OF.get(type, 0),
        **facts.attributes(facts.OUTCOME, more),
    }
    return emit(recorder, names.OUTCOME, own, more)


def handoff(to: str, **more: Unpack[facts.HandoffFacts]) -> str:
    """Work goes to the agent or queue `to`; hand the id to `inject`, so that it is taken up."""
    if (recorder := active()) is None:
        return ""
    own: dict[str, Value] = {names.HANDOFF_TO: clean(to)}
    if sender := surroundings.current().agent.get(names.AGENT_NAME):
        own[names.HANDOFF_FROM] = sender
    return emit(recorder, names.HANDOFF, {**own, **facts.attributes(facts.HANDOFF, more)}, more)


def change(kind: facts.ChangeKind, what: str, **more: Unpack[facts.ChangeFacts]) -> str:
    """`what` was changed: a service, prompt, model, policy, tool or source of data.

    Drift that begins in its days is shown beside it.
    """
    if (recorder := active()) is None:
        return ""
    own: dict[str, Value] = {
        names.CHANGE_KIND: clean(kind),
        names.CHANGE_WHAT: clean(what),
        **facts.attributes(facts.CHANGE, more),
    }
    return emit(recorder, names.CHANGE, own, more)


def progress(done: int, total: int) -> None:
    """`done` of `total` parts of the work of the span around are ready."""
    if active() is not None:
        trace.get_current_span().set_attributes(
            {names.PROGRESS_DONE: done, names.PROGRESS_TOTAL: total}
        )


# Event: the attribute of its id, and the type of the ids that are made for it.
_IDS = {
    names.READ: (names.DATA_ID, "read"),
    names.WRITE: (names.DATA_ID, "write"),
    names.DECISION: (names.DECISION_ID, "decision"),
    names.OUTCOME: (names.OUTCOME_ID, "outcome"),
    names.INTENT: (names.INTENT_ID, "intent"),
    names.HANDOFF: (names.HANDOFF_ID, "handoff"),
    names.CHANGE: (names.CHANGE_ID, "change"),
}


def emit(
    recorder: Recorder, name: str, own: Mapping[str, Value], more: Mapping[str, object]
) -> str:
    """Record an event with its `own` attributes and the facts common to all; returns its id."""
    context = get_current()
    extra = more.get("attributes")
    attributes: dict[str, Value] = {**extra} if isinstance(extra, Mapping) else {}
    attributes.update(surroundings.stamps(context))
    event_id = ""
    if name in _IDS:
        key, kind = _IDS[name]
        event_id = clean(more.get("id") or new_id(kind))
        attributes[key] = event_id
    attributes.update(own)
    recorder.event(name, attributes, _moment_ns(more.get("at")), context)
    return event_id


def _access(
    recorder: Recorder, keys: facts.Keys, entity: str, field: str, more: Mapping[str, object]
) -> dict[str, Value]:
    known = {keyword: value for keyword, value in more.items() if keyword != "value"}
    own: dict[str, Value] = {
        names.ENTITY_REF: facts.reference(entity),
        names.DATA_FIELD: clean(field),
    }
    if (value := more.get("value")) is not None:
        own[names.DATA_VALUE_HASH] = recorder.content.value_hash(value)
        if recorder.content.mode == "full" and (num := number(value)) is not None:
            own[names.DATA_VALUE_NUM] = num
    own.update(facts.attributes(keys, known))
    return own


def _moment_ns(at: object) -> int:
    if isinstance(at, datetime):
        return clock.nanoseconds(at)
    if at is not None:
        log.warning("at= is taken for now, for it is no datetime: %r", at)
    return clock.now_ns()
