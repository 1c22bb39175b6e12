"""`wakeline keys`: create, list, revoke."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app import local, moments, printing
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
    with local.keys(options.settings(store, data), must_exist=False) as keys:
        made = keys.create(tenant, name, scope)
    if format_ is Output.JSON:
        printing.as_json(made)
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
    with local.keys(options.settings(store, data), must_exist=True) as keys:
        found = keys.listed()
    if format_ is Output.JSON:
        printing.as_json(found)
        return
    now = datetime.now(UTC)
    printing.table(
        ("key", "tenant", "name", "scopes", "state", "changed"),
        [
            (
                key["key_id"], key["tenant"], key["name"], ", ".join(key["scopes"]),
                "revoked" if key["revoked"] else "in force", moments.ago(key["changed_at"], now),
            )
            for key in found
        ],
    )  # fmt: skip


@cli.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `wakeline keys list` shows it.")],
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """End a key; running processes follow within auth.refresh_seconds."""
    with local.keys(options.settings(store, data), must_exist=True) as keys:
        gone = keys.revoke(key_id)
    if format_ is Output.JSON:
        printing.as_json(gone)
    else:
        typer.echo(f"revoked {key_id}")
