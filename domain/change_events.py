"""What people and pipelines changed, as they tell it: one object each, checked."""

from datetime import datetime

from domain.fields import BadField, Fields
from domain.recorded_events import (
    RecordedEvent,
    Value,
    made_id,
    made_trace,
    nanoseconds,
    present,
)
from wakeline import conventions as names

SERVICE = "changes"

# Every field of a change, and what it holds.
FIELDS = {
    "kind": f"one of {', '.join(names.CHANGE_KINDS)}",
    "what": "name of what was changed: a service, prompt, model, policy, tool or source of data",
    "version": "what it is now",
    "version_prev": "what it was before",
    "agents": "whom it may move, one or a list; without any, all",
    "change_id": "its name, unique in the tenant; without one it is made from the content",
    "at": "when, ISO 8601 with a zone; else now",
    "note": "a sentence for people",
    "agent": "who says so: human:NAME, or a pipeline",
}


def read(item: object, now: datetime) -> tuple[str, list[RecordedEvent]]:
    """The change's id and the event that records it; `now` has a zone. Raises BadField.

    An id that is made follows from all that was said, so the same change sent again is the same.
    """
    fields = Fields(item)
    fields.refuse_others(FIELDS)
    kind, what = _kind(fields), fields.needed("what")
    version, version_prev = fields.text("version"), fields.text("version_prev")
    agents, agent, note = fields.texts("agents"), fields.text("agent"), fields.text("note")
    said_at = fields.moment("at", now)
    own = (kind, what, version, version_prev, "\n".join(agents), agent, note, str(said_at))
    change_id = fields.text("change_id") or made_id("change", *own)
    trace_id, span_id = made_trace("change", change_id)
    attributes: dict[str, Value | None] = {
        names.CHANGE_ID: change_id,
        names.CHANGE_KIND: kind,
        names.CHANGE_WHAT: what,
        names.CHANGE_VERSION: version,
        names.CHANGE_VERSION_PREV: version_prev,
        names.CHANGE_AGENTS: agents,
        names.CHANGE_NOTE: note,
        names.AGENT_NAME: agent,
    }
    event = RecordedEvent(
        names.CHANGE, nanoseconds(said_at or now), trace_id, span_id, SERVICE, present(attributes)
    )
    return change_id, [event]


def _kind(fields: Fields) -> str:
    """Tool schema, tool-schema and tool_schema are one."""
    word = fields.needed("kind").lower().replace(" ", "_").replace("-", "_")
    if word not in names.CHANGE_KINDS:
        raise BadField("kind", FIELDS["kind"])
    return word
