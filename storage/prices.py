"""The price table: what ships with this version, and what an operator sets in its place."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.errors import InvalidInput
from domain.prices import ALWAYS, Price, PriceTable

FILE = Path(__file__).with_name("prices.toml")
TOKENS = 1_000_000
FILE_BYTES_MAX = 4 * 1024**2


class ModelPrice(BaseModel):
    """What one model costs, in USD for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    provider: str = Field("", description="Who sells it.")
    input: float = Field(ge=0, description="USD for a million input tokens.")
    output: float = Field(ge=0, description="USD for a million output tokens.")
    cached_input: float | None = Field(None, ge=0, description="Read from a cache; none = input.")
    cache_write: float | None = Field(None, ge=0, description="Written to a cache; none = input.")
    reasoning: float | None = Field(None, ge=0, description="Reasoning tokens; none = output.")
    batch_factor: float = Field(1.0, gt=0, le=1, description="Times which a batch costs.")
    valid_from: date = Field(ALWAYS, description="First day of this price.")
    aliases: tuple[str, ...] = Field((), description="Other names of the model.")


class PricesConfig(BaseModel):
    """Prices that take the place of those that ship; each replaces all of its model's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path | None = Field(None, description="TOML file of prices, as storage/prices.toml.")
    models: dict[str, ModelPrice] = Field(
        default_factory=dict,
        description="Prices in USD for a million tokens by model, "
        "e.g. {my-model = {input = 1.0, output = 4.0}}.",
    )


Dated = Annotated[list[ModelPrice], Field(min_length=1)]


class PriceFile(BaseModel):
    """A file of prices: one a model, or several with different days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checked: date | None = None
    models: dict[str, Dated]

    @field_validator("models", mode="before")
    @classmethod
    def _each_a_list(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: one if isinstance(one, list) else [one] for name, one in given.items()}


@cache
def shipped() -> PriceFile:
    """The prices of this version; `checked` is the day on which they were looked up."""
    return _read(FILE)


def table(config: PricesConfig) -> PriceTable:
    """Settings over `prices.file` over what ships. Raises InvalidInput for a file that is wrong."""
    prices = _by_model(shipped().models, "shipped")
    if config.file is not None:
        prices |= _by_model(_read(config.file).models, "override")
    prices |= _by_model({name: [price] for name, price in config.models.items()}, "override")
    return PriceTable(price for dated in prices.values() for price in dated)


def _read(path: Path) -> PriceFile:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise InvalidInput(f"{path} is over {FILE_BYTES_MAX:,} bytes")
        return PriceFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"prices.file: {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{path}: {where}: {first['msg']}") from error


def _by_model(models: Mapping[str, list[ModelPrice]], source: str) -> dict[str, list[Price]]:
    return {
        name: [_price(name, price, source) for price in dated]
        for model, dated in models.items()
        for name in _names(model, dated)
    }


def _names(model: str, dated: list[ModelPrice]) -> Iterator[str]:
    yield model.lower()
    for price in dated:
        yield from (alias.lower() for alias in price.aliases)


def _price(model: str, given: ModelPrice, source: str) -> Price:
    read = given.input if given.cached_input is None else given.cached_input
    write = given.input if given.cache_write is None else given.cache_write
    reasoning = given.output if given.reasoning is None else given.reasoning
    return Price(
        model=model,
        provider=given.provider,
        input_usd=given.input / TOKENS,
        output_usd=given.output / TOKENS,
        cache_read_usd=read / TOKENS,
        cache_write_usd=write / TOKENS,
        reasoning_usd=reasoning / TOKENS,
        batch_factor=given.batch_factor,
        valid_from=given.valid_from,
        source=source,
    )
