"""Which effects belong to one case: those of its id, else those on things that runs join."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from domain.cases import Acts, Intent
from domain.chain_records import Effect

# A run that acts on more things is a batch, and joins none of them.
THINGS_OF_A_RUN_MAX = 8
# A thing that runs join with more others is a hub, whatever its type.
NEIGHBOURS_MAX = 12


@dataclass(frozen=True, slots=True)
class Case:
    """What was done to one thing or business case without a long pause; effects by time.

    lane:    case:<id>, or entity:<the thing that was acted on first> where there is no id.
    subject: how sentences call it.
    """

    lane: str
    subject: str
    effects: tuple[Effect, ...]
    intents: tuple[Intent, ...]

    @property
    def case_id(self) -> str:
        """Empty where things alone hold it together."""
        return self.effects[0].case_id

    def agents(self) -> list[str]:
        """Who acted, by name."""
        return sorted({effect.agent for effect in self.effects})


def cases(acts: Acts, pause: timedelta, runs_max: int) -> Iterator[Case]:
    """Every case in which two agents acted, a new one after each pause longer than `pause`.

    Without an id it has at most `runs_max` runs: more is a thing that everybody touches.
    """
    intents = defaultdict(list)
    for intent in acts.intents:
        intents[intent.ref.trace_id].append(intent)
    for lane, subject, effects in _groups(acts, intents, runs_max):
        for some in _episodes(effects, pause):
            runs = sorted({effect.ref.trace_id for effect in some})
            if len(runs) > 1 and len({effect.agent for effect in some}) > 1:
                aims = (intent for run in runs for intent in intents[run])
                by_time = sorted(aims, key=lambda one: (one.at, one.ref, one.metric, one.direction))
                yield Case(lane, subject, tuple(some), tuple(by_time))


def _groups(
    acts: Acts, intents: Mapping[str, list[Intent]], runs_max: int
) -> Iterator[tuple[str, str, list[Effect]]]:
    by_id: dict[str, list[Effect]] = defaultdict(list)
    loose: list[Effect] = []
    for effect in sorted(acts.effects, key=lambda one: (one.at, one.ref, one.kind, one.metric)):
        (by_id[effect.case_id] if effect.case_id else loose).append(effect)
    for case_id, effects in by_id.items():
        if f"case:{case_id}" in acts.lanes:
            yield f"case:{case_id}", case_id, effects
    for thing, effects in _joined(loose, intents, acts.hubs).items():
        runs = {effect.ref.trace_id for effect in effects}
        if f"entity:{thing}" in acts.lanes and len(runs) <= runs_max:
            yield f"entity:{thing}", thing, effects


def _joined(
    effects: list[Effect], intents: Mapping[str, list[Intent]], hubs: Mapping[str, int]
) -> dict[str, list[Effect]]:
    """Effects by the first thing of those that belong together.

    What is done to a hub belongs to the things that its run is for.
    """
    acted_on: dict[str, set[str]] = defaultdict(set)
    aimed_at: dict[str, set[str]] = {}
    for effect in effects:
        run = effect.ref.trace_id
        if run not in aimed_at:
            aimed_at[run] = {
                thing
                for intent in intents.get(run, ())
                for thing in intent.target
                if hubs.get(kind(thing), NEIGHBOURS_MAX)
            }
        if effect.entity and hubs.get(kind(effect.entity), NEIGHBOURS_MAX):
            acted_on[run].add(effect.entity)
    roots = _roots([acted_on[run] | things for run, things in aimed_at.items()], hubs)
    found: dict[str, list[tuple[str, Effect]]] = defaultdict(list)
    for effect in effects:
        run = effect.ref.trace_id
        own = {effect.entity} & acted_on[run] or aimed_at[run]
        parts = {roots.get(thing, thing) for thing in own}
        if len(parts) == 1:
            found[parts.pop()].append((min(own), effect))
    # Named by what was acted on first: that stays when more is done later.
    return {some[0][0]: [effect for _, effect in some] for some in found.values()}


def _roots(together: Iterable[set[str]], hubs: Mapping[str, int]) -> dict[str, str]:
    """Union-find over things that runs act on or aim at together; hubs join nothing."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for things in together:
        if len(things) <= THINGS_OF_A_RUN_MAX:
            for thing in things:
                neighbours[thing] |= things - {thing}
    roots = {thing: thing for thing in neighbours}
    for thing, others in sorted(neighbours.items()):
        for other in sorted(others):
            if not any(
                len(neighbours[one]) > hubs.get(kind(one), NEIGHBOURS_MAX) for one in (thing, other)
            ):
                roots[_root(roots, other)] = _root(roots, thing)
    return {thing: _root(roots, thing) for thing in roots}


def _root(roots: dict[str, str], thing: str) -> str:
    while roots[thing] != thing:
        roots[thing] = thing = roots[roots[thing]]
    return thing


def kind(thing: str) -> str:
    """The type of an entity: `invoice` of invoice:1042."""
    return thing.partition(":")[0]


def _episodes(effects: list[Effect], pause: timedelta) -> Iterator[list[Effect]]:
    start = 0
    for place, (before, after) in enumerate(pairwise(effects), start=1):
        if after.at - before.at > pause:
            yield effects[start:place]
            start = place
    yield effects[start:]
