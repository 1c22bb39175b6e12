"""`wakeline audit`: what people and systems did to data, from their audit trails."""

import typer

from app.commands import importing, options, sending
from app.commands.options import Output
from app.event_files import Form
from domain import audit_events

FORM = Form(
    "event",
    audit_events.FIELDS,
    "entity",
    audit_events.read,
    numbers=frozenset({"old", "new"}),
)

cli = typer.Typer(help="Reads and writes by people and systems.", no_args_is_help=True)


@cli.callback()
def group() -> None:
    """Without it, a single command would be the group itself."""


@cli.command("import")
def import_file(  # noqa: PLR0913 - each is a flag
    file: importing.FileArgument,
    columns: importing.MapOption = None,
    constants: importing.SetOption = None,
    zone: importing.ZoneOption = None,
    decimal_comma: importing.CommaOption = False,
    dry_run: importing.DryOption = False,
    keep_rejected: importing.KeepOption = False,
    format_: options.FormatOption = Output.TEXT,
    endpoint: options.EndpointOption = None,
    key: options.KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Store the accesses in a file: good rows in, bad rows told; repeated, it adds nothing."""
    how = importing.reading(FORM, columns, constants, zone, decimal_comma)
    send = None if dry_run else sending.sender(endpoint, key, store, data)
    importing.take(file, FORM, how, importing.Telling(format_, dry_run, keep_rejected), send)
