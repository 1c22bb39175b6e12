"""`wakeline demo`: an instance, three stories and a healthy fleet sent to it, what it holds."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
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

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.assemble import Process
    from app.demo.stories.carriers import Volume

LOOPBACK = "127.0.0.1"
A_DAY = 200
QUERYABLE_SECONDS_MAX = 60.0
POLL_SECONDS = 0.1


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(demo)


def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="End after printing.")] = False,
    a_day: Annotated[
        int, typer.Option(min=10, max=5000, help="Carriers to select on each of ten days.")
    ] = A_DAY,
    data: options.DataOption = None,
    grpc_port: options.GrpcPortOption = None,
    http_port: options.HttpPortOption = None,
    port: options.PortOption = None,
) -> None:
    """Start an instance, send it three stories and a healthy fleet, and show what it holds.

    The services use the SDK and real OTLP exporters. Ports that are taken are replaced by free
    ones. What was sent to the same folder before is shown again, and not sent twice.
    """
    import uvloop

    from app.assemble import Process

    settings = _for_the_demo(
        options.settings(
            None, data,
            {"grpc_port": grpc_port, "http_port": http_port, "host": LOOPBACK},
            {"port": port, "host": LOOPBACK},
        )
    )  # fmt: skip
    with DataFolder(settings.data) as folder:
        process = Process(settings, folder, collect=True)
        uvloop.run(_run(process, a_day, stay=not exit_))


async def _run(process: "Process", a_day: int, *, stay: bool) -> None:
    from app.assemble import running

    async with running(process) as stop:
        await _show(process, a_day, stop)
        printing.line("")
        printing.line("Look further", style="bold")
        printing.pairs(_where_to_look(process, stay=stay))
        if stay:
            printing.line("Ctrl-C stops it.")
            await process.wait(stop)


async def _show(process: "Process", a_day: int, stop: asyncio.Event) -> None:
    from app.demo import earlier
    from app.demo.listing import Listing
    from app.demo.stories.carriers import Volume

    now = datetime.now(UTC)
    volume = Volume(a_day=a_day)
    listing = Listing(process.store, now)
    if sent := await asyncio.to_thread(listing.rate_accesses):
        printing.line(f"Sent before, about {sent[0]['at']:%Y-%m-%d} and later; shown as it is.")
    else:
        await asyncio.to_thread(_send, process, volume, now, stop)
        await stored(lambda: _waiting_bytes(process), stop)
        await asyncio.to_thread(earlier.make, process.store, process.settings.drift, now, volume)
    await asyncio.to_thread(listing.show)


def _send(process: "Process", volume: "Volume", now: datetime, stop: asyncio.Event) -> None:
    """Play it all. Raises Unavailable when `stop` is set meanwhile."""
    from app.demo import playing
    from app.demo.services import Collector

    console = Console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        work = bar.add_task("agents at work", total=playing.steps(volume))

        def advance() -> None:
            _refuse_stopped(stop)
            bar.advance(work)

        collector = Collector(process.grpc_port, process.http_port)
        playing.send(collector, now, volume, advance)


def _waiting_bytes(process: "Process") -> int:
    """What was acknowledged and is neither stored nor set aside as a dead letter."""
    assert process.collector
    spool = process.collector.pipeline.spool
    return spool.size_bytes - spool.dead_letters.size_bytes


async def stored(
    waiting_bytes: Callable[[], int],
    stop: asyncio.Event,
    seconds_max: float = QUERYABLE_SECONDS_MAX,
) -> None:
    """Until nothing waits. Raises Unavailable when that takes too long, or when `stop` is set."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    while waiting := waiting_bytes():
        _refuse_stopped(stop)
        if loop.time() > deadline:
            raise Unavailable(
                f"{printing.size(waiting)} are not queryable after {seconds_max:g} s;"
                " `wakeline doctor` says why"
            )
        await asyncio.sleep(POLL_SECONDS)


def _refuse_stopped(stop: asyncio.Event) -> None:
    if stop.is_set():
        raise Unavailable("stopped before the demonstration was over")


def _where_to_look(process: "Process", *, stay: bool) -> Iterator[tuple[str, str]]:
    where = options.where(process.settings)
    question = "SELECT * FROM data_access FINAL WHERE entity = 'account:77' ORDER BY ts"
    yield "ask", f'wakeline sql{where} "{question}"'
    yield "state", f"wakeline status{where}"
    yield "drift", f"wakeline drift{where}"
    if not stay:
        yield "go on", f"wakeline up{where}"
        return
    yield "send your own", f"OTEL_EXPORTER_OTLP_ENDPOINT={process.otlp_url}"
    yield "drift's page", f"{process.api_url}/drift"
    yield "health", f"{process.api_url}/healthz"
    yield "metrics", f"{process.api_url}/metrics"


def _for_the_demo(settings: Settings) -> Settings:
    """On ports that are free."""
    collector, api = settings.collector, settings.api
    changed: dict[str, Any] = {
        "grpc_port": _free(collector.grpc_port),
        "http_port": _free(collector.http_port),
    }
    return settings.model_copy(
        update={
            "collector": collector.model_copy(update=changed),
            "api": api.model_copy(update={"port": _free(api.port)}),
        }
    )


def _free(port: int) -> int:
    """`port`, or 0 (any) when somebody listens there."""
    return port if addresses.is_free(Address(LOOPBACK, port, "port")) else 0
