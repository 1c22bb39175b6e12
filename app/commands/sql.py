"""`wakeline sql`: read-only SQL on the store, wherever it is."""

import re
import sys
from typing import Annotated

import typer

from app import local
from app.commands import options
from domain.errors import InvalidInput

# After a syntax error ClickHouse lists all of its grammar.
GRAMMAR = re.compile(r" Expected one of: .*?(?= \(\w+\))", re.DOTALL)
COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
# C0 without tab and line feed, DEL, and C1 as UTF-8.
CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


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
    if not query.strip():
        raise typer.BadParameter("the query is empty")
    on_terminal = sys.stdout.isatty()
    wanted = format_ or ("PrettyCompact" if on_terminal else "TSV")
    try:
        answer = local.answer(options.settings(store, data), query, wanted)
    except InvalidInput as error:
        raise InvalidInput(GRAMMAR.sub("", str(error))) from error
    _write(_harmless(answer) if on_terminal else answer)


def _write(answer: bytes) -> None:
    """All of it: with PYTHONUNBUFFERED one call may write a part."""
    rest = memoryview(answer)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.flush()


def _harmless(answer: bytes) -> bytes:
    """Without what a terminal would obey: the values come from whoever sends spans."""
    return CONTROLS.sub(b"?", COLOURS.sub(b"", answer))
