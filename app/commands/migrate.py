"""`wakeline migrate`: pending, apply, render."""

from typing import Annotated

import typer

from app import local
from app.commands import options
from domain.errors import InvalidInput
from storage import migrate as migrations
from storage.store import Store


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
    settings = options.settings(store, data)
    if cluster is not None and not render:
        raise InvalidInput("--cluster goes with --render; processes read storage.cluster")
    if render:
        name = settings.storage.cluster if cluster is None else cluster
        for statement in migrations.render(name, settings.retention.default_days):
            typer.echo(f"{statement};\n")
        return
    manual = settings.model_copy(
        update={"storage": settings.storage.model_copy(update={"migrate_on_start": False})}
    )
    with local.owning(manual) as opened:
        _bring_up(opened, settings.retention.default_days, only_list=pending)


def _bring_up(store: Store, retention_days: int, *, only_list: bool) -> None:
    if only_list:
        names = [migration.name for migration in migrations.pending(store)]
        typer.echo("\n".join(names) or "nothing is pending")
        return
    applied = migrations.apply(store, retention_days)
    typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing was pending")
