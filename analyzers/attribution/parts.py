"""Which part agents have in a run: who gives out work and gets it back, and who ended the run."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from analyzers.attribution.turns import Turn
from domain.attribution import RunStep


@dataclass(frozen=True, slots=True)
class Parts:
    """coordinators: agents that give out work and go on when it is done.

    conclusion: place of the turn with which they began to end the run on their own judgement;
    None where there are none, or where the run ended while work was given out.
    """

    coordinators: frozenset[str] = frozenset()
    conclusion: int | None = None


def parts(turns: Sequence[Turn], steps: Sequence[RunStep]) -> Parts:
    """Of the agents of `turns`, which were made of `steps`."""
    coordinators = _coordinators(turns, steps)
    if not coordinators:
        return Parts()
    return Parts(coordinators, _conclusion(turns, coordinators))


def _coordinators(turns: Sequence[Turn], steps: Sequence[RunStep]) -> frozenset[str]:
    agents = {step.span_id: step.agent for step in steps}
    calling = {
        agents[span_id]
        for turn in turns
        for span_id in turn.above
        if agents[span_id] != turn.step.agent
    }
    handing = {step.agent for step in steps if step.hands_over}
    speaking = {turn.step.agent for turn in turns if not turn.is_call}
    found = frozenset(
        agent
        for agent in speaking
        if agent in calling or (agent in handing and _goes_on(agent, turns))
    )
    return found if speaking - found else frozenset()


def _goes_on(agent: str, turns: Sequence[Turn]) -> bool:
    """Whether it says something before and after turns of others."""
    own = [turn.place for turn in turns if turn.step.agent == agent and not turn.is_call]
    return any(turn.step.agent != agent for turn in turns[own[0] : own[-1]])


def _conclusion(turns: Sequence[Turn], coordinators: Set[str]) -> int | None:
    """Where the last stretch of coordination begins, if the run was ended in it: no work was given
    out again, no limit was met, and it took more than half of what such stretches usually take."""
    by_part = groupby(turns, key=lambda turn: turn.step.agent in coordinators)
    *earlier, last = [list(stretch) for coordinates, stretch in by_part if coordinates]
    cut = any(turn.step.hands_over or turn.step.hit_limit for turn in last)
    if cut or last[-1] is not turns[-1]:
        return None
    usual = sorted(map(len, earlier))[len(earlier) // 2] if earlier else 0
    return last[0].place if 2 * len(last) > usual else None
