"""From the steps of a run and what was found in them to ranked suspects."""

import math
from collections.abc import Iterator, Mapping, Sequence

from analyzers.attribution import weights
from analyzers.attribution.parts import Parts, parts
from analyzers.attribution.turns import Turn, turns
from domain.attribution import Basis, RunStep, Suspect, Violation


def ranked(
    steps: Sequence[RunStep],
    violations: Sequence[Violation],
    suspects_max: int,
    of_marks: Mapping[str, float] = weights.WEIGHTS,
) -> tuple[Basis, list[Suspect]]:
    """The likeliest first: the likeliest agent, where it went wrong most likely, and after that
    whatever comes nearest. `steps` in any order, each span once.

    A turn's share is its part of the sum of exp(log odds) over all turns, an agent's the sum of its
    turns'; the score of a turn is its agent's share times its odds beside the best of that agent.
    Ties keep the order of time. The basis is that of the first suspect. of_marks: log odds of each
    mark of the shape.
    """
    run = turns(steps)
    roles = parts(run, steps)
    shape = [weights.of_shape(marks, of_marks) for marks in weights.marks(run, roles)]
    found = weights.of_findings(run, violations)
    odds = [math.exp(shape[turn.place] + found[turn.place][0]) for turn in run]
    total = sum(odds)
    agents: dict[str, float] = {}
    best: dict[str, float] = {}
    for turn in run:
        agent, own = turn.step.agent, odds[turn.place]
        agents[agent] = agents.get(agent, 0.0) + own / total
        best[agent] = max(best.get(agent, 0.0), own)

    def score(turn: Turn) -> float:
        return agents[turn.step.agent] * (odds[turn.place] / best[turn.step.agent])

    suspects = [
        Suspect(
            agent=turn.step.agent,
            span_id=turn.step.span_id,
            step=turn.place + 1 if turn.step.number is None else turn.step.number,
            score=score(turn),
            agent_share=agents[turn.step.agent],
            step_share=odds[turn.place] / total,
            reason=_reason(turn, run, roles, found[turn.place][1]),
            finding_ids=tuple(dict.fromkeys(one.finding_id for one in found[turn.place][1])),
        )
        for turn in sorted(run, key=score, reverse=True)[:suspects_max]
    ]
    return Basis.VIOLATIONS if suspects[0].finding_ids else Basis.STRUCTURE, suspects


def _reason(turn: Turn, run: Sequence[Turn], roles: Parts, found: Sequence[Violation]) -> str:
    """One sentence: what was found, or what in the shape of the run points there."""
    if found:
        return f"{found[0].signature}: {found[0].reason}"
    return f"structure only: {'; '.join(_marks(turn, run, roles))}."


def _marks(turn: Turn, run: Sequence[Turn], roles: Parts) -> Iterator[str]:
    own = [other.place for other in run if other.step.agent == turn.step.agent]
    if turn.place == roles.conclusion:
        yield "began to end the run by its own judgement"
    if turn.is_call:
        yield "carries out what another step decided"
    if turn.unsupported >= weights.UNSUPPORTED_MIN:
        yield f"says {turn.unsupported} names and numbers that nothing before it held"
    if turn.failed_call:
        yield "a call that it made failed"
    if turn.changes:
        yield "changed something, or tried to"
    yield (
        f"turn {own.index(turn.place) + 1} of {len(own)} of {turn.step.agent or 'no named agent'},"
        f" {turn.place + 1} of {len(run)} in all"
    )
