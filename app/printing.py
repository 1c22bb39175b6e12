"""How commands print: tables and colours on a terminal, tab-separated lines in a pipe."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under their columns' names."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (columns, *shown):
            typer.echo("\t".join(row))
        return
    drawn = Table()
    for name, *cells in zip(columns, *shown, strict=True):
        numbers = all(cell[:1].isdigit() for cell in cells)
        drawn.add_column(name, justify="right" if numbers else "left")
    for row in shown:
        drawn.add_row(*map(Text, row))
    Console().print(drawn)


def pairs(values: Iterable[tuple[str, str]]) -> None:
    """A name and its value on each line, whatever its length: values are copied."""
    shown = [(name, visible(value)) for name, value in values]
    if not sys.stdout.isatty():
        for name, value in shown:
            typer.echo(f"{name}\t{value}")
        return
    width = max(len(name) for name, _ in shown)
    console = Console(soft_wrap=True)
    for name, value in shown:
        console.print(Text.assemble((f"{name:<{width}}", "bold"), "  ", value))


def line(text: str, style: str = "") -> None:
    """One line, whatever its length."""
    Console(soft_wrap=True).print(Text(visible(text), style=style))


def styled(lines: Iterable[Text]) -> None:
    """Lines with their styles, whatever their length; plain in a pipe."""
    console = Console(soft_wrap=True, highlight=False)
    for each in lines:
        console.print(each)


def as_json(value: Any) -> None:
    """JSON and nothing else."""
    typer.echo(json.dumps(value))


def visible(text: str) -> str:
    r"""`text` with control characters shown, not obeyed: names come from whoever sends spans.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def size(count: int) -> str:
    """Bytes in the unit that keeps the number short.

    >>> size(900), size(1536), size(3 * 1024**4)
    ('900 bytes', '1.5 KiB', '3.0 TiB')
    """
    value = float(count)
    unit = 0
    while value >= 1024 and unit < len(SIZES) - 1:
        value /= 1024
        unit += 1
    return f"{value:.1f} {SIZES[unit]}" if unit else f"{count} {SIZES[0]}"


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "span"), count(12_345, "span")
    ('1 span', '12,345 spans')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
