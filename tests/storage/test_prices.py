"""Is the shipped price table whole, and do an operator's prices take its place?"""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from domain.errors import InvalidInput
from domain.prices import Price, names
from storage import prices
from storage.prices import ModelPrice, PricesConfig

TODAY = date(2026, 11, 27)


def found(model: str, config: PricesConfig | None = None, on: date = TODAY) -> Price | None:
    return prices.table(config or PricesConfig()).find(model, on)


def written(path: Path, text: str) -> PricesConfig:
    path.write_text(text)
    return PricesConfig(file=path)


# From the makers' price lists, not from our file.
@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("gpt-4o-2024-08-06", (2.5, 10, 1.25, 2.5)),
        ("openai/gpt-4o-2024-05-13", (5, 15, 5, 5)),
        ("gpt-4.1-mini", (0.4, 1.6, 0.1, 0.4)),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", (3, 15, 0.3, 3.75)),
        ("anthropic/claude-opus-4.5", (5, 25, 0.5, 6.25)),
        ("models/gemini-2.5-pro", (1.25, 10, 0.125, 1.25)),
        ("amazon.nova-lite-v1:0", (0.06, 0.24, 0.015, 0.06)),
        ("text-embedding-3-small", (0.02, 0, 0.02, 0.02)),
    ],
)
def test_well_known_models_cost_what_their_makers_say(
    model: str, usd: tuple[float, float, float, float]
) -> None:
    price = found(model)
    assert price is not None
    told = (price.input_usd, price.output_usd, price.cache_read_usd, price.cache_write_usd)
    assert [value * 1e6 for value in told] == pytest.approx(usd)


def test_every_shipped_price_is_plausible() -> None:
    for price in prices.table(PricesConfig()).in_force(TODAY):
        assert 0 < price.input_usd <= 200e-6, price
        assert price.output_usd >= price.input_usd or price.output_usd == 0, price
        assert 0 < price.cache_read_usd <= price.input_usd, price
        assert price.input_usd <= price.cache_write_usd <= 2 * price.input_usd, price
        assert price.provider, price
        assert price.source == "shipped"


def test_no_shipped_name_hides_another() -> None:
    text = prices.FILE.read_text()
    models = tomllib.loads(text)["models"]
    entries = [entry if isinstance(entry, list) else [entry] for entry in models.values()]
    aliases = [alias for dated in entries for entry in dated for alias in entry.get("aliases", ())]
    every = [*models, *aliases]
    assert len(every) == len(set(every)) == len({name.lower() for name in every})
    assert all(names(name)[0] == name for name in every)
    assert len(models) > 100


def test_a_model_that_is_not_listed_has_no_price() -> None:
    assert found("a-model-of-our-own") is None
    assert found("gpt-4o-mini-audio") is None


def test_a_price_that_changes_counts_from_its_day_on() -> None:
    before, after = (found("gemini-4-argon", on=day) for day in (TODAY, date(2026, 12, 1)))
    assert before is not None
    assert after is not None
    assert after.input_usd == 2 * before.input_usd


def test_settings_win_over_the_file_and_the_file_over_what_ships(tmp_path: Path) -> None:
    config = written(
        tmp_path / "prices.toml",
        '[models]\n"gpt-4o" = { input = 7, output = 8 }\n"Mine" = { input = 1, output = 2 }\n',
    )
    config = PricesConfig(file=config.file, models={"mine": ModelPrice(input=3, output=4)})
    told = [found(name, config) for name in ("gpt-4o", "MINE", "gpt-4.1")]
    assert [price and (price.input_usd, price.source) for price in told] == [
        (7e-6, "override"),
        (3e-6, "override"),
        (2e-6, "shipped"),
    ]


def test_an_override_takes_the_place_of_all_prices_of_its_model() -> None:
    config = PricesConfig(models={"gemini-4-argon": ModelPrice(input=1, output=1)})
    later = found("gemini-4-argon", config, date(2030, 1, 1))
    assert later is not None
    assert later.input_usd == pytest.approx(1e-6)


def test_what_is_not_said_costs_as_input_or_output() -> None:
    plain = found("m", PricesConfig(models={"m": ModelPrice(input=1, output=4)}))
    assert plain is not None
    assert (plain.cache_read_usd, plain.cache_write_usd) == (1e-6, 1e-6)
    assert (plain.reasoning_usd, plain.batch_factor) == (4e-6, 1.0)
    free = ModelPrice(input=1, output=4, cached_input=0, reasoning=2, batch_factor=0.5)
    told = found("m", PricesConfig(models={"m": free}))
    assert told is not None
    assert (told.cache_read_usd, told.reasoning_usd, told.batch_factor) == (0, 2e-6, 0.5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[models", "is no TOML"),
        ("[models]\nm = { input = 1 }", "models.m.0.output: Field required"),
        ("[models]\nm = { input = -1, output = 1 }", "models.m.*input: .*greater than or equal"),
        ("[models]\nm = { input = 1, output = inf }", "models.m.*output: .*finite"),
        ("[models]\nm = { input = 1, output = 1, cahced_input = 1 }", "cahced_input: Extra"),
        ("[model]\n", "models: Field required"),
        ("[models]\nm = []", "models.m: .*at least 1 item"),
        ("[models]\nm = [{ input = 1, output = 1 }, { input = 1 }]", "models.m.1.output: Field"),
        ("models = 5", "models: Input should be a valid dictionary"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    config = written(tmp_path / "wrong.toml", text)
    with pytest.raises(InvalidInput, match=f"wrong.toml.*{reason}"):
        prices.table(config)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    config = written(tmp_path / "large.toml", "#" * (prices.FILE_BYTES_MAX + 1))
    with pytest.raises(InvalidInput, match=r"large\.toml is over 4,194,304 bytes"):
        prices.table(config)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"prices\.file: .*nowhere\.toml: No such file"):
        prices.table(PricesConfig(file=tmp_path / "nowhere.toml"))
