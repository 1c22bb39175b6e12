"""Runs in which a tool is called that was not offered, and runs in which it only looks so."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

NAMES = ["get_invoice", "correct_invoice", "search_policies", "send_letter", "get_customer"]


def offered(*names: str) -> dict[str, Any]:
    """Attributes of a model call that offers tools of these names."""
    one = {"type": "function", "parameters": {"type": "object", "properties": {}}}
    return {"gen_ai.tool.definitions": json.dumps([one | {"name": name} for name in names])}


def _known(rng: Random) -> list[str]:
    return rng.sample(NAMES, 3)


def invented(rng: Random) -> Sequence[Span]:
    names = _known(rng)
    wrong = call(2, f"{names[0]}_v{rng.randint(2, 9)}", {"q": 1}, {"error": "unknown tool"})
    return [root(), chat(1, "I look.", "please", **offered(*names)), wrong]


def asked_by_the_model(rng: Random) -> Sequence[Span]:
    said = json.dumps(
        [{"role": "assistant", "parts": [{"type": "tool_call", "name": "delete_all", "id": "c1"}]}]
    )
    return [root(), chat(1, heard="x", **offered(*_known(rng)), **{"gen_ai.output.messages": said})]


def of_another_agent(rng: Random) -> Sequence[Span]:
    return [
        root(),
        chat(1, "a", "b", **offered("get_invoice")),
        chat(2, "a", "b", agent="writer", **offered("send_letter")),
        call(3, "send_letter", {"to": rng.randint(1, 9)}),
    ]


def healthy(rng: Random) -> Sequence[Span]:
    names = _known(rng)
    calls = [call(2 + number, rng.choice(names), {"n": number}) for number in range(3)]
    return [root(), chat(1, "a", "b", **offered(*names)), *calls]


def not_recorded(rng: Random) -> Sequence[Span]:
    return [root(), chat(1, "a", "b"), call(2, rng.choice(NAMES), {"n": 1})]


def recorded_in_part(rng: Random) -> Sequence[Span]:
    return [
        root(),
        chat(1, "a", "b", **offered("get_invoice")),
        chat(2, "a", "b"),
        call(3, "send_letter", {"n": rng.randint(1, 9)}),
    ]


def truncated(rng: Random) -> Sequence[Span]:
    cut = json.dumps(offered(*NAMES))[: rng.randint(60, 120)]
    return [
        root(),
        chat(1, "a", "b", **{"gen_ai.tool.definitions": "[" + cut}),
        call(2, "send_letter", {"n": 1}),
    ]


def name_space(rng: Random) -> Sequence[Span]:
    name = rng.choice(NAMES)
    prefix = rng.choice(["mcp__billing__", "billing.", "billing/", "functions."])
    pair = (name, prefix + name) if rng.random() < 0.5 else (prefix + name, name)
    return [root(), chat(1, "a", "b", **offered(pair[0])), call(2, pair[1], {"n": 1})]


def handing_over(rng: Random) -> Sequence[Span]:
    name = rng.choice(["transfer_to_writer", "handoff to writer", "transfer_to_agent"])
    return [root(), chat(1, "a", "b", **offered("get_invoice")), call(2, name, {"why": "x"})]


SUITE = Suite(
    positives={one.__name__: one for one in (invented, asked_by_the_model, of_another_agent)},
    traps={
        one.__name__: one
        for one in (
            healthy,
            not_recorded,
            recorded_in_part,
            truncated,
            name_space,
            handing_over,
        )
    },
    each=(8, 9),
)
