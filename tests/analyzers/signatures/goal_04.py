"""Runs that lose their context and look things up again, and runs that only seem to."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

INVOICE = {"invoice_id": "INV-1", "amount": 20}


def _model(at: float, tokens: float, **more: Any) -> Span:
    return chat(at, "I go on.", **{"gen_ai.usage.input_tokens": int(tokens)} | more)


def _look(at: float, result: Any = INVOICE, tool: str = "get_invoice", key: int = 1) -> Span:
    return call(at, tool, {"invoice_id": f"INV-{key}"}, result)


def forgot(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    drop = rng.uniform(0.05, 0.45)
    return [root(), _model(1, size), _look(2), _model(3, size * drop), _look(4)]


def forgot_for_long(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    after = [_model(10 + n, size * (0.2 + n / 20)) for n in range(4)]
    looks = [_look(2, {"a": 1}, key=1), _look(2.5, {"a": 2}, key=2)]
    again = [_look(20, {"a": 1}, key=1), _look(21, {"a": 2}, key=2)]
    return [root(), _model(1, size), *looks, *after, *again]


def compacted(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    return [root(), _model(1, size), _look(2), _model(3, size / 4), _look(4, key=2)]


def grows(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    return [root(), _model(1, size), _look(2), _model(3, size * 1.2), _look(4)]


def side_call(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    calls = [_model(1, size), _look(2), _model(3, 300), _model(4, size * 1.1), _look(5)]
    return [root(), *calls]


def other_model(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    small = _model(3, size / 5, **{"gen_ai.request.model": "m-small"})
    return [root(), _model(1, size), _look(2), small, _look(4)]


def another_agent(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    other = _model(3, size / 5, **{"gen_ai.agent.name": "checker"})
    look = call(4, "get_invoice", {"invoice_id": "INV-1"}, INVOICE, agent="checker")
    return [root(), _model(1, size), _look(2), other, look]


def it_changed(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    return [root(), _model(1, size), _look(2), _model(3, size / 4), _look(4, {"amount": 21})]


def polls(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    looks = [_look(2 + n / 9) for n in range(4)]
    return [root(), _model(1, size), *looks, _model(3, size / 4), _look(4)]


def writes_again(rng: Random) -> Sequence[Span]:
    size = rng.randint(4_000, 90_000)
    first, again = (_look(at, {"ok": True}, "update_invoice") for at in (2, 4))
    return [root(), _model(1, size), first, _model(3, size / 4), again]


def small(rng: Random) -> Sequence[Span]:
    size = rng.randint(100, 900)
    return [root(), _model(1, size), _look(2), _model(3, size / 4), _look(4)]


SUITE = Suite(
    positives={one.__name__: one for one in (forgot, forgot_for_long)},
    traps={
        one.__name__: one
        for one in (
            compacted,
            grows,
            side_call,
            other_model,
            another_agent,
            it_changed,
            polls,
            writes_again,
            small,
        )
    },
    each=(12, 6),
)
