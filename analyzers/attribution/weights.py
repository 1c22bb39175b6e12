"""What speaks for and against each turn of a failed run, as log odds.

The shape of a run: each mark has a reason that is not in the data, and there are few, for few runs
are labelled. The weights are those of a conditional logit (McFadden 1974: which one of the turns of
a run, given the marks of all) over 88 failed runs of Who&When (Zhang et al. 2025), rounded.
bench/attribution.py prints how well they do, and how well weights do on runs that they were not
fitted to. No name of an agent or a tool and no word of a text is among the marks.

Findings outweigh the shape: each turn has those that name one of its spans.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from analyzers.attribution.parts import Parts
from analyzers.attribution.turns import Turn
from domain.attribution import Violation
from domain.findings import Role

BRIEF_WORDS_MAX = 15
UNSUPPORTED_MIN = 3

WEIGHTS: Mapping[str, float] = {
    # Carries out what another turn decided.
    "call": -1.5,
    # Takes the task up or makes the plan; what goes wrong goes wrong in what is made of it.
    "opening": -1.0,
    # ln(1 + turns of its part before it): what comes early decides what comes later.
    "later": -0.4,
    # Greets, passes on or ends: too few words to be wrong.
    "brief": -1.0,
    # Says names and numbers that nothing before it held.
    "unsupported": 1.0,
    # Wrote a call that failed.
    "failed_call": 0.7,
    # Changed something, or tried to: what only reads and talks does no harm by itself.
    "changes": 1.5,
    # Coordinates a run that did not end by its judgement: the work failed, not the judging of it.
    "cut_short": -2.0,
    # Judged a failed run done; when that was, says nothing of it.
    "conclusion": 0.6,
}

# Times the weight of a finding, so that a medium one outweighs every shape.
VIOLATION = 6.0
# The first violation was the root cause in 93 % and 60 % of runs of two kinds (AgentRx 2026).
NOT_FIRST = 0.7
ROLES: Mapping[Role, float] = {
    Role.VIOLATION: 1.0,
    Role.CAUSE: 0.6,
    Role.EXPECTED_BUT_MISSING: 0.5,
    Role.EFFECT: 0.2,
    Role.OUTCOME: 0.0,
}
# A loop shows that a run gets no further; why is mostly said by what was before it.
SYMPTOM, SYMPTOMS = 0.3, ("LOOP-",)


def of_shape(marks: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Log odds of a turn with these marks."""
    return sum(weights[name] * value for name, value in marks.items())


def marks(turns: Sequence[Turn], parts: Parts) -> list[Mapping[str, float]]:
    """Of each turn, by the names of WEIGHTS; 0 or 1, but for `later`."""
    said = {False: 0, True: 0}
    found: list[Mapping[str, float]] = []
    for turn in turns:
        coordinates = turn.step.agent in parts.coordinators
        concludes = turn.place == parts.conclusion
        placed = not (turn.is_call or concludes)
        before = said[coordinates] if placed else 0
        said[coordinates] += not turn.is_call
        found.append(
            {
                "call": turn.is_call,
                "opening": placed and before == 0,
                "later": math.log1p(before),
                "brief": 0 < turn.step.words < BRIEF_WORDS_MAX,
                "unsupported": turn.unsupported >= UNSUPPORTED_MIN,
                "failed_call": turn.failed_call,
                "changes": turn.changes,
                "cut_short": coordinates and parts.conclusion is None,
                "conclusion": concludes,
            }
        )
    return found


def of_findings(
    turns: Sequence[Turn], violations: Sequence[Violation]
) -> list[tuple[float, tuple[Violation, ...]]]:
    """Log odds of each turn by what was found in it, and what that was, the weightiest first."""
    places = _places(turns)
    named = sorted(
        (
            (places[one.span_id], one)
            for one in violations
            if one.span_id in places and _weight(one)
        ),
        key=lambda pair: (pair[0], -_weight(pair[1]), pair[1].finding_id),
    )
    found: list[tuple[float, tuple[Violation, ...]]] = [(0.0, ())] * len(turns)
    for number, (place, of_turn) in enumerate(groupby(named, key=lambda pair: pair[0])):
        ones = tuple(one for _, one in of_turn)
        found[place] = VIOLATION * _weight(ones[0]) * (NOT_FIRST if number else 1.0), ones
    return found


def _places(turns: Sequence[Turn]) -> dict[str, int]:
    """By span: the turn that has it, else the first one in it."""
    found: dict[str, int] = {}
    for turn in turns:
        for span_id in turn.above:
            found.setdefault(span_id, turn.place)
    return found | {span_id: turn.place for turn in turns for span_id in turn.span_ids}


def _weight(violation: Violation) -> float:
    symptom = SYMPTOM if violation.signature.startswith(SYMPTOMS) else 1.0
    return violation.weight * ROLES[violation.role] * symptom
