"""Does the engine reckon what model calls cost by the prices in force, found under every name?"""

from collections.abc import Mapping
from datetime import date
from itertools import product
from typing import Any, NamedTuple

import pytest

from domain.envelope import Signal
from domain.prices import Price, PriceTable
from storage import price_rows, prices
from storage.prices import PricesConfig
from storage.store import Store
from tests.contracts.segments import record, spans, token
from tests.contracts.store_contract import number

TODAY = date(2026, 11, 27)
SHIPPED = prices.table(PricesConfig()).rows(TODAY)
# Powers of two, so that sums are exact.
PRICE = Price(
    "m", "maker", input_usd=8.0, output_usd=32.0, cache_read_usd=1.0, cache_write_usd=16.0,
    reasoning_usd=64.0, batch_factor=0.5,
)  # fmt: skip


class Cost(NamedTuple):
    usd: float | None
    origin: str


def costs(store: Store, *calls: Mapping[str, Any]) -> list[Cost]:
    """What each of these model calls costs."""
    request = spans(*["chat"] * len(calls))
    for span, call in zip(request.resource_spans[0].scope_spans[0].spans, calls, strict=True):
        for key, value in ({"gen_ai.operation.name": "chat"} | dict(call)).items():
            given = span.attributes.add(key=key).value
            if isinstance(value, str):
                given.string_value = value
            else:
                given.int_value = value
    store.insert_segment(Signal.TRACES, record(request), token())
    text = store.read_only("SELECT cost, cost_origin FROM steps FINAL ORDER BY ts", "TSV").decode()
    found = (line.split("\t") for line in text.splitlines())
    return [Cost(None if usd == r"\N" else float(usd), origin) for usd, origin in found]


def call(model: str, input_: int = 0, output: int = 0, **details: Any) -> dict[str, Any]:
    """A model call; `details` by the names of DETAILS."""
    tokens = {"gen_ai.usage.input_tokens": input_, "gen_ai.usage.output_tokens": output}
    own = {DETAILS[name]: value for name, value in details.items()}
    return {"gen_ai.request.model": model} | tokens | own


DETAILS = {
    "read": "gen_ai.usage.cache_read.input_tokens",
    "write": "gen_ai.usage.cache_write.input_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
    "reported": "gen_ai.usage.cost",
    "answered": "gen_ai.response.model",
    "batch": "wakeline.batch",
    "tier": "openai.response.service_tier",
    "operation": "gen_ai.operation.name",
}


def generations(store: Store) -> int:
    return number(store, "uniqExact(generation) FROM model_prices")


def test_the_same_prices_are_written_once(store: Store) -> None:
    assert price_rows.renew(store, SHIPPED)
    assert not price_rows.renew(store, SHIPPED)
    assert not price_rows.renew(store, SHIPPED[::-1])
    assert generations(store) == 1
    assert number(store, "count() FROM model_prices") == len(SHIPPED)


@pytest.mark.parametrize(
    "changed",
    [
        [PRICE.row() | {"input_usd": 9.0}],
        [PRICE.row() | {"valid_from": TODAY}],
        [PRICE.row() | {"source": "override"}],
        [PRICE.row(), PRICE.row() | {"model": "n"}],
        [PRICE.row() | {"model": "n"}],
    ],
    ids=["price", "day", "source", "one more", "another"],
)
def test_prices_that_changed_take_the_place_of_all_before(
    store: Store, changed: list[dict[str, Any]]
) -> None:
    price_rows.renew(store, [PRICE.row()])
    assert price_rows.renew(store, changed)
    assert generations(store) == 2
    assert store.rows("price_rows") == changed


def test_no_prices_at_all_leave_those_before_in_force(store: Store) -> None:
    price_rows.renew(store, [PRICE.row()])
    assert not price_rows.renew(store, [])
    assert store.rows("price_rows") == [PRICE.row()]


@pytest.mark.parametrize(
    ("made", "usd"),
    [
        (call("m", 10, 2), 10 * 8 + 2 * 32),
        (call("m", 10, 2, read=4), 6 * 8 + 4 * 1 + 2 * 32),
        (call("m", 10, 2, read=4, write=5), 1 * 8 + 4 * 1 + 5 * 16 + 2 * 32),
        (call("m", 10, 5, reasoning=3), 10 * 8 + 2 * 32 + 3 * 64),
        (call("m", 10, 2, batch="batch"), (10 * 8 + 2 * 32) / 2),
        (call("m", 10, 2, tier="batch"), (10 * 8 + 2 * 32) / 2),
        (call("m", 10, 2, tier="default"), 10 * 8 + 2 * 32),
        # Some emitters count cached and reasoning tokens besides; nothing is then negative.
        (call("m", 1, 1, read=4, reasoning=3), 4 * 1 + 3 * 64),
        (call("maker/M-2026-01-31", 1), 8),
        (call("unknown", 1, answered="m"), 8),
    ],
)
def test_a_model_call_costs_its_tokens_times_their_prices(
    store: Store, made: dict[str, Any], usd: float
) -> None:
    price_rows.renew(store, [PRICE.row()])
    assert costs(store, made) == [Cost(usd, "price_table")]


def test_a_cost_that_is_reported_wins(store: Store) -> None:
    price_rows.renew(store, [PRICE.row()])
    assert costs(store, call("m", 10, 2, reported="0.25"), call("n", 10, reported="0.5")) == [
        Cost(0.25, "reported"),
        Cost(0.5, "reported"),
    ]


def test_what_has_no_price_has_no_cost(store: Store) -> None:
    price_rows.renew(store, [PRICE.row()])
    assert costs(
        store,
        call("of our own", 10, 2),
        call("", 10, 2),
        call("m"),
        call("m", 10, 2, operation="invoke_agent"),
    ) == [
        Cost(None, "unknown_model"),
        Cost(None, "unknown_model"),
        Cost(0.0, "none"),
        Cost(None, "none"),
    ]


def test_without_any_price_every_model_is_unknown(store: Store) -> None:
    assert costs(store, call("m", 10, 2)) == [Cost(None, "unknown_model")]


def test_new_prices_count_for_what_arrives_from_then_on(store: Store) -> None:
    price_rows.renew(store, [PRICE.row()])
    costs(store, call("m", 1))
    price_rows.renew(store, [PRICE.row() | {"input_usd": 4.0}])
    assert {cost.usd for cost in costs(store, call("m", 1))} == {8.0, 4.0}


PREFIXES = (
    "", "openai/", "azure/eu/", "us.", "us-gov.anthropic.", "anthropic.", "bedrock/apac.meta.",
    "jp.amazon.", "publishers/anthropic/models/", "mistral.", "ft:", " ",
)  # fmt: skip
SUFFIXES = (
    "", "-latest", "@default", "-20250805", "@20250805", "-2024-08-06", "-v1:0", "-v1",
    "-20250805-v2:0", "-2411", "-0709", ":free", "-mini", "-v12", " ",
)  # fmt: skip
MODELS = ("m", "M-4.5", "us.m", "m-2024-08-06", "acme/m", "m-v1:0", "m-latest", "")


def test_the_engine_finds_the_price_that_the_price_table_finds(store: Store) -> None:
    known = [
        Price(model, "maker", float(2**power), 0.0, 0.0, 0.0, 0.0)
        for power, model in enumerate(("m", "m-4.5", "m-2024-08-06", "acme/m", "m-v1:0", "us.m"))
    ]
    table = PriceTable(known)
    price_rows.renew(store, table.rows(TODAY))
    every = ["".join(parts) for parts in product(PREFIXES, MODELS, SUFFIXES)]
    expected = [table.find(name, TODAY) for name in every]
    found = costs(store, *(call(name, 1) for name in every))
    assert dict(zip(every, [cost.usd for cost in found], strict=True)) == {
        name: price and price.input_usd for name, price in zip(every, expected, strict=True)
    }
    assert {price.model for price in expected if price} == {price.model for price in known}


def test_every_shipped_model_has_its_own_price_in_the_engine(store: Store) -> None:
    price_rows.renew(store, SHIPPED)
    found = costs(store, *(call(row["model"], 1_000_000) for row in SHIPPED))
    assert [cost.usd for cost in found] == pytest.approx(
        [row["input_usd"] * 1_000_000 for row in SHIPPED]
    )
