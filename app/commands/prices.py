"""`wakeline prices`: what a token of each model costs here."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from app import printing
from app.commands import options
from app.commands.options import Output
from domain.errors import NotFound
from domain.prices import Price, PriceTable

cli = typer.Typer(help="Prices of models: list.", no_args_is_help=True)
COLUMNS = ("model", "provider", "input", "output", "cached", "cache write", "reasoning", "batch")
TOKENS = 1_000_000


@cli.command("list")
def list_prices(
    model: Annotated[str | None, typer.Argument(help="Only the price that this name has.")] = None,
    format_: options.FormatOption = Output.TEXT,
) -> None:
    """Prices in force today, in USD for a million tokens; exit code 1 for a model without one."""
    from storage import prices

    table = prices.table(options.settings().prices)
    found = _chosen(table, model, datetime.now(UTC).date())
    if format_ is Output.JSON:
        rows = [price.row() | {"valid_from": price.valid_from.isoformat()} for price in found]
        printing.as_json(rows)
        return
    printing.table((*COLUMNS, "source"), map(_cells, found))
    typer.echo(f"shipped prices are of {prices.shipped().checked}", err=True)


def _chosen(table: PriceTable, model: str | None, today: date) -> list[Price]:
    if model is None:
        return table.in_force(today)
    found = table.find(model, today)
    if found is None:
        raise NotFound(
            f"no price is known for {model}; set input and output in"
            f' [prices.models."{model}"] of wakeline.toml'
        )
    return [found]


def _cells(price: Price) -> tuple[str, ...]:
    usd = (price.input_usd, price.output_usd, price.cache_read_usd, price.cache_write_usd)
    shown = (f"{value * TOKENS:.6g}" for value in (*usd, price.reasoning_usd))
    return price.model, price.provider, *shown, f"{price.batch_factor:g}", price.source
