"""Loop guards that others ship, written anew from their sources, short, on tool calls alone.

Each says at which call it fires, as an index; None when it never does.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from tests.analyzers.loop_lanes import Call
from wakeline.loop_guard import LoopGuard

Guard = Callable[[Sequence[Call]], int | None]

GEMINI_PERIOD_MAX, GEMINI_REPEATS = 5, 5
OPENHANDS_SAME, OPENHANDS_ERRORS, OPENHANDS_ALTERNATING = 4, 4, 6
ROO_LIMIT = 3
CLINE_HARD_LIMIT = 5


def wakeline(lane: Sequence[Call]) -> int | None:
    """wakeline.LoopGuard, with what varies named to it."""
    guard = LoopGuard(volatile=["varies"])
    for place, call in enumerate(lane):
        arguments = {"a": call.arguments, "varies": call.varying}
        result = call.result or None
        if guard.step(call.tool, arguments, result=result, error=call.error):
            return place
    return None


def gemini_cli(lane: Sequence[Call]) -> int | None:
    """LoopDetectionService of google-gemini/gemini-cli (5411f11): a cycle of one to five calls,
    equal in name and arguments, five times in a row; results do not matter."""
    words = [_called(call) for call in lane]
    for end in range(1, len(lane) + 1):
        for period in range(1, GEMINI_PERIOD_MAX + 1):
            size = period * GEMINI_REPEATS
            if (
                end >= size
                and words[end - size : end] == words[end - period : end] * GEMINI_REPEATS
            ):
                return end - 1
    return None


def openhands(lane: Sequence[Call]) -> int | None:
    """StuckDetector of OpenHands/software-agent-sdk (611629e): four equal calls with equal results,
    four equal calls that fail, or two of them in turn for six calls."""
    for end in range(1, len(lane) + 1):
        last = [(_called(call), call.result) for call in lane[:end]]
        if len(last) >= OPENHANDS_SAME and len(set(last[-OPENHANDS_SAME:])) == 1:
            return end - 1
        tail = lane[max(0, end - OPENHANDS_ERRORS) : end]
        failing = len(tail) == OPENHANDS_ERRORS and all(call.error for call in tail)
        if failing and len({_called(call) for call in tail}) == 1:
            return end - 1
        turns = last[-OPENHANDS_ALTERNATING:]
        if len(turns) == OPENHANDS_ALTERNATING and turns == turns[:2] * 3:
            return end - 1
    return None


def roo(lane: Sequence[Call]) -> int | None:
    """ToolRepetitionDetector of RooCodeInc/Roo-Code (cb83656): three equal calls in a row."""
    return _equal_in_a_row(lane, ROO_LIMIT)


def cline(lane: Sequence[Call]) -> int | None:
    """LoopDetectionTracker of cline/cline (21cb8d2), its hard limit: five equal calls in a row."""
    return _equal_in_a_row(lane, CLINE_HARD_LIMIT)


def _equal_in_a_row(lane: Sequence[Call], limit: int) -> int | None:
    place = 0
    for _, calls in groupby(lane, _called):
        count = len(list(calls))
        if count >= limit:
            return place + limit - 1
        place += count
    return None


def _called(call: Call) -> tuple[str, str, str]:
    return call.tool, call.arguments, call.varying


GUARDS: dict[str, Guard] = {
    "wakeline LoopGuard": wakeline, "gemini-cli": gemini_cli, "OpenHands": openhands,
    "Roo": roo, "Cline": cline,
}  # fmt: skip
