"""Runs that end as a success with something left undone, and runs that may end so."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

KIND = "correct_invoice"


def effect(at: float, kind: str = "adjust", **more: Any) -> Span:
    """A tool call with an effect."""
    said = {"wakeline.effect.kind": kind, "wakeline.effect.metric": "cash"}
    said |= {f"wakeline.effect.{name}": value for name, value in more.items()}
    made = call(at, "correct_invoice", {"invoice_id": "INV-1"}, {"ok": True})
    return Span(made.attributes, at, events=[("wakeline.effect", said)])


def _meaning(spans: Sequence[Span]) -> list[Span]:
    """The run, which says what it is for."""
    said = {"wakeline.intent.id": "i-1", "wakeline.intent.kind": KIND}
    first = spans[0]
    told = [*first.events, ("wakeline.intent", said)]
    return [
        Span(first.attributes, lasts=9, under=None, failed=first.failed, events=told),
        *spans[1:],
    ]


def _obligation(rng: Random) -> str:
    return f"credit-note-{rng.randint(1, 10**9)}"


def obligation_left_open(rng: Random) -> Sequence[Span]:
    return [root(), effect(2, opens=_obligation(rng)), chat(3, "Done.")]


def required_effect_missing(rng: Random) -> Sequence[Span]:
    other = [effect(2, rng.choice(["note", "letter"]))] if rng.random() < 0.5 else []
    return _meaning([root(), *other, chat(3, "Done.")])


def answer_cut(rng: Random) -> Sequence[Span]:
    cut = {"gen_ai.response.finish_reasons": '["length"]'}
    return [root(), chat(1, "I look."), chat(rng.randint(2, 9), "So it", **cut)]


def _step(at: float, done: int, total: int) -> Span:
    progress: dict[str, Any] = {"wakeline.progress.done": done, "wakeline.progress.total": total}
    return chat(at, "On.", **progress)


def plan_unfinished(rng: Random) -> Sequence[Span]:
    total = rng.randint(3, 9)
    return [root(), chat(1, "I look."), _step(2, rng.randint(0, total - 1), total)]


def budget_spent(rng: Random) -> Sequence[Span]:
    inner = call(
        2, "sub_agent", {"x": rng.randint(1, 9)}, failed=True, **{"error.type": "MaxTurnsExceeded"}
    )
    return [root(), inner, chat(3, "Done.")]


def closed(rng: Random) -> Sequence[Span]:
    name = _obligation(rng)
    return [root(), effect(2, opens=name), effect(3, "issue", closes=name), chat(4, "Done.")]


def required_effect_there(rng: Random) -> Sequence[Span]:
    return _meaning([root(), effect(rng.randint(2, 5)), chat(6, "Done.")])


def to_a_person(rng: Random) -> Sequence[Span]:
    to = rng.choice(["human", "back-office-queue", "duty desk"])
    said = {"wakeline.handoff.id": "h-1", "wakeline.handoff.to": to}
    handing = Span(chat(3, "Over to you.").attributes, 3, events=[("wakeline.handoff", said)])
    return [root(), effect(2, opens=_obligation(rng)), handing]


def failed(rng: Random) -> Sequence[Span]:
    first = Span(root().attributes, lasts=9, under=None, failed=True)
    return [first, effect(2, opens=_obligation(rng)), chat(3, "It failed.")]


def plan_finished(rng: Random) -> Sequence[Span]:
    total = rng.randint(3, 9)
    return [root(), *(_step(1 + n, n, total) for n in range(total + 1))]


def cut_and_continued(rng: Random) -> Sequence[Span]:
    cut = {"gen_ai.response.finish_reasons": '["length"]'}
    whole = {"gen_ai.response.finish_reasons": '["stop"]'}
    return [root(), chat(1, "So it", **cut), chat(rng.randint(2, 9), "is.", **whole)]


def waits_for_approval(rng: Random) -> Sequence[Span]:
    waiting = call(2, "pay", {"x": 1}, failed=True, **{"error.type": "GraphInterrupt"})
    return [root(), effect(1, opens=_obligation(rng)), waiting]


def nothing_to_do(rng: Random) -> Sequence[Span]:
    return [root(), *(chat(1 + n, "Fine.") for n in range(rng.randint(1, 5)))]


def no_run(rng: Random) -> Sequence[Span]:
    cut = {"gen_ai.response.finish_reasons": '["length"]'}
    one = chat(rng.randint(1, 5), "So it", **cut)
    return [Span(one.attributes, under=None)]


SUITE = Suite(
    positives={
        one.__name__: one
        for one in (
            obligation_left_open,
            required_effect_missing,
            answer_cut,
            plan_unfinished,
            budget_spent,
        )
    },
    traps={
        one.__name__: one
        for one in (
            closed,
            required_effect_there,
            to_a_person,
            failed,
            plan_finished,
            cut_and_continued,
            waits_for_approval,
            nothing_to_do,
            no_run,
        )
    },
    each=(5, 6),
)
