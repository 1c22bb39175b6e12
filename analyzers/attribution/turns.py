"""The turns of a run: its steps without what only holds others, calls with whoever made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from domain.attribution import RunStep

# What carries out, looks up or checks; everything else says or decides something.
CALLS = frozenset({"execute_tool", "retrieval", "embeddings", "search_memory", "run_guardrail"})
NESTING_MAX = 64

Calls = Mapping[str, Sequence[RunStep]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that may have gone wrong, with the calls that it made.

    place:       among the turns, from 0.
    is_call:     carries out what another turn decided.
    span_ids:    its own span and those of calls within it.
    above:       the spans that it lies in, the nearest first.
    failed_call: a call that it made failed, and that did not end the run.
    changes:     it or a call that it made changed something, or tried to.
    unsupported: how many names and numbers it says that nothing before it held.
    """

    step: RunStep
    place: int
    is_call: bool
    span_ids: frozenset[str]
    above: tuple[str, ...]
    failed_call: bool
    changes: bool
    unsupported: int


def turns(steps: Sequence[RunStep]) -> list[Turn]:
    """In order of time; `steps` in any order, each span once."""
    by_id = {step.span_id: step for step in steps}
    above = {step.span_id: _above(step, by_id) for step in steps}
    ordered = sorted(steps, key=lambda step: (step.at, len(above[step.span_id]), step.span_id))
    kept = _kept(ordered)
    within = _within(ordered, {step.span_id: step for step in kept})
    inside = {call.span_id for calls in within.values() for call in calls}
    own = [step for step in kept if step.span_id not in inside]
    unsupported = _unsupported(ordered, {step.span_id for step in kept}, within)
    says = not all(map(_calls, own))
    found = []
    for place, step in enumerate(own):
        is_call = says and step.operation in CALLS
        made = within.get(step.span_id, ())
        after = [] if is_call or not says else list(takewhile(_calls, own[place + 1 :]))
        found.append(
            Turn(
                step=step,
                place=place,
                is_call=is_call,
                span_ids=frozenset({step.span_id, *(call.span_id for call in made)}),
                above=above[step.span_id],
                failed_call=any(call.failed for call in after)
                or (any(call.failed for call in made) and step is not own[-1])
                or (not says and step.failed),
                changes=not is_call and any(one.changes for one in (step, *made, *after)),
                unsupported=unsupported[step.span_id],
            )
        )
    return found


def _calls(step: RunStep) -> bool:
    return step.operation in CALLS


def _above(step: RunStep, by_id: Mapping[str, RunStep]) -> tuple[str, ...]:
    found: list[str] = []
    while (above := by_id.get(step.parent_span_id)) and len(found) < NESTING_MAX:
        found.append(above.span_id)
        step = above
    return tuple(found)


def _kept(ordered: Sequence[RunStep]) -> Sequence[RunStep]:
    """Without those that hold more than calls: what they did, the steps in them did."""
    holders = {step.parent_span_id for step in ordered if step.operation not in CALLS}
    # In a ring of parents each holds another.
    return [step for step in ordered if step.span_id not in holders] or ordered


def _within(ordered: Sequence[RunStep], kept: Mapping[str, RunStep]) -> Calls:
    """Calls by the turn that made them: of the same agent, right above."""
    found: dict[str, list[RunStep]] = {}
    for step in ordered:
        above = kept.get(step.parent_span_id)
        by_a_turn = above and above.operation not in CALLS and above.agent == step.agent
        if above and by_a_turn and step.operation in CALLS:
            found.setdefault(above.span_id, []).append(step)
    return found


def _unsupported(ordered: Sequence[RunStep], kept: set[str], within: Calls) -> dict[str, int]:
    """By span. What a turn says may come from the answers to its own calls."""
    known: set[int] = set()
    found = {}
    for step in ordered:
        known.update(step.heard, *(call.heard for call in within.get(step.span_id, ())))
        found[step.span_id] = len(step.figures - known)
        if step.span_id in kept:  # what holds others says at its end what they said
            known |= step.figures
    return found
