"""`wakeline compare`: do two versions, or any two groups of runs, behave alike?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import local, printing
from app.commands import options
from app.commands.options import Output
from domain.access import DEFAULT_TENANT
from domain.comparison import Named, attributes, trace_ids
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.comparison import Comparison, Difference

FILE_BYTES_MAX = 1_000_000
CHANNELS_SHOWN = 12
EXPRESSION = "KEY=VALUE,… that its runs have, or @FILE of trace ids, one a line."


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(compare)


def compare(
    baseline: Annotated[str, typer.Option(metavar="EXPR", help=f"The older: {EXPRESSION}")],
    candidate: Annotated[str, typer.Option(metavar="EXPR", help=f"The newer: {EXPRESSION}")],
    tenant: Annotated[str, typer.Option(help="Whose runs.")] = DEFAULT_TENANT,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Whether two versions, or any two groups of runs, behave alike, and how much they differ."""
    old, new = _named(baseline), _named(candidate)
    from app.compare import StoredComparing  # numpy takes its time to import
    from domain import comparison_json

    with local.reading(options.settings(store, data)) as opened:
        found = StoredComparing(opened).compared(tenant, old, new)
    if format_ is Output.JSON:
        printing.as_json(comparison_json.as_object(found))
        return
    printing.line(_said(found))
    if found.channels:
        printing.table(
            ("family", "channel", "baseline", "candidate", "at least", "at most", "e-value"),
            [_row(one) for one in found.channels[:CHANNELS_SHOWN]],
        )


def _named(expression: str) -> Named:
    """Raises InvalidInput, or OSError for a file that can not be read."""
    if not expression.startswith("@"):
        return attributes(expression)
    path = Path(expression[1:])
    if path.stat().st_size > FILE_BYTES_MAX:
        raise InvalidInput(f"{path} has more than {FILE_BYTES_MAX:,} bytes: write one id a line")
    try:
        return trace_ids(path.read_text())
    except (InvalidInput, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: {error}") from error


def _said(found: "Comparison") -> str:
    sizes = f"{found.baseline} against {found.candidate} runs"
    evidence = f"e-value {found.e_value:.3g}, drift from {1 / found.miss:.0f} on"
    cut = f"; {found.cut}" if found.cut else ""
    return f"{found.verdict}: {found.reason} ({sizes}; {evidence}{cut})"


def _row(one: "Difference") -> tuple[str, ...]:
    from domain.drift import ChannelKind

    effect = one.effect
    sizes = (effect.before, effect.after, effect.low, effect.high)
    if effect.kind is ChannelKind.RATIO:
        shown = [f"{sizes[0]:,.4g}", f"{sizes[1]:,.4g}", *(f"x {size:.3g}" for size in sizes[2:])]
    else:
        shown = [*(f"{size:.1%}" for size in sizes[:2]), *(f"{size:+.1%}" for size in sizes[2:])]
    mark = " *" if one.named else ""
    return one.family, one.channel, *shown, f"{one.e_value:.3g}{mark}"
