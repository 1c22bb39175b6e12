"""`wakeline chains`: the chains of bad outcomes, each in one line."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app import local, printing
from app.commands import options
from app.commands.options import Output
from storage.built_chains import BuiltChains

CHAINS_MAX = 10_000
TIMES = ("built", "watermark")


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(chains)


def chains(
    tenant: Annotated[str, typer.Option(help="Only of this tenant.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=CHAINS_MAX)] = 50,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """List the chains of bad outcomes, those that know the newest rows first; --format json
    prints one object a line."""
    with local.reading(options.settings(store, data)) as opened:
        rows = BuiltChains(opened).listed(tenant, limit)
    if format_ is Output.JSON:
        for row in rows:
            printing.as_json(row | {name: row[name].isoformat() for name in TIMES})
        return
    columns = ("outcome", "kind", "as of", "at risk", "still live", "score", "likeliest cause")
    printing.table(columns, map(_line, rows))
    if not rows:
        typer.echo("no outcome was bad yet: `wakeline outcomes import` or POST one", err=True)


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    cut = f" (cut: {row['cut']})" if row["cut"] else ""
    return (
        row["subject"],
        row["outcome_type"],
        f"{row['watermark']:%Y-%m-%d %H:%M}",
        ", ".join(f"{amount:,.2f} {unit}" for unit, amount in row["money_at_risk"].items()),
        str(row["live_writes"]),
        f"{row['score']:.2f}",
        f"{row['sentence']}{cut}",
    )
