"""`wakeline status` and `doctor`: what waits, what is wrong, what to do."""

import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from app import local, moments, printing
from app.commands import options
from app.commands.options import Output
from app.settings import Settings
from domain.coverage import DAYS, DAYS_MAX

SERVICES_SHOWN_MAX = 20
LAG_SLOW_S = 30.0
QUEUE_OLD_S = 120.0
DISK_LOW_BYTES = 2 * 1024**3

CoverageOption = Annotated[
    bool, typer.Option("--coverage", help="Instead: what analyzers can see of each agent.")
]
AgentOption = Annotated[
    str | None, typer.Option("--agent", help="With --coverage: this agent in detail.")
]
DaysOption = Annotated[
    int | None,
    typer.Option("--days", min=1, max=DAYS_MAX, help="With --coverage: how far back [7]."),
]

Status = Mapping[str, Any]


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
        printing.as_json(found)
    else:
        _print(found)


def doctor(
    format_: options.FormatOption = Output.TEXT,
    coverage: CoverageOption = False,
    agent: AgentOption = None,
    days: DaysOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """What is wrong and what to do; exit code 1 when something is."""
    if coverage:
        _coverage(options.settings(store, data), days or DAYS, agent or "", format_)
        return
    if agent is not None or days is not None:
        raise typer.BadParameter("--agent and --days go with --coverage")
    found = local.status(options.settings(store, data))
    problems = list(diagnose(found))
    if format_ is Output.JSON:
        printing.as_json({"problems": problems, **found})
    else:
        _print(found)
        for problem in problems:
            printing.line(f"! {problem}", style="bold red")
        if not problems:
            printing.line("nothing is wrong", style="green")
    if problems:
        raise typer.Exit(1)


def _coverage(settings: Settings, days: int, agent: str, format_: Output) -> None:
    from app.commands import coverage  # what it imports, `status` need not wait for

    found = coverage.ask(settings, days, agent)
    if format_ is Output.JSON:
        printing.as_json(found)
    else:
        coverage.show(found, agent)


def diagnose(status: Status) -> Iterator[str]:
    """A sentence for each thing that is wrong: the cause and the mend."""
    yield from _store_problems(status)
    yield from _queue_problems(status)
    letters = status.get("dead_letters", {"count": 0, "latest": ()})
    for letter in letters["latest"]:
        path = shlex.quote(f"{letters['folder']}/{letter['file']}")
        mend = (
            f"`wakeline replay {path}` sends it again; delete it then" if letter["replayable"]
            else f"its bytes are damaged; {path} keeps them"
        )  # fmt: skip
        items = printing.count(letter["items"], "item")
        yield f"Dead letter {letter['file']} ({items}): {letter['reason']}; {mend}."
    if hidden := letters["count"] - len(letters["latest"]):
        yield f"{hidden:,} older dead letters are in {letters['folder']}."


def _store_problems(status: Status) -> Iterator[str]:
    if not status["store"]["reachable"]:
        yield f"No answer: {status['store']['reason']}; start the store, or check --store."
    ingest = status.get("ingest", {"store_error": "", "lag_p99_s": 0.0})
    if ingest["store_error"]:
        yield f"Segments are not being stored, they wait in the spool: {ingest['store_error']}."
    if ingest["lag_p99_s"] > LAG_SLOW_S:
        lag = moments.duration(ingest["lag_p99_s"])
        yield f"Spans are queryable only after {lag} (p99): the store is slow or was down."


def _queue_problems(status: Status) -> Iterator[str]:
    queue = status.get("queue")
    if queue is None:
        return
    if queue["segments"] and not status["running"]:
        waiting = printing.count(queue["segments"], "segment")
        yield f"Nothing runs and {waiting} wait in the spool: `wakeline up` stores them."
    elif queue["oldest_age_s"] > QUEUE_OLD_S:
        age = moments.duration(queue["oldest_age_s"])
        yield f"The oldest segment waits for {age}: the store is behind or down."
    if queue["disk_free_bytes"] < DISK_LOW_BYTES:
        free = printing.size(queue["disk_free_bytes"])
        yield f"The disk of the spool has {free} left: make room."


def _print(found: Status) -> None:
    printing.pairs(_lines(found))
    if tables := found.get("tables"):
        printing.table(
            ("table", "rows", "on disk"),
            [
                (row["table"], f"{row['rows']:,}", printing.size(row["bytes"])) for row in tables
            ],
        )  # fmt: skip
    if services := found.get("services"):
        printing.table(
            ("tenant", "service", "last seen", "spans", "log records"),
            map(_service, services[:SERVICES_SHOWN_MAX]),
        )
        if len(services) > SERVICES_SHOWN_MAX:
            printing.line(
                f"… and {len(services) - SERVICES_SHOWN_MAX} services more: --format json"
            )


def _lines(found: Status) -> Iterator[tuple[str, str]]:
    yield "process", _process(found)
    store = found["store"]
    if store["reachable"]:
        yield "store", printing.count(store["spans_last_hour"], "span") + " in the last hour"
    else:
        yield "store", store["reason"]
    if ingest := found.get("ingest"):
        yield "ingest lag", f"p50 {ingest['lag_p50_s']:g} s, p99 {ingest['lag_p99_s']:g} s"
    if queue := found.get("queue"):
        yield "queue", _queue(queue)
        yield "disk free", printing.size(queue["disk_free_bytes"])
    if letters := found.get("dead_letters"):
        yield "dead letters", f"{letters['count']:,}" if letters["count"] else "none"


def _process(found: Status) -> str:
    if not found["running"]:
        return "not running"
    return f"running, pid {found['pid']}, {found['api_url']}"


def _queue(queue: Status) -> str:
    if not queue["segments"]:
        return "empty"
    waiting = printing.count(queue["segments"], "segment")
    age = moments.duration(queue["oldest_age_s"])
    return f"{waiting}, {printing.size(queue['bytes'])}, the oldest waits for {age}"


def _service(row: Status) -> tuple[str, ...]:
    return (
        row["tenant"],
        row["service"] or "(no service.name)",
        moments.ago(row["last_received"], datetime.now(UTC)),
        f"{row['spans']:,}",
        f"{row['log_records']:,}",
    )
