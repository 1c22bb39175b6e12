"""Periodic stretches of all lanes at once, and which of them are loops."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from wakeline import loop_rules
from wakeline.loop_rules import PERIOD_MAX, Stretch

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BLOCK_STEPS = 64  # in which loops are looked up


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of many lanes, sorted by lane and time; arrays of one element a step.

    lane, token, shape: numbers of which only equality counts.
    new:   whether the step brought something not seen before in its lane.
    again: whether this call with this result was seen before in its lane.
    """

    lane: Numbers
    token: Numbers
    shape: Numbers
    new: Flags
    again: Flags
    error: Flags
    poll: Flags


@dataclass(frozen=True, slots=True)
class Loop:
    """Steps [start, end) of the arrays in which `signature` was seen; period 0: recurrence."""

    signature: str
    start: int
    end: int
    period: int
    new: int


def steps(
    lane: Numbers, token: Numbers, shape: Numbers, result: Numbers, flags: "StepFlags"
) -> Steps:
    """With what is new and what was there before, told from the results.

    A result of 0 is none recorded: nothing new. Such a call counts as seen before by itself.
    """
    seen_result = _seen_before(lane, result)
    new = ~seen_result & (result != 0) | flags.advanced
    again = _seen_before(lane, _paired(token, result)) & ~flags.advanced
    return Steps(lane, token, shape, new, again, flags.error, flags.poll)


@dataclass(frozen=True, slots=True)
class StepFlags:
    """bool, one element a step: failed; polls; says itself that it came further."""

    error: Flags
    poll: Flags
    advanced: Flags


def loops(steps: Steps) -> list[Loop]:
    """All loops of all lanes, in order; none overlaps another of its lane by more than half.

    Equal to what LoopGuard says step by step: a loop is there from the step on at which it is seen,
    whatever comes after.
    """
    sums = _Sums(steps)
    found = [*_periodic(steps, sums, alike=False), *_periodic(steps, sums, alike=True)]
    found += _recurrent(steps)
    return _apart(found)


class _Sums:
    """How many of the first i steps are so, for every i."""

    def __init__(self, steps: Steps) -> None:
        self.new, self.error, self.poll = map(_sums, (steps.new, steps.error, steps.poll))


def _sums(flags: Flags) -> Places:
    return np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))


def _periodic(steps: Steps, sums: _Sums, *, alike: bool) -> Iterator[Loop]:
    word = steps.shape if alike else steps.token
    least = loop_rules.REPEATS_OF_ERRORS_ALIKE if alike else loop_rules.REPEATS
    for start, end, period in powers(steps.lane, word, range(1, PERIOD_MAX + 1), least):
        yield from _loop(sums, start, end, period, alike)


def powers(
    lane: Numbers, word: Numbers, periods: range, least: int
) -> Iterator[tuple[int, int, int]]:
    """(start, end, period) of the stretches of one lane that go through a period `least` times, and
    through no shorter one."""
    repeated: list[Flags] = [np.zeros(0, np.bool_)]
    for period in range(1, periods.stop):
        equal = np.zeros(len(word), np.bool_)
        equal[period:] = (word[period:] == word[:-period]) & (lane[period:] == lane[:-period])
        repeated.append(equal)
        if period not in periods:
            continue
        for start, end in _runs(equal, period, least):
            if not _has_shorter_period(repeated, start, end, period):
                yield start, end, period


def _runs(equal: Flags, period: int, least: int) -> Iterator[tuple[int, int]]:
    """[start, end) of the stretches that go through their period `least` times."""
    edges = np.flatnonzero(np.diff(equal.astype(np.int8), prepend=0, append=0))
    begins, ends = edges[::2], edges[1::2]
    long = ends - begins >= (least - 1) * period
    for begin, end in zip(begins[long].tolist(), ends[long].tolist(), strict=True):
        yield begin - period, end


def _has_shorter_period(repeated: list[Flags], start: int, end: int, period: int) -> bool:
    """Whether the whole stretch is one of a proper divisor of the period."""
    return any(
        period % divisor == 0 and repeated[divisor][start + divisor : end].all()
        for divisor in range(1, period // 2 + 1)
    )


def _loop(sums: _Sums, start: int, end: int, period: int, alike: bool) -> Iterator[Loop]:
    """The stretch as far as it is a loop, with the signature that it has last."""
    # Waiting for the same answer: what counts begins with the last answer that was new.
    for begin, last in _parts(sums, start, end, period):
        for stop in range(last, begin + loop_rules.REPEATS * period - 1, -1):
            stretch = _stretch(sums, begin, stop, period, alike)
            if found := loop_rules.signature(stretch):
                yield Loop(found, begin, stop, period, stretch.new)
                break


def _parts(sums: _Sums, start: int, end: int, period: int) -> list[tuple[int, int]]:
    """The stretch; of a single repeated call, also the parts between two new results."""
    parts = [(start, end)]
    if period == 1:
        inner = np.flatnonzero(np.diff(sums.new[start + 1 : end + 1])) + start + 1
        if len(inner):
            borders = [start, *inner.tolist(), end]
            parts += list(pairwise(borders))
    return parts


def _stretch(sums: _Sums, start: int, end: int, period: int, alike: bool) -> Stretch:
    return Stretch(
        period=period,
        steps=end - start,
        new=int(sums.new[end] - sums.new[start + period]),
        errors=int(sums.error[end] - sums.error[start]),
        poll=bool(sums.poll[end] - sums.poll[start] == end - start),
        alike=alike,
    )


def _recurrent(steps: Steps) -> Iterator[Loop]:
    """Where most of the last steps were there before, in whatever order."""
    size = loop_rules.RECENT_STEPS
    if len(steps.lane) < size:
        return
    sums = _sums(steps.again & ~steps.poll)
    inside = steps.lane[size - 1 :] == steps.lane[: 1 - size]
    full = inside & (sums[size:] - sums[:-size] >= loop_rules.RECURRENT_STEPS)
    edges = np.flatnonzero(np.diff(full.astype(np.int8), prepend=0, append=0))
    news = _sums(steps.new)
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        stop = end - 1 + size
        yield Loop(loop_rules.NEAR_CYCLE, begin, stop, 0, int(news[stop] - news[begin]))


def _apart(found: list[Loop]) -> list[Loop]:
    """The surest first; what lies by more than half in one of them is the same loop."""
    order = (
        loop_rules.RETRY_STORM,
        loop_rules.EXACT_REPEAT,
        loop_rules.CYCLE,
        loop_rules.NEAR_CYCLE,
    )
    kept: list[Loop] = []
    around: defaultdict[int, list[Loop]] = defaultdict(list)
    for loop in sorted(found, key=lambda one: (order.index(one.signature), one.start - one.end)):
        # What covers more than half of it covers its middle.
        beside = around[(loop.start + loop.end) // 2 // BLOCK_STEPS]
        if not any(_mostly_within(loop, other) for other in beside):
            kept.append(loop)
            for block in range(loop.start // BLOCK_STEPS, (loop.end - 1) // BLOCK_STEPS + 1):
                around[block].append(loop)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _mostly_within(loop: Loop, other: Loop) -> bool:
    shared = min(loop.end, other.end) - max(loop.start, other.start)
    return 2 * shared > loop.end - loop.start


def _seen_before(lane: Numbers, word: Numbers) -> Flags:
    """Whether the same word stands earlier in the same lane."""
    seen = np.zeros(len(lane), np.bool_)
    order = np.lexsort((word, lane))  # stable: equal ones stay in their order
    seen[order[1:]] = (word[order[1:]] == word[order[:-1]]) & (lane[order[1:]] == lane[order[:-1]])
    return seen


def _paired(one: Numbers, other: Numbers) -> Numbers:
    """One number for two: a multiplicative hash (Knuth, 1973, 6.4), wrapping."""
    with np.errstate(over="ignore"):
        mixed: Numbers = (one * np.uint64(0x9E3779B97F4A7C15)) ^ (
            (other + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)
        )
    return mixed
