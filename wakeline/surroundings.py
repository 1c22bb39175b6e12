"""What holds for all that is recorded in a block: the case, the intent, the agent at work."""

from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry import baggage
from opentelemetry.context import Context, create_key, get_value, set_value
from opentelemetry.trace import Link

from wakeline import conventions as names
from wakeline.content import clean

_KEY = create_key("wakeline-surroundings")
# These cross borders in W3C baggage; all other surroundings end with the process.
CARRIED = (names.CASE_ID, names.INTENT_ID)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Kept in the OpenTelemetry context of this process.

    agent:      attributes that the agent around gives to what is below it.
    handoff:    id of the hand-off that is being taken up, for the first agent span.
    link:       the sender's span, when the receiver does not continue its trace.
    reads:      ids of the reads so far of the decision that is being made, if one is.
    """

    agent: Mapping[str, str]
    handoff: str = ""
    link: Link | None = None
    reads: list[str] | None = None


_NOTHING = Surroundings({})


def current(context: Context | None = None) -> Surroundings:
    """Those of `context`, by default the current one."""
    found = get_value(_KEY, context)
    return found if isinstance(found, Surroundings) else _NOTHING


def within(inside: Surroundings, context: Context) -> Context:
    """`context` in these surroundings."""
    return set_value(_KEY, inside, context)


def carried(name: str, value: str, context: Context) -> Context:
    """`context` with CASE_ID or INTENT_ID in its baggage."""
    return baggage.set_baggage(name, clean(value), context)


def stamps(context: Context | None = None) -> dict[str, str]:
    """The attributes that every span and event below carries."""
    items = baggage.get_all(context)
    found = {key: str(items[key]) for key in CARRIED if key in items}
    return {**current(context).agent, **found}
