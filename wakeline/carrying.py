"""Case, intent and trace across borders: HTTP headers, queue messages, MCP `_meta`, A2A metadata.

Always the W3C fields `traceparent`, `tracestate` and `baggage`, whatever propagators are set.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context, get_current
from opentelemetry.trace import Link
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from wakeline import conventions as names
from wakeline import surroundings
from wakeline.blocks import Block
from wakeline.content import clean
from wakeline.recorder import Recorder, active

MCP = "_meta"  # where MCP keeps it in the params of a request
A2A = "metadata"  # where A2A keeps it in a message

Carrier = Mapping[str, Any] | Iterable[tuple[str | bytes, str | bytes]]

_TRACE = TraceContextTextMapPropagator()
_BAGGAGE = W3CBaggagePropagator()
_FIELDS = frozenset({*_TRACE.fields, *_BAGGAGE.fields})


def inject(
    carrier: MutableMapping[str, Any], *, under: str | None = None, handoff: str = ""
) -> MutableMapping[str, Any]:
    """Put trace, case and intent into `carrier`, and return it.

    under:    the key of the carrier whose dict they go into: wakeline.MCP, wakeline.A2A.
    handoff:  id that `handoff` gave; the receiver's first span will carry it.
    """
    if active() is None:
        return carrier
    fields = carrier if under is None else carrier.setdefault(under, {})
    context = get_current()
    if handoff:
        context = baggage.set_baggage(names.HANDOFF_ID, clean(handoff), context)
    _TRACE.inject(fields, context)
    _BAGGAGE.inject(fields, context)
    return carrier


class _Extracted(Block[None]):
    def __init__(self, carrier: Carrier, under: str | None, link: bool) -> None:
        self._carrier = carrier
        self._under = under
        self._link = link

    def begin(self, recorder: Recorder) -> tuple[None, Context]:
        context = get_current()
        fields = _fields(self._carrier, self._under)
        around = surroundings.current(context)
        received = _BAGGAGE.extract(fields, context)
        handoff = str(baggage.get_baggage(names.HANDOFF_ID, received) or "")
        received = baggage.remove_baggage(names.HANDOFF_ID, received)
        if self._link:
            sender = trace.get_current_span(_TRACE.extract(fields, Context())).get_span_context()
            around = replace(around, link=Link(sender) if sender.is_valid else None)
            received = trace.set_span_in_context(trace.INVALID_SPAN, received)
        else:
            received = _TRACE.extract(fields, received)
        return None, surroundings.within(replace(around, handoff=handoff), received)

    def end(self, error: BaseException | None) -> None:
        """Nothing: leaving the context ends it."""

    def off(self) -> None:
        return None


def extracted(carrier: Carrier, *, under: str | None = None, link: bool = False) -> Block[None]:
    """What is recorded inside continues what `inject` put into `carrier`.

    carrier:  headers or a message, or pairs of them, text or bytes; names in any case.
    link:     the receiver has a trace of its own whose first span links to the sender's, as is
              usual with queues; else it continues the sender's trace.
    """
    return _Extracted(carrier, under, link)


def _fields(carrier: Carrier, under: str | None) -> dict[str, str]:
    if under is not None:
        carrier = (carrier.get(under) if isinstance(carrier, Mapping) else None) or {}
    pairs = carrier.items() if isinstance(carrier, Mapping) else carrier
    named = ((_text(key).lower(), value) for key, value in pairs)
    return {key: _text(value) for key, value in named if key in _FIELDS}


def _text(value: object) -> str:
    if isinstance(value, list | tuple) and value:
        value = value[0]
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
