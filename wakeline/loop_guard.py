"""A guard with which an agent notices by itself that it goes round in circles.

For scales w = 1, 2, 4 … the engine keeps a rolling hash of the last w words and where each hash
stood last. Equal hashes at a distance d make the last w + d words periodic in d. If the words end
in u^k with k >= 3, |u| = p and p <= w < 2p, the last occurrence is exactly p back once p + w < 3p
words repeat, so the stretch is seen whole at that very word: O(log period) a step, bounded memory.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wakeline import loop_rules, loop_tokens
from wakeline.loop_rules import PERIOD_MAX, Stretch

MODULUS = (1 << 61) - 1
BASE = 0x1F3D5B79A1C3E57
STEPS_MAX = 4096  # of a stretch, and of what is remembered as seen in front of it
SEEN_MAX = 65_536


@dataclass(frozen=True, slots=True)
class Loop:
    """What the guard noticed: the last `steps` calls repeat `period` calls and bring nothing on.

    signature:  LOOP-01 exact repeat, -02 cycle, -03 near cycle, -04 retry storm or stuck poll.
    cost:       what these calls had cost together, in the unit given to `step`.
    """

    signature: str
    period: int
    steps: int
    new: int
    cost: float


class LoopGuard:
    """Give it every tool call; it says when they have become a loop.

    >>> guard = LoopGuard()
    >>> [guard.step("search", {"q": "x"}, result="nothing") is not None for _ in range(3)]
    [False, False, True]

    poll:      names of tools that are asked again and again, beside those that are known by name.
    volatile:  arguments that differ between calls that mean the same.
    """

    def __init__(self, *, poll: Iterable[str] = (), volatile: Iterable[str] = ()) -> None:
        self._poll = frozenset(poll)
        self._volatile = tuple(volatile)
        self._known_polls = re.compile(loop_tokens.POLL_NAMES)
        self._engines = (_Engine(), _Engine())
        self._results, self._pairs = _Seen(), _Seen()
        self._sums = _Sums()
        self._recent: deque[bool] = deque(maxlen=loop_rules.RECENT_STEPS)

    def step(
        self,
        tool: str,
        arguments: object = None,
        *,
        result: object = None,
        error: bool = False,
        cost: float = 0.0,
    ) -> Loop | None:
        """The loop that this call is part of, the surest when several are; None when it is none.

        arguments, result: anything, or JSON text; result None = unknown.
        """
        token = loop_tokens.exact(tool, arguments)
        outcome = self._outcome(token, result)
        new = outcome != 0 and not self._results.add(outcome)
        again = self._pairs.add((token, outcome))
        poll = tool in self._poll or bool(self._known_polls.search(tool))
        self._recent.append(again and not poll)
        self._sums.add(new, error, poll, cost)
        shape = loop_tokens.shape(tool, arguments, self._volatile)
        found = [*self._periodic(token, shape), *self._recurrent()]
        return max(found, key=_rank, default=None)

    def _outcome(self, token: int, result: object) -> int:
        if result is None:
            return 0
        text = result if isinstance(result, str) else str(result)
        if len(text.encode("utf-8", "replace")) <= loop_tokens.RESULT_BYTES_OF_NOTHING:
            return loop_tokens.number((token, text))
        return loop_tokens.number((text,))

    def _periodic(self, token: int, shape: int) -> Iterator[Loop]:
        for engine, word, alike in zip(self._engines, (token, shape), (False, True), strict=True):
            for period, length in engine.push(word).items():
                for steps in {length, self._sums.since_new(length) if period == 1 else length}:
                    yield from self._loop(period, min(steps, STEPS_MAX), alike)

    def _loop(self, period: int, steps: int, alike: bool) -> Iterator[Loop]:
        if steps < loop_rules.REPEATS * period:
            return
        stretch = self._sums.stretch(period, steps, alike)
        if signature := loop_rules.signature(stretch):
            yield Loop(signature, period, steps, stretch.new, self._sums.cost(steps))

    def _recurrent(self) -> Iterator[Loop]:
        size = loop_rules.RECENT_STEPS
        if len(self._recent) == size and sum(self._recent) >= loop_rules.RECURRENT_STEPS:
            new = self._sums.stretch(0, size, True).new
            yield Loop(loop_rules.NEAR_CYCLE, 0, size, new, self._sums.cost(size))


def _rank(loop: Loop) -> tuple[int, int]:
    order = (
        loop_rules.NEAR_CYCLE,
        loop_rules.CYCLE,
        loop_rules.EXACT_REPEAT,
        loop_rules.RETRY_STORM,
    )
    return order.index(loop.signature), loop.steps


class _Seen:
    """Words that were there; the oldest are forgotten."""

    def __init__(self) -> None:
        self._words: dict[object, None] = {}

    def add(self, word: object) -> bool:
        """Whether it was there before."""
        known = word in self._words
        self._words[word] = None
        if len(self._words) > SEEN_MAX:
            del self._words[next(iter(self._words))]
        return known


class _Sums:
    """How much there was of everything before each of the last steps."""

    def __init__(self) -> None:
        self._before: deque[tuple[int, int, int, float]] = deque([(0, 0, 0, 0.0)], STEPS_MAX + 1)
        self._count = self._newest = 0

    def add(self, new: bool, error: bool, poll: bool, cost: float) -> None:
        """One step more."""
        news, errors, polls, costs = self._before[-1]
        self._before.append((news + new, errors + error, polls + poll, costs + cost))
        self._count += 1
        if new:
            self._newest = self._count

    def since_new(self, length: int) -> int:
        """How many of the last `length` steps there are from the last new result on."""
        return min(length, self._count - self._newest + 1) if self._newest else length

    def stretch(self, period: int, steps: int, alike: bool) -> Stretch:
        """The last `steps` steps."""
        news, errors, polls, _ = self._before[-1]
        first, second = self._before[-1 - steps], self._before[-1 - steps + period]
        return Stretch(
            period, steps, news - second[0], errors - first[1], polls - first[2] == steps, alike
        )

    def cost(self, steps: int) -> float:
        """Of the last `steps` steps."""
        return self._before[-1][3] - self._before[-1 - steps][3]


class _Engine:
    """Periodic suffixes of a row of words, word by word."""

    def __init__(self) -> None:
        self._count = 0
        self._scales = [_Scale(1 << power) for power in range(PERIOD_MAX.bit_length())]
        self._words: deque[int] = deque(maxlen=self._scales[-1].size + 1)

    def push(self, word: int) -> dict[int, int]:
        """Length of the longest suffix with each period that was seen, when it repeats."""
        words, found = self._words, dict[int, int]()
        words.append(word)
        self._count = count = self._count + 1
        for scale in self._scales:  # no calls in here: this is what a step costs
            rolled = scale.hash * BASE + word
            if count > scale.size:
                rolled -= words[-1 - scale.size] * scale.power
            scale.hash = rolled = rolled % MODULUS
            if count < scale.size:
                continue
            stood = scale.newer.get(rolled) or scale.older.get(rolled, -PERIOD_MAX)
            scale.newer[rolled] = count
            distance = count - stood
            if distance > PERIOD_MAX:
                scale.period = 0
                continue
            scale.length = scale.length + 1 if distance == scale.period else scale.size + distance
            scale.period = distance
            if scale.length >= loop_rules.REPEATS * distance:
                found[distance] = max(scale.length, found.get(distance, 0))
        if count % PERIOD_MAX == 0:
            for scale in self._scales:
                scale.forget()
        return found


class _Scale:
    """A rolling hash of the last `size` words (Karp and Rabin, 1987), and at which count each stood
    last: of the last PERIOD_MAX to 2 x PERIOD_MAX words."""

    __slots__ = ("hash", "length", "newer", "older", "period", "power", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.power = pow(BASE, size, MODULUS)
        self.hash = self.period = self.length = 0
        self.newer: dict[int, int] = {}
        self.older: dict[int, int] = {}

    def forget(self) -> None:
        """Let go of what stood too long ago for any period."""
        self.newer, self.older = {}, self.newer
