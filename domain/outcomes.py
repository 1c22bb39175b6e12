"""What became of what agents did, as people and systems tell it: one object each, checked."""

from datetime import datetime

from domain.fields import BadField, Fields, reference
from domain.recorded_events import (
    RecordedEvent,
    Value,
    made_id,
    made_trace,
    nanoseconds,
    present,
)
from wakeline import conventions as names

SERVICE = "outcomes"

# Every field of an outcome, and what it holds.
FIELDS = {
    "type": f"one of {', '.join(names.OUTCOME_POLARITY_OF)}",
    "target": "what it is about, or a list: TRACE/SPAN, the id of a write, or an entity type:id",
    "outcome_id": "its name, unique in the tenant; without one it is made from the content",
    "at": "when, ISO 8601 with a zone; else now",
    "amount": "in the target's unit",
    "polarity": "-1 bad, 0, 1 good, if its type does not say",
    "case_id": "the business case",
    "agent": "who says so: human:NAME, or an agent",
}


def read(item: object, now: datetime) -> tuple[str, list[RecordedEvent]]:
    """The outcome's id and the event that records it; `now` has a zone. Raises BadField.

    An id that is made follows from all that was said, so the same outcome sent again is the same.
    """
    fields = Fields(item)
    fields.refuse_others(FIELDS)
    kind = _kind(fields)
    target = tuple(map(reference, fields.texts("target")))
    case_id = fields.text("case_id")
    if not target and not case_id:
        raise BadField("target", "it is missing, and there is no case_id either")
    said_at = fields.moment("at", now)
    amount, agent = fields.number("amount"), fields.text("agent")
    own = (kind, "\n".join(target), case_id, agent, repr(amount), str(said_at))
    outcome_id = fields.text("outcome_id") or made_id("outcome", *own)
    trace_id, span_id = made_trace("outcome", outcome_id)
    attributes: dict[str, Value | None] = {
        names.OUTCOME_ID: outcome_id,
        names.OUTCOME_TYPE: kind,
        names.OUTCOME_POLARITY: _polarity(fields, kind),
        names.OUTCOME_TARGET: target,
        names.OUTCOME_AMOUNT: amount,
        names.CASE_ID: case_id,
        names.AGENT_NAME: agent,
    }
    event = RecordedEvent(
        names.OUTCOME, nanoseconds(said_at or now), trace_id, span_id, SERVICE, present(attributes)
    )
    return outcome_id, [event]


def _kind(fields: Fields) -> str:
    """SLA breach, sla-breach and sla_breach are one."""
    word = fields.needed("type").lower().replace(" ", "_").replace("-", "_")
    if word not in names.OUTCOME_POLARITY_OF:
        raise fields.refusal("type", FIELDS["type"])
    return word


def _polarity(fields: Fields, kind: str) -> int:
    said = fields.number("polarity")
    if said is None:
        return names.OUTCOME_POLARITY_OF[kind]
    if said not in {-1, 0, 1}:
        raise fields.refusal("polarity", "-1, 0 or 1")
    return int(said)
