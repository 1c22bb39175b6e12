"""`wakeline tools`: check, apply and draft tools.yaml."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app import local, moments, printing
from app.commands import options
from app.commands.options import Output
from domain import durations

cli = typer.Typer(help="tools.yaml: check, apply, suggest.", no_args_is_help=True)
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The tools.yaml.", exists=True, dir_okay=False)
]


@cli.command()
def check(file: FileArgument, format_: options.FormatOption = Output.TEXT) -> None:
    """Say what each entry derives; exit code 1 for a file that can not be applied."""
    from app import tools

    config = tools.read(file)
    if format_ is Output.JSON:
        rows = config.rows()
        volatile, hubs = list(config.volatile_args), dict(config.hubs)
        printing.as_json({"tools": rows, "volatile_args": volatile, "hubs": hubs})
        return
    printing.table(("tool", "derives"), [(tool.name, tools.derived(tool)) for tool in config.tools])
    for note in tools.notes(config):
        typer.echo(f"note: {printing.visible(note)}", err=True)


@cli.command("apply")
def apply_file(
    file: FileArgument,
    since: Annotated[
        str | None, typer.Option(help="Derive anew what was received since: 7d, or an ISO time.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="With --since: until then [now].")] = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Put the file's rules in force for what arrives from now on."""
    from app import tool_administration, tools

    if until is not None and since is None:
        raise typer.BadParameter("--until goes with --since")
    now = datetime.now(UTC)
    begin = moments.given(since, now) if since else None
    end = moments.given(until, now) if until else None
    tools.read(file)  # an error names the file, and nothing is opened for it
    with tool_administration.reached(options.settings(store, data)) as administration:
        done = administration.apply(tools.read_text(file), begin, end)
    typer.echo(f"{printing.count(done['tools'], 'tool')} in force")
    if done["derived_since"]:
        typer.echo(f"derived anew from {done['derived_since']} to {done['derived_until']}")


@cli.command()
def suggest(
    since: Annotated[str, typer.Option(help="How far to look back: 12h, 7d.")] = "7d",
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Draft a tools.yaml from the tool spans that were seen; read it before it is applied."""
    from app import tools

    seconds = durations.seconds(since)
    with local.reading(options.settings(store, data)) as opened:
        typer.echo(tools.suggest(opened, seconds), nl=False)
