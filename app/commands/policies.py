"""`wakeline policies`: check, apply and show policies.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app import printing
from app.commands import options

cli = typer.Typer(help="policies.yaml: check, apply, show.", no_args_is_help=True)
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The policies.yaml.", exists=True, dir_okay=False)
]


@cli.command()
def check(file: FileArgument) -> None:
    """Say what the file holds; exit code 1 for a file that can not be applied."""
    from app import policies, tools
    from domain.policies import parse

    typer.echo(_told(policies.counted(parse(tools.read_text(file), str(file)))))


@cli.command("apply")
def apply_file(
    file: FileArgument, store: options.StoreOption = None, data: options.DataOption = None
) -> None:
    """Put the file in force for what analyzers look at from now on."""
    from app import policies, tools
    from domain.policies import parse

    text = tools.read_text(file)
    parse(text, str(file))  # an error names the file, and nothing is opened for it
    with policies.reached(options.settings(store, data)) as administration:
        done = administration.apply(text)
    typer.echo(f"in force: {_told(done)}")


@cli.command()
def show(store: options.StoreOption = None, data: options.DataOption = None) -> None:
    """The policies in force, as JSON."""
    from app import policies

    with policies.reached(options.settings(store, data)) as administration:
        printing.as_json(administration.in_force())


def _told(counts: Mapping[str, Any]) -> str:
    names = ("policies", "versions", "permissions")
    return ", ".join(f"{counts[name]} {name}" for name in names)
