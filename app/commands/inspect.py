"""`wakeline status` and `doctor`: what waits, what is wrong, what to do."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from app import local
from app.commands import options
from app.commands.options import Output

SERVICES_SHOWN_MAX = 20
LAG_SLOW_S = 30.0
DISK_LOW_BYTES = 2 * 1024**3


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command()(status)
    cli.command()(doctor)


def status(
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Lag, queue, dead letters, disk, when each service was last seen."""
    found = local.status(options.settings(store, data))
    if format_ is Output.JSON:
        typer.echo(json.dumps(found, default=str))
    else:
        _print_status(Console(), found)


def doctor(
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """What is wrong and what to do; exit code 1 when something is."""
    found = local.status(options.settings(store, data))
    problems = list(diagnose(found))
    if format_ is Output.JSON:
        typer.echo(json.dumps({"problems": problems, **found}, default=str))
    else:
        console = Console()
        _print_status(console, found)
        for problem in problems:
            console.print(f"[bold red]![/] {problem}", highlight=False)
        if not problems:
            console.print("[green]nothing is wrong[/]")
    if problems:
        raise typer.Exit(1)


def diagnose(status: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is wrong: the cause and the mend."""
    if not status["store"]["reachable"]:
        yield f"The store does not answer ({status['store']['reason']}): start it or check --store."
    ingest = status.get("ingest", {})
    if ingest.get("store_error"):
        yield f"Segments are not being stored: {ingest['store_error']}"
    if ingest.get("lag_p99_s", 0) > LAG_SLOW_S:
        yield f"Spans are queryable after {ingest['lag_p99_s']} s (p99): the store is slow."
    queue = status.get("queue", {})
    if queue.get("segments") and not status["running"]:
        yield (
            f"{queue['segments']} segments wait in the spool and nothing runs:"
            " `wakeline up` stores them."
        )
    if queue.get("disk_free_bytes", DISK_LOW_BYTES) < DISK_LOW_BYTES:
        yield f"The disk has {queue['disk_free_bytes'] // 1024**2} MiB left: free some."
    letters = status.get("dead_letters", {})
    for letter in letters.get("latest", ()):
        mend = (
            f"`wakeline replay {letters['folder']}/{letter['file']}` sends it again"
            if letter["replayable"]
            else "its bytes are damaged; the file keeps them"
        )
        yield f"Dead letter {letter['file']} ({letter['items']} items): {letter['reason']}; {mend}."


def _print_status(console: Console, found: Mapping[str, Any]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in _lines(found):
        table.add_row(f"[bold]{name}[/]", value)
    console.print(table, highlight=False)
    services = found.get("services") or []
    if services:
        console.print(_services(services))


def _lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "process", f"running, pid {found['pid']}" if found["running"] else "not running"
    store = found["store"]
    yield "store", (
        f"{store['spans_last_hour']} spans in the last hour" if store["reachable"]
        else f"not reachable: {store['reason']}"
    )  # fmt: skip
    if ingest := found.get("ingest"):
        yield "ingest lag", f"p50 {ingest['lag_p50_s']} s, p99 {ingest['lag_p99_s']} s"
    if queue := found.get("queue"):
        yield (
            "queue",
            (
                f"{queue['segments']} segments, {queue['bytes']} bytes,"
                f" oldest {queue['oldest_age_s']} s"
            ),
        )
    if "dead_letters" in found:
        yield "dead letters", str(found["dead_letters"]["count"])
    for row in found.get("tables") or []:
        yield row["table"], f"{row['rows']} rows, {row['bytes'] / 1024**2:.1f} MiB"


def _services(services: list[Mapping[str, Any]]) -> Table:
    table = Table("tenant", "service", "last seen", "spans", "log records")
    for row in services[:SERVICES_SHOWN_MAX]:
        table.add_row(
            row["tenant"], row["service"] or "(no service.name)", str(row["last_received"])[:19],
            str(row["spans"]), str(row["log_records"]),
        )  # fmt: skip
    return table
