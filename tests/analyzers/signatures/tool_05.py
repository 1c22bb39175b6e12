"""Runs that act on a result which is empty for once, and runs for which empty is nothing new."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

ROW = {"order_id": "O-1234", "state": "open"}
USUAL_CALLS = 60


def _run(*calls: Span, acts: bool = True) -> list[Span]:
    act = [call(9, "send_letter", {"text": "There are none."}, {"sent": True})] if acts else []
    return [root(), chat(1, "I look.", "What is open?"), *calls, *act]


def _empty(rng: Random) -> Any:
    return rng.choice([[], {"results": []}, {"orders_found": 0, "rows": []}, "[]"])


def empty(rng: Random) -> Sequence[Span]:
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, _empty(rng)))


def partial(rng: Random) -> Sequence[Span]:
    result = {"results": [ROW] * 3, "total": rng.randint(4, 99)}
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, result))


def filled_too_late(rng: Random) -> Sequence[Span]:
    late = call(20, "list_orders", {"q": 1}, [ROW, ROW])
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, []), late)


def usual(rng: Random) -> Sequence[Span]:
    rows = [[ROW] * rng.randint(1, 5) for _ in range(USUAL_CALLS)]
    return _run(*(call(2 + n / 99, "list_orders", {"q": n}, found) for n, found in enumerate(rows)))


def often_empty(rng: Random) -> Sequence[Span]:
    rows = [[ROW] * rng.randint(0, 2) for _ in range(USUAL_CALLS)]
    return _run(
        *(call(2 + n / 99, "search_notes", {"q": n}, found) for n, found in enumerate(rows))
    )


def first_use(rng: Random) -> Sequence[Span]:
    return _run(call(2, f"list_{rng.randint(10**6, 10**9)}", {"q": 1}, []))


def nothing_done(rng: Random) -> Sequence[Span]:
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, _empty(rng)), acts=False)


def looked_again(rng: Random) -> Sequence[Span]:
    again = call(4, "list_orders", {"q": "all"}, {"results": [ROW], "total": 1})
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, _empty(rng)), again)


def failed(rng: Random) -> Sequence[Span]:
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}, [], failed=True))


def not_recorded(rng: Random) -> Sequence[Span]:
    return _run(call(2, "list_orders", {"q": rng.randint(1, 99)}))


def whole(rng: Random) -> Sequence[Span]:
    count = rng.randint(1, 5)
    return _run(call(2, "list_orders", {"q": 1}, {"results": [ROW] * count, "total": count}))


def a_text(rng: Random) -> Sequence[Span]:
    return _run(call(2, "list_orders", {"q": 1}, f"{rng.randint(1, 9)} orders are open"))


SUITE = Suite(
    positives={one.__name__: one for one in (empty, partial, filled_too_late)},
    traps={
        one.__name__: one
        for one in (
            usual,
            often_empty,
            first_use,
            nothing_done,
            looked_again,
            failed,
            not_recorded,
            whole,
            a_text,
        )
    },
    each=(7, 18),
)
