"""`wakeline replay`: stored OTLP into a store or to an endpoint."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import rich.progress
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

from app import local, printing
from app.commands import options
from app.settings import KEY_VARIABLE
from domain.errors import Conflict, InvalidInput

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.otlp_files import StoredRequest
    from app.replaying import Progress, Tally


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(replay)


def replay(
    files: Annotated[list[Path], typer.Argument(help="Length-delimited protobuf or JSON lines.")],
    endpoint: Annotated[
        str | None, typer.Option(help="OTLP/HTTP, e.g. http://localhost:4318; else into a store.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar=KEY_VARIABLE, help="API key for the endpoint.")
    ] = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Send stored OTLP (plain or gzip); what was stored before is not stored again."""
    from app.replaying import Tally

    if endpoint is not None and (store or data):
        raise typer.BadParameter("--endpoint sends over the network: without --store and --data")
    for path in files:
        if not path.exists() or path.is_dir():
            raise InvalidInput(f"there is no file {path}")
    send = _sender(endpoint, key, store, data)
    tally = Tally()
    try:
        send(files, tally, _progress)
    finally:
        typer.echo(_told(tally))


def _sender(
    endpoint: str | None, key: str | None, store: str | None, data: Path | None
) -> "Callable[[list[Path], Tally, Progress], None]":
    """To the endpoint, to the instance that holds the store now, or into the store."""
    from app import replaying
    from app.replaying import Endpoint

    if endpoint is not None:
        return partial(replaying.to_endpoint, Endpoint(endpoint, key))
    settings = options.settings(store, data)
    api = local.instance(settings)
    if api is None:
        return partial(replaying.into_store, settings)
    if not api.instance.otlp_url:
        raise Conflict(
            f"{settings.data} is held by an instance without OTLP over plain HTTP;"
            " name one that has it: --endpoint URL"
        )
    own = Endpoint(api.instance.otlp_url, api.instance.token, is_local=True)
    return partial(replaying.to_endpoint, own)


def _told(tally: "Tally") -> str:
    text = f"{printing.count(tally.requests, 'request')} taken"
    if tally.repeated is not None:
        text += f", {tally.repeated:,} of them stored before"
    if tally.rejected:
        text += f", {printing.count(tally.rejected, 'span')} rejected"
    return text


@contextmanager
def _progress(path: Path) -> "Iterator[Callable[[StoredRequest], None]]":
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    size = path.stat().st_size
    with rich.progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(path.name, total=size or None)
        yield lambda request: bar.update(task, completed=request.position)
        bar.update(task, completed=size, total=size)
