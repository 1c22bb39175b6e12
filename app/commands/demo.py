"""`wakeline demo`: an instance, a healthy fleet sent to it, and where to look."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from app import addresses, printing
from app.addresses import Address
from app.commands import options
from app.data_folder import DataFolder
from app.settings import Settings
from domain.errors import Unavailable
from storage.store import Store

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.assemble import Process

LOOPBACK = "127.0.0.1"
RUNS = 40
QUERYABLE_SECONDS_MAX = 60.0
POLL_SECONDS = 0.1
DAYS = 1
AGENTS_MAX = 100

Row = Mapping[str, Any]


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
    """Start an instance, send it a healthy fleet of three agents, and show what arrived.

    The agents use real OTLP exporters. Ports that are taken are replaced by free ones.
    """
    import uvloop

    from app.assemble import Process

    settings = _on_free_ports(
        options.settings(
            None, data,
            {"grpc_port": grpc_port, "http_port": http_port, "host": LOOPBACK},
            {"port": port, "host": LOOPBACK},
        )
    )  # fmt: skip
    with DataFolder(settings.data) as folder:
        uvloop.run(_run(Process(settings, folder, collect=True), stay=not exit_))


async def _run(process: "Process", *, stay: bool) -> None:
    from app.assemble import running

    async with running(process) as stop:
        await _show(process, stop)
        printing.line("Look further", style="bold")
        printing.pairs(_where_to_look(process, stay=stay))
        if stay:
            printing.line("Ctrl-C stops it.")
            await process.wait(stop)


async def _show(process: "Process", stop: asyncio.Event) -> None:
    before = sum(row["spans"] for row in await _agents(process.store))
    sent = await asyncio.to_thread(_send, process, stop)
    rows = await arrived(process.store, before + sent, stop)
    printing.line("What the agents did in the last 24 hours", style="bold")
    printing.table(
        ("agent", "runs", "spans", "errors"),
        [
            (row["agent"], f"{row['traces']:,}", f"{row['spans']:,}", f"{row['errors']:,}")
            for row in rows
        ],
    )


def _send(process: "Process", stop: asyncio.Event) -> int:
    """Let the fleet work; the number of spans. Raises Unavailable when `stop` is set meanwhile."""
    from app.demo import fleet

    console = Console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        work = bar.add_task("three agents at work", total=RUNS * len(fleet.AGENTS))

        def advance() -> None:
            _refuse_stopped(stop)
            bar.advance(work)

        return fleet.send(process.grpc_port, process.http_port, RUNS, advance)


async def arrived(
    store: Store, spans: int, stop: asyncio.Event, seconds_max: float = QUERYABLE_SECONDS_MAX
) -> list[Row]:
    """What each agent did, once so many spans are queryable. Raises Unavailable when they do not
    become so in time, or when `stop` is set."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    while True:
        rows = await _agents(store)
        found = sum(row["spans"] for row in rows)
        if found >= spans:
            return rows
        _refuse_stopped(stop)
        if loop.time() > deadline:
            raise Unavailable(
                f"{found:,} of {spans:,} spans are queryable after {seconds_max:g} s;"
                " `wakeline doctor` says why"
            )
        await asyncio.sleep(POLL_SECONDS)


async def _agents(store: Store) -> list[Row]:
    return [*await asyncio.to_thread(store.rows, "agents", days=DAYS, limit=AGENTS_MAX)]


def _refuse_stopped(stop: asyncio.Event) -> None:
    if stop.is_set():
        raise Unavailable("stopped before the demonstration was over")


def _where_to_look(process: "Process", *, stay: bool) -> Iterator[tuple[str, str]]:
    where = options.where(process.settings)
    question = "SELECT SpanName, count() FROM otel_traces GROUP BY SpanName"
    yield "ask", f'wakeline sql{where} "{question}"'
    yield "state", f"wakeline status{where}"
    if not stay:
        yield "go on", f"wakeline up{where}"
        return
    yield "send your own", f"OTEL_EXPORTER_OTLP_ENDPOINT={process.otlp_url}"
    yield "health", f"{process.api_url}/healthz"
    yield "metrics", f"{process.api_url}/metrics"


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
    return port if addresses.is_free(Address(LOOPBACK, port, "port")) else 0
