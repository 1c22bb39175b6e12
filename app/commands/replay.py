"""`wakeline replay`: stored OTLP into a store or to an endpoint."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app import assemble, otlp_files, replaying
from app.authenticators import Open
from app.commands import options
from app.data_folder import DataFolder
from app.otlp_files import StoredRequest
from app.replaying import Send, Tally
from app.settings import Settings
from domain.errors import InvalidInput, Unavailable

DRAIN_SECONDS = 3600.0


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(replay)


def replay(
    files: Annotated[list[Path], typer.Argument(help="Length-delimited protobuf or JSON lines.")],
    endpoint: Annotated[
        str | None, typer.Option(help="OTLP/HTTP, e.g. http://localhost:4318; else into a store.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="API key for the endpoint.")] = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Send stored OTLP (plain or gzip); what was stored before is not stored again."""
    for path in files:
        if not path.is_file():
            raise InvalidInput(f"there is no file {path}")
    if endpoint is not None:
        tally = asyncio.run(_to_endpoint(files, endpoint, key))
    else:
        tally = _into_store(files, options.settings(store, data))
    typer.echo(
        f"{tally.requests} requests taken, {tally.repeated} of them stored before"
        + (f", {tally.rejected} spans rejected" if tally.rejected else "")
    )


def _into_store(files: list[Path], settings: Settings) -> Tally:
    patient = settings.collector.spool.model_copy(update={"drain_seconds": DRAIN_SECONDS})
    collector = settings.collector.model_copy(update={"spool": patient})
    with DataFolder(settings.data), assemble.open_store(settings) as opened:
        own = settings.model_copy(update={"collector": collector})
        pipeline = assemble.pipeline(own, opened, Open())
        tally = Tally()

        async def run() -> bool:
            pipeline.start()
            try:
                await _send(files, replaying.into_pipeline(pipeline, tally))
            finally:
                drained = await pipeline.stop()
            return drained

        drained = asyncio.run(run())
        tally.repeated = int(pipeline.telemetry.repeated_count)
    if not drained:
        raise Unavailable("not all is stored; the rest stays in the spool: `wakeline up` stores it")
    return tally


async def _to_endpoint(files: list[Path], endpoint: str, key: str | None) -> Tally:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    tally = Tally()
    async with httpx.AsyncClient(headers=headers, timeout=replaying.REQUEST_SECONDS_MAX) as client:
        await _send(files, replaying.to_endpoint(client, endpoint, tally))
    return tally


async def _send(files: list[Path], send: Send) -> None:
    for path in files:
        with _progress(path) as advance:
            await replaying.send_all(otlp_files.read(path), send, advance)


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[StoredRequest], None]]:
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(path.name, total=path.stat().st_size)
        yield lambda request: progress.update(bar, completed=request.position)
        progress.update(bar, completed=path.stat().st_size)
