"""Is what a model call costs what the price table says, and never a guess?"""

from datetime import date
from typing import Any

import pytest

from domain.prices import Price, PriceTable
from storage.store import Store
from tests.storage.derived_rows import chat, steps

TODAY = date(2026, 11, 27)
PRICES = PriceTable(
    [
        Price("gpt-4o", "openai", 2.0, 8.0, 0.5, 2.0, 8.0, batch_factor=0.5),
        Price("gpt-4o-2024-05-13", "openai", 5.0, 15.0, 5.0, 5.0, 15.0),
        Price("claude-opus-4-1", "anthropic", 15.0, 75.0, 1.5, 18.75, 75.0),
        Price("deepseek-chat", "deepseek", 0.25, 1.0, 0.07, 0.25, 1.0),
    ]
)
NAMES = [
    *("gpt-4o", "GPT-4o", " gpt-4o ", "openai/gpt-4o", "openrouter/openai/gpt-4o", "gpt-4o-latest"),
    *("gpt-4o-2024-08-06", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13", "gpt-4o-mini"),
    *("claude-opus-4-1", "claude-opus-4-1-20250805", "claude-opus-4-1@20250805"),
    *("us.anthropic.claude-opus-4-1-20250805-v1:0", "anthropic.claude-opus-4-1", "claude-opus-4"),
    *("deepseek/deepseek-chat", "deepseek-chat-0324", "my-own-model", "gpt-4", "4o", "/"),
]


@pytest.fixture(scope="module")
def priced(module_store: Store) -> Store:
    # After whatever a store may have been opened with.
    rows = [{"generation": 2**63, **row} for row in PRICES.rows(TODAY)]
    module_store.insert("model_prices", rows)
    return module_store


def cost(store: Store, attributes: dict[str, Any]) -> tuple[Any, str]:
    [row] = steps(store, attributes)
    return row["cost"], row["cost_origin"]


def test_the_engine_finds_the_price_that_the_price_table_finds(priced: Store) -> None:
    rows = steps(priced, *(chat(name, 1) for name in NAMES))
    found = [PRICES.find(name, TODAY) for name in NAMES]
    assert [row["cost"] for row in rows] == [price and price.input_usd for price in found]
    assert None in found


def test_a_model_without_a_price_costs_what_nobody_knows_and_not_nothing(priced: Store) -> None:
    assert cost(priced, chat("my-own-model", 100)) == (None, "unknown_model")


def test_each_kind_of_token_has_its_price_and_parts_count_once(priced: Store) -> None:
    usage = {
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_write.input_tokens": 10,
        "gen_ai.usage.reasoning.output_tokens": 12,
    }
    expected = (120 - 60 - 10) * 2.0 + 60 * 0.5 + 10 * 2.0 + (30 - 12) * 8.0 + 12 * 8.0
    assert cost(priced, chat("gpt-4o", 120, **usage)) == (expected, "price_table")


def test_a_batch_has_the_tariff_of_batches(priced: Store) -> None:
    assert cost(priced, chat("gpt-4o", 100, **{"wakeline.batch": "batch"}))[0] == 100.0


def test_a_cost_that_the_emitter_reckons_wins(priced: Store) -> None:
    said = {"gen_ai.usage.cost": 0.25}
    assert cost(priced, chat("gpt-4o", 100, **said)) == (0.25, "reported")
    assert cost(priced, chat("my-own-model", 100, **said)) == (0.25, "reported")


def test_what_calls_no_model_costs_nothing_that_could_be_summed(priced: Store) -> None:
    agent = chat("gpt-4o", 100) | {"gen_ai.operation.name": "invoke_agent"}
    assert cost(priced, agent) == (None, "none")


def test_a_call_that_used_no_tokens_is_of_no_unknown_model(priced: Store) -> None:
    assert cost(priced, chat("my-own-model", 0))[1] == "none"
