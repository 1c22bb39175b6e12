"""Is the price of a model found under every name that means it, and under no other?"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.prices import ALWAYS, Price, PriceTable, names, normalised_model

TODAY = date(2026, 11, 27)


def price(model: str, input_usd: float = 1.0, valid_from: date = ALWAYS) -> Price:
    return Price(model, "maker", input_usd, 2.0, 0.5, 1.0, 2.0, valid_from=valid_from)


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o",
        "GPT-4o ",
        "gpt-4o-latest",
        "gpt-4o-2024-08-06",
        "openai/gpt-4o",
        "azure/eu/gpt-4o-2024-08-06",
    ],
)
def test_a_date_and_a_provider_in_front_change_nothing(name: str) -> None:
    assert normalised_model(name) == "gpt-4o"


@pytest.mark.parametrize(
    "name",
    [
        "claude-opus-4-1-20250805",
        "claude-opus-4-1@20250805",
        "anthropic/claude-opus-4-1-latest",
        "publishers/anthropic/models/claude-opus-4-1@default",
        "anthropic.claude-opus-4-1-20250805-v1:0",
        "us.anthropic.claude-opus-4-1-20250805-v1:0",
        "bedrock/eu.anthropic.claude-opus-4-1-20250805-v1:0",
        "us-gov.anthropic.claude-opus-4-1-v1",
    ],
)
def test_every_cloud_names_the_same_model(name: str) -> None:
    assert normalised_model(name) == "claude-opus-4-1"


@pytest.mark.parametrize(
    "name",
    [
        "mistral-large-2411",  # other months are other models
        "grok-4-0709",
        "gpt-4o-mini",
        "gpt-4.1",
        "gemini-2.5-flash-preview-05-20",
        "llama-3.3-70b-instruct:free",  # another price
        "ft:gpt-4o-mini-2024-07-18:acme::1",
        "deepseek-v3",
        "mistral.mistral-large-2402",  # Bedrock's own price
        "",
    ],
)
def test_what_may_cost_something_else_keeps_its_name(name: str) -> None:
    assert normalised_model(name) == name


@given(st.text())
def test_normalising_again_only_ever_takes_away(name: str) -> None:
    full, bare, normalised = names(name)
    assert full.endswith(bare)
    assert bare.startswith(normalised)


def test_the_most_exact_name_counts() -> None:
    table = PriceTable([price("gpt-4o", 1), price("gpt-4o-2024-05-13", 2), price("acme/gpt-4o", 3)])
    found = [
        table.find(name, TODAY)
        for name in ("openai/gpt-4o-2024-05-13", "openai/gpt-4o-2024-08-06", "ACME/gpt-4o")
    ]
    assert [item and item.input_usd for item in found] == [2, 1, 3]


def test_what_is_not_in_the_table_is_unknown() -> None:
    assert PriceTable([price("gpt-4o")]).find("gpt-4o-mini", TODAY) is None
    assert PriceTable([]).rows(TODAY) == []


def test_each_price_counts_from_its_day_on() -> None:
    later = price("m", 2, date(2026, 12, 1))
    table = PriceTable([later, price("m", 1), price("new", 3, date(2026, 12, 1))])
    for day, expected in ((30, 1.0), (31, 1.0)):
        found = table.find("m", date(2026, 10, day))
        assert found is not None
        assert found.input_usd == expected
    assert table.find("m", date(2026, 12, 1)) == later
    assert table.find("new", TODAY) is None
    assert [row["model"] for row in table.rows(TODAY)] == ["m"]
    assert [row["input_usd"] for row in table.rows(date(2027, 1, 1))] == [2, 3]


def test_a_row_has_the_columns_of_the_table() -> None:
    (row,) = PriceTable([replace(price("m"), source="override")]).rows(TODAY)
    assert row == {
        "model": "m", "provider": "maker", "input_usd": 1.0, "output_usd": 2.0,
        "cache_read_usd": 0.5, "cache_write_usd": 1.0, "reasoning_usd": 2.0,
        "batch_factor": 1.0, "valid_from": ALWAYS, "source": "override",
    }  # fmt: skip
