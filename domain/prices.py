"""What a token costs: prices by model, and which price a model's name means."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

ALWAYS = date(1970, 1, 1)
# Both are one regular expression without look-around, so that the engine can use them as they are.
# Routers put `openai/` and paths in front, Bedrock a region and a maker: `us.anthropic.`; of its
# other makers the prices differ from the makers' own, so their names are left whole.
PREFIX = (
    r"^(?:.*/)?(?:(?:us-gov|us|eu|apac|jp|au|global)\.)?"
    r"(?:(?:amazon|anthropic|meta)\.)?"
)
# Makers add a date or -latest, Vertex @date, Bedrock then -v1:0. Shorter numbers are other models.
SUFFIX = (
    r"(?:[@-](?:latest|default|[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
    r"(?:-v(?:1|[0-9]+:[0-9]+))?$"
)
_PREFIX, _SUFFIX = re.compile(PREFIX), re.compile(SUFFIX)


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one model from a day on, in USD a token.

    model:            in lower case.
    reasoning_usd:    for output tokens that are reasoning.
    batch_factor:     times which all of it is, in a batch; 1 = batches are not cheaper.
    source:           'shipped' or 'override'.
    """

    model: str
    provider: str
    input_usd: float
    output_usd: float
    cache_read_usd: float
    cache_write_usd: float
    reasoning_usd: float
    batch_factor: float = 1.0
    valid_from: date = ALWAYS
    source: str = "shipped"

    def row(self) -> dict[str, Any]:
        """As a row of the table `model_prices`."""
        return asdict(self)


class PriceTable:
    """Prices by the names of models; what is not in it is unknown, never free."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._by_model: dict[str, list[Price]] = {}
        for price in sorted(prices, key=lambda price: (price.model, price.valid_from)):
            self._by_model.setdefault(price.model, []).append(price)

    def find(self, model: str, on: date) -> Price | None:
        """What `model` cost on the day `on`; of several names that fit, the most exact counts."""
        for name in names(model):
            for price in reversed(self._by_model.get(name, ())):
                if price.valid_from <= on:
                    return price
        return None

    def in_force(self, on: date) -> list[Price]:
        """One price for each model that has one on the day `on`, by name."""
        found = (self.find(model, on) for model in self._by_model)
        return [price for price in found if price is not None]

    def rows(self, on: date) -> list[dict[str, Any]]:
        """What is in force on the day `on`, as rows of the table `model_prices`."""
        return [price.row() for price in self.in_force(on)]


def names(model: str) -> tuple[str, str, str]:
    """The names under which a price is looked for, the most exact first.

    >>> names("us.anthropic.claude-opus-4-1-20250805-v1:0")[1:]
    ('claude-opus-4-1-20250805-v1:0', 'claude-opus-4-1')
    """
    full = model.strip().lower()
    bare = _PREFIX.sub("", full, count=1)
    return full, bare, _SUFFIX.sub("", bare, count=1)


def normalised_model(name: str) -> str:
    """The name in lower case, without prefixes and without a date, -latest or Bedrock's version.

    >>> normalised_model("openai/gpt-4o-2024-08-06"), normalised_model("claude-opus-4-1@20250805")
    ('gpt-4o', 'claude-opus-4-1')
    """
    return names(name)[2]
