"""Runs that take one of several candidates unasked, and runs that had a reason to take it."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root


def _found(rng: Random, count: int = 3) -> list[dict[str, Any]]:
    return [
        {"customer_id": f"C{rng.randint(10_000, 99_999)}", "name": "Kim Lee"} for _ in range(count)
    ]


def _run(found: Any, *rest: Span, heard: str = "Refund Kim Lee.", tool: str = "") -> list[Span]:
    search = call(2, tool or "search_customers", {"name": "Kim Lee"}, found)
    return [root(), chat(1, "I look.", heard), search, *rest]


def _refund(at: float, taken: Any, tool: str = "refund") -> Span:
    return call(at, tool, {"customer_id": taken["customer_id"], "amount": 20})


def first_of_many(rng: Random) -> Sequence[Span]:
    found = _found(rng, rng.randint(2, 9))
    return _run(found, _refund(3, found[0]))


def in_an_object(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    tool = rng.choice(["cancel_contract", "update_customer", "send_letter"])
    return _run({"results": found}, _refund(3, found[-1], tool), tool="find_customers")


def looked_at_another(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    look = call(3, "get_customer", {"customer_id": found[1]["customer_id"]}, {"open": 1})
    return _run(found, look, _refund(4, found[0]))


def only_one(rng: Random) -> Sequence[Span]:
    found = _found(rng, 1)
    return _run(found, _refund(3, found[0]))


def asked(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    number = rng.randrange(3)
    answer = chat(2.5, "Which one?", rng.choice(["The second.", f"{found[number]['customer_id']}"]))
    return _run(found, answer, _refund(3, found[number]))


def looked_closer(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    look = call(2.5, "get_customer", {"customer_id": found[0]["customer_id"]}, {"open": 1})
    return _run(found, look, _refund(3, found[0]))


def exact_key(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    heard = f"Refund Kim Lee, {found[0]['customer_id']}."
    return _run(found, _refund(3, found[0]), heard=heard)


def ranked(rng: Random) -> Sequence[Span]:
    found = [one | {"score": 0.9 - n / 9} for n, one in enumerate(_found(rng))]
    return _run(found, _refund(3, found[0]))


def for_each(rng: Random) -> Sequence[Span]:
    found = _found(rng, 4)
    return _run(found, *(_refund(3 + n, one) for n, one in enumerate(found)))


def only_read(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    return _run(found, call(3, "get_orders", {"customer_id": found[0]["customer_id"]}, []))


def no_search(rng: Random) -> Sequence[Span]:
    found = _found(rng)
    return _run(found, _refund(3, found[0]), tool="open_case")


def something_else(rng: Random) -> Sequence[Span]:
    return _run(_found(rng), _refund(3, _found(rng)[0]))


SUITE = Suite(
    positives={one.__name__: one for one in (first_of_many, in_an_object, looked_at_another)},
    traps={
        one.__name__: one
        for one in (
            only_one,
            asked,
            looked_closer,
            exact_key,
            ranked,
            for_each,
            only_read,
            no_search,
            something_else,
        )
    },
    each=(7, 6),
)
