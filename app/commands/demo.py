"""`wakeline demo`: an instance, a healthy fleet sent to it, and where to look."""

import asyncio
import socket
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import assemble
from app.assemble import Process
from app.commands import options
from app.data_folder import DataFolder
from app.demo import fleet
from app.settings import Settings
from domain.errors import Unavailable

RUNS = 40
QUERYABLE_SECONDS_MAX = 60.0
POLL_SECONDS = 0.1
AGENTS_MAX = 100


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(demo)


def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="End after printing.")] = False,
    data: options.DataOption = None,
    grpc_port: options.GrpcPortOption = None,
    http_port: options.HttpPortOption = None,
    port: options.PortOption = None,
) -> None:
    """Start an instance, send a healthy fleet of three agents through real OTLP exporters, and
    show what arrived. Ports that are taken are replaced by free ones."""
    settings = _on_free_ports(
        options.settings(
            None, data,
            {"grpc_port": grpc_port, "http_port": http_port, "host": "127.0.0.1"},
            {"port": port, "host": "127.0.0.1"},
        )
    )  # fmt: skip
    with DataFolder(settings.data) as folder:
        process = Process(settings, folder, collect=True)
        uvloop.run(_run(process, stay=not exit_))


async def _run(process: Process, *, stay: bool) -> None:
    console = Console()
    shown = asyncio.Event()

    def started(running: Process) -> None:
        task = loop.create_task(_show(console, running))
        task.add_done_callback(lambda _: shown.set())
        tasks.append(task)

    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []
    if stay:
        await assemble.run_until_signal(process, started)
    else:
        try:
            await process.start()
            started(process)
            await shown.wait()
        finally:
            await process.stop()
    for task in tasks:
        task.result()


async def _show(console: Console, process: Process) -> None:
    assert process.collector is not None
    with Progress(console=console, transient=True) as bar:
        work = bar.add_task("three agents at work", total=RUNS * len(fleet.AGENTS))
        sent = await asyncio.to_thread(
            fleet.send, process.collector.grpc_port, process.collector.http_port, RUNS,
            lambda: bar.advance(work),
        )  # fmt: skip
    rows = await _wait_for(process, sum(sent.values()))
    console.print(_table(rows))
    _where_to_look(console, process)


async def _wait_for(process: Process, spans: int) -> list[dict[str, Any]]:
    """Poll until all that was acknowledged is queryable. Raises Unavailable when it takes long."""
    async with asyncio.timeout(QUERYABLE_SECONDS_MAX):
        while True:
            rows = await asyncio.to_thread(process.store.rows, "agents", days=1, limit=AGENTS_MAX)
            if sum(row["spans"] for row in rows) >= spans:
                return rows
            await asyncio.sleep(POLL_SECONDS)
    raise Unavailable("what was sent is not queryable; see `wakeline doctor`")


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("agent", "runs", "spans", "errors", title="What the agents did")
    for row in rows:
        table.add_row(row["agent"], str(row["traces"]), str(row["spans"]), str(row["errors"]))
    return table


def _where_to_look(console: Console, process: Process) -> None:
    settings = process.settings
    assert process.collector is not None
    flag = (
        ""
        if settings.data == type(settings).model_fields["data"].default
        else f" --data {settings.data}"
    )
    console.print("Look further:", style="bold")
    for line in (
        f'wakeline sql{flag} "SELECT SpanName, count() FROM otel_traces GROUP BY 1"',
        f"wakeline status{flag}",
        f"send your own: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{process.collector.http_port}",
        f"health and metrics: http://127.0.0.1:{process.api_port}/healthz and /metrics",
    ):
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _on_free_ports(settings: Settings) -> Settings:
    collector, api = settings.collector, settings.api
    ports = {name: _free(getattr(collector, name)) for name in ("grpc_port", "http_port")}
    return settings.model_copy(
        update={
            "collector": collector.model_copy(update=ports),
            "api": api.model_copy(update={"port": _free(api.port)}),
        }
    )


def _free(port: int) -> int:
    """`port`, or 0 (any) when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
