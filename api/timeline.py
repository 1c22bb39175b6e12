"""The evidence of a finding in time, as lanes of agents: where each mark stands in a drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from api.rendering import duration

# Of the drawing, in its own units.
LEFT, STEP, LANE_HEIGHT, TOP = 150, 110, 46, 40
SHAPES = {
    "cause": "M0 -9 L9 0 L0 9 L-9 0 Z",
    "violation": "M-8 -8 L8 8 M8 -8 L-8 8",
    "effect": "M-8 -8 H8 V8 H-8 Z",
    "expected_but_missing": "M-9 0 a9 9 0 1 0 18 0 a9 9 0 1 0 -18 0",
    "outcome": "M-9 7 L0 -9 L9 7 Z",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One evidence span: its place, and what is said of it."""

    x: int
    y: int
    role: str
    span_id: str
    label: str
    shape: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """lanes: name and middle; gaps: middle, and how much time lies between two marks."""

    width: int
    height: int
    lanes: Sequence[tuple[str, int]]
    marks: Sequence[Mark]
    gaps: Sequence[tuple[int, str]]


def drawn(finding: Mapping[str, Any]) -> Timeline:
    """Marks in the order of time, evenly apart: what lies between may be ms or days."""
    roles = {one["span_id"]: one["role"] for one in finding["evidence"]}
    steps = [step for step in finding["steps"] if step["is_evidence"]]
    names = list(dict.fromkeys(_lane(step) for step in steps))
    middles = {name: TOP + LANE_HEIGHT * at + LANE_HEIGHT // 2 for at, name in enumerate(names)}
    marks = [
        Mark(
            x=LEFT + STEP // 2 + STEP * at,
            y=middles[_lane(step)],
            role=roles[step["span_id"]],
            span_id=step["span_id"],
            label=str(step["tool"] or step["operation"] or step["name"]),
            shape=SHAPES.get(roles[step["span_id"]], SHAPES["effect"]),
        )
        for at, step in enumerate(steps)
    ]
    times = [datetime.fromisoformat(step["ts"]) for step in steps]
    gaps = [
        (LEFT + STEP * (at + 1), duration((later - earlier).total_seconds()))
        for at, (earlier, later) in enumerate(pairwise(times))
    ]
    width, height = LEFT + STEP * max(1, len(steps)), TOP + LANE_HEIGHT * max(1, len(names)) + 8
    return Timeline(width, height, list(middles.items()), marks, gaps)


def _lane(step: Mapping[str, Any]) -> str:
    return str(step["agent"] or step["service"] or "unnamed")
