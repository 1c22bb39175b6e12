"""Loops of tool calls: LOOP-01 to LOOP-04 of each agent in a trace, LOOP-04 of many traces too."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from analyzers.loops import pauses, storms, stretches
from analyzers.loops.pauses import NS
from analyzers.loops.storms import NAMELESS
from analyzers.loops.stretches import Loop, StepFlags, Steps
from domain.findings import Draft, Evidence, Fact, Role, Window
from domain.lanes import Lanes
from domain.ports import FindingSource
from domain.signatures import Signature
from wakeline import loop_rules

# Without results a repeated call may be healthy polling.
WEIGHT_WITHOUT_RESULTS = 0.6
# Each pause between failed calls at least so many times the one before: an orderly retry.
BACKOFF = 1.5
TOOLS_NAMED_MAX = 8
CENT = 0.01


@dataclass(frozen=True, slots=True)
class Loops:
    """Finds periodic stretches without progress."""

    signatures: tuple[Signature, ...]

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        """One for each loop of the traces touched, and each storm. Raises Unavailable."""
        lanes = source.lanes("tool", window)
        yield from _merged(_draft(lanes, steps, loop) for steps, loop in _loops(lanes))
        for signature in self.signatures:
            if signature.id == loop_rules.RETRY_STORM:
                yield from storms.storms(signature, source, window)


def _loops(lanes: Lanes) -> Iterator[tuple[Steps, Loop]]:
    if not len(lanes):
        return
    flags = StepFlags(lanes.error, lanes.poll, lanes.advanced)
    lane = pauses.split(lanes.lane, lanes.ts_ns)
    steps = stretches.steps(lane, lanes.token, lanes.shape, lanes.result, flags)
    for loop in stretches.loops(steps):
        if not _backs_off(lanes, loop):
            yield steps, loop


def _backs_off(lanes: Lanes, loop: Loop) -> bool:
    """Whether it is one call that failed each time and was tried again after longer and longer."""
    if loop.period != 1 or not lanes.error[loop.start : loop.end].all():
        return False
    waits = np.diff(lanes.ts_ns[loop.start : loop.end])
    return bool((waits[1:] >= BACKOFF * waits[:-1]).all() and (waits > 0).all())


def _draft(lanes: Lanes, steps: Steps, loop: Loop) -> Draft:
    first, last = loop.start, loop.end - 1
    no_results = bool(lanes.no_result[first : loop.end].all())
    agent = str(lanes.agent[first])
    severe = loop.signature == loop_rules.EXACT_REPEAT
    return Draft(
        signature=loop.signature,
        tenant=str(lanes.tenant[first]),
        lane=f"trace:{lanes.trace_id[first]}",
        anchor=_anchor(lanes, loop, agent),
        agents=(agent,) if agent else (),
        case_id=str(lanes.case_id[last]),
        first_at=_moment(lanes, first),
        last_at=_moment(lanes, last),
        evidence=tuple(_evidence(lanes, loop)),
        facts=_facts(lanes, steps, loop),
        weight=WEIGHT_WITHOUT_RESULTS if no_results else 1.0,
        raised=severe and loop.end - loop.start >= loop_rules.REPEATS_SEVERE,
        degraded=no_results or bool(lanes.bare[first : loop.end].any()),
    )


def _anchor(lanes: Lanes, loop: Loop, agent: str) -> str:
    """The same however long the loop grows, and wherever in it the reading began."""
    size = loop.period or loop.end - loop.start
    calls = lanes.shape[loop.end - size : loop.end]
    return f"{agent}|{loop.period}|{int(calls.min()):016x}"


def _facts(lanes: Lanes, steps: Steps, loop: Loop) -> Mapping[str, Fact]:
    first, last = loop.start, loop.end - 1
    calls = loop.end - loop.start
    begin = int(np.searchsorted(steps.lane, steps.lane[first]))
    useful = begin + np.flatnonzero(steps.new[begin : loop.end])
    seconds = (int(lanes.ts_ns[last]) - int(lanes.ts_ns[first])) / NS
    cost = float(lanes.cost_so_far[last] - lanes.cost_so_far[first])
    tokens = int(lanes.tokens_so_far[last] - lanes.tokens_so_far[first])
    tools = sorted(set(map(str, lanes.tool[first : loop.end])))
    last_useful = f"span {lanes.span_id[useful[-1]]}" if len(useful) else "not there yet"
    return {
        "agent": str(lanes.agent[first]) or NAMELESS,
        "tools": tools[:TOOLS_NAMED_MAX],
        "period": loop.period or len(tools),
        "calls_of_period": "call" if loop.period == 1 else f"{loop.period or len(tools)} calls",
        "repeats": round(calls / loop.period, 1) if loop.period else 0.0,
        "calls": calls,
        "errors": int(lanes.error[first : loop.end].sum()),
        "new_results": loop.new,
        "tokens": tokens,
        "spent": f"{tokens:,} tokens" + (f", ${cost:,.2f}" if cost >= CENT else ""),
        "cost_usd": round(cost, 6),
        "cost_usd_per_hour": round(cost * 3600 / seconds, 4) if seconds else 0.0,
        "seconds": round(seconds, 3),
        "from": _moment(lanes, first).isoformat(),
        "until": _moment(lanes, last).isoformat(),
        "last_useful": last_useful,
        "besides": f"the last useful result was {last_useful}",
    }


def _evidence(lanes: Lanes, loop: Loop) -> Iterator[Evidence]:
    """First and last call of the first, the second and the latest period; the last useful one."""
    period = loop.period or 1
    places = [loop.start, loop.start + period - 1]
    places += [loop.start + period, loop.start + 2 * period - 1, loop.end - period, loop.end - 1]
    for place in dict.fromkeys(place for place in places if loop.start <= place < loop.end):
        role = Role.CAUSE if place == loop.start else Role.VIOLATION
        yield Evidence(str(lanes.trace_id[place]), str(lanes.span_id[place]), role)


def _moment(lanes: Lanes, place: int) -> datetime:
    return datetime.fromtimestamp(int(lanes.ts_ns[place]) / NS, UTC)


def _merged(drafts: Iterable[Draft]) -> Iterable[Draft]:
    """The same loop again after a pause is one finding: the one of most calls, or later."""
    best: dict[str, Draft] = {}
    for draft in drafts:
        known = best.get(draft.finding_id)
        if known is None or _calls(draft) >= _calls(known):
            best[draft.finding_id] = draft
    return best.values()


def _calls(draft: Draft) -> int:
    calls = draft.facts["calls"]
    return calls if isinstance(calls, int) else 0
