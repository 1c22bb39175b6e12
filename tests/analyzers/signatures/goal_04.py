"""Runs that lose their context and look things up again, and runs that only seem to."""

import json
from collections.abc import Sequence
from dataclasses import replace
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


def _told(at: float, instructions: str, **more: Any) -> Span:
    said = json.dumps([{"type": "text", "content": instructions}])
    return chat(at, "I go on.", **{"gen_ai.system_instructions": said} | more)


def _ask(at: float, answer: str, question: str = "What is your account number?") -> Span:
    return call(at, "ask_user", {"question": question}, answer)


def _data(
    span: Span, value: float, kind: str = "primary", access: str = "read", **more: Any
) -> Span:
    said: dict[str, Any] = {
        "entity.ref": "account:7",
        "data.field": "rate",
        "data.source_kind": kind,
    }
    said |= {"data.value_num": value, "data.value_hash": f"{hash(value) % 10**16:016d}"} | more
    event = {f"wakeline.{name}": one for name, one in said.items()}
    return replace(span, events=[*span.events, (f"wakeline.data.{access}", event)])


def _falls(rng: Random, before: Span, after: Span) -> list[Span]:
    """A context that falls from call to call, and what happens around that."""
    size = rng.randint(4_000, 90_000)
    return [root(), _model(1, size), before, _model(3, size / 4), after]


def other_instructions(rng: Random) -> Sequence[Span]:
    was, became = (f"You are clerk {n} of team {rng.random()}." for n in (1, 2))
    before = [_told(1, was), _look(2), _told(3, was)]
    return [root(), *before, *(_told(4 + n, became) for n in range(3)), _look(8)]


def asked_again(rng: Random) -> Sequence[Span]:
    again = f"As I said, A-{rng.randint(1, 99)}!"
    return _falls(rng, _ask(2, "A-7"), _ask(4, again))


def read_again(rng: Random) -> Sequence[Span]:
    value = rng.randint(1, 99)
    return _falls(rng, _data(chat(2), value), _data(chat(4), value))


def read_again_at_another_time(rng: Random) -> Sequence[Span]:
    """The answer says when it was given, so no two are alike; what was read is."""
    value = rng.randint(1, 99)
    return _falls(rng, *(_data(_look(at, {"rate": value, "at": at}), value) for at in (2, 4)))


def contradicted(rng: Random) -> Sequence[Span]:
    value = rng.randint(1, 99)
    kind = rng.choice(("memory", "prompt"))
    return _falls(rng, _data(_look(2), value), _data(chat(4), value + 1, kind))


def contradicted_by_hash(rng: Random) -> Sequence[Span]:
    """Of values that are no numbers, hashes are compared."""
    before, after = (
        replace(one, events=[(name, {**said, "wakeline.data.value_num": "net"})])
        for one in (_data(_look(2), 1), _data(chat(4), 2, "memory"))
        for name, said in one.events
    )
    return _falls(rng, before, after)


def with_a_clock(rng: Random) -> Sequence[Span]:
    """Instructions that say what time it is."""
    calls = [_told(n, f"It is {n}:{rng.randint(10, 59)}.") for n in (1, 3, 5, 6)]
    return [root(), *calls, _look(2), _look(7)]


def for_one_call(rng: Random) -> Sequence[Span]:
    """A summary in between is asked for with instructions of its own."""
    told = ["work"] * 3 + [f"sum up {rng.random()}"] + ["work"] * 3
    return [root(), *(_told(1 + 2 * n, one) for n, one in enumerate(told)), _look(2), _look(14)]


def other_instructions_alone(rng: Random) -> Sequence[Span]:
    """A new phase that knows what the one before it looked up."""
    told = ["plan"] * 3 + [f"act {rng.random()}"] * 3
    calls = [_told(1 + 2 * n, one) for n, one in enumerate(told)]
    return [root(), *calls, _look(2), _look(14, key=2)]


def nobody_by_name(rng: Random) -> Sequence[Span]:
    """Two that have no names may be two agents."""
    told = ["plan"] * 3 + [f"act {rng.random()}"] * 3
    spans = [_told(1 + n, one) for n, one in enumerate(told)]
    nameless = [root(), *spans, _look(2.5), _look(14)]
    return [
        replace(one, attributes={k: v for k, v in one.attributes.items() if "agent.name" not in k})
        for one in nameless
    ]


def asks_for_a_yes(rng: Random) -> Sequence[Span]:
    answers = rng.sample(["yes", "go on", "please do", "fine"], 2)
    return _falls(
        rng, *(_ask(at, one, "Proceed?") for at, one in zip((2, 4), answers, strict=True))
    )


def asks_something_else(rng: Random) -> Sequence[Span]:
    return _falls(rng, _ask(2, "A-7"), _ask(4, "Monday", f"On which day of {rng.random()}?"))


def read_news(rng: Random) -> Sequence[Span]:
    value = rng.randint(1, 99)
    return _falls(rng, _data(chat(2), value), _data(chat(4), value + 1))


def wrote_it(rng: Random) -> Sequence[Span]:
    """It looks whether what it wrote arrived, or knows what it wrote."""
    value = rng.randint(1, 99)
    kind = rng.choice(("memory", "primary"))
    change = _data(chat(2.5), value + 1, access="write")
    size = rng.randint(4_000, 90_000)
    after = _data(chat(4), value + 1, kind)
    return [root(), _model(1, size), _data(chat(2), value), change, _model(3, size / 4), after]


def remembers(rng: Random) -> Sequence[Span]:
    value = rng.randint(1, 99)
    return _falls(rng, _data(_look(2), value), _data(chat(4), value, "memory"))


def reads_then_remembers(rng: Random) -> Sequence[Span]:
    """What it takes from memory is what it has read anew."""
    value = rng.randint(1, 99)
    spans = _falls(rng, _data(_look(2), value), _data(_look(4, key=2), value + 1))
    return [*spans, _data(chat(5), value + 1, "memory")]


def shared_field(rng: Random) -> Sequence[Span]:
    """One rate, looked at for each of two things."""
    rate = rng.randint(1, 99)
    return _falls(rng, _data(_look(2), rate), _data(_look(4, {"a": 1}, key=2), rate))


def several_reads(rng: Random) -> Sequence[Span]:
    """It reads it at every step anyhow."""
    value = rng.randint(1, 99)
    size = rng.randint(4_000, 90_000)
    before = [_data(chat(1.5 + n / 9), value) for n in range(3)]
    return [root(), _model(1, size), *before, _model(3, size / 4), _data(chat(4), value)]


SUITE = Suite(
    positives={
        one.__name__: one
        for one in (
            forgot,
            forgot_for_long,
            other_instructions,
            asked_again,
            read_again,
            read_again_at_another_time,
            contradicted,
            contradicted_by_hash,
        )
    },
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
            with_a_clock,
            for_one_call,
            other_instructions_alone,
            nobody_by_name,
            asks_for_a_yes,
            asks_something_else,
            read_news,
            wrote_it,
            remembers,
            reads_then_remembers,
            shared_field,
            several_reads,
        )
    },
    each=(12, 6),
)
