"""Runs in which an argument was made up, and runs in which it only looks so."""

import uuid
from collections.abc import Sequence
from random import Random

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root


def _invoice(rng: Random) -> str:
    return f"INV-{rng.randint(10_000, 99_999)}"


def _start(rng: Random, *words: str) -> list[Span]:
    heard = " ".join(("Please look at", *words, f"for customer C{rng.randint(1000, 9999)}."))
    return [root(), chat(1, "I look.", heard)]


def invented_id(rng: Random) -> Sequence[Span]:
    return [*_start(rng, _invoice(rng)), call(2, "get_invoice", {"invoice_id": _invoice(rng)})]


def wrong_digit(rng: Random) -> Sequence[Span]:
    told = _invoice(rng)
    wrong = told[:-1] + str((int(told[-1]) + 1) % 10)
    return [*_start(rng, told), call(2, "pay", {"order": {"invoice_id": wrong}})]


def invented_amount(rng: Random) -> Sequence[Span]:
    price = rng.randint(100, 900)
    found = {"invoice_id": "INV-1234", "price": price}
    return [
        *_start(rng, "INV-1234"),
        call(2, "get_invoice", {"invoice_id": "INV-1234"}, found),
        call(3, "pay_out", {"invoice_id": "INV-1234", "amount": price * 7 + 1234.17}),
    ]


def known_only_later(rng: Random) -> Sequence[Span]:
    name = _invoice(rng)
    return [
        *_start(rng, "my invoice"),
        call(2, "get_invoice", {"invoice_id": name}),
        chat(9, "Which?", f"It is {name}."),
    ]


def told(rng: Random) -> Sequence[Span]:
    name = _invoice(rng)
    return [*_start(rng, name), call(2, "get_invoice", {"invoice_id": name})]


def other_spelling(rng: Random) -> Sequence[Span]:
    number = rng.randint(10_000, 99_999)
    return [*_start(rng, f"invoice {number}"), call(2, "get_invoice", {"invoice_id": f"#{number}"})]


def in_a_result(rng: Random) -> Sequence[Span]:
    name = _invoice(rng)
    return [
        *_start(rng, "my last invoice"),
        call(2, "find_invoices", {"text": "last"}, {"results": [{"invoice_id": name}]}),
        call(4, "get_invoice", {"invoice_id": name}),
    ]


def in_the_instructions(rng: Random) -> Sequence[Span]:
    code = f"GL-{rng.randint(1000, 9999)}"
    said = {"gen_ai.system_instructions": f"Book on account {code}."}
    return [root(), chat(1, "I do.", "Book it", **said), call(2, "book", {"account": code})]


def a_default(rng: Random) -> Sequence[Span]:
    code = f"DE{rng.randint(100, 999)}"
    definitions = f'[{{"name": "book", "parameters": {{"default": "{code}"}}}}]'
    offered = {"gen_ai.tool.definitions": definitions}
    return [root(), chat(1, "I do.", "Book it", **offered), call(2, "book", {"tax_code": code})]


def computed(rng: Random) -> Sequence[Span]:
    one, other = rng.randint(100, 900), rng.randint(11, 97)
    amount = rng.choice([one + other, one - other, one * other / 100, round(one * other, 2)])
    found = {"price": one, "delivery": other}
    return [
        *_start(rng, "INV-1234"),
        call(2, "get_invoice", {"invoice_id": "INV-1234"}, found),
        call(4, "pay_out", {"invoice_id": "INV-1234", "amount": amount}),
    ]


def fresh_uuid(rng: Random) -> Sequence[Span]:
    made_up = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    arguments = {"payment_id": made_up, "idempotency_key": f"k{rng.randint(10_000, 99_999)}"}
    return [*_start(rng, "it"), call(2, "pay", arguments)]


def truncated(rng: Random) -> Sequence[Span]:
    cut = '{"invoices": [' + '{"invoice_id": "INV-1"}, ' * 20
    return [
        *_start(rng, "my invoices"),
        call(2, "find_invoices", {"text": "all"}, cut),
        call(4, "get_invoice", {"invoice_id": _invoice(rng)}),
    ]


def nothing_recorded(rng: Random) -> Sequence[Span]:
    return [root(), chat(1), call(2, "get_invoice", {"invoice_id": _invoice(rng)})]


def thousands(rng: Random) -> Sequence[Span]:
    amount = rng.randint(1_000, 900_000)
    heard = f"Pay out {amount:,}.50 to customer C1234."
    return [root(), chat(1, "I do.", heard), call(2, "pay_out", {"amount": amount + 0.5})]


SUITE = Suite(
    positives={
        one.__name__: one for one in (invented_id, wrong_digit, invented_amount, known_only_later)
    },
    traps={
        one.__name__: one
        for one in (
            told,
            other_spelling,
            in_a_result,
            in_the_instructions,
            a_default,
            computed,
            fresh_uuid,
            truncated,
            nothing_recorded,
            thousands,
        )
    },
    each=(6, 6),
)
