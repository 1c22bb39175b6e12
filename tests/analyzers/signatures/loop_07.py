"""Runs that run away, and runs that are merely deep, long, dear or new."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import RECEIVED, TENANT, Span, Suite, chat, root

REGULARS = [f"regular-{number}" for number in range(40)]


def history(rng: Random) -> list[dict[str, Any]]:
    """What each of the regular agents' last 60 runs came to, as rows of run_totals."""
    return [
        {
            "tenant": TENANT,
            "received": RECEIVED - timedelta(days=rng.randint(1, 6)),
            "retention_days": 30,
            "agent": agent,
            "trace_id": f"{agent}-{number}",
            "steps": rng.randint(5, 10),
            "cost": rng.uniform(0.05, 0.6),
        }
        for agent in REGULARS
        for number in range(60)
    ]


def _invoke(at: float, agent: str, under: int, **more: Any) -> Span:
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent}
    return Span(attributes | more, at, under=under)


def _chats(count: int, agent: str, **more: Any) -> list[Span]:
    return [chat(1 + n / 100, agent=agent, **more) for n in range(count)]


def recursion(rng: Random) -> Sequence[Span]:
    return [root(), *(_invoke(1 + n, "clerk", n) for n in range(rng.randint(4, 9)))]


def mutual_recursion(rng: Random) -> Sequence[Span]:
    names = ["checker", "clerk"]
    return [root(), *(_invoke(1 + n, names[n % 2], n) for n in range(rng.randint(8, 12)))]


def deeper_and_deeper(rng: Random) -> Sequence[Span]:
    return [root(), *(_invoke(1 + n, f"agent-{n}", n) for n in range(rng.randint(33, 40)))]


def far_too_long(rng: Random) -> Sequence[Span]:
    agent = rng.choice(REGULARS)
    return [root(agent), *_chats(rng.randint(40, 60), agent)]


def far_too_dear(rng: Random) -> Sequence[Span]:
    cost = {"gen_ai.usage.cost.amount": rng.uniform(2, 9)}
    agent = rng.choice(REGULARS)
    return [root(agent), *_chats(3, agent, **cost)]


def out_of_turns(rng: Random) -> Sequence[Span]:
    kinds = ["GraphRecursionError", "MaxTurnsExceeded", "agents.exceptions.MaxTurnsExceeded"]
    end = root(**{"error.type": rng.choice(kinds)})
    return [Span(end.attributes, lasts=9, under=None, failed=True), chat(1)]


def cut_again_and_again(rng: Random) -> Sequence[Span]:
    cut = {"gen_ai.response.finish_reasons": '["length"]'}
    return [root(), *_chats(rng.randint(3, 6), "clerk", **cut)]


def regular(rng: Random) -> Sequence[Span]:
    cost = {"gen_ai.usage.cost.amount": rng.uniform(0.01, 0.1)}
    agent = rng.choice(REGULARS)
    return [root(agent), *_chats(rng.randint(4, 9), agent, **cost)]


def deep_on_purpose(rng: Random) -> Sequence[Span]:
    return [root(), *(_invoke(1 + n, f"agent-{n}", n) for n in range(rng.randint(10, 28)))]


def new_agent(rng: Random) -> Sequence[Span]:
    agent = f"new-{rng.randint(1, 10**9)}"
    return [root(agent), *_chats(rng.randint(40, 60), agent)]


def side_by_side(rng: Random) -> Sequence[Span]:
    return [root(), *(_invoke(1 + n, "clerk", 0) for n in range(rng.randint(5, 20)))]


def called_twice(rng: Random) -> Sequence[Span]:
    return [root(), _invoke(1, "clerk", 0), _invoke(2, "clerk", 1), _invoke(3, "writer", 2)]


def cut_once(rng: Random) -> Sequence[Span]:
    cut = {"gen_ai.response.finish_reasons": '["length"]'}
    return [root(), *_chats(rng.randint(1, 2), "clerk", **cut), *_chats(3, "clerk")]


def other_error(rng: Random) -> Sequence[Span]:
    end = root(**{"error.type": rng.choice(["ValueError", "timeout", "RateLimitError"])})
    return [Span(end.attributes, lasts=9, under=None, failed=True), chat(1)]


SUITE = Suite(
    positives={
        one.__name__: one
        for one in (
            recursion,
            mutual_recursion,
            deeper_and_deeper,
            far_too_long,
            far_too_dear,
            out_of_turns,
            cut_again_and_again,
        )
    },
    traps={
        one.__name__: one
        for one in (
            regular,
            deep_on_purpose,
            new_agent,
            side_by_side,
            called_twice,
            cut_once,
            other_error,
        )
    },
    each=(3, 8),
)
