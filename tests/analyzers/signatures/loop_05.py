"""Runs that say or plan the same again and again, and runs that only sound alike."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, chat, messages, root

WORDS = [
    "invoice",
    "customer",
    "check",
    "amount",
    "approve",
    "policy",
    "letter",
    "note",
    "contract",
    "price",
    "refund",
    "delivery",
    "account",
    "ledger",
    "payment",
    "reminder",
    "clause",
    "discount",
    "tax",
    "order",
    "ticket",
    "queue",
    "reply",
    "draft",
    "review",
    "budget",
    "report",
    "supplier",
    "meeting",
    "branch",
    "region",
    "status",
    "history",
    "record",
    "summary",
    "audit",
]


def sentence(rng: Random, words: int = 14) -> str:
    return " ".join(rng.choices(WORDS, k=words)) + "."


def altered(rng: Random, text: str, words: int) -> str:
    """The same with some words replaced."""
    parts = text.split()
    for place in rng.sample(range(len(parts)), words):
        parts[place] = f"{rng.choice(WORDS)}ly"
    return " ".join(parts)


def _run(texts: Sequence[str], agent: str = "clerk", **more: Any) -> list[Span]:
    spans = [chat(1 + n, text, agent=agent, **more) for n, text in enumerate(texts)]
    return [root(agent), *spans]


def restates(rng: Random) -> Sequence[Span]:
    text = sentence(rng, 20)
    before = [sentence(rng) for _ in range(rng.randint(0, 4))]
    return _run([*before, text, *(altered(rng, text, 1) for _ in range(3))])


def restates_in_between(rng: Random) -> Sequence[Span]:
    text = sentence(rng, 20)
    return _run([text, altered(rng, text, 1), sentence(rng), text, altered(rng, text, 1)])


def replans(rng: Random) -> Sequence[Span]:
    plan = sentence(rng, 24)
    more: dict[str, Any] = {"gen_ai.operation.name": "plan", "wakeline.progress.done": 2}
    return _run([plan, altered(rng, plan, 1), plan], **more)


def says_so(rng: Random) -> Sequence[Span]:
    ledger = {"is_in_loop": {"reason": sentence(rng), "answer": True}, "next": "clerk"}
    return _run([sentence(rng), json.dumps(ledger), sentence(rng)])


def starts_over(rng: Random) -> Sequence[Span]:
    return _run([sentence(rng), "Stalled.... Replanning...", sentence(rng)])


def different(rng: Random) -> Sequence[Span]:
    return _run([sentence(rng) for _ in range(8)])


def ledgers(rng: Random) -> Sequence[Span]:
    ledger = {"is_in_loop": {"reason": "no", "answer": False}, "next_speaker": "the clerk"}
    return _run([json.dumps(ledger | {"step": n}) for n in range(8)])


def fenced_ledgers(rng: Random) -> Sequence[Span]:
    return _run([f"```json\n{json.dumps({'the plan is to': sentence(rng)})}\n```"] * 6)


def templates(rng: Random) -> Sequence[Span]:
    return _run(
        [
            f"The invoice {rng.randint(1000, 9999)} was checked and booked for "
            f"{rng.choice(WORDS)}, with an amount of {rng.randint(10, 999)} in the usual way."
            for _ in range(8)
        ]
    )


def templates_of_names(rng: Random) -> Sequence[Span]:
    names = rng.sample(["Kim", "Lee", "Ada", "Noor", "Ben", "Ivo", "Mia", "Tom"], 6)
    return _run(
        [f"I have answered the request of {name} and closed it in the usual way." for name in names]
    )


def greetings(rng: Random) -> Sequence[Span]:
    return _run([rng.choice(["Hello, what can I do?", "Sure, one moment please."])] * 8)


def echoes(rng: Random) -> Sequence[Span]:
    said = f'[tool_call search {{"text": "{sentence(rng)}"}}]'
    return _run([f"Now.\n{said}"] * 8)


def twice_only(rng: Random) -> Sequence[Span]:
    text = sentence(rng, 20)
    return _run([text, sentence(rng), text, sentence(rng), sentence(rng)])


def far_apart(rng: Random) -> Sequence[Span]:
    text = sentence(rng, 20)
    between = [[sentence(rng) for _ in range(6)] for _ in range(4)]
    return _run([one for gap in between for one in (text, *gap)])


def of_several_agents(rng: Random) -> Sequence[Span]:
    text = sentence(rng, 20)
    spans = [chat(1 + n, text, agent=f"agent-{n}") for n in range(6)]
    return [root(), *spans]


def plans_with_progress(rng: Random) -> Sequence[Span]:
    plan = sentence(rng, 24)
    output = messages("assistant", plan)
    steps = [
        Span(
            {
                "gen_ai.operation.name": "plan",
                "gen_ai.agent.name": "clerk",
                "gen_ai.output.messages": output,
                "wakeline.progress.done": n,
            },
            at=1 + n,
        )
        for n in range(5)
    ]
    return [root(), *steps]


def repeated_by_the_run(rng: Random) -> Sequence[Span]:
    """The run's own span repeats what its last model call said."""
    text = sentence(rng, 20)
    output = {"gen_ai.output.messages": messages("assistant", text)}
    return [root(**output), chat(1, text), chat(2, sentence(rng)), chat(3, sentence(rng))]


def _kinds(*makers: Callable[[Random], Sequence[Span]]) -> dict[str, Any]:
    return {one.__name__: one for one in makers}


SUITE = Suite(
    positives=_kinds(restates, restates_in_between, replans, says_so, starts_over),
    traps=_kinds(
        different,
        ledgers,
        fenced_ledgers,
        templates,
        templates_of_names,
        greetings,
        echoes,
        twice_only,
        far_apart,
        of_several_agents,
        plans_with_progress,
        repeated_by_the_run,
    ),
    each=(6, 5),
)
