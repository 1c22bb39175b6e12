"""The facts that files may hold, with their fields.

Reading them takes the names of the SDK, and with it OpenTelemetry: commands import this late.
"""

from app.event_files import Form
from domain import audit_events, outcomes

OUTCOMES = Form(
    "outcome",
    outcomes.FIELDS,
    "type",
    outcomes.read,
    texts=frozenset({"target"}),
    numbers=frozenset({"amount"}),
)
ACCESSES = Form(
    "event",
    audit_events.FIELDS,
    "entity",
    audit_events.read,
    numbers=frozenset({"old", "new"}),
)
