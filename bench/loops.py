"""Are loops told from what only looks like them, and at what cost a call?

Eighteen kinds of lanes from three seeds, for our two engines and the rules that others ship; then
CPU us a call of both engines on words that are hard for such engines, from 1e3 calls on.
"""

import argparse
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from analyzers.loops import stretches
from bench.loop_guards import GUARDS
from bench.output import write_json
from tests.analyzers import loop_lanes
from tests.analyzers.loop_lanes import HEALTHY, Lane
from wakeline.loop_guard import LoopGuard

SEEDS = (7, 11, 23)
OF_EACH = 200
SIZES = (1_000, 10_000, 100_000, 1_000_000)
NOISE = 0.01
CYCLE = 47


@dataclass(frozen=True, slots=True)
class Quality:
    """precision, recall, and of each kind the share in which it fires; 0 to 1."""

    detector: str
    seed: int
    precision: float
    recall: float
    fired: dict[str, float]


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU us a call, and how many there were."""

    engine: str
    word: str
    calls: int
    us_a_call: float


def qualities(seeds: Sequence[int], of_each: int) -> Iterator[Quality]:
    """Of each detector and seed; a precision of 0 where nothing fires."""
    for seed in seeds:
        made = list(loop_lanes.lanes(seed, of_each))
        lanes = [lane for _, _, lane in made]
        fired = {"wakeline, stored steps": _by_batch(lanes)}
        for name, guard in GUARDS.items():
            fired[name] = {at for at, lane in enumerate(lanes) if guard(lane) is not None}
        for name, places in fired.items():
            kinds = Counter(made[place][0] for place in places)
            right = sum(made[place][1] for place in places)
            shares = {kind: kinds[kind] / of_each for kind in dict.fromkeys(one[0] for one in made)}
            loops = sum(is_loop for _, is_loop, _ in made)
            yield Quality(name, seed, right / max(1, len(places)), right / loops, shares)


def _by_batch(lanes: Sequence[Lane]) -> set[int]:
    steps = loop_lanes.steps_of(lanes)
    return {int(steps.lane[loop.start]) for loop in stretches.loops(steps)}


def _random() -> Iterator[int]:
    rng = random.Random(1)
    while True:
        yield rng.randrange(1000)


def _equal() -> Iterator[int]:
    while True:
        yield 0


def _fibonacci() -> Iterator[int]:
    """0, 01, 010, 01001, …: powers of every Fibonacci period, none of exponent 4."""
    shorter, longer, said = [0], [0, 1], 0
    while True:
        yield from longer[said:]
        shorter, longer, said = longer, longer + shorter, len(longer)


def _thue_morse() -> Iterator[int]:
    """The parity of ones in 0, 1, 2, …: no stretch comes three times in a row."""
    number = 0
    while True:
        yield number.bit_count() % 2
        number += 1


def _noisy_cycle() -> Iterator[int]:
    rng = random.Random(2)
    number = 0
    while True:
        yield CYCLE + rng.randrange(1000) if rng.random() < NOISE else number % CYCLE
        number += 1


WORDS: dict[str, Callable[[], Iterator[int]]] = {
    "random": _random, "all equal": _equal, "Fibonacci": _fibonacci, "Thue-Morse": _thue_morse,
    f"cycle {CYCLE}, {NOISE:.0%} noise": _noisy_cycle,
}  # fmt: skip


def guarded(word: Sequence[int]) -> float:
    """CPU seconds of LoopGuard; each letter is a tool that always says the same."""
    guard = LoopGuard()
    began = time.process_time()
    for letter in word:
        guard.step(f"tool {letter}", result=f"result {letter}")
    return time.process_time() - began


def in_one_go(word: Sequence[int]) -> float:
    """CPU seconds of the engine over stored steps, for one lane."""
    letters = np.array(word, np.uint64) + np.uint64(1)
    none = np.zeros(len(word), np.bool_)
    flags = stretches.StepFlags(none, none, none)
    began = time.process_time()
    lane = np.zeros(len(word), np.uint64)
    stretches.loops(stretches.steps(lane, letters, letters, letters, flags))
    return time.process_time() - began


def speeds(calls_max: int) -> Iterator[Speed]:
    """Of both engines on every word, from 1e3 calls up to `calls_max`."""
    for name, word in WORDS.items():
        for size in SIZES:
            if size <= calls_max:
                letters = list(islice(word(), size))
                yield Speed("LoopGuard", name, size, 1e6 * guarded(letters) / size)
                yield Speed("stored steps", name, size, 1e6 * in_one_go(letters) / size)


def shown(found: Sequence[Quality], fast: Sequence[Speed]) -> Iterator[Table]:
    """Both as tables: the worst of the seeds, shares in %."""
    names = dict.fromkeys(one.detector for one in found)
    table = Table(title="loops, the worst of the seeds", box=box.SIMPLE)
    for title in ("", *names):
        table.add_column(title, justify="right" if title else "left")
    by_name = {name: [one for one in found if one.detector == name] for name in names}
    for figure in ("precision", "recall"):
        worst = (min(getattr(one, figure) for one in of) for of in by_name.values())
        table.add_row(figure, *(f"{share:.3f}" for share in worst))
    healthy = {kind.__name__ for kind in HEALTHY}
    for kind in found[0].fired:
        worst_of = max if kind in healthy else min
        shares = (worst_of(one.fired[kind] for one in of) for of in by_name.values())
        mark = "healthy: " if kind in healthy else ""
        table.add_row(f"{mark}{kind.replace('_', ' ')}", *(f"{share:.1%}" for share in shares))
    yield table
    sizes = sorted({one.calls for one in fast})
    table = Table(title="CPU us a call", box=box.SIMPLE)
    for title in ("engine", "word", *(f"{size:,}" for size in sizes)):
        table.add_column(title, justify="right" if title[0].isdigit() else "left")
    cost = {(one.engine, one.word, one.calls): one.us_a_call for one in fast}
    for engine, word in dict.fromkeys((one.engine, one.word) for one in fast):
        table.add_row(engine, word, *(f"{cost[engine, word, size]:.2f}" for size in sizes))
    yield table


def main() -> None:
    """Measure, print tables and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.loops", description=__doc__)
    parser.add_argument("--of-each", type=int, default=OF_EACH, help="lanes of each kind and seed")
    parser.add_argument("--calls", type=int, default=SIZES[-1], help="longest word")
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    found, fast = list(qualities(SEEDS, asked.of_each)), list(speeds(asked.calls))
    for table in shown(found, fast):
        Console(width=120).print(table)
    figures = {"quality": list(map(asdict, found)), "speed": list(map(asdict, fast))}
    write_json(figures | {"load_average": os.getloadavg()}, asked.json)


if __name__ == "__main__":
    main()
