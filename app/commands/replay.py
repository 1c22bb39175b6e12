"""`wakeline replay`: stored OTLP into a store or to an endpoint."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import printing
from app.commands import options, progress, sending
from domain.errors import InvalidInput

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.otlp_files import StoredRequest
    from app.replaying import Tally


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(replay)


def replay(
    files: Annotated[list[Path], typer.Argument(help="Length-delimited protobuf or JSON lines.")],
    endpoint: options.EndpointOption = None,
    key: options.KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Send stored OTLP (plain or gzip); what was stored before is not stored again."""
    from app import replaying

    send = sending.sender(endpoint, key, store, data)
    for path in files:
        if not path.exists() or path.is_dir():
            raise InvalidInput(f"there is no file {path}")
    tally = replaying.Tally()
    try:
        send(partial(replaying.send_files, files, _progress), tally)
    finally:
        typer.echo(_told(tally))


def _told(tally: "Tally") -> str:
    text = f"{printing.count(tally.requests, 'request')} taken"
    if tally.repeated is not None:
        text += f", {tally.repeated:,} of them stored before"
    if tally.rejected:
        text += f", {printing.count(tally.rejected, 'span')} rejected"
    return text


@contextmanager
def _progress(path: Path) -> "Iterator[Callable[[StoredRequest], None]]":
    with progress.of_file(path) as reached:
        yield lambda request: reached(request.position)
