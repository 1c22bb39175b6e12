"""`wakeline migrate`: pending, apply, render."""

from typing import Annotated

import typer

from app import local, stores
from app.commands import options
from app.settings import Settings
from storage import migrate as migrations


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(migrate)


def migrate(
    pending: Annotated[bool, typer.Option("--pending", help="List, apply nothing.")] = False,
    render: Annotated[bool, typer.Option("--render", help="Print the DDL, touch nothing.")] = False,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="With --render: the cluster's name.")
    ] = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Bring the store's schema up to date."""
    if pending and render:
        raise typer.BadParameter("--pending and --render exclude each other")
    if cluster is not None and not render:
        raise typer.BadParameter("--cluster goes with --render; processes read storage.cluster")
    settings = options.settings(store, data, storage={"cluster": cluster})
    if render:
        for statement in migrations.render(
            settings.storage.cluster, settings.retention.default_days
        ):
            typer.echo(f"{statement};\n")
    elif pending:
        typer.echo("\n".join(_pending(settings)) or "nothing is pending")
    else:
        with local.owning(settings) as opened:
            applied = migrations.apply(opened, settings.retention.default_days)
        typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing was pending")


def _pending(settings: Settings) -> list[str]:
    path = stores.path(settings)
    if path is not None and not path.exists() and local.instance(settings) is None:
        return migrations.every_name()
    with local.reading(settings) as opened:
        return migrations.waiting(opened)
