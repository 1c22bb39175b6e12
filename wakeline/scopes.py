"""Blocks that set what holds inside: the business case, the intent, a decision in the making."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack

from opentelemetry.context import Context, attach, detach, get_current

from wakeline import conventions as names
from wakeline import events, facts, surroundings
from wakeline.blocks import Block
from wakeline.content import clean
from wakeline.recorder import Recorder, Value, new_id


class _Carried(Block[str]):
    """Puts one id into the baggage; that of an intent is recorded as an event as well."""

    def __init__(self, name: str, own: Mapping[str, Value], more: Mapping[str, Any]) -> None:
        self._name = name
        self._own = own
        self._more = more

    def begin(self, recorder: Recorder) -> tuple[str, Context]:
        value = clean(self._more.get("id") or new_id("intent"))
        context = surroundings.carried(self._name, value, get_current())
        if self._own:
            token = attach(context)
            events.emit(recorder, names.INTENT, self._own, {**self._more, "id": value})
            detach(token)
        return value, context

    def end(self, error: BaseException | None) -> None:
        """Nothing: leaving the context ends it."""

    def off(self) -> str:
        return str(self._more.get("id") or "")


def case(id: str) -> Block[str]:
    """All inside, in other services too, belongs to the business case `id`."""
    return _Carried(names.CASE_ID, {}, {"id": id})


def intent(kind: str, **more: Unpack[facts.IntentFacts]) -> Block[str]:
    """All inside serves an intent of this kind; `with ... as` gives its id."""
    own = {names.INTENT_KIND: clean(kind), **facts.attributes(facts.INTENT, more)}
    return _Carried(names.INTENT_ID, own, more)


class Making:
    """A decision in the making. id: of the decision; empty when off."""

    def __init__(self, id: str, more: Mapping[str, Any]) -> None:
        self.id = id
        self.more = dict(more)

    def add(self, **more: Unpack[facts.DecisionFacts]) -> None:
        """Say more of it, such as the confidence that was found."""
        self.more.update(more)


class _Decides(Block[Making]):
    """Records the decision when it is made, which is at its end; not if it fails."""

    def __init__(self, action: str, more: facts.DecisionFacts) -> None:
        self._action = action
        self._more = more
        self._reads: list[str] = []

    def begin(self, recorder: Recorder) -> tuple[Making, Context]:
        self._reads = []
        context = get_current()
        inside = replace(surroundings.current(context), reads=self._reads)
        making = Making(self._more.get("id") or new_id("decision"), self._more)
        return making, surroundings.within(inside, context)

    def end(self, error: BaseException | None) -> None:
        if error is None:
            made: Any = {"inputs": self._reads, **self.handle.more, "id": self.handle.id}
            events.decision(self._action, **made)

    def off(self) -> Making:
        return Making("", {})


def decides(action: str, **more: Unpack[facts.DecisionFacts]) -> Block[Making]:
    """A decision is made here: what is read inside becomes its inputs, unless they are given."""
    return _Decides(action, more)
