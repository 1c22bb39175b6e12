"""`wakeline up`, `collect` and `serve`: processes that run until they are told to stop."""

import gc
import logging
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from app import stores
from app.commands import options
from app.data_folder import DataFolder
from app.settings import Settings
from domain.errors import InvalidInput
from governance.config import AuthMode, is_loopback

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.assemble import Process

GARBAGE_OBJECTS = 100_000


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command()(up)
    cli.command()(collect)
    cli.command()(serve)


def up(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    host: options.HostOption = None,
    grpc_port: options.GrpcPortOption = None,
    http_port: options.HttpPortOption = None,
    port: options.PortOption = None,
) -> None:
    """All in one: OTLP on 4317 and 4318, API and /ch on 8080."""
    run(options.settings(
        store, data,
        {"host": host, "grpc_port": grpc_port, "http_port": http_port},
        {"host": host, "port": port},
    ), collect=True)  # fmt: skip


def collect(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    host: options.HostOption = None,
    grpc_port: options.GrpcPortOption = None,
    http_port: options.HttpPortOption = None,
    port: options.PortOption = None,
) -> None:
    """The collector alone, against a ClickHouse server; health and metrics on the API port."""
    settings = options.settings(
        store, data,
        {"host": host, "grpc_port": grpc_port, "http_port": http_port},
        {"host": host, "port": port},
    )  # fmt: skip
    require_server(settings, "collect")
    run(settings, collect=True)


def serve(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    host: options.HostOption = None,
    port: options.PortOption = None,
) -> None:
    """The API alone, against a ClickHouse server."""
    settings = options.settings(store, data, None, {"host": host, "port": port})
    require_server(settings, "serve")
    run(settings, collect=False)


def run(settings: Settings, *, collect: bool) -> None:
    """Until SIGTERM or SIGINT. Raises Conflict when the folder or a port is taken."""
    import uvloop

    from app.assemble import Process

    _log()
    with DataFolder(settings.data) as folder:
        process = Process(settings, folder, collect=collect)
        _collect_garbage_seldom()
        uvloop.run(_run(process))
    if not process.drained:
        _say("stopped; what is not stored yet stays in the spool for the next start")


async def _run(process: "Process") -> None:
    from app.assemble import running

    async with running(process) as stop:
        for text in (*_places(process), *_notes(process), "ready"):
            _say(text)
        await process.wait(stop)


def _places(process: "Process") -> Iterator[str]:
    settings = process.settings
    if process.collector:
        yield f"OTLP gRPC  {settings.collector.host}:{process.grpc_port}"
        yield f"OTLP HTTP  {settings.collector.host}:{process.http_port}"
    yield f"API        {process.api_url}"
    yield f"data       {settings.data.resolve()}"


def _notes(process: "Process") -> Iterator[str]:
    """What an operator should know of who may call."""
    settings = process.settings
    if process.keys_required and process.ring.in_force == 0:
        yield (
            "API keys are required and there is none yet; make one:"
            f" wakeline keys create --scope ingest{options.where(settings)}"
        )
    hosts = (settings.collector.host, settings.api.host)
    if settings.auth.mode is AuthMode.OFF and not all(map(is_loopback, hosts)):
        yield "warning: auth.mode is off, so whoever reaches these ports may read and change all"


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _collect_garbage_seldom() -> None:
    """Reading a request makes thousands of short-lived objects and no cycles: by default the
    garbage collector would look at them, and at all modules, with every request."""
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    # Starts and stops are told above, and a port that is taken by our own error.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def require_server(settings: Settings, role: str) -> None:
    """Raises InvalidInput for an embedded store, which has one process."""
    if stores.path(settings) is not None:
        raise InvalidInput(
            f"`wakeline {role}` is one role of several and needs a ClickHouse server:"
            " --store clickhouse://…; an embedded store has one process: `wakeline up`"
        )
