"""`wakeline audit`: what was done to data, and whether our own record of changes holds."""

from typing import Annotated

import typer

from app import local, printing
from app.commands import importing, options
from app.commands.options import Output
from app.event_files import Form


def _form() -> Form:
    from app.event_forms import ACCESSES

    return ACCESSES


cli = importing.group(
    "Reads and writes by people and systems.",
    "Store the accesses in a file: good rows in, bad rows told; repeated, it adds nothing.",
    _form,
)


@cli.command()
def verify(
    head: Annotated[
        str, typer.Option(help="Hash that was known before and has to be in the chain.")
    ] = "",
    tenant: Annotated[
        str | None, typer.Option(help="Of this tenant; else of all that have a chain.")
    ] = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Was the record of changes in governance changed itself? Ends with 1 when it was."""
    from app.audit_log import AuditLog

    with local.reading(options.settings(store, data)) as opened:
        log = AuditLog(opened)
        tenants = log.tenants() if tenant is None else [tenant]
        found = [log.verified(one, head) for one in tenants]
    if format_ is Output.JSON:
        printing.as_json(found)
    else:
        for one in found:
            name = printing.visible(one["tenant"]) or "(all tenants)"
            state = "holds" if one["holds"] else f"broken: {one['broken']}"
            typer.echo(f"{name}\t{printing.count(one['records'], 'record')}\t{state}")
    if not all(one["holds"] for one in found):
        raise typer.Exit(1)
