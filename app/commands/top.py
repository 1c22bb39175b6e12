"""`wakeline top`: how the fleet does, live in a terminal."""

import sys
import time
from dataclasses import asdict
from typing import Annotated, Any

import typer

from app import local, moments, printing
from app.commands import options
from app.commands.options import Output
from domain.fleet import FleetNow

MINUTES = 60.0
EVERY_S = 2.0
ROWS_OF_A_PIPE = 500
# Title, signals, heading, what was left out, and a line for the prompt.
LINES_AROUND = 7


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(top)


def top(  # noqa: PLR0913 - each is a flag
    minutes: Annotated[
        float, typer.Option(min=1, max=43_200, help="How far back it looks, in min.")
    ] = MINUTES,
    every: Annotated[float, typer.Option(min=0.5, max=3600, help="Again after, in s.")] = EVERY_S,
    once: Annotated[bool, typer.Option("--once", help="Print it and end.")] = False,
    tenant: Annotated[str, typer.Option(help="Of this tenant alone.")] = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Agents at work, the busiest first: decisions, escalations, failures, cost, findings."""
    from app.fleet import StoredFleet

    with local.reading(options.settings(store, data)) as opened:
        fleet = StoredFleet(opened)
        if format_ is Output.JSON:
            printing.as_json(_plain(fleet.now(tenant, minutes)))
        elif once or not sys.stdout.isatty():
            _print(fleet.now(tenant, minutes))
        else:
            _live(fleet, tenant, minutes, every)


def _print(now: FleetNow) -> None:
    from rich.console import Console

    from app.fleet_view import drawn

    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(drawn(now, ROWS_OF_A_PIPE, console.width))


def _live(fleet: Any, tenant: str, minutes: float, every: float) -> None:
    """Until Ctrl-C."""
    from rich.live import Live

    from app.fleet_view import drawn

    with Live(screen=True, auto_refresh=False) as live:
        while True:
            width, height = live.console.size
            now = fleet.now(tenant, minutes)
            live.update(drawn(now, max(1, height - LINES_AROUND), width), refresh=True)
            time.sleep(every)


def _plain(now: FleetNow) -> dict[str, Any]:
    return {
        "since": moments.iso(now.since),
        "until": moments.iso(now.until),
        "signals": dict(now.signals),
        "agents": [
            asdict(agent) | {"last_seen": moments.iso(agent.last_seen)} for agent in now.agents
        ],
    }
