"""LOOP-06: work that goes to and fro, and fields that agents change back and forth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from analyzers.loops import pauses, stretches
from analyzers.loops.pauses import NS
from domain.findings import Draft, Evidence, Origin, Role, Window
from domain.lanes import Lanes
from domain.ports import FindingSource
from domain.signatures import Signature
from wakeline.loop_rules import REPEATS

PERIODS = range(2, 9)
VIEWS = ("handoff", "field")
NOT_WRITTEN = "nothing was written to the case in between"
NOTHING_KNOWN = "nothing is known to have been written to the case"
ITS_OWN_VALUE = "each puts its own value back"


@dataclass(frozen=True, slots=True)
class PingPong:
    """Claims that the same two to eight hand-offs of a work item or case came three times or more
    without a write to the case in between, or that agents wrote a field back and forth as often.

    Of a field each agent has to insist on one value of its own: taking turns with a lock, or one
    agent that goes through states, is none. A long pause begins anew. Where nothing ever was
    written to the case, writes may not be recorded at all: it is less sure then.
    """

    signature: Signature

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """LOOP-06 alone."""
        return (self.signature,)

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        """One for each lane and what is repeated in it. Raises Unavailable."""
        longest: dict[str, Draft] = {}
        for view in VIEWS:
            for draft in _drafts(view, source.lanes(view, window)):
                known = longest.get(draft.finding_id)
                if known is None or _turns(draft) >= _turns(known):
                    longest[draft.finding_id] = draft
        return longest.values()


def _turns(draft: Draft) -> int:
    return int(str(draft.facts["turns"]))


def _drafts(view: str, lanes: Lanes) -> Iterator[Draft]:
    numbers = pauses.split(lanes.lane, lanes.ts_ns)
    # What was written to the case begins another stretch.
    numbers = (numbers << np.uint64(32)) + np.cumsum(lanes.advanced).astype(np.uint64)
    for start, end, period in stretches.powers(numbers, lanes.token, PERIODS, REPEATS):
        agents = sorted(set(map(str, lanes.agent[start:end])))
        if view == "handoff" or _insist(lanes, start, end, len(agents)):
            yield _draft(view, lanes, (start, end, period), agents)


def _insist(lanes: Lanes, start: int, end: int, agents: int) -> bool:
    """Whether each of several agents writes one value, and not all the same."""
    own, values = (len(set(each[start:end].tolist())) for each in (lanes.token, lanes.shape))
    return own == agents > 1 < values


def _draft(view: str, lanes: Lanes, found: tuple[int, int, int], agents: list[str]) -> Draft:
    start, end, period = found
    subject = str(lanes.tool[start])
    unsure = bool(lanes.no_result[start]) or bool(lanes.inferred[start:end].any())
    first, last = (_moment(lanes, place) for place in (start, end - 1))
    of_fields = view == "field"
    did = f"changed {subject.replace('|', '.').rstrip('.')} back and forth"
    why = NOTHING_KNOWN if lanes.no_result[start] else NOT_WRITTEN
    return Draft(
        signature="LOOP-06",
        tenant=str(lanes.tenant[start]),
        lane=f"{view}:{subject}",
        anchor=f"{period}|{int(lanes.token[start:end].min()):016x}",
        agents=tuple(agents),
        case_id=str(lanes.case_id[end - 1]),
        first_at=first,
        last_at=last,
        evidence=tuple(_evidence(lanes, found)),
        facts={
            "agents": agents,
            "did": did if of_fields else f"handed {subject} to and fro",
            "rounds": (end - start) // period,
            "turns": end - start,
            "turns_are": "writes" if of_fields else "hand-offs",
            "period": period,
            "seconds": round((last - first).total_seconds(), 3),
            "why": ITS_OWN_VALUE if of_fields else why,
            "way": view,
        },
        origin=Origin.INFERRED if unsure else Origin.EXPLICIT,
    )


def _evidence(lanes: Lanes, found: tuple[int, int, int]) -> Iterator[Evidence]:
    """First and second turn, the first that repeats one, and the last two."""
    start, end, period = found
    places = (start, start + 1, start + period, end - 2, end - 1)
    spans = dict.fromkeys((str(lanes.trace_id[at]), str(lanes.span_id[at])) for at in places)
    for number, (trace_id, span_id) in enumerate(spans):
        yield Evidence(trace_id, span_id, Role.VIOLATION if number else Role.CAUSE)


def _moment(lanes: Lanes, place: int) -> datetime:
    return datetime.fromtimestamp(int(lanes.ts_ns[place]) / NS, UTC)
