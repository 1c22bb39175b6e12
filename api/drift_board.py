"""All streams as a map of agents and metrics: which cell is where, and what it says."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api import drift_words as words
from domain.drift import State, Stream
from domain.drift_reading import Clock, WatchedStream

# From the state that asks for most to the one that says least.
ORDER = (State.DRIFT, State.LOW_POWER, State.NO_DRIFT, State.TOO_FEW, State.NOT_MONITORED)
# How strongly a cell is coloured, by its score.
DEPTHS = (0.2, 0.4, 0.6, 0.8)

Column = tuple[str, Clock]
Who = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A stream: what is shown of it, and all that is read aloud."""

    watched: WatchedStream
    text: str
    depth: int
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """An agent, or a version of it; cells by column, None: it has no such stream."""

    tenant: str
    agent: str
    version: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Board:
    """columns: metric and clock; demand: those that tell what is asked of agents.

    counts: streams by state, also of states that none is in.
    """

    columns: Sequence[Column]
    demand: Collection[Column]
    rows: Sequence[Row]
    counts: Mapping[State, int]


def board(streams: Sequence[WatchedStream]) -> Board:
    """Agents that drift are on top, then by their scores; what drifts is on the left."""
    columns = _columns(streams)
    by_agent: dict[Who, dict[Column, WatchedStream]] = {}
    for one in streams:
        own = by_agent.setdefault(_who(one.stream), {})
        own[one.stream.metric, one.clock] = one
    counted = Counter(one.state for one in streams)
    rows = [
        Row(*who, [_cell(own[column]) if column in own else None for column in columns])
        for who, own in sorted(by_agent.items(), key=lambda item: _rank(*item))
    ]
    demand = {(one.stream.metric, one.clock) for one in streams if one.demand}
    return Board(columns, demand, rows, {state: counted[state] for state in ORDER})


def _columns(streams: Iterable[WatchedStream]) -> list[Column]:
    drifting: dict[Column, bool] = {}
    for one in streams:
        column = one.stream.metric, one.clock
        drifting[column] = drifting.get(column, False) or one.state is State.DRIFT
    return sorted(drifting, key=lambda column: (not drifting[column], column))


def _who(stream: Stream) -> Who:
    return stream.tenant, stream.agent, stream.version


def _rank(who: Who, own: Mapping[Column, WatchedStream]) -> tuple[int, float, Who]:
    state = min(ORDER.index(one.state) for one in own.values())
    return state, -max(one.drift_score or 0.0 for one in own.values()), who


def _cell(one: WatchedStream) -> Cell:
    score = one.drift_score
    depth = 0 if score is None else sum(score >= least for least in DEPTHS)
    state = words.STATES[one.state]
    said = f"{words.metric(one.stream.metric)}, {one.clock}: {state}"
    if score is not None:
        return Cell(one, f"{score:.2f}", depth, f"{said}, drift score {score:.2f}")
    if one.windows < one.baseline_windows:
        learnt = f"{one.windows} of {one.baseline_windows}"
        return Cell(one, learnt, depth, f"{said}, {learnt} windows of its baseline")
    return Cell(one, "", depth, said)
