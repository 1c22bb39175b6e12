"""`wakeline sql`: read-only SQL on the store, wherever it is."""

import sys
from typing import Annotated

import typer

from app import local
from app.commands import options


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("sql")(run_query)


def run_query(
    query: Annotated[str, typer.Argument(help="One SELECT, SHOW, DESCRIBE, EXPLAIN or EXISTS.")],
    format_: Annotated[
        str | None, typer.Option("--format", help="Any ClickHouse output format.")
    ] = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Read-only SQL on the store: a table on a terminal, TSV in a pipe."""
    wanted = format_ or ("PrettyCompact" if sys.stdout.isatty() else "TSV")
    with local.reading(options.settings(store, data)) as opened:
        sys.stdout.buffer.write(opened.read_only(query, wanted))
    sys.stdout.flush()
