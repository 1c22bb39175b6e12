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

from app import local, otlp_files, printing, replaying, stores
from app.authenticators import Open
from app.commands import options
from app.data_folder import DataFolder
from app.otlp_files import StoredRequest
from app.replaying import Send, Tally
from app.settings import KEY_VARIABLE, Settings
from domain.errors import Conflict, InvalidInput, Unavailable

DRAIN_SECONDS = 3600.0


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
    if endpoint is not None and (store or data):
        raise typer.BadParameter("--endpoint sends over the network: without --store and --data")
    for path in files:
        if not path.exists() or path.is_dir():
            raise InvalidInput(f"there is no file {path}")
    if endpoint is not None:
        asyncio.run(_to_endpoint(files, endpoint, key, through_proxy=True))
        return
    settings = options.settings(store, data)
    api = local.instance(settings)
    if api is None:
        _into_store(files, settings)
    elif api.instance.otlp_url:
        instance = api.instance
        asyncio.run(_to_endpoint(files, instance.otlp_url, instance.token, through_proxy=False))
    else:
        raise Conflict(
            f"{settings.data} is held by an instance without OTLP over plain HTTP;"
            " name one that has it: --endpoint URL"
        )


def _into_store(files: list[Path], settings: Settings) -> None:
    from app import assemble

    patient = settings.collector.spool.model_copy(update={"drain_seconds": DRAIN_SECONDS})
    collector = settings.collector.model_copy(update={"spool": patient})
    own = settings.model_copy(update={"collector": collector})
    tally = Tally()
    with DataFolder(settings.data), stores.migrated(settings) as opened:
        pipeline = assemble.pipeline(own, opened, Open())

        async def run() -> bool:
            pipeline.start()
            try:
                await _send(files, replaying.into_pipeline(pipeline, tally))
            finally:
                drained = await pipeline.stop()
                _tell(tally, f"{pipeline.telemetry.repeated_count:,} of them stored before")
            return drained

        letters = len(pipeline.spool.dead_letters)
        drained = asyncio.run(run())
        letters = len(pipeline.spool.dead_letters) - letters
    if not drained:
        raise Unavailable("not all is stored; the rest stays in the spool: `wakeline up` stores it")
    if letters:
        raise InvalidInput(
            f"the store refused {printing.count(letters, 'request')}; `wakeline doctor` says why"
        )


async def _to_endpoint(
    files: list[Path], endpoint: str, key: str | None, *, through_proxy: bool
) -> None:
    tally = Tally()
    client = httpx.AsyncClient(
        headers={"authorization": f"Bearer {key}"} if key else {},
        timeout=replaying.REQUEST_SECONDS_MAX,
        trust_env=through_proxy,
    )
    try:
        async with client:
            await _send(files, replaying.to_endpoint(client, endpoint, tally))
    finally:
        _tell(tally, f"sent to {endpoint}")


async def _send(files: list[Path], send: Send) -> None:
    for path in files:
        with _progress(path) as advance:
            await replaying.send_all(otlp_files.read(path), send, advance)


def _tell(tally: Tally, how: str) -> None:
    rejected = f", {printing.count(tally.rejected, 'span')} rejected" if tally.rejected else ""
    typer.echo(f"{printing.count(tally.requests, 'request')} taken, {how}{rejected}")


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[StoredRequest], None]]:
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    size = path.stat().st_size
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(path.name, total=size or None)
        yield lambda request: progress.update(bar, completed=request.position)
        progress.update(bar, completed=size, total=size)
