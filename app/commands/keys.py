"""`wakeline keys`: create, list, revoke."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app import local
from app.commands import options
from app.commands.options import Output
from domain.access import DEFAULT_TENANT, Scope

cli = typer.Typer(help="API keys: create, list, revoke.", no_args_is_help=True)


@cli.command()
def create(
    scope: Annotated[list[Scope], typer.Option("--scope", help="Once for each scope.")],
    tenant: Annotated[str, typer.Option(help="Whose data the key reaches.")] = DEFAULT_TENANT,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Make a key; its text is shown once."""
    body = {"tenant": tenant, "name": name, "scopes": scope}
    made = local.keys(options.settings(store, data), "POST", body=body)
    if format_ is Output.JSON:
        typer.echo(json.dumps(made))
    else:
        typer.echo("Keep it: only its hash is stored, it can not be shown again.", err=True)
        typer.echo(made["key"])


@cli.command("list")
def list_keys(
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """All keys, revoked ones too."""
    found = local.keys(options.settings(store, data), "GET")
    if format_ is Output.JSON:
        typer.echo(json.dumps(found))
    else:
        Console().print(_table(found))


@cli.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `wakeline keys list` shows it.")],
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """End a key; running processes follow within auth.refresh_seconds."""
    local.keys(options.settings(store, data), "DELETE", f"/{key_id}")
    typer.echo(f"revoked {key_id}")


def _table(keys: list[dict[str, Any]]) -> Table:
    table = Table("key", "tenant", "name", "scopes", "state", "changed")
    for key in keys:
        state = "revoked" if key["revoked"] else "in force"
        scopes = ", ".join(key["scopes"])
        table.add_row(
            key["key_id"], key["tenant"], key["name"], scopes, state, str(key["changed_at"])[:19]
        )
    return table
