"""`wakeline analyze`: find loops and failure signatures in what is stored."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app import local, printing, stores
from app.commands import options
from app.commands.options import Output
from app.commands.run import require_server
from domain.errors import Unavailable


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(analyze)


def analyze(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Analyze all that is stored, then exit.")
    ] = False,
    format_: options.FormatOption = Output.TEXT,
) -> None:
    """Run the analyzers: to the end of the data, or for ever beside a ClickHouse server."""
    from app import analysis
    from app.chain_making import ChainMaking
    from app.drift import Drift
    from app.judging import Judging

    settings = options.settings(store, data)
    if not once:
        require_server(settings, "analyze")
        analysis.run_for_ever(settings)
        return
    with local.owning(settings) as opened:
        stores.bring_up(settings, opened)
        whole = analysis.Analysis(opened, settings.analyzers)
        judging = Judging(opened, settings.analyzers.judge)
        with Progress(
            TextColumn("analyzing"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task("analyzing", total=None)
            done = whole.to_the_end(
                lambda part, parts: progress.update(task, completed=part, total=parts)
            )
        chains = ChainMaking(opened).to_the_end()
        drifted = (
            Drift(opened, settings.drift).look(settled=True) if settings.drift.enabled else None
        )
        try:
            judging.look()
        except Unavailable as error:
            typer.echo(f"warning: {error}; ask again later", err=True)
    found = dict(sorted(done.found.items()))
    for name, why in done.failed.items():
        typer.echo(f"warning: {name} could not look at everything: {why}", err=True)
    if format_ is Output.JSON:
        counts = {"written": done.written, "retracted": done.retracted, "chains": chains}
        printing.as_json({"found": found} | counts)
        return
    printing.table(("signature", "findings"), [(name, str(n)) for name, n in found.items()])
    if chains:
        typer.echo(
            f"{printing.count(chains, 'chain')} of bad outcomes: see `wakeline chain`", err=True
        )
    if drifted and drifted.alarms:
        typer.echo(
            f"{printing.count(drifted.alarms, 'alarm')} of drift: see `wakeline drift`", err=True
        )
