"""Lanes made from a seed: nine kinds of loop, nine that only look like one."""

import json
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyzers.loops import stretches
from analyzers.loops.stretches import StepFlags, Steps

TOOLS = (
    "search",
    "read_file",
    "get_invoice",
    "update_record",
    "list_rows",
    "run_tests",
    "fetch_url",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call; `varying`: arguments that differ between calls that mean the same."""

    tool: str
    arguments: str
    result: str
    varying: str = ""
    error: bool = False
    poll: bool = False
    advanced: bool = False


Lane = list[Call]
Kind = Callable[[random.Random], Lane]


def _call(tool: str, result: str, **arguments: object) -> Call:
    return Call(tool, json.dumps(arguments, sort_keys=True), result)


def _any(rng: random.Random) -> Call:
    return _call(rng.choice(TOOLS), f"found {rng.random()}", q=rng.random())


def _around(rng: random.Random, inside: Lane) -> Lane:
    before = [_any(rng) for _ in range(rng.randrange(3, 25))]
    return [*before, *inside, *(_any(rng) for _ in range(rng.randrange(5)))]


def exact_repeat(rng: random.Random) -> Lane:
    """The same call, again and again."""
    return [_call("search", "no results", q="invoice 991")] * rng.randrange(4, 30)


def two_in_turn(rng: random.Random) -> Lane:
    """Reads, tests, reads, tests."""
    return [_call("read_file", "X", p="x"), _call("run_tests", "3 fail")] * rng.randrange(4, 15)


def _cycle(rng: random.Random, size: int) -> Lane:
    return [_call(rng.choice(TOOLS), f"the same {n}", q=n) for n in range(size)]


def cycle(rng: random.Random) -> Lane:
    """Three to sixteen calls, over and over."""
    return _cycle(rng, rng.randrange(3, 17)) * rng.randrange(4, 8)


def varying_cycle(rng: random.Random) -> Lane:
    """A cycle whose calls carry ids and times of their own."""
    calls = _cycle(rng, rng.randrange(2, 8))
    rounds = range(rng.randrange(6, 12))
    return [
        replace(c, varying=str(uuid.UUID(int=rng.getrandbits(128)))) for _ in rounds for c in calls
    ]


def noisy_cycle(rng: random.Random) -> Lane:
    """A cycle with thoughts between."""
    lane: Lane = []
    for call in rng.choice((cycle, two_in_turn))(rng) * 2:
        lane.append(call)
        if rng.random() < 0.12:
            lane.append(_call("think", "", q=rng.random()))
    return lane


def retries(rng: random.Random) -> Lane:
    """A call that fails every time."""
    failing = replace(_call("charge", "timeout", id="i1"), error=True)
    varies = rng.random() < 0.5
    return [replace(failing, varying=str(n) if varies else "") for n in range(rng.randrange(5, 40))]


def ping_pong(rng: random.Random) -> Lane:
    """Work that is handed to and fro."""
    calls = [_call("handoff", "accepted", to="B"), _call("handoff", "accepted", to="A")]
    return calls * rng.randrange(4, 12)


def replanning(rng: random.Random) -> Lane:
    """The same plan, which fails in the same way; four times is one too few for us to notice."""
    calls = [
        _call("plan", "the plan", steps=["lookup", "pay"]),
        _call("lookup", "not found", id="v9"),
        _call("verify", "cannot verify", id="v9"),
    ]
    return [replace(c, varying=str(n)) for n in range(rng.randrange(4, 9)) for c in calls]


def stuck_poll(rng: random.Random) -> Lane:
    """A job whose status never changes."""
    return [replace(_call("get_status", "PENDING", job="j1"), poll=True)] * rng.randrange(14, 40)


def work(rng: random.Random) -> Lane:
    """Something else each time."""
    return [_any(rng) for _ in range(rng.randrange(15, 80))]


def pages(rng: random.Random) -> Lane:
    """Page after page."""
    return [_call("list_rows", f"rows {rng.random()}", page=n) for n in range(rng.randrange(6, 40))]


def files(rng: random.Random) -> Lane:
    """File after file."""
    return [
        _call("read_file", f"text {rng.random()}", p=f"src/{rng.random()}.py")
        for _ in range(rng.randrange(8, 40))
    ]


def each_invoice(rng: random.Random) -> Lane:
    """The same three calls for each of many invoices."""
    lane: Lane = []
    for _ in range(rng.randrange(5, 15)):
        number = rng.random()
        lane += [_call("get_invoice", f"amount {rng.random()}", id=number)]
        lane += [_call("check", "it is fine", id=number), _call("update", "updated", id=number)]
    return lane


def debugging(rng: random.Random) -> Lane:
    """An edit and the tests, which fail in another way each time."""
    lane: Lane = []
    for _ in range(rng.randrange(4, 10)):
        lane += [_call("edit_file", "edited", patch=rng.random())]
        lane += [_call("run_tests", f"failed: {rng.random()}")]
    return lane


def healthy_poll(rng: random.Random) -> Lane:
    """A job that gets on."""
    count = rng.randrange(4, 11)
    calls = (_call("get_status", f"{100 * n // count} percent", job="j1") for n in range(count))
    return [replace(call, poll=True) for call in calls]


def retry_that_helps(rng: random.Random) -> Lane:
    """One or two failures, then success."""
    failing = replace(_call("charge", "timeout", id="i1"), error=True)
    return [*[failing] * rng.randrange(1, 3), _call("charge", "charged", id="i1")]


def heartbeat(rng: random.Random) -> Lane:
    """A sign of life between work."""
    return [_any(rng) if n % 3 else _call("health", "fine") for n in range(rng.randrange(12, 30))]


def read_again(rng: random.Random) -> Lane:
    """The same file three times, with work between."""
    lane = [_any(rng) for _ in range(20)]
    for place in (3, 9, 17):
        lane.insert(place, _call("read_file", "the same", p="README"))
    return lane


LOOPS: tuple[Kind, ...] = (
    exact_repeat, two_in_turn, cycle, varying_cycle, noisy_cycle, retries, ping_pong, replanning,
    stuck_poll,
)  # fmt: skip
HEALTHY: tuple[Kind, ...] = (
    work, pages, files, each_invoice, debugging, healthy_poll, retry_that_helps, heartbeat,
    read_again,
)  # fmt: skip


def lanes(seed: int, of_each: int) -> Iterator[tuple[str, bool, Lane]]:
    """(kind, whether it has a loop, calls), `of_each` of all 18 kinds."""
    rng = random.Random(seed)
    for kind in (*LOOPS, *HEALTHY):
        for _ in range(of_each):
            yield kind.__name__, kind in LOOPS, _around(rng, kind(rng))


def steps_of(lanes: Sequence[Lane]) -> Steps:
    """As the analyzer sees them; lanes are numbered by their place."""
    calls = [(number, call) for number, lane in enumerate(lanes) for call in lane]
    flags = StepFlags(
        np.array([call.error for _, call in calls], np.bool_),
        np.array([call.poll for _, call in calls], np.bool_),
        np.array([call.advanced for _, call in calls], np.bool_),
    )
    return stretches.steps(
        np.array([number for number, _ in calls], np.uint64),
        _numbers([(call.tool, call.arguments, call.varying) for _, call in calls]),
        _numbers([(call.tool, call.arguments) for _, call in calls]),
        _numbers([call.result or call.arguments for _, call in calls]),
        flags,
    )


def _numbers(words: list[object]) -> stretches.Numbers:
    known: dict[object, int] = {}
    return np.array([known.setdefault(word, len(known) + 1) for word in words], np.uint64)
