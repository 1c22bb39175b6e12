"""`wakeline up`, `collect` and `serve`: processes that run until they are told to stop."""

import logging
import sys
from pathlib import Path

import typer
import uvloop

from app import assemble
from app.assemble import Process
from app.commands import options
from app.data_folder import DataFolder
from app.settings import Settings
from domain.errors import InvalidInput
from storage.store import embedded_path


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
    _require_server(settings, "collect")
    run(settings, collect=True)


def serve(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    host: options.HostOption = None,
    port: options.PortOption = None,
) -> None:
    """The API alone, against a ClickHouse server."""
    settings = options.settings(store, data, None, {"host": host, "port": port})
    _require_server(settings, "serve")
    run(settings, collect=False)


def run(settings: Settings, *, collect: bool) -> None:
    """Until SIGTERM or SIGINT. Raises Conflict when the folder or a port is taken."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    with DataFolder(settings.data) as folder:
        process = Process(settings, folder, collect=collect)
        drained = uvloop.run(assemble.run_until_signal(process, _say_where))
    if not drained:
        typer.echo(
            "stopped; what is not stored yet stays in the spool for the next start", err=True
        )


def _say_where(process: Process) -> None:
    if process.collector:
        host = process.settings.collector.host
        typer.echo(f"OTLP gRPC  {host}:{process.collector.grpc_port}", err=True)
        typer.echo(f"OTLP HTTP  http://{host}:{process.collector.http_port}", err=True)
    typer.echo(f"API        http://{process.settings.api.host}:{process.api_port}", err=True)
    typer.echo(f"data       {Path(process.settings.data).resolve()}", err=True)
    typer.echo("ready", err=True)


def _require_server(settings: Settings, role: str) -> None:
    if embedded_path(settings.dsn) is not None:
        raise InvalidInput(
            f"`wakeline {role}` is one role of several and needs a ClickHouse server:"
            " --store clickhouse://…; an embedded store has one process: `wakeline up`"
        )
